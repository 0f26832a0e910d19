package cmdb

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
)

func TestScanGUID(t *testing.T) {
	const want = "6D417916-467C-46A7-A870-6D86D9345B61"
	wire := []byte{0x16, 0x79, 0x41, 0x6D, 0x7C, 0x46, 0xA7, 0x46, 0xA8, 0x70, 0x6D, 0x86, 0xD9, 0x34, 0x5B, 0x61}
	for name, src := range map[string]any{
		"SQL Server's bytes":  wire,
		"upper case":          want,
		"lower case":          strings.ToLower(want),
		"braces":              "{" + want + "}",
		"text as bytes":       []byte(want),
		"braced text, bytes ": []byte("{" + strings.ToLower(want) + "}"),
	} {
		g, err := scanGUID(src)
		if err != nil || g.String() != want {
			t.Errorf("%s: %s %v", name, g, err)
		}
	}
	for _, src := range []any{
		"", "6D417916", want + "0", strings.ReplaceAll(want, "-", ""), "6D417916-467C-46A7-A870-6D86D9345B6X",
		"{" + want, wire[:15], int64(1), nil, 3.5, "6D417916+467C-46A7-A870-6D86D9345B61",
	} {
		if g, err := scanGUID(src); err == nil {
			t.Errorf("%v gave %s", src, g)
		}
	}
}

func TestCellScan(t *testing.T) {
	at := time.Date(2014, 3, 3, 7, 0, 0, 0, time.UTC)
	zone := time.FixedZone("", 3600)
	for _, c := range []struct {
		name  string
		kind  binding.Kind
		src   any
		known bool
		num   int64
		text  string
	}{
		{"NULL text", binding.Text, nil, false, 0, ""},
		{"empty text", binding.Text, "  ", false, 0, ""},
		{"padded text", binding.Text, "Leeds  ", true, 0, "Leeds"},
		{"bytes", binding.Text, []byte("Zürich"), true, 0, "Zürich"},
		{"broken UTF-8", binding.Text, "a\xffb", true, 0, "a\uFFFDb"},
		{"number as text", binding.Text, int64(7), true, 0, "7"},
		{"fraction as text", binding.Text, 7.5, true, 0, "7.5"},
		{"bit as text", binding.Text, true, true, 0, "true"},
		{"time as text", binding.Text, at, true, 0, "2014-03-03T07:00:00Z"},
		{"something else as text", binding.Text, int32(3), true, 0, "3"},

		{"NULL guid", binding.GUID, nil, false, 0, ""},
		{"empty guid", binding.GUID, " ", false, 0, ""},
		{"empty guid bytes", binding.GUID, []byte{}, false, 0, ""},

		{"NULL number", binding.Int, nil, false, 0, ""},
		{"number", binding.Int, int64(-3), true, -3, ""},
		{"text number", binding.Int, " 12 ", true, 12, ""},
		{"decimal bytes", binding.Int, []byte("12.0"), true, 12, ""},
		{"float", binding.Int, 3010.0, true, 3010, ""},
		{"bit as number", binding.Int, true, true, 1, ""},
		{"no bit as number", binding.Int, false, true, 0, ""},
		{"empty number", binding.Int, "", false, 0, ""},

		{"NULL bit", binding.Bool, nil, false, 0, ""},
		{"bit", binding.Bool, true, true, 1, ""},
		{"no bit", binding.Bool, false, true, 0, ""},
		{"number bit", binding.Bool, int64(2), true, 1, ""},
		{"large number bit", binding.Bool, int64(math.MaxInt64), true, 1, ""},
		{"VARIANT_TRUE", binding.Bool, "-1", true, 1, ""},
		{"text bit", binding.Bool, []byte("False"), true, 0, ""},
		{"empty bit", binding.Bool, "", false, 0, ""},

		{"NULL time", binding.Time, nil, false, 0, ""},
		{"time", binding.Time, at, true, at.Unix(), ""},
		{"time with a zone", binding.Time, time.Date(2014, 3, 3, 7, 0, 0, 0, zone), true, at.Unix(), ""},
		{"SQLite's text", binding.Time, "2014-03-03 07:00:00", true, at.Unix(), ""},
		{"text with fraction", binding.Time, "2014-03-03 07:00:00.997", true, at.Unix(), ""},
		{"RFC 3339", binding.Time, []byte("2014-03-03T07:00:00+01:00"), true, at.Unix(), ""},
		{"date", binding.Time, "2014-03-03", true, at.Unix() - 7*3600, ""},
		{"empty time", binding.Time, "", false, 0, ""},
	} {
		cell := cell{kind: c.kind, known: true, num: 99, text: "left over"}
		if err := cell.Scan(c.src); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if cell.known != c.known || cell.known && (cell.num != c.num || cell.text != c.text) {
			t.Errorf("%s: %+v", c.name, cell)
		}
	}
}

func TestCellScanRefuses(t *testing.T) {
	for _, c := range []struct {
		kind binding.Kind
		src  any
	}{
		{binding.GUID, "x"}, {binding.GUID, int64(1)}, {binding.Int, "x"}, {binding.Int, 1.5}, {binding.Int, math.Inf(1)},
		{binding.Int, math.NaN()}, {binding.Int, time.Time{}}, {binding.Bool, "maybe"}, {binding.Bool, time.Time{}},
		{binding.Time, "yesterday"}, {binding.Time, int64(1)}, {binding.Time, "2014-13-01"},
		{binding.Int, strings.Repeat("x", 1000)},
	} {
		cell := cell{kind: c.kind}
		err := cell.Scan(c.src)
		if err == nil || cell.known {
			t.Errorf("%T %.20v was read as %+v", c.src, c.src, cell)
		} else if len(err.Error()) > 200 {
			t.Errorf("the message is too long: %v", err)
		}
	}
}

func TestCalendar(t *testing.T) {
	k := calendar{now: testNow, offset: time.Hour}
	for text, want := range map[string]struct {
		at  string
		age int
	}{
		"2014-03-03 07:00:00": {"2014-03-03T06:00:00Z", 0},
		"2014-03-02 07:00:01": {"2014-03-02T06:00:01Z", 0},
		"2014-03-02 07:00:00": {"2014-03-02T06:00:00Z", 1},
		"2014-03-03 07:00:01": {"2014-03-03T06:00:01Z", -1},
		"2014-03-04 07:00:00": {"2014-03-04T06:00:00Z", -1},
		"2014-03-04 07:00:01": {"2014-03-04T06:00:01Z", -2},
	} {
		c := cell{kind: binding.Time}
		if err := c.Scan(text); err != nil {
			t.Fatal(err)
		}
		at := k.timeOf(&c)
		if at == nil || at.String() != want.at || *k.ageInDays(at) != want.age {
			t.Errorf("%s: %v, %d days old", text, at, *k.ageInDays(at))
		}
	}
	for _, text := range []string{"1753-01-01", "1899-12-30 00:00:00", "1900-01-01", "0001-01-01"} {
		c := cell{kind: binding.Time}
		if err := c.Scan(text); err != nil {
			t.Fatal(err)
		}
		if at := k.timeOf(&c); at != nil || k.ageInDays(at) != nil {
			t.Errorf("%s is a placeholder, not %v", text, at)
		}
	}
	if at := k.timeOf(&cell{kind: binding.Time}); at != nil {
		t.Errorf("an unknown time is %v", at)
	}
}

func TestAddresses(t *testing.T) {
	text := func(s string) *cell { return &cell{kind: binding.Text, known: s != "", text: s} }
	for _, c := range []struct{ address, mask, want, problem string }{
		{"10.4.0.17", "255.255.255.0", "10.4.0.17/24", ""},
		{"10.4.0.17", "255.255.255.255", "10.4.0.17/32", ""},
		{"10.4.0.17", "24", "10.4.0.17/24", ""},
		{"10.4.0.17", "/24", "10.4.0.17/24", ""},
		{"10.4.0.17/24", "", "10.4.0.17/24", ""},
		{"10.4.0.17", "", "10.4.0.17/32", "mask: it is empty, and a mask such as 255.255.255.0 is required; 10.4.0.17 is used without its network"},
		{"10.4.0.17", "33", "10.4.0.17/32", `mask: "33", and`},
		{"10.4.0.17", "0.0.0.0", "10.4.0.17/32", `mask: "0.0.0.0", and`},
		{"10.4.0.17", "255.0.255.0", "10.4.0.17/32", `mask: "255.0.255.0", and`},
		{"::ffff:10.4.0.17", "255.255.0.0", "10.4.0.17/16", ""},
		{"10.1.0.10, 10.9.0.3", "255.255.255.0", "10.1.0.10/24 10.9.0.3/24", ""},
		{"10.1.0.10;10.9.0.3", "255.255.255.0;255.255.0.0", "10.1.0.10/24 10.9.0.3/16", ""},
		{"10.1.0.10 fe80::1", "255.255.255.0", "10.1.0.10/24", ""},
		{"10.1.0.10,nonsense", "255.255.255.0", "?", `address: "nonsense" is not an address such as 10.4.0.17`},
		{"fe80::1", "", "-", ""}, {"127.0.0.1", "255.0.0.0", "-", ""}, {"169.254.3.4", "255.255.0.0", "-", ""},
		{"0.0.0.0", "0.0.0.0", "-", ""}, {"", "", "-", ""}, {"host", "", "?", `address: "host" is not an address`},
		{"", "255.255.255.0", "?", "address: it is empty, and mask 255.255.255.0 is of some address"},
	} {
		var list addressList
		problem := ""
		list.addRow(text(c.address), text(c.mask), false, func(column, format string, args ...any) {
			problem = column + ": " + fmt.Sprintf(format, args...)
		})
		got := strings.Join(list.texts(), " ")
		switch {
		case list.texts() == nil:
			got = "?"
		case got == "":
			got = "-"
		}
		if got != c.want || (problem == "") != (c.problem == "") || !strings.HasPrefix(problem, c.problem) {
			t.Errorf("%q %q: %s, %s", c.address, c.mask, got, problem)
		}
	}
	for text, want := range map[string]string{
		"10.4.0.0/24": "10.4.0.0/24", " 10.4.0.9/24 ": "10.4.0.0/24", "10.4.0.0/255.255.252.0": "10.4.0.0/22",
		"10.4.0.0": "", "10.4.0.0/33": "", "10.4.0.0/255.0.255.0": "", "": "", "2001:db8::/32": "2001:db8::/32",
	} {
		network, ok := parseNetwork(text)
		if ok != (want != "") || ok && network.String() != want {
			t.Errorf("%s: %v %v", text, network, ok)
		}
	}
}

func TestCodebaseHost(t *testing.T) {
	for address, want := range map[string]string{
		"http://LDS-PS01.corp.example/Altiris/PS/x":      "lds-ps01.corp.example",
		"https://lds-ps01:4433/Altiris/{guid}/100% done": "lds-ps01",
		`\\LDS-PS01\PkgSvrHost$\{guid}\cache`:            "lds-ps01",
		"file://lds-ps01/share":                          "lds-ps01",
		"http://10.4.0.10/x":                             "10.4.0.10",
		"http://[fe80::1]:80/x":                          "fe80::1",
		"http://reader@lds-ps01:80/x":                    "lds-ps01",
		`http:\\LDS-PS01\x`:                              "lds-ps01",
		"http://a, b/x":                                  "",
		`C:\Packages`:                                    "", "": "", "http://": "", `\\`: "", "relative/path": "",
	} {
		if got := codebaseHost(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

func FuzzScanGUID(f *testing.F) {
	f.Add([]byte("6D417916-467C-46A7-A870-6D86D9345B61"))
	f.Add([]byte("{6d417916-467c-46a7-a870-6d86d9345b61}"))
	f.Add([]byte{0x16, 0x79, 0x41, 0x6D, 0x7C, 0x46, 0xA7, 0x46, 0xA8, 0x70, 0x6D, 0x86, 0xD9, 0x34, 0x5B, 0x61})
	f.Add([]byte("--------------------------------------"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		g, err := scanGUID(raw)
		if err != nil {
			return
		}
		again, err := scanGUID(g.String())
		if err != nil || again != g {
			t.Errorf("%q became %s became %s, %v", raw, g, again, err)
		}
	})
}

func FuzzCellScan(f *testing.F) {
	for _, seed := range []string{"", "1", "-1", "true", "12.5", "2014-03-03 07:00:00", "9999-12-31T23:59:59Z", "1e400", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for k := binding.Text; k <= binding.Time; k++ {
			fromText, fromBytes := cell{kind: k}, cell{kind: k}
			errText, errBytes := fromText.Scan(text), fromBytes.Scan([]byte(text))
			if (errText == nil) != (errBytes == nil) && k != binding.GUID {
				t.Errorf("%q as kind %d: %v from text, %v from bytes", text, k, errText, errBytes)
			}
			if errText != nil && fromText.known {
				t.Errorf("%q as kind %d is refused and yet known", text, k)
			}
			c := calendar{now: testNow}
			if k == binding.Time {
				if at := c.timeOf(&fromText); at != nil && c.ageInDays(at) == nil {
					t.Errorf("%q has a time without an age", text)
				}
			}
		}
	})
}
