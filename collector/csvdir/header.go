package csvdir

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb"
)

// table is a file whose header has been read.
type table struct {
	*parser
	section string
	columns []cmdb.Column
	at      []int // positions of the columns
	width   int   // fields of the header
}

var candidates = []byte{',', ';', '\t'}

// openTable finds the delimiter and the columns in the header.
func openTable(in *bufio.Reader, section string, columns []cmdb.Column, delimiter byte) (*table, error) {
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
	if err := t.next(); errors.Is(err, io.EOF) {
		return nil, &positioned{line: line, err: errors.New("the file is empty; its first line must name the columns")}
	} else if err != nil {
		return nil, err
	}
	header := t.header()
	var twice string
	t.at, _, twice = place(section, columns, header)
	t.width, t.names = len(header), header
	if twice != "" {
		return nil, &positioned{line: t.start, column: twice, err: errors.New("two columns have this name; leave one of them out")}
	}
	for i, c := range columns {
		if t.at[i] < 0 && !c.Optional {
			return nil, t.lacks(c.Name, header)
		}
	}
	return t, nil
}

func (p *parser) header() []string {
	names := make([]string, p.fields())
	for i := range names {
		names[i] = strings.TrimSpace(string(p.field(i)))
	}
	return names
}

func (t *table) lacks(column string, header []string) error {
	also := ""
	if others := Aliases(t.section, column); len(others) > 0 {
		also = " (also taken: " + strings.Join(others, ", ") + ")"
	}
	shown := make([]string, 0, len(header))
	for _, h := range header {
		shown = append(shown, fmt.Sprintf("%q", clip(h)))
	}
	if len(shown) > 12 {
		shown = append(shown[:12], "…")
	}
	return &positioned{line: t.start, column: column, err: fmt.Errorf("the header lacks this column%s; it has %s", also, strings.Join(shown, ", "))}
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

// guessDelimiter takes the delimiter with which the header has most of the
// columns; among equals the one that makes the most fields.
func guessDelimiter(in *bufio.Reader, section string, columns []cmdb.Column) byte {
	head, _ := in.Peek(sample)
	best, bestFound, bestFields := candidates[0], -1, -1
	for _, c := range candidates {
		p := newParser(bufio.NewReader(bytes.NewReader(head)), c)
		if p.next() != nil {
			continue
		}
		_, found, _ := place(section, columns, p.header())
		if found > bestFound || found == bestFound && p.fields() > bestFields {
			best, bestFound, bestFields = c, found, p.fields()
		}
	}
	return best
}

// row moves on to the next record and checks its length.
func (t *table) row() error {
	if err := t.next(); err != nil {
		return err
	}
	switch {
	case t.fields() == t.width:
		return nil
	case t.fields() > t.width:
		return t.fail(-1, "there are %d fields where the header has %d; is a field that holds the delimiter not in quotation marks?", t.fields(), t.width)
	case t.ended:
		return t.fail(-1, "the file ends after %d of %d fields; it was cut off, export it again", t.fields(), t.width)
	}
	return t.fail(-1, "there are only %d fields where the header has %d", t.fields(), t.width)
}

// clip keeps values out of messages beyond what shows what is wrong.
func clip(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return text
}
