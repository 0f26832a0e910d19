package evaluator

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"net/netip"
	"slices"
	"unique"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// Place is where clients are whose addresses lie in the same networks.
type Place struct {
	kept uint32             // number of its whereabouts in the spool; 0 where there is none yet
	Loc  *snapshot.Location // nil where the addresses were not collected
	// texts are the fields of loc in JSON; a client without a location has none,
	// and one that has a location has at least null.
	texts []fieldText
	// sites of the primary address; those of a subnet that is in several.
	sites   []string
	clients int64 // that were counted there
}

// fieldText is a field in JSON.
type fieldText struct{ name, text string }

// text is a field of the location in JSON; empty where there is none.
func (p *Place) text(name string) string {
	for _, t := range p.texts {
		if t.name == name {
			return t.text
		}
	}
	return ""
}

// Locator finds the places of clients without working each out anew.
type Locator struct {
	nets   *Networks
	ranges []addressRange
	places map[string]*Place
	None   *Place // of clients without collected addresses
	left   func(*Place)
	key    []byte
}

// addressRange is a run of addresses that lie in the same networks.
type addressRange struct {
	first uint32
	net   *network // the innermost one; nil where there is none
	index uint32
}

// NewLocator makes a locator; left is told of each place that it forgets.
func NewLocator(nets *Networks, left func(*Place)) *Locator {
	return &Locator{nets: nets, ranges: nets.ranges(), places: map[string]*Place{}, None: &Place{}, left: left}
}

// ranges cuts all addresses where networks begin and end.
func (n *Networks) ranges() []addressRange {
	cuts := []uint32{0}
	for prefix := range n.byPrefix {
		if !prefix.Addr().Is4() {
			continue
		}
		address := prefix.Addr().As4()
		first := binary.BigEndian.Uint32(address[:])
		cuts = append(cuts, first)
		if end := uint64(first) + 1<<(32-prefix.Bits()); end < 1<<32 {
			cuts = append(cuts, uint32(end))
		}
	}
	slices.Sort(cuts)
	var out []addressRange
	for _, first := range slices.Compact(cuts) {
		var address [4]byte
		binary.BigEndian.PutUint32(address[:], first)
		net := n.find(netip.AddrFrom4(address), 32)
		if len(out) == 0 || out[len(out)-1].net != net {
			out = append(out, addressRange{first, net, uint32(len(out))})
		}
	}
	return out
}

// rangeOf finds the range of an address.
func (l *Locator) rangeOf(address uint32) *addressRange {
	low, high := 0, len(l.ranges)
	for high-low > 1 {
		if middle := int(uint(low+high) / 2); l.ranges[middle].first <= address {
			low = middle
		} else {
			high = middle
		}
	}
	return &l.ranges[low]
}

// At finds the place of a client by the JSON text of its addresses, which a
// scan has checked; nil is for addresses that were not collected.
func (l *Locator) At(text []byte) (*Place, error) {
	if text == nil {
		return l.None, nil
	}
	l.key = l.key[:0]
	usual := true
	for i, rest := 0, text; ; i++ {
		begin := bytes.IndexByte(rest, '"') + 1
		if begin == 0 {
			break
		}
		end := begin + bytes.IndexByte(rest[begin:], '"')
		address, bits, ok := snapshot.IPv4Prefix(rest[begin:end])
		if !ok {
			usual = false
			break
		}
		if i == 0 {
			masked := address &^ (1<<(32-bits) - 1)
			l.key = binary.BigEndian.AppendUint32(append(l.key, byte(bits)), masked)
		}
		l.key = binary.BigEndian.AppendUint32(l.key, l.rangeOf(address).index)
		rest = rest[end+1:]
	}
	if !usual {
		l.key = append(l.key[:0], text...)
	}
	if p := l.places[string(l.key)]; p != nil {
		return p, nil
	}
	return l.add(text)
}

func (l *Locator) add(text []byte) (*Place, error) {
	var addresses []string
	if err := json.Unmarshal(text, &addresses); err != nil {
		return nil, err
	}
	p, err := newPlace(l.nets, addresses)
	if err != nil {
		return nil, err
	}
	l.places[string(l.key)] = p
	return p, nil
}

// tidy forgets all places where there are too many. No client must be under way
// that is still to be counted in one of them.
func (l *Locator) tidy() {
	if len(l.places) >= limits.places {
		l.forget()
	}
}

// forget drops all places, each with a last word.
func (l *Locator) forget() {
	for _, p := range l.places {
		l.left(p)
	}
	clear(l.places)
}

// newPlace works out where a client with these addresses is.
func newPlace(nets *Networks, addresses []string) (*Place, error) {
	p := &Place{Loc: nets.locate(addresses)}
	doc, err := rule.ToDocument(p.Loc)
	if err != nil {
		return nil, err
	}
	fields, _ := doc.(map[string]any)
	p.texts = make([]fieldText, 0, len(fields))
	for name, value := range fields {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		p.texts = append(p.texts, fieldText{unique.Make(name).Value(), unique.Make(string(text)).Value()})
	}
	if len(addresses) > 0 {
		p.sites = nets.locate(addresses[:1]).Sites
	}
	return p, nil
}

// doc is the location as rules see it; nil where the addresses were not
// collected.
func (p *Place) doc() (map[string]any, error) {
	if p.Loc == nil {
		return nil, nil
	}
	doc := make(map[string]any, len(p.texts))
	for _, t := range p.texts {
		value, err := decodeValue([]byte(t.text))
		if err != nil {
			return nil, err
		}
		doc[t.name] = value
	}
	return doc, nil
}
