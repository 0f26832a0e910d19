package csvdir

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/guid"
)

// table is a file after its header was read.
type table struct {
	*parser
	section string
	columns []binding.Column
	at      []int // positions of the columns
	width   int   // fields of the header
	rows    int   // records after the header
}

var candidates = []byte{',', ';', '\t'}

// openTable finds the delimiter and the columns in the header.
func openTable(in *bufio.Reader, section string, columns []binding.Column, delimiter byte) (*table, error) {
	line := 1
	if by, ok := namedDelimiter(in); ok {
		line = 2
		if delimiter == 0 {
			delimiter = by
		}
	}
	if delimiter == 0 {
		delimiter = guessDelimiter(in, section, columns)
	}
	t := &table{parser: newParser(in, delimiter), section: section, columns: columns}
	t.line = line
	for before := linesBefore(in, section, columns, delimiter); before >= 0; before-- {
		if err := t.next(); errors.Is(err, io.EOF) {
			return nil, &positioned{line: line, err: errors.New("the file is empty; its first line must name the columns")}
		} else if err != nil {
			return nil, err
		}
	}
	header := t.header()
	var twice string
	t.at, _, twice = findColumns(section, columns, header)
	t.width, t.names = len(header), header
	if twice != "" {
		return nil, &positioned{line: t.start, column: twice, err: errors.New("two columns have this name; leave one of them out")}
	}
	for i, c := range columns {
		if t.at[i] < 0 && !binding.IsOptional(section, c.Name) {
			return nil, t.missingColumn(c.Name, header)
		}
	}
	return t, nil
}

// linesBefore is the number of records before the header: titles of reports and
// the line #TYPE of PowerShell. Such lines are skipped only if one of the first
// records after them names every column; else the first is the header.
func linesBefore(in *bufio.Reader, section string, columns []binding.Column, delimiter byte) int {
	head, _ := in.Peek(sample)
	p := newParser(bufio.NewReader(bytes.NewReader(head)), delimiter)
	for before := range maxTitles {
		if p.next() != nil {
			return 0
		}
		if at, _, _ := findColumns(section, columns, p.header()); hasRequired(section, at, columns) {
			return before
		}
	}
	if bytes.HasPrefix(head, []byte("#TYPE ")) {
		return 1
	}
	return 0
}

// hasRequired reports whether all columns were found that a file must have.
func hasRequired(section string, at []int, columns []binding.Column) bool {
	for i, c := range columns {
		if at[i] < 0 && !binding.IsOptional(section, c.Name) {
			return false
		}
	}
	return true
}

// maxTitles is how many records are looked at to find the header.
const maxTitles = 6

func (p *parser) header() []string {
	names := make([]string, p.fields())
	for i := range names {
		names[i] = strings.TrimSpace(string(p.field(i)))
	}
	return names
}

func (t *table) missingColumn(column string, header []string) error {
	also := ""
	if others := Aliases(t.section, column); len(others) > 0 {
		also = " (also accepted: " + strings.Join(others, ", ") + ")"
	}
	shown := make([]string, 0, len(header))
	for _, h := range header {
		shown = append(shown, fmt.Sprintf("%q", binding.Clip(h)))
	}
	if len(shown) > 12 {
		shown = append(shown[:12], "…")
	}
	for _, h := range header {
		if _, err := guid.Parse(h); err == nil {
			return &positioned{line: t.start, err: fmt.Errorf("the first line holds data and not the names of the columns; export with a header line, or put this line before it: %s", t.wantedHeader())}
		}
	}
	return &positioned{line: t.start, column: column, err: fmt.Errorf("the header lacks this column%s; it has %s", also, strings.Join(shown, ", "))}
}

// wantedHeader is a header with all columns.
func (t *table) wantedHeader() string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.Name
	}
	return strings.Join(names, string(t.comma))
}

// namedDelimiter reads the line sep=; that Excel writes and reads.
func namedDelimiter(in *bufio.Reader) (byte, bool) {
	head, _ := in.Peek(10)
	lower := bytes.ToLower(head)
	quoted := bytes.HasPrefix(lower, []byte(`"`))
	lower = bytes.TrimPrefix(lower, []byte(`"`))
	if !bytes.HasPrefix(lower, []byte("sep=")) || len(lower) < 5 || bytes.IndexByte(candidates, lower[4]) < 0 {
		return 0, false
	}
	rest, size := lower[5:], 5
	if quoted {
		if !bytes.HasPrefix(rest, []byte(`"`)) {
			return 0, false
		}
		rest, size = rest[1:], size+2
	}
	for _, ending := range []string{"\r\n", "\n", "\r"} {
		if bytes.HasPrefix(rest, []byte(ending)) {
			_, _ = in.Discard(size + len(ending))
			return lower[4], true
		}
	}
	return 0, false
}

// guessDelimiter returns the delimiter that makes most of the columns appear in the
// header, and of several the one that makes the most fields.
func guessDelimiter(in *bufio.Reader, section string, columns []binding.Column) byte {
	head, _ := in.Peek(sample)
	best, bestFound, bestFields := candidates[0], -1, -1
	for _, c := range candidates {
		p := newParser(bufio.NewReader(bytes.NewReader(head)), c)
		for range maxTitles {
			if p.next() != nil {
				break
			}
			at, found, _ := findColumns(section, columns, p.header())
			if found > bestFound || found == bestFound && p.fields() > bestFields {
				best, bestFound, bestFields = c, found, p.fields()
			}
			if hasRequired(section, at, columns) {
				break
			}
		}
	}
	return best
}

// row moves on to the next record that can be data and checks its length.
func (t *table) row() error {
	for {
		if err := t.next(); err != nil {
			return err
		}
		if t.rows++; t.decoration() {
			continue
		}
		if t.empty > 0 && t.width == 1 && t.columns[0].Kind == binding.GUID {
			return &positioned{line: t.empty, column: t.names[0], err: errors.New("it is empty; every line needs one")}
		}
		break
	}
	switch {
	case t.fields() == t.width:
		return nil
	case t.fields() > t.width:
		return t.fail(-1, "there are %d fields and the header has %d; is a field with the delimiter not in quotation marks?", t.fields(), t.width)
	case t.ended:
		return t.fail(-1, "the file ends after %d of %d fields; it was cut off, export it again", t.fields(), t.width)
	}
	return t.fail(-1, "there are only %d fields and the header has %d", t.fields(), t.width)
}

// rowCount is what query tools write after the last row.
var rowCount = regexp.MustCompile(`^\(\d+ [\p{L}() ]+\)$`)

// decoration reports whether a record cannot be data: dashes under the header, a
// row of empty fields as spreadsheets leave them, and a count of rows.
func (t *table) decoration() bool {
	empty, dashes := true, t.rows == 1
	for i := range t.fields() {
		field := bytes.TrimSpace(t.field(i))
		empty = empty && len(field) == 0 && !t.marks[i]
		dashes = dashes && len(field) > 0 && len(bytes.Trim(field, "-")) == 0
	}
	alone := t.fields() == 1 && (t.width > 1 || t.columns[0].Kind == binding.GUID)
	return empty || dashes || alone && rowCount.Match(bytes.TrimSpace(t.field(0)))
}
