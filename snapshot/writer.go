package snapshot

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/nscheck/nscheck/internal/atomicfile"
)

// A Writer writes one snapshot as JSON Lines: the manifest, the estate, then
// the clients, and on Close the end record. It holds no more than one line.
// It is not safe for concurrent use; encode with AppendClient in parallel and
// hand the lines to one goroutine.
type Writer struct {
	out     *bufio.Writer
	zstd    *zstd.Encoder    // nil for a plain file
	file    *atomicfile.File // nil where the caller owns the destination
	path    string           // name of file
	stage   string           // kind of the newest record
	sum     hash.Hash
	line    []byte
	clients int64
	err     error // the first failure; nothing is written after it
	done    bool
}

// Create starts a snapshot that appears under path when Close succeeds, and
// not before: until then it is a temporary file in the same folder. A pipe or a
// device is written to as it stands. A path that ends in .zst is compressed.
func Create(path string) (*Writer, error) {
	if path == "" {
		return nil, errors.New("create snapshot: the file name is empty")
	}
	file, err := atomicfile.Create(path)
	if err != nil {
		return nil, fmt.Errorf("create snapshot %s: %w", path, err)
	}
	w := NewWriter(file)
	w.file, w.path = file, path
	if strings.HasSuffix(strings.ToLower(path), ".zst") {
		w.zstd, err = zstd.NewWriter(file, zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(1<<20))
		if err != nil {
			w.Abort()
			return nil, fmt.Errorf("create snapshot %s: start compression: %w", path, err)
		}
		w.out.Reset(w.zstd)
	}
	return w, nil
}

// NewWriter writes plain JSON Lines to out. The caller closes out.
func NewWriter(out io.Writer) *Writer {
	return &Writer{out: bufio.NewWriterSize(out, 1<<16), sum: sha256.New()}
}

// WriteManifest writes the first record, with long texts cut. A format of zero stands for
// FormatVersion.
func (w *Writer) WriteManifest(m *Manifest) error {
	if err := w.enter(kindManifest); err != nil {
		return err
	}
	if m == nil {
		return w.fail(errors.New("write manifest: there is none"))
	}
	copied := *m
	if copied.Format == 0 {
		copied.Format = FormatVersion
	}
	if copied.Format != FormatVersion {
		return w.fail(fmt.Errorf("write manifest: this nscheck writes format version %d, not %d", FormatVersion, copied.Format))
	}
	if copied.Sections == nil {
		copied.Sections = []Section{}
	}
	copied.Sections = slices.Clone(copied.Sections)
	copied.Source.Notes = slices.Clone(copied.Source.Notes)
	cutTexts(reflect.ValueOf(&copied))
	return w.writeRecord(kindManifest, manifestRecord{kindManifest, &copied})
}

// WriteEstate writes the second record. Long texts in the estate are cut, and
// what a reader would refuse is refused: see Conform.
func (w *Writer) WriteEstate(e *Estate) error {
	if err := w.enter(kindEstate); err != nil {
		return err
	}
	if e == nil {
		return w.fail(errors.New("write estate: there is none; write an empty one where nothing was collected"))
	}
	cutTexts(reflect.ValueOf(e))
	return w.writeRecord(kindEstate, estateRecord{kindEstate, e})
}

// WriteClient writes one client.
func (w *Writer) WriteClient(c *Client) error {
	if err := w.enter(kindClient); err != nil {
		return err
	}
	if c == nil {
		return w.fail(errors.New("write client: there is none"))
	}
	line, err := AppendClient(w.line[:0], c)
	if err != nil {
		return w.fail(fmt.Errorf("write client %s: %w", c.GUID, err))
	}
	w.line = line
	w.clients++
	return w.writeLine(line)
}

// WriteClientLine writes one client from JSON text: what AppendClient made, or
// a ClientLine's Raw, to which the kind is added. The text must be one JSON
// object on one line; that it is one is the caller's promise, as checking a
// million of them would take as long as making them.
func (w *Writer) WriteClientLine(object []byte) error {
	if err := w.enter(kindClient); err != nil {
		return err
	}
	if len(object) < 2 || object[0] != '{' || object[len(object)-1] != '}' || bytes.IndexByte(object, '\n') >= 0 {
		return w.fail(fmt.Errorf("write client %d: its text must be one JSON object on one line", w.clients+1))
	}
	w.clients++
	switch kind, _, ok := splitKind(object); {
	case ok && kind == kindClient:
		return w.writeLine(object)
	case ok:
		return w.fail(fmt.Errorf("write client %d: its text is a record of kind %s", w.clients, quote(kind)))
	}
	w.line = append(w.line[:0], `{"kind":"client"`...)
	if object[skipSpace(object, 1)] != '}' {
		w.line = append(w.line, ',')
	}
	w.line = append(w.line, object[1:]...)
	return w.writeLine(w.line)
}

// enter checks that a record of a kind may come now.
func (w *Writer) enter(kind string) error {
	if w.err != nil {
		return w.err
	}
	if w.done {
		return fmt.Errorf("write %s: the snapshot is already closed", kind)
	}
	var fits bool
	switch kind {
	case kindManifest:
		fits = w.stage == ""
	case kindEstate:
		fits = w.stage == kindManifest
	case kindClient, kindEnd:
		fits = w.stage == kindEstate || w.stage == kindClient
	}
	if !fits {
		after := w.stage
		if after == "" {
			after = "nothing"
		}
		return w.fail(fmt.Errorf("write %s after %s: a snapshot is one manifest, one estate, its clients and one end, in this order", kind, after))
	}
	w.stage = kind
	return nil
}

func (w *Writer) writeRecord(kind string, record any) error {
	line, problems := conform(kind, record, w.line[:0])
	if len(problems) > 0 {
		return w.fail(fmt.Errorf("write %w", refusal(kind, problems)))
	}
	w.line = line
	return w.writeLine(line)
}

func (w *Writer) writeLine(line []byte) error {
	w.sum.Write(line)
	w.sum.Write([]byte{'\n'})
	if _, err := w.out.Write(line); err != nil {
		return w.fail(fmt.Errorf("write snapshot: %w", err))
	}
	if err := w.out.WriteByte('\n'); err != nil {
		return w.fail(fmt.Errorf("write snapshot: %w", err))
	}
	return nil
}

func (w *Writer) fail(err error) error {
	if w.err == nil {
		w.err = err
	}
	return err
}

// Close writes the end record, makes the file durable and gives it its name.
// If anything failed, now or earlier, the temporary file is removed, whatever
// stood under the name stays, and the first failure is returned.
func (w *Writer) Close() error {
	if w.done {
		return w.err
	}
	if err := w.finish(); err != nil {
		w.fail(err)
		w.Abort()
		return w.err
	}
	w.done = true
	return nil
}

func (w *Writer) finish() error {
	if err := w.enter(kindEnd); err != nil {
		return err
	}
	end := &End{Clients: w.clients, SHA256: hex.EncodeToString(w.sum.Sum(nil))}
	if err := w.writeRecord(kindEnd, endRecord{kindEnd, end}); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	if w.zstd != nil {
		if err := w.zstd.Close(); err != nil {
			return fmt.Errorf("write snapshot %s: finish compression: %w", w.path, err)
		}
	}
	if w.file == nil {
		return nil
	}
	if err := w.file.Commit(); err != nil {
		return fmt.Errorf("write snapshot %s: %w", w.path, err)
	}
	return nil
}

// Abort gives the snapshot up and removes the temporary file. After Close it
// does nothing, so it can be deferred.
func (w *Writer) Abort() {
	if w.done {
		return
	}
	w.done = true
	w.fail(errors.New("the snapshot was given up"))
	if w.file == nil {
		return
	}
	w.file.Abort()
}
