package csvdir

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/guid"
)

var siteColumns = []binding.Column{{Name: "guid", Kind: binding.GUID}, {Name: "name", Kind: binding.Text}}

// FuzzFile reads any bytes as a file: it ends with rows or with an error that
// has a position, and whatever is read is in a form that a snapshot can hold.
func FuzzFile(f *testing.F) {
	for _, text := range []string{
		"guid,name\n" + g1 + ",Leeds\n", "sep=;\r\nguid;name\r\n{" + g1 + "};\"a\"\"b\r\nc\"\r\n", "\xEF\xBB\xBFname\tguid\r" + "x\t" + g2,
		utf16le("guid,name\n" + g1 + ",Leeds\n"), "g\x00u\x00i\x00d\x00;\x00n\x00a\x00m\x00e\x00", "\x00g\x00u\x00i\x00d\x00,\x00n\x00a\x00m\x00e\x00\n",
		"guid,name\n\"", "guid,name\n\"a\"b", "\xFF\xFE\x00\xD8", "guid,name,name\n", ",\n", "",
	} {
		f.Add([]byte(text), "")
	}
	f.Add([]byte("guid;name\n"+g1+";K\xF6ln\n"), "windows-1252")
	f.Fuzz(func(t *testing.T, file []byte, encoding string) {
		in, err := decode(bytes.NewReader(file), encoding)
		if err != nil {
			return // a workbook, or HTML
		}
		var where *positioned
		table, err := openTable(in, "sites", siteColumns, 0)
		if err != nil {
			if !errors.As(err, &where) || where.line < 1 {
				t.Fatalf("no position: %v", err)
			}
			return
		}
		rows := &fileRows{table: table, fieldReader: fieldReader{settings: &settings{}, zone: time.UTC}, folder: &folder{}}
		for last := 0; ; last = rows.start {
			values := make([]any, 2)
			err := rows.read(values)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				if !errors.As(err, &where) || where.line < last {
					t.Fatalf("no position: %v", err)
				}
				return
			}
			if _, err := guid.Parse(values[0].(string)); err != nil {
				t.Fatal(err)
			}
			back := make([]any, 2)
			if err := unpack(pack(nil, values), back); err != nil || !slices.Equal(values, back) {
				t.Fatalf("%v became %v: %v", values, back, err)
			}
		}
	})
}

// FuzzParser holds the parser to encoding/csv where both take a file.
func FuzzParser(f *testing.F) {
	f.Add("a,b\nc,\"d\"\"e\nf\"\r\n\r\n,\n")
	f.Add("a\r\n\"\"\r\nb,c\"d")
	f.Add("\"a\r\nb\",c")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(strings.ReplaceAll(text, "\r\n", ""), "\r\x00") {
			return // old line ends are taken here only, NUL there only
		}
		reference := csv.NewReader(strings.NewReader(text))
		reference.FieldsPerRecord = -1
		want, err := reference.ReadAll()
		if err != nil {
			return
		}
		p := newParser(bufio.NewReader(strings.NewReader(text)), ',')
		for _, record := range want {
			if err := p.next(); err != nil {
				if !errors.Is(err, io.EOF) && strings.Contains(err.Error(), "UTF-8") {
					return
				}
				t.Fatalf("%v where encoding/csv has %q", err, record)
			}
			var got []string
			for i := range p.fields() {
				// encoding/csv changes line ends within fields.
				got = append(got, strings.ReplaceAll(string(p.field(i)), "\r\n", "\n"))
			}
			if !slices.Equal(got, record) {
				t.Fatalf("%q, encoding/csv has %q", got, record)
			}
		}
		if err := p.next(); !errors.Is(err, io.EOF) {
			t.Fatalf("more than encoding/csv has: %v", err)
		}
	})
}

// FuzzDate: no text is two dates, and what is a date with a setting is not
// another one without it.
func FuzzDate(f *testing.F) {
	for _, text := range []string{"03.04.2014", "3/4/2014 1:00 PM", "2014-03-04T10:00:00Z", "13/12/2014 01:02:03", "31.02.2014", "1/1/0000"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		date := func(setting string) (time.Time, error) {
			at, _, err := (&fieldReader{settings: &settings{dates: setting}, zone: time.UTC}).date(text)
			return at, err
		}
		plain, err := date("")
		for _, setting := range []string{"de", "us", "iso"} {
			if with, errWith := date(setting); err == nil && errWith == nil && !with.Equal(plain) {
				t.Errorf("%q is %s, with dates=%s it is %s", text, plain, setting, with)
			}
		}
	})
}
