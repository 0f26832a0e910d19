package csvdir

import (
	"cmp"
	"context"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/internal/textfile"
	"github.com/nscheck/nscheck/snapshot"
)

// fileError is why a section could not be read from its file.
type fileError struct {
	status snapshot.Status
	err    error
}

func (e *fileError) Error() string                  { return e.err.Error() }
func (e *fileError) Unwrap() error                  { return e.err }
func (e *fileError) SectionStatus() snapshot.Status { return e.status }

// connector is a driver for database/sql that answers the statement of a
// section with the rows of the section's file.
type connector struct{ folder *folder }

func (c connector) Connect(context.Context) (driver.Conn, error) { return conn(c), nil }
func (c connector) Driver() driver.Driver                        { return nil }

type conn struct{ folder *folder }

var errNoDatabase = errors.New("a folder of CSV files is no database")

func (conn) Prepare(string) (driver.Stmt, error) { return nil, errNoDatabase }
func (conn) Begin() (driver.Tx, error)           { return nil, errNoDatabase }
func (conn) Close() error                        { return nil }

// QueryContext opens the file of the section that the statement is for.
func (c conn) QueryContext(ctx context.Context, _ string, _ []driver.NamedValue) (driver.Rows, error) {
	request, ok := cmdb.RequestFrom(ctx)
	if !ok {
		return nil, errNoDatabase
	}
	name, err := c.folder.file(request.Section)
	if err != nil {
		return nil, err
	}
	r, err := c.folder.open(name, request)
	if err != nil {
		return nil, c.folder.failed(name, err)
	}
	if request.Less == nil {
		return r, nil
	}
	defer r.Close()
	sorted, err := r.sorted(ctx, request)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, c.folder.failed(name, err)
	}
	return sorted, nil
}

func (f *folder) failed(name string, err error) error {
	return &fileError{snapshot.Failed, fmt.Errorf("%s: %w", filepath.Join(f.dir, name), err)}
}

func (f *folder) open(name string, request cmdb.Request) (*fileRows, error) {
	file, err := textfile.Open(filepath.Join(f.dir, name))
	if err != nil {
		return nil, withoutPath(err)
	}
	// Beside a database, the files' times stand in its local time unless the
	// user says otherwise.
	offset := request.UTCOffset
	if f.utcOffset != nil {
		offset = *f.utcOffset
	}
	in, err := decode(file, f.encoding)
	if err == nil {
		var t *table
		if t, err = openTable(in, request.Section, request.Columns, f.delimiter); err == nil {
			return &fileRows{
				table: t, file: file, folder: f, name: name,
				reading: reading{
					settings: f.settings, zone: time.FixedZone("", int(offset/time.Second)), shift: request.UTCOffset - offset,
					latest: face(f.collectedAt.In(time.FixedZone("", int(offset/time.Second)))).Add(24 * time.Hour),
				},
				keys:     make(map[string]int),
				position: cmp.Or(request.Position, new(cmdb.Position)),
			}, nil
		}
	}
	return nil, errors.Join(err, file.Close())
}

// withoutPath leaves out the path, which the message has already.
func withoutPath(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// fileRows are the rows of a file in its own order.
type fileRows struct {
	*table
	reading
	folder   *folder
	name     string
	file     io.Closer
	keys     map[string]int // lines of the keys seen, where each may stand once
	position *cmdb.Position
}

func (r *fileRows) Columns() []string {
	names := make([]string, len(r.columns))
	for i, c := range r.columns {
		names[i] = c.Name
	}
	return names
}

func (r *fileRows) Close() error { return r.file.Close() }

// Next is called for sections of the estate, whose rows need no order.
func (r *fileRows) Next(dest []driver.Value) error {
	err := r.read(dest)
	r.report(r.start)
	if err == nil && unique[r.section] {
		key := dest[0].(string)
		if line := r.keys[key]; line > 0 {
			err = r.twice(line, r.start)
		}
		r.keys[key] = r.start
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return r.folder.failed(r.name, err)
	}
	return err
}

// report says where the row is that is returned.
func (r *fileRows) report(line int) {
	r.position.File, r.position.Line = filepath.Join(r.folder.dir, r.name), line
}

// twice is the error of an object that stands on two lines.
func (r *fileRows) twice(first, second int) error {
	return &positioned{line: second, column: r.names[r.at[0]], err: fmt.Errorf("this %s stands on line %d already; the file must have one line for each", r.columns[0].Name, first)}
}

// needed are columns without which an object cannot be kept.
var needed = map[string]bool{"policies.role": true, "packages.role": true}

// read reads one record into values.
func (r *fileRows) read(dest []driver.Value) error {
	if err := r.row(); err != nil {
		return err
	}
	for i, c := range r.columns {
		at := r.at[i]
		if at < 0 { // the file lacks an optional column
			dest[i] = nil
			continue
		}
		v, err := r.value(r.section, c, r.field(at), r.marks[at])
		if err == nil && v == nil && i == 0 && c.Kind == binding.GUID && !keyless[r.section] {
			err = errors.New("it is empty; every line needs one")
		}
		if err == nil && v == nil && needed[r.section+"."+c.Name] {
			err = fmt.Errorf("it is empty; write one of %s", strings.Join(vocabulary[r.section+"."+c.Name].names(), ", "))
		}
		if err != nil {
			return &positioned{line: r.start, column: r.names[at], err: err}
		}
		dest[i] = v
	}
	return nil
}

// sorted reads the whole file and gives its rows in the order of their keys.
func (r *fileRows) sorted(ctx context.Context, request cmdb.Request) (driver.Rows, error) {
	s := &sorter{less: request.Less, limit: r.folder.sortMemory, dir: request.TempDir}
	values := make([]driver.Value, len(r.columns))
	var packed []byte
	for count := 1; ; count++ {
		if count%1000 == 0 && ctx.Err() != nil {
			return nil, errors.Join(ctx.Err(), s.close())
		}
		err := r.read(values)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		var key [16]byte
		text, hasKey := values[0].(string)
		if hasKey {
			key, _ = guid.Parse(text) // it was one when it was read
		}
		packed = pack(binary.AppendUvarint(packed[:0], uint64(r.start)), values)
		if err := s.add(key, hasKey, packed); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	next, err := s.rows()
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	rows := &sortedRows{fileRows: r, sorter: s, next: next}
	if !unique[r.section] {
		return rows, nil
	}
	if err := rows.checkUnique(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	rows.next, err = s.rows()
	return rows, err
}

// sortedRows are the rows of a file in the order of their keys.
type sortedRows struct {
	*fileRows
	sorter *sorter
	next   func() ([]byte, error)
}

// Close removes the temporary file; the section's own file is closed already.
func (r *sortedRows) Close() error { return r.sorter.close() }

func (r *sortedRows) Next(dest []driver.Value) error {
	row, err := r.next()
	if err != nil {
		return err
	}
	line, size := binary.Uvarint(row)
	r.report(int(line))
	return unpack(row[size:], dest)
}

// checkUnique goes through the rows once, so that nothing of a file is used
// that has two rows for one object.
func (r *sortedRows) checkUnique() error {
	var last string
	lastLine := 0
	values := make([]driver.Value, len(r.columns))
	for {
		row, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		line, size := binary.Uvarint(row)
		if err := unpack(row[size:], values); err != nil {
			return err
		}
		key, _ := values[0].(string)
		if lastLine > 0 && key == last {
			return r.twice(lastLine, int(line))
		}
		last, lastLine = key, int(line)
	}
}

// pack writes values so that they can be kept as bytes.
func pack(row []byte, values []driver.Value) []byte {
	for _, v := range values {
		switch v := v.(type) {
		case string:
			row = binary.AppendUvarint(append(row, 's'), uint64(len(v)))
			row = append(row, v...)
		case int64:
			row = binary.AppendVarint(append(row, 'i'), v)
		case time.Time:
			row = binary.AppendVarint(append(row, 't'), v.Unix())
		case cmdb.UnsureTime:
			row = binary.AppendVarint(append(row, 'u'), time.Time(v).Unix())
		default:
			row = append(row, '-')
		}
	}
	return row
}

func unpack(row []byte, values []driver.Value) error {
	for i := range values {
		if len(row) == 0 {
			return errTemporary
		}
		tag := row[0]
		row = row[1:]
		switch tag {
		case '-':
			values[i] = nil
			continue
		case 's':
			n, size := binary.Uvarint(row)
			if size <= 0 || uint64(len(row)-size) < n {
				return errTemporary
			}
			values[i] = string(row[size : size+int(n)])
			row = row[size+int(n):]
			continue
		}
		n, size := binary.Varint(row)
		if size <= 0 {
			return errTemporary
		}
		row = row[size:]
		values[i] = n
		switch at := time.Unix(n, 0).UTC(); tag {
		case 't':
			values[i] = at
		case 'u':
			values[i] = cmdb.UnsureTime(at)
		}
	}
	return nil
}
