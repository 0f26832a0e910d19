package compare

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"strings"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/spill"
)

// A trail is what a comparison keeps of one evaluation.
type trail struct {
	*evaluator.Observed
	tracks *spill.Buffer
}

// trackMemory is how many bytes of tracks are kept in memory.
const trackMemory = 2 << 20

func newTrail() *trail { return &trail{tracks: spill.New("clients", trackMemory)} }

// Client appends the track of a client.
func (t *trail) Client(dst []byte, c *evaluator.ObservedClient) []byte {
	x := track{active: c.Active, noStatus: c.StatusUnknown, name: c.Resource.Name, addresses: c.Addresses}
	packGUID(&x.guid, c.Resource.GUID)
	object := result.ObjectOf(result.Resource{GUID: c.Resource.GUID, Name: c.Resource.Name}, "")
	for _, a := range c.Answers {
		if a.Unknown {
			x.unknown = append(x.unknown, a.Rule)
		}
		for _, s := range a.Stems {
			x.findings = append(x.findings, tracked{a.Rule, s.Fingerprint(object)})
		}
	}
	return x.append(dst)
}

// Keep stores tracks.
func (t *trail) Keep(records []byte) error {
	_, err := t.tracks.Write(records)
	return err
}

// Finish keeps what is known about the estate.
func (t *trail) Finish(o *evaluator.Observed) { t.Observed = o }

func (t *trail) close() error { return t.tracks.Close() }

// track is one client as far as it can differ between two results.
type track struct {
	guid      [16]byte
	active    bool
	noStatus  bool // it is unknown whether the computer counts as a client
	name      string
	addresses []byte // as JSON; nil where they were not collected
	findings  []tracked
	unknown   []int // rules that could not judge it
}

// tracked is one finding of a client.
type tracked struct {
	rule  int // position in Pack.Rules
	print result.Fingerprint
}

// packGUID packs the text of a GUID, which a reader has checked.
func packGUID(to *[16]byte, text string) {
	hex.Decode(to[:], []byte(strings.ReplaceAll(text, "-", ""))) // what is no GUID is told apart as far as it goes
}

// append writes the track: the GUID, the length of what follows, and that.
func (t *track) append(dst []byte) []byte {
	body := make([]byte, 0, 128)
	flags := byte(0)
	if t.active {
		flags |= 1
	}
	if t.addresses != nil {
		flags |= 2
	}
	if t.noStatus {
		flags |= 4
	}
	body = append(body, flags)
	for _, text := range []string{t.name, string(t.addresses)} {
		body = binary.AppendUvarint(body, uint64(len(text)))
		body = append(body, text...)
	}
	body = binary.AppendUvarint(body, uint64(len(t.findings)))
	for _, f := range t.findings {
		body = binary.AppendUvarint(body, uint64(f.rule))
		body = append(body, f.print[:]...)
	}
	body = binary.AppendUvarint(body, uint64(len(t.unknown)))
	for _, rule := range t.unknown {
		body = binary.AppendUvarint(body, uint64(rule))
	}
	dst = append(dst, t.guid[:]...)
	dst = binary.AppendUvarint(dst, uint64(len(body)))
	return append(dst, body...)
}

// nextTrack reads the next track as it is stored; io.EOF is the end of all.
func nextTrack(in *bufio.Reader, buf []byte) ([]byte, error) {
	var guid [16]byte
	if _, err := io.ReadFull(in, guid[:]); err != nil {
		return nil, err
	}
	n, err := binary.ReadUvarint(in)
	if err != nil {
		return nil, spill.CutOff(err)
	}
	buf = append(buf[:0], guid[:]...)
	buf = binary.AppendUvarint(buf, n)
	start := len(buf)
	buf = append(buf, make([]byte, n)...)
	_, err = io.ReadFull(in, buf[start:])
	return buf, spill.CutOff(err)
}

var errTrack = errors.New("what was stored of a client cannot be read back")

// readTrack decodes a track as it is stored.
func readTrack(text []byte) (t track, err error) {
	d := trackDecoder{rest: text}
	copy(t.guid[:], d.bytes(16))
	d.number()
	flags := d.bytes(1)
	if d.failed {
		return t, errTrack
	}
	t.active, t.noStatus = flags[0]&1 != 0, flags[0]&4 != 0
	t.name = string(d.bytes(d.number()))
	if addresses := d.bytes(d.number()); flags[0]&2 != 0 {
		t.addresses = addresses
	}
	for range d.number() {
		f := tracked{rule: d.number()}
		copy(f.print[:], d.bytes(len(f.print)))
		t.findings = append(t.findings, f)
	}
	for range d.number() {
		t.unknown = append(t.unknown, d.number())
	}
	if d.failed {
		return t, errTrack
	}
	return t, nil
}

type trackDecoder struct {
	rest   []byte
	failed bool
}

func (d *trackDecoder) number() int {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 || n > uint64(len(d.rest)) && n > 1<<20 {
		d.failed, d.rest = true, nil
		return 0
	}
	d.rest = d.rest[size:]
	return int(n)
}

func (d *trackDecoder) bytes(n int) []byte {
	if n > len(d.rest) {
		d.failed, d.rest = true, nil
		return nil
	}
	out := d.rest[:n:n]
	d.rest = d.rest[n:]
	return out
}
