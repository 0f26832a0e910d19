package evaluator

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/spill"
)

// clientRecord is one client with findings, and what is needed to attribute
// them once the estate's findings are known.
type clientRecord struct {
	GUID string `json:"-"`
	Name string `json:"-"`
	whereabouts
	pattern

	class class // none where it is not known
}

// whereabouts is where clients are.
type whereabouts struct {
	Sites   []string `json:"sites,omitzero"`
	Primary []string `json:"primary,omitempty"` // sites of the primary address, of clients in several sites
	Subnet  string   `json:"subnet,omitempty"`
	Network string   `json:"network,omitempty"`
}

// pattern is what was found out about clients.
type pattern struct {
	Arrived  []string        `json:"arrived,omitzero"`  // roles of packages that their rows show to be there
	Reached  int             `json:"reached,omitempty"` // chain positions below are shown to hold
	Findings []clientFinding `json:"findings"`
}

// class is what clients share that differ only in who they are: the numbers of
// their whereabouts and their pattern in the spool, from 1.
type class struct{ where, what uint32 }

// noClass is for a record that is spooled whole.
var noClass class

// clientFinding is a finding without the client's identity.
type clientFinding struct {
	Rule     int    `json:"rule"` // position in Pack.Rules
	Msg      string `json:"msg"`
	Path     string `json:"path,omitempty"`
	Expected any    `json:"expected,omitempty"`
	Actual   any    `json:"actual,omitempty"`
}

func (r *clientRecord) resource() result.Resource {
	return result.Resource{Type: "client", GUID: r.GUID, Name: r.Name}.Named()
}

// spool keeps client records in the order they came: in memory while they are
// few, in a temporary file when they are many. Many clients are in the same
// place, and many have the same findings for the same reasons: both are kept
// once. It is written once and can be read several times.
type spool struct {
	*spill.Buffer
	ctx context.Context // ends reading; nil where nothing does

	mu     sync.Mutex
	wheres kept[whereabouts]
	whats  kept[pattern]
}

func newSpool() *spool {
	return &spool{Buffer: spill.New("findings", limits.spoolMemory), wheres: newKept[whereabouts](), whats: newKept[pattern]()}
}

// kept numbers what records have in common.
type kept[T any] struct {
	byHash map[[sha256.Size]byte]uint32 // of the JSON text
	all    []*T
	size   int // bytes of the texts
}

func newKept[T any]() kept[T] { return kept[T]{byHash: map[[sha256.Size]byte]uint32{}} }

// number is that of v, which must not be changed any more; 0 where there is no
// room for it.
func (k *kept[T]) number(v *T, mu *sync.Mutex) (uint32, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return 0, fmt.Errorf("store findings: %w", err)
	}
	hash := sha256.Sum256(text)
	mu.Lock()
	defer mu.Unlock()
	if n := k.byHash[hash]; n != 0 {
		return n, nil
	}
	if len(k.all) >= limits.kept || k.size+len(text) > limits.keptText {
		return 0, nil
	}
	k.size += len(text)
	k.all = append(k.all, v)
	n := uint32(len(k.all))
	k.byHash[hash] = n
	return n, nil
}

// get is what has a number.
func (k *kept[T]) get(n uint32) (*T, error) {
	if n == 0 || int64(n) > int64(len(k.all)) {
		return nil, fmt.Errorf("they name entry %d of %d", n, len(k.all))
	}
	return k.all[n-1], nil
}

// where numbers whereabouts; 0 where there is no room for them. It may be called
// from many goroutines, as may what.
func (s *spool) where(w *whereabouts) (uint32, error) { return s.wheres.number(w, &s.mu) }

// what numbers a pattern; 0 where there is no room for it.
func (s *spool) what(p *pattern) (uint32, error) { return s.whats.number(p, &s.mu) }

// appendRecord appends a client of a class to the bytes of a spool.
func appendRecord(dst []byte, c class, who result.Resource) []byte {
	dst = binary.AppendUvarint(dst, uint64(c.what))
	if c != noClass {
		dst = binary.AppendUvarint(dst, uint64(c.where))
	}
	for _, text := range []string{who.GUID, who.Name} {
		dst = binary.AppendUvarint(dst, uint64(len(text)))
		dst = append(dst, text...)
	}
	return dst
}

// appendOddRecord appends a client without a class.
func appendOddRecord(dst []byte, r *clientRecord, who result.Resource) ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return dst, fmt.Errorf("store findings of client %s: %w", who.Name, err)
	}
	dst = appendRecord(dst, noClass, who)
	dst = binary.AppendUvarint(dst, uint64(len(text)))
	return append(dst, text...), nil
}

func (s *spool) close() error {
	s.wheres, s.whats = kept[whereabouts]{}, kept[pattern]{}
	return s.Close()
}
