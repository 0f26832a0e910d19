package evaluator

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
)

// partReader reads the lines of a part and checks that it is whole and
// unchanged.
type partReader struct {
	name   string
	again  string        // what to do about a damaged part
	zstd   *zstd.Decoder // nil for a plain file
	in     *bufio.Reader
	line   []byte
	number int64
	sum    hash.Hash
}

// zstdMagic begins every compressed file.
var zstdMagic = []byte{0x28, 0xB5, 0x2F, 0xFD}

func newPartReader(source io.Reader, name string) (*partReader, error) {
	r := &partReader{name: name, again: "run its shard again", sum: sha256.New()}
	in := bufio.NewReaderSize(source, 1<<16)
	head, err := in.Peek(len(zstdMagic))
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, r.errorf("it cannot be read: %w", cause(err))
	case !bytes.Equal(head, zstdMagic):
		r.in = in
		return r, nil
	}
	r.zstd, err = zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
	if err != nil {
		return nil, r.errorf("it cannot be decompressed: %w", err)
	}
	r.in = bufio.NewReaderSize(r.zstd, 1<<16)
	return r, nil
}

func (r *partReader) close() {
	if r.zstd != nil {
		r.zstd.Close()
	}
}

func (r *partReader) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: %w", r.name, fmt.Errorf(format, args...))
}

// damaged says that the part holds what no shard writes.
func (r *partReader) damaged(what string) error {
	return r.errorf("line %d: %s; the file was changed after it was written: %s", r.number, what, r.again)
}

func (r *partReader) truncated() error {
	return r.errorf("truncated: it stops after line %d and has no end record; copy it again, or %s", r.number, r.again)
}

// next returns the next line and its kind. The line is valid until the next
// call. io.EOF is the end of the file.
func (r *partReader) next() (kind string, line []byte, err error) {
	r.line = r.line[:0]
	for {
		piece, err := r.in.ReadSlice('\n')
		if len(r.line)+len(piece) > maxPartLine {
			return "", nil, r.errorf("line %d is longer than %d MiB, which no line of a part is", r.number+1, maxPartLine>>20)
		}
		r.line = append(r.line, piece...)
		switch {
		case err == nil:
			r.number++
			return kindOf(r.line), r.line, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(r.line) == 0:
			return "", nil, io.EOF
		case errors.Is(err, io.EOF) && r.number == 0:
			return "", nil, r.noPart()
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return "", nil, r.truncated()
		case r.zstd != nil && !isPathError(err):
			return "", nil, r.errorf("it cannot be decompressed after line %d (%w); copy it again, or %s", r.number, err, r.again)
		default:
			return "", nil, r.errorf("it cannot be read after line %d: %w", r.number, cause(err))
		}
	}
}

func (r *partReader) noPart() error {
	return r.errorf("it is no part of a result; nscheck eval SNAPSHOT --shard I/N -o FILE writes one")
}

func isPathError(err error) bool {
	var path *os.PathError
	return errors.As(err, &path)
}

// cause leaves the path out of an error that will stand behind it.
func cause(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// kindOf is the first field of a line, which is its kind; empty where it is
// something else.
func kindOf(line []byte) string {
	rest, ok := bytes.CutPrefix(line, []byte(`{"kind":"`))
	kind, _, closed := bytes.Cut(rest, []byte(`"`))
	if !ok || !closed {
		return ""
	}
	return string(kind)
}

// decode reads a line strictly.
func (r *partReader) decode(line []byte, record any) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	if err := dec.Decode(record); err != nil {
		return r.damaged(err.Error())
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return r.damaged("something follows its record")
	}
	return nil
}

// verify checks the end record, and that it is the last line.
func (r *partReader) verify(line []byte) error {
	var end partEnd
	if err := r.decode(line, &end); err != nil {
		return err
	}
	if end.Lines != r.number-1 || end.SHA256 != hex.EncodeToString(r.sum.Sum(nil)) {
		return r.errorf("it was changed after it was written: the SHA-256 of its lines is not the one in its end record; copy it again in binary mode, or %s", r.again)
	}
	switch _, _, err := r.next(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil && r.zstd != nil:
		return err
	}
	return r.errorf("data follows its end record; a file holds one part: %s", r.again)
}
