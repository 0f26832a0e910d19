package evaluator

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/nscheck/nscheck/snapshot"
)

// part is an open part.
type part struct {
	name     string
	file     io.ReadSeeker
	head     partHead
	manifest []byte            // the line; nil where the snapshot has none
	estate   []byte            // the line
	origin   [sha256.Size]byte // of manifest and estate
	totals   partTotals
	lines    *partReader
	classes  []sharedRecord
}

// openPart reads a part once, to be sure of it, and readies it for reading its
// clients.
func openPart(ctx context.Context, name string) (*part, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such file; name the parts that nscheck eval SNAPSHOT --shard I/N -o FILE wrote", name)
	case err != nil:
		return nil, fmt.Errorf("%s: it cannot be opened: %w", name, cause(err))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: it is not a regular file; parts are read twice", name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: it cannot be opened: %w", name, cause(err))
	}
	p, err := readPart(interruptible{file, ctx}, name)
	if err != nil {
		file.Close()
		return nil, err
	}
	return p, nil
}

// interruptible is a file that cannot be read once the context is done.
type interruptible struct {
	*os.File
	ctx context.Context
}

func (f interruptible) Read(b []byte) (int, error) {
	if f.ctx.Err() != nil {
		return 0, context.Cause(f.ctx)
	}
	return f.File.Read(b)
}

func readPart(file io.ReadSeeker, name string) (*part, error) {
	p := &part{name: name, file: file}
	if err := p.rewind(); err != nil {
		return nil, err
	}
	if err := p.check(); err != nil {
		p.lines.close()
		return nil, err
	}
	if err := p.rewind(); err != nil {
		return nil, err
	}
	for range headLines {
		if _, _, err := p.lines.next(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// headLines is how many lines stand before those about clients.
const headLines = 3

func (p *part) rewind() (err error) {
	if p.lines != nil {
		p.lines.close()
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("%s: it cannot be read twice: %w", p.name, cause(err))
	}
	if p.lines, err = newPartReader(p.file, p.name); err == nil && p.head.Of > 0 {
		p.lines.again = p.again()
	}
	return err
}

func (p *part) close() error {
	p.lines.close()
	if c, ok := p.file.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// shard is the shard that was judged.
func (p *part) shard() Shard { return Shard{p.head.Shard, p.head.Of} }

// again says how to make the part again.
func (p *part) again() string {
	return fmt.Sprintf("run nscheck eval SNAPSHOT --shard %v -o %s again", p.shard(), p.name)
}

// check reads all lines, keeps those of the head and the totals, and makes sure
// that the part is whole and unchanged.
func (p *part) check() error {
	last := ""
	for {
		kind, line, err := p.lines.next()
		switch {
		case errors.Is(err, io.EOF) && p.lines.number == 0:
			return p.lines.noPart()
		case errors.Is(err, io.EOF):
			return p.lines.truncated()
		case err != nil:
			return err
		case p.lines.number == 1:
			err = p.takeHead(kind, line)
		case kind == endKind && last == totalsKind:
			return p.lines.verify(line)
		case !follows(kind, last):
			return p.lines.damaged(fmt.Sprintf("a record of kind %q cannot stand here", kind))
		default:
			err = p.take(kind, line)
		}
		if err != nil {
			return err
		}
		p.lines.sum.Write(line)
		last = kind
	}
}

// follows reports whether a line of one kind may stand behind one of another.
func follows(kind, last string) bool {
	switch kind {
	case manifestKind:
		return last == partKind
	case estateKind:
		return last == manifestKind
	case classKind, clientsKind, totalsKind:
		return last == estateKind || last == classKind || last == clientsKind
	}
	return false
}

// takeHead reads the first line. A newer format is refused before anything is
// said about its fields, which this version may not know.
func (p *part) takeHead(kind string, line []byte) error {
	if kind != partKind {
		return p.lines.noPart()
	}
	format, err := formatOf(line)
	if err == nil && format > PartFormat {
		return p.lines.errorf("it has format version %d, and this nscheck reads version %d; merge it with the nscheck that wrote it", format, PartFormat)
	}
	if err := p.lines.decode(line, &p.head); err != nil {
		return err
	}
	if h := p.head; h.Format != PartFormat || h.Of < 1 || h.Of > maxShards || h.Shard < 1 || h.Shard > h.Of || h.Chunk != snapshot.ChunkClients {
		return p.lines.damaged("it says nothing of use about the shard")
	}
	p.lines.again = p.again()
	return nil
}

// take keeps what is not about clients.
func (p *part) take(kind string, line []byte) error {
	switch kind {
	case manifestKind:
		p.manifest = append([]byte(nil), line...)
	case estateKind:
		p.estate = append([]byte(nil), line...)
		sum := sha256.New()
		sum.Write(p.manifest)
		sum.Write(p.estate)
		sum.Sum(p.origin[:0])
	case totalsKind:
		if err := p.lines.decode(line, &p.totals); err != nil {
			return err
		}
		return p.checkTotals()
	}
	return nil
}

// checkTotals makes sure that the totals can be added up.
func (p *part) checkTotals() error {
	t := &p.totals
	bad := func(n int64) bool { return n < 0 }
	counts := []int64{t.Clients, t.Unlocated, t.NoStatus, t.NoAddress, t.Judged, t.Read - t.Judged}
	for _, m := range []map[string]int64{t.Sites, t.Subnets, t.Uncovered, t.Uncounted} {
		counts = slices.AppendSeq(counts, maps.Values(m))
	}
	wrong := slices.ContainsFunc(counts, bad) || slices.ContainsFunc(t.Tallies, func(c partTally) bool {
		return bad(c.Clients) || len(c.Key) == 0 || !p.hasRule(c.Rule)
	})
	if wrong {
		return p.lines.damaged("its totals are none")
	}
	return nil
}

// hasRule reports whether the part names a rule by this position.
func (p *part) hasRule(i int) bool { return 0 <= i && i < len(p.head.Rules) }

// formatOf reads the version of the format alone.
func formatOf(line []byte) (int, error) {
	var head struct {
		Format int `json:"format"`
	}
	err := json.Unmarshal(line, &head)
	return head.Format, err
}

// snapshot is the snapshot without its clients.
func (p *part) snapshot() (Snapshot, error) {
	var manifest struct {
		Kind     string          `json:"kind"`
		Manifest json.RawMessage `json:"manifest"`
	}
	var estate partEstate
	if err := p.lines.decode(p.manifest, &manifest); err != nil {
		return nil, err
	}
	if err := p.lines.decode(p.estate, &estate); err != nil {
		return nil, err
	}
	text := slices.Concat([]byte(`{"estate":`), estate.Estate, []byte(`,"clients":[]}`))
	if m := manifest.Manifest; len(m) > 0 && m[0] == '{' {
		text = slices.Concat(asRecord(manifestKind, m), []byte("\n"), asRecord(estateKind, estate.Estate), []byte("\n"))
	}
	r, err := snapshot.NewReader(bytes.NewReader(text), p.name)
	if err != nil {
		return nil, err
	}
	return partSnapshot{r, p.totals.Snapshot}, nil
}

// asRecord is an object as a record of a snapshot.
func asRecord(kind string, object []byte) []byte {
	head := `{"kind":"` + kind + `"`
	if fields := bytes.TrimPrefix(object, []byte("{")); !bytes.Equal(fields, []byte("}")) {
		return slices.Concat([]byte(head+","), fields)
	}
	return []byte(head + "}")
}

// partSnapshot is a snapshot of which only the hash is known beside manifest and
// estate.
type partSnapshot struct {
	*snapshot.Reader
	sha256 string
}

func (s partSnapshot) SHA256() string { return s.sha256 }
