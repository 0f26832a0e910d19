// Package csvtest writes the answers of an estate's CMDB as CSV files, in the
// ways in which people's tools write them, so that tests can hold what is read
// from CSV to what is read by SQL.
package csvtest

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
)

// Dialect is a way of writing CSV.
type Dialect struct {
	// Settings is what the user must say to have it read, after ? in the source.
	Settings string
	// Encoding is utf-8, utf-16le, utf-16be or windows-1252; with or without a
	// byte order mark.
	Encoding string
	Mark     bool
	// Delimiter, comma where empty.
	Delimiter string
	// LineEnd, a line feed where empty.
	LineEnd string
	// Quoted puts every field into quotation marks.
	Quoted bool
	// SepLine writes Excel's first line.
	SepLine bool
	// Date is the layout of dates; ISO where empty.
	Date string
	// True and False; 1 and 0 where empty.
	True, False string
	// Null stands for values that are not known.
	Null string
	// Braces and Lower are for GUIDs.
	Braces, Lower bool
	// Fraction is put behind numbers, such as ",00".
	Fraction string
	// Shuffled mixes rows and columns and adds a column that nobody wants.
	Shuffled bool
	// Upper writes file names in upper case.
	Upper bool
	// Aliases names columns by other names where there are any.
	Aliases func(section, column string) []string
}

// Export writes one file into dir for each section that is wanted; nil means all.
func Export(ctx context.Context, db *sql.DB, database, dir string, d Dialect, wanted func(section string) bool) error {
	queries := map[string]*binding.Binding{}
	for _, b := range binding.All() {
		queries[b.Section] = b
	}
	for _, layout := range binding.Layouts() {
		if wanted != nil && !wanted(layout.Section) {
			continue
		}
		rows, err := read(ctx, db, queries[layout.Section], layout, database)
		if err != nil {
			return fmt.Errorf("export %s: %w", layout.Section, err)
		}
		name := layout.Section + ".csv"
		if d.Upper {
			name = strings.ToUpper(name)
		}
		if err := os.WriteFile(filepath.Join(dir, name), d.File(layout, rows), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// read runs a section's query and returns text; nil for NULL.
func read(ctx context.Context, db *sql.DB, b *binding.Binding, layout binding.Layout, database string) (out [][]*string, err error) {
	var args []any
	for _, p := range b.Parameters {
		value := cmdb.DefaultProduct
		if p == "database" {
			value = database
		}
		args = append(args, sql.Named(p, value))
	}
	rows, err := db.QueryContext(ctx, b.Query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values := make([]sql.NullString, len(names))
		targets := make([]any, len(names))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		row := make([]*string, len(layout.Columns))
		for i, c := range layout.Columns {
			for j, name := range names {
				if strings.EqualFold(name, c.Name) && values[j].Valid {
					row[i] = &values[j].String
				}
			}
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// File is the text of a file with these rows.
func (d Dialect) File(layout binding.Layout, rows [][]*string) []byte {
	order := make([]int, len(layout.Columns))
	for i := range order {
		order[i] = i
	}
	if d.Shuffled {
		random := rand.New(rand.NewPCG(1, uint64(len(rows))))
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	}
	var text strings.Builder
	if d.SepLine {
		text.WriteString("sep=" + d.delimiter() + d.lineEnd())
	}
	var header []string
	for _, i := range order {
		name := layout.Columns[i].Name
		if d.Aliases != nil {
			if others := d.Aliases(layout.Section, name); len(others) > 0 {
				name = others[0]
			}
		}
		header = append(header, name)
	}
	d.line(&text, header)
	for _, row := range rows {
		var fields []string
		for _, i := range order {
			fields = append(fields, d.value(layout.Columns[i].Kind, row[i]))
		}
		d.line(&text, fields)
	}
	return d.encode(text.String())
}

func (d Dialect) delimiter() string {
	if d.Delimiter == "" {
		return ","
	}
	return d.Delimiter
}

func (d Dialect) lineEnd() string {
	if d.LineEnd == "" {
		return "\n"
	}
	return d.LineEnd
}

func (d Dialect) line(text *strings.Builder, fields []string) {
	if d.Shuffled {
		fields = append(fields, "line one\nline two, with \"marks\" in it")
	}
	for i, f := range fields {
		if i > 0 {
			text.WriteString(d.delimiter())
		}
		if f != d.Null && (d.Quoted || strings.ContainsAny(f, d.delimiter()+"\"\r\n")) {
			f = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
		}
		text.WriteString(f)
	}
	text.WriteString(d.lineEnd())
}

func (d Dialect) value(kind binding.Kind, value *string) string {
	if value == nil {
		return d.Null
	}
	text := *value
	switch kind {
	case binding.GUID:
		if d.Lower {
			text = strings.ToLower(text)
		}
		if d.Braces {
			text = "{" + text + "}"
		}
	case binding.Bool:
		if d.True != "" {
			text = map[string]string{"1": d.True, "0": d.False}[text]
		}
	case binding.Int, binding.Count:
		text += d.Fraction
	case binding.Time:
		// A driver may have made text of a time in a zone; the CMDB has none.
		t, err := time.Parse("2006-01-02 15:04:05", text)
		if err != nil {
			t, err = time.Parse(time.RFC3339, text)
		}
		if err != nil {
			panic(err)
		}
		text = t.Format(cmp.Or(d.Date, "2006-01-02 15:04:05"))
	}
	return text
}

func (d Dialect) encode(text string) []byte {
	switch d.Encoding {
	case "windows-1252":
		out, err := charmap.Windows1252.NewEncoder().String(text)
		if err != nil {
			panic(err)
		}
		return []byte(out)
	case "utf-16le", "utf-16be":
		var order binary.AppendByteOrder = binary.LittleEndian
		if d.Encoding == "utf-16be" {
			order = binary.BigEndian
		}
		if d.Mark {
			text = "\uFEFF" + text
		}
		var out []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			out = order.AppendUint16(out, unit)
		}
		return out
	}
	var out bytes.Buffer
	if d.Mark {
		out.WriteString("\uFEFF")
	}
	out.WriteString(text)
	return out.Bytes()
}

// Dialects are ways of writing CSV that must all be read alike.
func Dialects(aliases func(section, column string) []string) map[string]Dialect {
	return map[string]Dialect{
		"plain":            {},
		"Excel in English": {Mark: true, LineEnd: "\r\n", Settings: "dates=us", Date: "1/2/2006 3:04:05 PM", True: "TRUE", False: "FALSE"},
		"Excel in German": {
			Encoding: "windows-1252", Delimiter: ";", LineEnd: "\r\n", Settings: "dates=de&encoding=windows-1252",
			Date: "02.01.2006 15:04:05", True: "WAHR", False: "FALSCH", Fraction: ",00", SepLine: true,
		},
		"Unicode text":      {Encoding: "utf-16le", Mark: true, Delimiter: "\t", LineEnd: "\r\n", Braces: true},
		"big-endian":        {Encoding: "utf-16be", Mark: true, Delimiter: ";", Quoted: true, Lower: true, Braces: true},
		"without marks":     {Encoding: "utf-16le", Delimiter: ";", Upper: true, Date: "2.1.2006 15:04:05"},
		"big-endian, plain": {Encoding: "utf-16be", LineEnd: "\r", Lower: true},
		"query tool":        {Null: "NULL", Mark: true, LineEnd: "\r\n", Date: "2006-01-02 15:04:05.000"},
		"in disorder":       {Shuffled: true, Aliases: aliases, True: "Yes", False: "No", Lower: true},
		"day first":         {Shuffled: true, Delimiter: ";", Settings: "dates=de", Date: "02/01/2006 15:04:05", True: "ja", False: "nein"},
	}
}
