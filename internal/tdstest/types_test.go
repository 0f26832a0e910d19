package tdstest

import (
	"bytes"
	"database/sql"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
)

func date(y, m, d, h, min, s, ns int) time.Time {
	return time.Date(y, time.Month(m), d, h, min, s, ns, time.UTC)
}

var (
	guidText  = "6F9619FF-8B86-D011-B42D-00C04FC964FF"
	guidBytes = [16]byte{0x6F, 0x96, 0x19, 0xFF, 0x8B, 0x86, 0xD0, 0x11, 0xB4, 0x2D, 0, 0xC0, 0x4F, 0xC9, 0x64, 0xFF}
	guidWire  = []byte{0xFF, 0x19, 0x96, 0x6F, 0x86, 0x8B, 0x11, 0xD0, 0xB4, 0x2D, 0, 0xC0, 0x4F, 0xC9, 0x64, 0xFF}
	long      = strings.Repeat("Zürich 😀 ", 1<<14)
)

// values are what a column is given and what go-mssqldb must make of it.
var values = []struct {
	kind string
	give any
	want any
}{
	{"bit", true, true},
	{"bit", false, false},
	{"bit", int64(1), true},
	{"tinyint", 0, int64(0)},
	{"tinyint", 255, int64(255)},
	{"smallint", math.MinInt16, int64(math.MinInt16)},
	{"smallint", math.MaxInt16, int64(math.MaxInt16)},
	{"int", math.MinInt32, int64(math.MinInt32)},
	{"int", "2147483647", int64(math.MaxInt32)},
	{"bigint", math.MinInt64, int64(math.MinInt64)},
	{"bigint", math.MaxInt64, int64(math.MaxInt64)},
	{"real", 0.1, float64(float32(0.1))},
	{"real", float32(math.MaxFloat32), math.MaxFloat32},
	{"float", math.MaxFloat64, math.MaxFloat64},
	{"float", math.SmallestNonzeroFloat64, math.SmallestNonzeroFloat64},
	{"float", "-2.5", -2.5},
	{"decimal(9,2)", "-1234567.89", []byte("-1234567.89")},
	{"decimal(18,0)", int64(999999999999999999), []byte("999999999999999999")},
	{"decimal(19,19)", "0.0000000000000000001", []byte("0.0000000000000000001")},
	{"decimal(28,4)", "-999999999999999999999999.9999", []byte("-999999999999999999999999.9999")},
	{"numeric(38,0)", strings.Repeat("9", 38), []byte(strings.Repeat("9", 38))},
	{"decimal(5,2)", 1.005, []byte("1.01")},
	{"decimal(5,2)", "-0.004", []byte("0.00")},
	{"money", "-922337203685477.5808", []byte("-922337203685477.5808")},
	{"money", "922337203685477.5807", []byte("922337203685477.5807")},
	{"smallmoney", "-214748.3648", []byte("-214748.3648")},
	{"uniqueidentifier", guidText, guidWire},
	{"uniqueidentifier", "{" + strings.ToLower(guidText) + "}", guidWire},
	{"uniqueidentifier", guidBytes, guidWire},
	{"uniqueidentifier", guidBytes[:], guidWire},
	{"uniqueidentifier", mssql.UniqueIdentifier(guidBytes), guidWire},
	{"nvarchar(10)", "", ""},
	{"nvarchar(10)", "Zürich 😀", "Zürich 😀"},
	{"nvarchar(4000)", strings.Repeat("€", 4000), strings.Repeat("€", 4000)},
	{"nvarchar(max)", "", ""},
	{"nvarchar(max)", "short", "short"},
	{"nvarchar(max)", long, long},
	{"nchar(5)", "ab", "ab   "},
	{"varchar(10)", "", ""},
	{"varchar(20)", "Zürich €–", "Zürich €–"},
	{"varchar(20)", "日本", "??"},
	{"varchar(8000)", strings.Repeat("x", 8000), strings.Repeat("x", 8000)},
	{"varchar(max)", strings.Repeat("ü", 100_000), strings.Repeat("ü", 100_000)},
	{"char(3)", "a", "a  "},
	{"text", "Zürich", "Zürich"},
	{"ntext", "Zürich 😀", "Zürich 😀"},
	{"ntext", "", ""},
	{"xml", "<a>ü</a>", "<a>ü</a>"},
	{"sysname", "sysname", "sysname"},
	{"varbinary(4)", []byte{}, []byte{}},
	{"varbinary(4)", []byte{0, 1, 2, 255}, []byte{0, 1, 2, 255}},
	{"varbinary(max)", bytes.Repeat([]byte{0, 255}, 50_000), bytes.Repeat([]byte{0, 255}, 50_000)},
	{"binary(4)", []byte{1}, []byte{1, 0, 0, 0}},
	{"image", []byte{9, 8}, []byte{9, 8}},
	{"rowversion", []byte{0, 0, 0, 0, 0, 0, 7, 0xD1}, []byte{0, 0, 0, 0, 0, 0, 7, 0xD1}},
	{"datetime", date(1753, 1, 1, 0, 0, 0, 0), date(1753, 1, 1, 0, 0, 0, 0)},
	{"datetime", date(1899, 12, 31, 23, 59, 59, 997e6), date(1899, 12, 31, 23, 59, 59, 997e6)},
	{"datetime", date(1900, 1, 1, 0, 0, 0, 0), date(1900, 1, 1, 0, 0, 0, 0)},
	{"datetime", "9999-12-31 23:59:59.997", date(9999, 12, 31, 23, 59, 59, 997e6)},
	{"datetime", date(2024, 2, 29, 12, 0, 0, 3e6), date(2024, 2, 29, 12, 0, 0, 3e6)},
	{"datetime", date(2024, 2, 29, 23, 59, 59, 999e6), date(2024, 3, 1, 0, 0, 0, 0)},
	{"smalldatetime", date(1900, 1, 1, 0, 0, 0, 0), date(1900, 1, 1, 0, 0, 0, 0)},
	{"smalldatetime", date(2079, 6, 6, 23, 59, 0, 0), date(2079, 6, 6, 23, 59, 0, 0)},
	{"smalldatetime", date(2024, 5, 8, 12, 35, 29, 999e6), date(2024, 5, 8, 12, 36, 0, 0)},
	{"date", "0001-01-01", date(1, 1, 1, 0, 0, 0, 0)},
	{"date", "9999-12-31", date(9999, 12, 31, 0, 0, 0, 0)},
	{"time(7)", "23:59:59.9999999", date(1, 1, 1, 23, 59, 59, 999999900)},
	{"time(0)", "12:34:56.5", date(1, 1, 1, 12, 34, 57, 0)},
	{"datetime2", date(1, 1, 1, 0, 0, 0, 0), date(1, 1, 1, 0, 0, 0, 0)},
	{"datetime2(7)", date(1899, 12, 30, 1, 2, 3, 123456700), date(1899, 12, 30, 1, 2, 3, 123456700)},
	{"datetime2(7)", date(9999, 12, 31, 23, 59, 59, 999999900), date(9999, 12, 31, 23, 59, 59, 999999900)},
	{"datetime2(3)", date(2024, 12, 31, 23, 59, 59, 999600000), date(2025, 1, 1, 0, 0, 0, 0)},
	{"datetime2(0)", date(9999, 12, 31, 23, 59, 59, 999999900), date(9999, 12, 31, 23, 59, 59, 0)},
	{
		"datetimeoffset(7)", time.Date(2024, 3, 31, 1, 30, 0, 100, time.FixedZone("", -(3*3600+1800))),
		time.Date(2024, 3, 31, 1, 30, 0, 100, time.FixedZone("", -(3*3600+1800))),
	},
	{"datetimeoffset", "0001-01-01T14:00:00+14:00", time.Date(1, 1, 1, 14, 0, 0, 0, time.FixedZone("", 14*3600))},
}

func TestTypesExactlyInEveryMode(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			srv := Start(t, Options{})
			db := open(t, srv, "encrypt="+mode)
			var answer Answer
			row, nulls := make([]any, len(values)), make([]any, len(values))
			for i, v := range values {
				answer.Columns = append(answer.Columns, Column{Name: fmt.Sprint("c", i), Type: v.kind})
				row[i] = v.give
			}
			answer.Rows = Rows(row, nulls, row)
			srv.Handle(Exact("SELECT everything"), answer)
			got := mustQuery(t, db, "SELECT everything")
			if len(got) != 3 {
				t.Fatalf("got %d rows; want 3", len(got))
			}
			for i, v := range values {
				for _, r := range []int{0, 2} {
					if !same(got[r][i], v.want) {
						t.Errorf("%s of %.50v gives %.50v; want %.50v", v.kind, v.give, got[r][i], v.want)
					}
				}
				if got[1][i] != nil {
					t.Errorf("NULL as %s gives %v", v.kind, got[1][i])
				}
			}
		})
	}
}

func same(a, b any) bool {
	if at, ok := a.(time.Time); ok {
		bt, ok := b.(time.Time)
		_, ao := at.Zone()
		_, bo := bt.Zone()
		return ok && at.Equal(bt) && ao == bo
	}
	return reflect.DeepEqual(a, b)
}

// TestEachFormOfRow sends each type alone, as NOT NULL, in rows without a null
// bitmap, and in small packets.
func TestEachFormOfRow(t *testing.T) {
	srv := Start(t, Options{PacketSize: minPacketSize})
	srv.rowNBC = false
	db := open(t, srv)
	for i, v := range values {
		text := fmt.Sprintf("SELECT value%d", i)
		srv.Handle(Exact(text), Answer{Columns: []Column{{Name: "v", Type: v.kind}}, Rows: Rows([]any{v.give}, []any{nil})})
		got := mustQuery(t, db, text)
		if len(got) != 2 || !same(got[0][0], v.want) || got[1][0] != nil {
			t.Errorf("%s of %.50v gives %.50v; want %.50v and NULL", v.kind, v.give, got, v.want)
		}
		srv.Handle(Exact(text), Answer{Columns: []Column{{Name: "v", Type: v.kind, NotNull: true}}, Rows: Rows([]any{v.give})})
		if got := mustQuery(t, db, text); !same(got[0][0], v.want) {
			t.Errorf("%s NOT NULL of %.50v gives %.50v; want %.50v", v.kind, v.give, got[0][0], v.want)
		}
	}
}

func TestColumnTypesAsDeclared(t *testing.T) {
	srv := Start(t, Options{})
	db := open(t, srv)
	srv.Handle(Any(), Answer{Columns: []Column{
		{Name: "Guid", Type: "uniqueidentifier"}, {Name: "OS Name", Type: "nvarchar(128)", NotNull: true},
		{Name: "State", Type: "nvarchar(max)"}, {Name: "d", Type: "decimal(18,4)"}, {Name: "x", Type: "xml"},
	}})
	rows, err := db.Query("SELECT x")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range types {
		length, _ := c.Length()
		precision, scale, _ := c.DecimalSize()
		null, _ := c.Nullable()
		got = append(got, fmt.Sprint(c.Name(), " ", c.DatabaseTypeName(), " ", length, " ", precision, " ", scale, " ", null))
	}
	want := []string{
		"Guid UNIQUEIDENTIFIER 0 0 0 true", "OS Name NVARCHAR 128 0 0 false", "State NVARCHAR 1073741822 0 0 true",
		"d DECIMAL 0 18 4 true", "x XML 1073741822 0 0 true",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("columns are\n%q\nwant\n%q", got, want)
	}
}

func TestValuesThatDoNotFit(t *testing.T) {
	for _, c := range []struct {
		kind   string
		give   any
		number int32
	}{
		{"int", "abc", 245},
		{"int", int64(math.MaxInt32) + 1, 8115},
		{"tinyint", -1, 8115},
		{"nvarchar(3)", "abcd", 2628},
		{"varbinary(1)", []byte{1, 2}, 2628},
		{"uniqueidentifier", "not a guid", 8169},
		{"datetime", date(1752, 12, 31, 0, 0, 0, 0), 242},
		{"datetime", date(9999, 12, 31, 23, 59, 59, 999e6), 242},
		{"smalldatetime", date(1899, 12, 31, 0, 0, 0, 0), 242},
		{"datetime", "yesterday", 241},
		{"decimal(3,1)", "99.95", 8115},
		{"decimal(3,1)", "1/3", 245},
		{"smallmoney", "214748.3648", 8115},
	} {
		srv := Start(t, Options{})
		db := open(t, srv)
		srv.Handle(Exact("SELECT bad"), Answer{
			Columns: []Column{{Name: "ok", Type: "nvarchar(max)"}, {Name: "v", Type: c.kind}},
			Rows:    Rows([]any{"first", nil}, []any{strings.Repeat("x", 100_000), c.give}),
		})
		rows, err := query(t, db, "SELECT bad")
		wantNumber(t, err, c.number)
		if len(rows) != 1 {
			t.Errorf("%s: %d rows came before the error; want 1", c.kind, len(rows))
		}
		mustQuery(t, db, "SELECT 1")
	}
}

func TestGuessedTypes(t *testing.T) {
	when := date(2024, 1, 2, 3, 4, 5, 0)
	for _, c := range []struct {
		name string
		rows [][]any
		want string
	}{
		{"none", nil, "INT"},
		{"null", [][]any{{nil}}, "INT"},
		{"int", [][]any{{nil}, {int64(5)}}, "INT"},
		{"bigint", [][]any{{int64(5)}, {int64(1 << 40)}}, "BIGINT"},
		{"float", [][]any{{int64(5)}, {2.5}}, "FLOAT"},
		{"text", [][]any{{"a"}, {strings.Repeat("x", 9000)}}, "NVARCHAR"},
		{"mixed", [][]any{{"a"}, {int64(1)}}, "NVARCHAR"},
		{"time", [][]any{{when}}, "DATETIME2"},
		{"bytes", [][]any{{[]byte{1}}}, "VARBINARY"},
		{"bool", [][]any{{true}}, "BIT"},
		{"guid", [][]any{{guidBytes}}, "UNIQUEIDENTIFIER"},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := Start(t, Options{})
			srv.Handle(Any(), Answer{Columns: []Column{{Name: "c"}}, Rows: Rows(c.rows...)})
			rows, err := open(t, srv).Query("SELECT c")
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			types, _ := rows.ColumnTypes()
			if got := types[0].DatabaseTypeName(); got != c.want {
				t.Errorf("type is %s; want %s", got, c.want)
			}
			n := 0
			for rows.Next() {
				n++
			}
			if rows.Err() != nil || n != len(c.rows) {
				t.Errorf("%d rows and error %v; want %d rows", n, rows.Err(), len(c.rows))
			}
		})
	}
}

func TestTypesThatSQLServerDoesNotHave(t *testing.T) {
	for _, decl := range []string{
		"", "int4", "nvarchar(4001)", "varchar(0)", "nchar(max)", "varchar(", "varchar(x)", "decimal(39)",
		"decimal(5,6)", "datetime2(8)", "decimal(1,2,3)", "nvarchar(1,2)",
	} {
		if _, err := parseType(decl, false); err == nil {
			t.Errorf("parseType(%q) is no error", decl)
		}
	}
}

func TestCodePage1252(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	if got := append1252(nil, decode1252(all)); !bytes.Equal(got, all) {
		t.Errorf("the code page changes bytes:\n%x\n%x", got, all)
	}
}

// TestOtherGoTypes gives columns values that fixtures hold now and then.
func TestOtherGoTypes(t *testing.T) {
	for _, c := range []struct {
		kind       string
		give, want any
	}{
		{"int", float64(5), int64(5)},
		{"int", true, int64(1)},
		{"bit", "false", false},
		{"bit", "TRUE", true},
		{"int", sql.NullInt64{Int64: 7, Valid: true}, int64(7)},
		{"float", sql.NullFloat64{Float64: 1.5, Valid: true}, 1.5},
		{"float", int32(3), float64(3)},
		{"nvarchar(40)", sql.NullString{String: "s", Valid: true}, "s"},
		{"nvarchar(40)", 12, "12"},
		{"nvarchar(40)", false, "0"},
		{"nvarchar(40)", []byte("bytes"), "bytes"},
		{"nvarchar(40)", guidBytes, guidText},
		{"nvarchar(40)", date(2024, 2, 29, 1, 2, 3, 4e8), "2024-02-29 01:02:03.4"},
		{"varbinary(16)", "text", []byte("text")},
		{"varbinary(16)", guidBytes, guidBytes[:]},
		{"datetime", []byte("2024-02-29"), date(2024, 2, 29, 0, 0, 0, 0)},
		{"datetime", sql.NullTime{Time: date(2024, 2, 29, 0, 0, 0, 0), Valid: true}, date(2024, 2, 29, 0, 0, 0, 0)},
		{"decimal(5,1)", 2.25, []byte("2.3")},
	} {
		srv := Start(t, Options{})
		srv.Handle(Any(), Answer{Columns: []Column{{Name: "v", Type: c.kind}}, Rows: Rows([]any{c.give})})
		if got := mustQuery(t, open(t, srv), "SELECT v")[0][0]; !same(got, c.want) {
			t.Errorf("%s of %T %v gives %v; want %v", c.kind, c.give, c.give, got, c.want)
		}
	}
}
