package csvdir

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/internal/spill"
)

// sortMemory is how many bytes of rows are sorted at once.
const sortMemory = 16 << 20

// keySize is the size of a row's key in the sorter: a byte that is 1 if there is one,
// and a GUID.
const keySize = 1 + len(guid.GUID{})

// eachSorted reads the whole file and calls give for its rows in the order of their
// keys. Rows without a key come first.
func (r *fileRows) eachSorted(ctx context.Context, request cmdb.Request, give func(line int, values []any) error) (err error) {
	sorter := spill.NewSorter(request.TempDir, "rows", r.folder.sortMemory, compareKeys(request.Less))
	defer func() { err = errors.Join(err, sorter.Close()) }()
	values := make([]any, len(r.columns))
	if err := r.sortInto(ctx, sorter, values); err != nil {
		return err
	}
	if unique[r.section] {
		if err := r.checkUnique(sorter); err != nil {
			return r.folder.fileFailure(r.name, err)
		}
	}
	next, err := sorter.Records()
	if err != nil {
		return r.folder.fileFailure(r.name, err)
	}
	for {
		row, err := next()
		if err != nil {
			return ignoreEOF(err)
		}
		line, size := binary.Uvarint(row[keySize:])
		if err := unpack(row[keySize+size:], values); err != nil {
			return err
		}
		if err := give(int(line), values); err != nil {
			return err
		}
	}
}

// compareKeys orders packed rows by their keys.
func compareKeys(less func(a, b [16]byte) bool) func(a, b []byte) int {
	return func(a, b []byte) int {
		keyA, keyB := [16]byte(a[1:keySize]), [16]byte(b[1:keySize])
		switch {
		case a[0] != b[0]:
			return int(a[0]) - int(b[0])
		case a[0] == 0:
			return 0
		case less(keyA, keyB):
			return -1
		case less(keyB, keyA):
			return 1
		}
		return 0
	}
}

// sortInto puts the rows into a sorter, packed behind their keys and lines.
func (r *fileRows) sortInto(ctx context.Context, sorter *spill.Sorter, values []any) error {
	var row []byte
	for {
		if err := r.next(ctx, values); err != nil {
			return ignoreEOF(err)
		}
		var key guid.GUID
		hasKey := byte(0)
		if text, ok := values[0].(string); ok {
			hasKey = 1
			key, _ = guid.Parse(text) // it was one when it was read
		}
		row = append(append(row[:0], hasKey), key[:]...)
		row = pack(binary.AppendUvarint(row, uint64(r.start)), values)
		if err := sorter.Add(row); err != nil {
			return r.folder.fileFailure(r.name, err)
		}
	}
}

// checkUnique checks all rows before any is used: a file with two rows for one object
// is refused.
func (r *fileRows) checkUnique(sorter *spill.Sorter) error {
	next, err := sorter.Records()
	if err != nil {
		return err
	}
	var last []byte // the key of the row before
	lastLine := 0
	for {
		row, err := next()
		if err != nil {
			return ignoreEOF(err)
		}
		line, _ := binary.Uvarint(row[keySize:])
		if lastLine > 0 && bytes.Equal(row[:keySize], last) {
			return r.duplicateError(lastLine, int(line))
		}
		last, lastLine = append(last[:0], row[:keySize]...), int(line)
	}
}

// pack writes values so that they can be kept as bytes.
func pack(row []byte, values []any) []byte {
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

func unpack(row []byte, values []any) error {
	for i := range values {
		if len(row) == 0 {
			return spill.ErrChanged
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
				return spill.ErrChanged
			}
			values[i] = string(row[size : size+int(n)])
			row = row[size+int(n):]
			continue
		}
		n, size := binary.Varint(row)
		if size <= 0 {
			return spill.ErrChanged
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
