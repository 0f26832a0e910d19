package snapshot

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
	"iter"
	"os"

	"github.com/klauspost/compress/zstd"

	"github.com/nscheck/nscheck/internal/textfile"
)

// Form is how a snapshot is written down.
type Form string

// The forms that a Reader knows.
const (
	JSONLines Form = "JSON Lines"
	JSON      Form = "JSON"
	YAML      Form = "YAML"
)

// A Reader reads one snapshot. JSON Lines are streamed: beside the estate it
// holds one line at a time. The other forms are read whole.
type Reader struct {
	name       string
	file       io.Closer     // nil where the caller owns the input
	zstd       *zstd.Decoder // nil where the input is plain
	packed     hash.Hash     // over the input as it is stored, where that is compressed
	form       Form
	compressed bool
	converted  bool // from UTF-16
	check      validator

	manifest  *Manifest
	estate    *Estate
	rawEstate json.RawMessage
	blocks    func(yield func(*Block, error) bool)
	begun     bool
	count     int64
	sha256    string
}

// A ClientLine is one client as JSON text.
type ClientLine struct {
	// Raw is the client: one JSON object on one line, without its kind, with
	// every nullable field present. It is valid until the next iteration.
	Raw []byte
	// Line is the physical line in the file where the client begins.
	Line int
}

// Client decodes the line.
func (l ClientLine) Client() (*Client, error) {
	c := &Client{}
	if err := json.Unmarshal(l.Raw, c); err != nil {
		return nil, fmt.Errorf("line %d: %w", l.Line, err)
	}
	return c, nil
}

// Open opens the snapshot at path and reads its manifest and estate. The form
// is told from the content, not from the name.
func Open(path string) (*Reader, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, &Error{File: path, Message: "there is no such file; name a snapshot (nscheck collect -o FILE writes one)"}
	case err != nil:
		return nil, &Error{File: path, Message: "cannot be opened: " + cause(err)}
	case info.IsDir():
		return nil, &Error{File: path, Message: "is a directory; name one snapshot file in it"}
	}
	file, err := textfile.Open(path)
	if err != nil {
		return nil, &Error{File: path, Message: "cannot be opened: " + cause(err)}
	}
	r, err := NewReader(file, path)
	if err != nil {
		file.Close()
		return nil, err
	}
	r.file = file
	return r, nil
}

// cause leaves the path out of an error that will stand behind it.
func cause(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// NewReader reads the snapshot in in, which errors call name.
func NewReader(in io.Reader, name string) (*Reader, error) {
	r := &Reader{name: name, packed: sha256.New(), check: schemaValidator{}}
	plain, err := r.decompress(bufio.NewReaderSize(in, 1<<16))
	if err != nil {
		return nil, err
	}
	plain = r.decode(plain)
	if err := r.detect(plain); err != nil {
		r.Close()
		return nil, err
	}
	switch {
	case r.form == JSONLines && r.converted:
		err = r.errorf(1, "is UTF-16 text, so it was converted after it was written; use an untouched copy (PowerShell: copy files, do not redirect their text)")
	case r.form == JSONLines:
		err = r.openLines(plain)
	default:
		err = r.openDocument(plain)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

var (
	zstdMagic = []byte{0x28, 0xB5, 0x2F, 0xFD}
	gzipMagic = []byte{0x1F, 0x8B}
	bom       = []byte{0xEF, 0xBB, 0xBF}
)

// maxWindow bounds the memory that a compressed file may ask for.
const maxWindow = 64 << 20

// skippable reports whether a file begins with a frame of zstd that holds no data,
// as some tools put before the first that does.
func skippable(head []byte) bool {
	return len(head) == 4 && head[0]&0xF0 == 0x50 && head[1] == 0x2A && head[2] == 0x4D && head[3] == 0x18
}

func (r *Reader) decompress(in *bufio.Reader) (*bufio.Reader, error) {
	head, err := in.Peek(len(zstdMagic))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, r.errorf(0, "cannot be read: %s", cause(err))
	}
	if !bytes.Equal(head, zstdMagic) && !skippable(head) {
		return in, nil
	}
	r.compressed = true
	r.zstd, err = zstd.NewReader(io.TeeReader(in, r.packed), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, r.errorf(0, "cannot be decompressed: %s", err)
	}
	return bufio.NewReaderSize(r.zstd, 1<<16), nil
}

// decode turns UTF-16, as Windows PowerShell writes it, into UTF-8.
func (r *Reader) decode(in *bufio.Reader) *bufio.Reader {
	head, _ := in.Peek(4)
	if len(head) < 4 || !textfile.IsUTF16(head) {
		return in
	}
	r.converted = true
	stored := io.Reader(in)
	if !r.compressed {
		stored = io.TeeReader(in, r.packed)
	}
	return bufio.NewReaderSize(textfile.NewReader(stored), 1<<16)
}

// sniffed is how much of the beginning tells the form.
const sniffed = 4096

func (r *Reader) detect(in *bufio.Reader) error {
	head, err := in.Peek(sniffed)
	if len(head) == 0 && err != nil && !errors.Is(err, io.EOF) {
		return r.readError(err, 0) // else the error comes again behind the head
	}
	switch {
	case len(head) == 0:
		return r.errorf(0, "the file is empty; a snapshot has at least a manifest, an estate and an end (collect again)")
	case bytes.HasPrefix(head, gzipMagic):
		return r.errorf(0, "is compressed with gzip; decompress it first, or compress with zstd")
	case bytes.IndexByte(head, 0) >= 0:
		return r.errorf(0, "is not a snapshot: it holds binary data")
	}
	head = bytes.TrimPrefix(head, bom)
	firstLine, _, _ := bytes.Cut(head, []byte("\n"))
	start := skipSpace(head, 0)
	switch {
	case beginsWithKind(firstLine):
		r.form = JSONLines
	case start < len(head) && (head[start] == '{' || head[start] == '['):
		r.form = JSON
	default:
		r.form = YAML
	}
	return nil
}

// Form returns how the snapshot is written down.
func (r *Reader) Form() Form { return r.form }

// Compressed tells whether the file is compressed with zstd.
func (r *Reader) Compressed() bool { return r.compressed }

// Manifest returns where the snapshot came from, or nil: documents written by
// hand need not have one.
func (r *Reader) Manifest() *Manifest { return r.manifest }

// Estate returns the estate, decoded and as JSON text. In the text every
// nullable field of an object is present.
func (r *Reader) Estate() (*Estate, json.RawMessage) { return r.estate, r.rawEstate }

// Clients yields the clients in the order of the file, once. An error is the
// last thing that it yields. Only a loop that ended without an error and
// without a break has seen a whole and unchanged snapshot.
func (r *Reader) Clients() iter.Seq2[ClientLine, error] {
	return func(yield func(ClientLine, error) bool) {
		for block, err := range r.Blocks() {
			if err != nil {
				yield(ClientLine{}, err)
				return
			}
			for line, err := range block.clients(nil) {
				if !yield(line, err) || err != nil {
					return
				}
			}
			block.Release()
		}
	}
}

// Blocks yields the clients as Clients does, many at a time and not checked
// yet: the blocks may be worked on in parallel. An error is the last thing that
// it yields, and may be the consequence of a fault in a block before it.
func (r *Reader) Blocks() iter.Seq2[*Block, error] {
	return func(yield func(*Block, error) bool) {
		if r.begun {
			yield(nil, r.errorf(0, "its clients were already read; open the snapshot again"))
			return
		}
		r.begun = true
		r.blocks(yield)
	}
}

// SHA256 returns the hash of the file as it is stored, compressed or not, in
// hexadecimal. It is empty until all clients were read.
func (r *Reader) SHA256() string { return r.sha256 }

// Close releases what the Reader holds. It does not check anything.
func (r *Reader) Close() error {
	if r.zstd != nil {
		r.zstd.Close()
	}
	if r.file != nil {
		return r.file.Close()
	}
	return nil
}

// finish is called when the input was read to its end; plain is the hash of
// what came out of the decompression, or of the input itself.
func (r *Reader) finish(plain hash.Hash) {
	if r.compressed || r.converted {
		plain = r.packed
	}
	r.sha256 = hex.EncodeToString(plain.Sum(nil))
}

func (r *Reader) errorf(line int, format string, args ...any) *Error {
	return &Error{File: r.name, Line: line, Message: fmt.Sprintf(format, args...)}
}

// readError explains a failure of the input after a number of whole lines.
func (r *Reader) readError(err error, lines int) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) && r.compressed:
		return r.truncated(lines, "its compressed data stops in the middle")
	case r.compressed && isZstdError(err):
		return r.errorf(0, "cannot be decompressed after line %d (%s); the file is damaged, copy or collect it again", lines, err)
	}
	return r.errorf(0, "cannot be read after line %d: %s", lines, cause(err))
}

func isZstdError(err error) bool {
	var path *os.PathError
	return !errors.As(err, &path)
}

func (r *Reader) truncated(lines int, how string) error {
	return r.errorf(0, "truncated: %s (after line %d); copy the file again, or collect again if the collection was interrupted", how, lines)
}
