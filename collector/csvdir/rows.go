package csvdir

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/textfile"
	"github.com/nscheck/nscheck/snapshot"
)

// fileError explains why a section could not be read from its file.
type fileError struct {
	status snapshot.Status
	err    error
}

func (e *fileError) Error() string                  { return e.err.Error() }
func (e *fileError) Unwrap() error                  { return e.err }
func (e *fileError) SectionStatus() snapshot.Status { return e.status }

// ReadSection reads the rows of a section from its file.
func (f *folder) ReadSection(ctx context.Context, request cmdb.Request, cells []sql.Scanner, visit func(cmdb.Position) error) (err error) {
	name, err := f.file(request.Binding.Section)
	if err != nil {
		return err
	}
	r, err := f.open(name, request)
	if err != nil {
		return f.fileFailure(name, err)
	}
	defer func() { err = errors.Join(err, r.file.Close()) }()
	give := func(line int, values []any) error {
		for i, v := range values {
			if err := cells[i].Scan(v); err != nil {
				return f.fileFailure(name, &positioned{line: line, column: r.columns[i].Name, err: err})
			}
		}
		return visit(cmdb.Position{File: filepath.Join(f.dir, name), Line: line})
	}
	if request.Less != nil {
		return r.eachSorted(ctx, request, give)
	}
	return r.each(ctx, give)
}

func (f *folder) fileFailure(name string, err error) error {
	return &fileError{snapshot.Failed, fmt.Errorf("%s: %w", filepath.Join(f.dir, name), err)}
}

func (f *folder) open(name string, request cmdb.Request) (*fileRows, error) {
	file, err := textfile.Open(filepath.Join(f.dir, name))
	if err != nil {
		return nil, withoutPath(err)
	}
	// If a database is read too, the files' times are in its local time unless the
	// user sets another.
	offset := request.UTCOffset
	if f.utcOffset != nil {
		offset = *f.utcOffset
	}
	in, err := decode(file, f.encoding)
	if err == nil {
		var t *table
		if t, err = openTable(in, request.Binding.Section, request.Columns, f.delimiter); err == nil {
			return &fileRows{
				table: t, file: file, folder: f, name: name,
				fieldReader: fieldReader{
					settings: f.settings, zone: time.FixedZone("", int(offset/time.Second)), shift: request.UTCOffset - offset,
					latest: wallClock(f.collectedAt.In(time.FixedZone("", int(offset/time.Second)))).Add(24 * time.Hour),
				},
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

// fileRows are the rows of a file.
type fileRows struct {
	*table
	fieldReader
	folder *folder
	name   string
	file   io.Closer
}

// each calls give for the rows in the order of the file.
func (r *fileRows) each(ctx context.Context, give func(line int, values []any) error) error {
	values := make([]any, len(r.columns))
	lines := make(map[string]int) // of keys that may be in the file once
	for {
		if err := r.next(ctx, values); err != nil {
			return ignoreEOF(err)
		}
		if unique[r.section] {
			key := values[0].(string)
			if line := lines[key]; line > 0 {
				return r.folder.fileFailure(r.name, r.duplicateError(line, r.start))
			}
			lines[key] = r.start
		}
		if err := give(r.start, values); err != nil {
			return err
		}
	}
}

// next reads one record into values; io.EOF after the last.
func (r *fileRows) next(ctx context.Context, values []any) error {
	if r.rows%1000 == 999 && ctx.Err() != nil {
		return ctx.Err()
	}
	err := r.read(values)
	if err != nil && !errors.Is(err, io.EOF) {
		return r.folder.fileFailure(r.name, err)
	}
	return err
}

// ignoreEOF returns nil for the end of the rows.
func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// duplicateError returns the error of an object on two lines.
func (r *fileRows) duplicateError(first, second int) error {
	return &positioned{line: second, column: r.names[r.at[0]], err: fmt.Errorf("this %s is on line %d already; the file must have one line for each", r.columns[0].Name, first)}
}

// needed are columns that an object cannot be without.
var needed = map[string]bool{"policies.role": true, "packages.role": true}

// read reads one record into values.
func (r *fileRows) read(dest []any) error {
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
