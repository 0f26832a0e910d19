package evaluator

import (
	"encoding/json"

	opaversion "github.com/open-policy-agent/opa/v1/version"

	"github.com/nscheck/nscheck/snapshot"
)

// PartFormat is the version of the format of parts.
const PartFormat = 1

// A part is what judging a shard found, as JSON Lines, zstd-compressed or not:
//
//	{"kind":"part",…}        what was judged, and by what
//	{"kind":"manifest",…}    as the snapshot has it; null where it has none
//	{"kind":"estate",…}      as the snapshot has it
//	{"kind":"class",…}       what clients have in common; before the first of them
//	{"kind":"clients",…}     one block of clients; many lines, in order
//	{"kind":"totals",…}      what was counted, and the snapshot's hash
//	{"kind":"end",…}         number of lines, and the SHA-256 of all before this one
//
// Rules are named by their position in the first line's list.

// The kinds of lines.
const (
	partKind     = "part"
	manifestKind = "manifest"
	estateKind   = "estate"
	classKind    = "class"
	clientsKind  = "clients"
	totalsKind   = "totals"
	endKind      = "end"
)

// partHead says what was judged, and by what.
type partHead struct {
	Kind   string               `json:"kind"`
	Format int                  `json:"format"`
	Tool   string               `json:"tool"`
	OPA    string               `json:"opa"`
	Shard  int                  `json:"shard"`
	Of     int                  `json:"of"`
	Chunk  int                  `json:"chunk"` // clients in a chunk
	Pack   string               `json:"pack"`  // SHA-256 of the rules
	Params map[string]partParam `json:"params"`
	Rules  []string             `json:"rules"`         // ids
	Off    []string             `json:"off,omitempty"` // ids of rules that are switched off
}

// partParam is the value of a parameter; the origin is empty for a default.
type partParam struct {
	Value  json.RawMessage `json:"value"`
	Origin string          `json:"origin,omitempty"`
}

type partManifest struct {
	Kind     string             `json:"kind"`
	Manifest *snapshot.Manifest `json:"manifest"`
}

type partEstate struct {
	Kind   string          `json:"kind"`
	Estate json.RawMessage `json:"estate"`
}

// partClass is the record that clients have in common. Class 1 forgets those
// before it, so that no reader must keep many.
type partClass struct {
	Kind   string        `json:"kind"`
	Class  int           `json:"class"`
	Record *clientRecord `json:"record"`
}

// partClients is what was found in one block of clients.
type partClients struct {
	Kind     string        `json:"kind"`
	First    int64         `json:"first"` // number of the first client in the snapshot, from 0
	Clients  int64         `json:"clients"`
	Found    []partFound   `json:"found,omitempty"` // clients with findings
	Unknown  []partUnknown `json:"unknown,omitempty"`
	Failures []partFailure `json:"failures,omitempty"`
}

type partFound struct {
	Class int    `json:"class"`
	GUID  string `json:"guid"`
	Name  string `json:"name"`
}

type partUnknown struct {
	Rule   int        `json:"rule"`
	Msg    string     `json:"msg"`
	Count  int64      `json:"count"`
	Sample []Resource `json:"sample"`
	// All of them.
	Objects []Resource `json:"objects"`
}

type partFailure struct {
	Rule    int    `json:"rule"`
	Error   string `json:"error"`
	Client  string `json:"client"`
	Clients int64  `json:"clients"`
}

// partTotals is what was counted in the shard. Read is the number of all clients
// of the snapshot.
type partTotals struct {
	Kind      string           `json:"kind"`
	Clients   int64            `json:"clients"`
	Unlocated int64            `json:"unlocated"`
	NoStatus  int64            `json:"no_status"`
	NoAddress int64            `json:"no_address"`
	Sites     map[string]int64 `json:"sites"`
	Subnets   map[string]int64 `json:"subnets"`
	Uncovered map[string]int64 `json:"uncovered"`
	Uncounted map[string]int64 `json:"uncounted"` // by rule
	Tallies   []partTally      `json:"tallies"`
	Judged    int64            `json:"judged"`
	Read      int64            `json:"read"`
	Snapshot  string           `json:"snapshot"` // SHA-256
}

type partTally struct {
	Rule    int      `json:"rule"`
	Key     []string `json:"key"`
	Clients int64    `json:"clients"`
}

type partEnd struct {
	Kind   string `json:"kind"`
	Lines  int64  `json:"lines"` // before this one
	SHA256 string `json:"sha256"`
}

// newPartHead is how a part of a run begins.
func (r *run) newPartHead() (*partHead, error) {
	h := &partHead{
		Kind: partKind, Format: PartFormat, Tool: r.opts.ToolVersion, OPA: opaversion.Version,
		Shard: r.shard.Index, Of: r.shard.Of, Chunk: snapshot.ChunkClients,
		Pack: r.pack.info.SHA256, Params: map[string]partParam{}, Off: r.pack.switchedOff(),
	}
	for name, value := range r.pack.info.Params {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		h.Params[name] = partParam{text, r.pack.info.ParamOrigins[name]}
	}
	for _, rule := range r.pack.Rules {
		h.Rules = append(h.Rules, rule.ID)
	}
	return h, nil
}
