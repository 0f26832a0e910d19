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
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/nscheck/nscheck/internal/atomicfile"
)

// Bounds of the classes of a part that its reader must know at once.
const (
	maxPartClasses   = 4096
	maxPartClassText = 1 << 20
)

// maxPartLine is the longest line of a part: that of a snapshot's estate, with
// room to spare.
const maxPartLine = 128 << 20

// partWriter writes a part. It is used by one goroutine.
type partWriter struct {
	out     *bufio.Writer
	sum     hash.Hash
	line    bytes.Buffer
	lines   int64
	spool   *spool        // knows the classes
	classes map[class]int // by the spool's class
	class   int           // the newest
	size    int           // bytes of the classes' lines
}

func newPartWriter(out io.Writer, s *spool) *partWriter {
	return &partWriter{out: bufio.NewWriterSize(out, 1<<16), sum: sha256.New(), spool: s, classes: map[class]int{}}
}

func (w *partWriter) write(record any) error {
	w.line.Reset()
	enc := json.NewEncoder(&w.line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(record); err != nil {
		return err
	}
	if w.line.Len() > maxPartLine {
		return fmt.Errorf("line %d would be longer than %d MiB", w.lines+1, maxPartLine>>20)
	}
	w.lines++
	w.sum.Write(w.line.Bytes())
	_, err := w.out.Write(w.line.Bytes())
	return err
}

// head writes what is known before the first client.
func (w *partWriter) head(r *run) error {
	head, err := r.newPartHead()
	if err != nil {
		return err
	}
	_, estate := r.snap.Estate()
	for _, record := range []any{head, partManifest{manifestKind, r.snap.Manifest()}, partEstate{estateKind, estate}} {
		if err := w.write(record); err != nil {
			return err
		}
	}
	return nil
}

// clients writes what was found in the next block of the shard.
func (w *partWriter) clients(res *blockResult) error {
	if w.class >= maxPartClasses || w.size >= maxPartClassText {
		clear(w.classes)
		w.class, w.size = 0, 0
	}
	p := partClients{Kind: clientsKind, First: res.first, Clients: res.clients}
	for in := bufio.NewReader(bytes.NewReader(res.records)); ; {
		rec, err := w.spool.read(in)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		class, err := w.classOf(rec)
		if err != nil {
			return err
		}
		p.Found = append(p.Found, partFound{class, rec.GUID, rec.Name})
	}
	for _, u := range res.unknowns {
		p.Unknown = append(p.Unknown, partUnknown{u.rule, u.msg, u.count, u.sample, u.objects})
	}
	for _, f := range res.failures {
		p.Failures = append(p.Failures, partFailure{f.rule, f.err.Error(), f.client, f.clients})
	}
	return w.write(p)
}

// classOf writes the class of a client before the first one that is of it.
func (w *partWriter) classOf(rec *clientRecord) (int, error) {
	if n := w.classes[rec.class]; rec.class != noClass && n != 0 {
		return n, nil
	}
	w.class++
	if err := w.write(partClass{classKind, w.class, rec}); err != nil {
		return 0, err
	}
	w.size += w.line.Len()
	if rec.class != noClass {
		w.classes[rec.class] = w.class
	}
	return w.class, nil
}

// end writes what is known behind the last client.
func (w *partWriter) end(r *run) error {
	t := r.totals
	totals := partTotals{
		Kind: totalsKind, Clients: t.clients, Unlocated: t.unlocated, Uncounted: t.uncounted,
		NoStatus: t.noStatus, NoAddress: t.noAddress, Sites: t.sites, Subnets: t.subnets, Uncovered: t.uncovered,
		Judged: r.coll.clients, Read: r.coll.clients + r.skipped.Load(), Snapshot: r.snap.SHA256(),
	}
	for _, c := range r.tallied {
		totals.Tallies = append(totals.Tallies, partTally{c.rule, c.key, c.clients})
	}
	if err := w.write(totals); err != nil {
		return err
	}
	if err := w.write(partEnd{endKind, w.lines, hex.EncodeToString(w.sum.Sum(nil))}); err != nil {
		return err
	}
	return w.out.Flush()
}

// partFile is a part that appears under its name when it is complete.
type partFile struct {
	io.Writer
	file *atomicfile.File
	zstd *zstd.Encoder // nil for a plain file
}

func createPart(name string) (*partFile, error) {
	file, err := atomicfile.Create(name)
	if err != nil {
		return nil, err
	}
	p := &partFile{Writer: file, file: file}
	if !strings.HasSuffix(strings.ToLower(name), ".zst") {
		return p, nil
	}
	p.zstd, err = zstd.NewWriter(file, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	if err != nil {
		file.Abort()
		return nil, fmt.Errorf("start compression: %w", err)
	}
	p.Writer = p.zstd
	return p, nil
}

func (p *partFile) commit() error {
	if p.zstd != nil {
		if err := p.zstd.Close(); err != nil {
			return fmt.Errorf("finish compression: %w", err)
		}
	}
	return p.file.Commit()
}

// abort gives the part up; after commit it does nothing.
func (p *partFile) abort() { p.file.Abort() }
