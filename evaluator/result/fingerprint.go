package result

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"github.com/nscheck/nscheck/evaluator/rule"
	"strings"
)

// Fingerprints tell one finding from another across runs. They are made of what
// stays: the rule's id, the object, the role of the package and the setting. No
// name goes into them where a GUID does, and no message; an ordinal only tells
// apart findings of one rule about one object that are alike in all of these.
// docs/waivers.md promises that: changing what follows breaks the waivers and
// baselines of users, which the results under testdata/releases are to show.

// Fingerprint is the identity of a finding; it is written in hexadecimal.
type Fingerprint [16]byte

// Compare orders fingerprints.
func (f Fingerprint) Compare(other Fingerprint) int { return bytes.Compare(f[:], other[:]) }

func (f Fingerprint) String() string { return hex.EncodeToString(f[:]) }

// ParseFingerprint reads a fingerprint as results have it.
func ParseFingerprint(text string) (f Fingerprint, ok bool) {
	if len(text) != hex.EncodedLen(len(f)) {
		return f, false
	}
	_, err := hex.Decode(f[:], []byte(text))
	return f, err == nil
}

// Stem is the part of fingerprints that findings about different objects share,
// so that it is made once for all clients of a class.
type Stem [sha256.Size]byte

// NewStem takes the rule's id by itself: an earlier id gives the fingerprint that
// the finding had under it.
func NewStem(rule, kind, role, path string, ordinal int) Stem {
	var text []byte
	for _, part := range []string{rule, kind, role, SettingOf(path)} {
		text = binary.AppendUvarint(text, uint64(len(part)))
		text = append(text, part...)
	}
	return sha256.Sum256(binary.AppendUvarint(text, uint64(ordinal)))
}

// Fingerprint returns the fingerprint of a finding about an object.
func (s Stem) Fingerprint(object string) Fingerprint {
	text := make([]byte, 0, 128)
	sum := sha256.Sum256(append(append(text, s[:]...), object...))
	return Fingerprint(sum[:len(Fingerprint{})])
}

// SettingOf is a path without the names and numbers of objects on it, which
// stand in brackets. Names may hold brackets and dots themselves, so all from
// the first bracket to the last one goes.
func SettingOf(path string) string {
	first, last := strings.IndexByte(path, '['), strings.LastIndexByte(path, ']')
	if first < 0 || last < first {
		return path
	}
	return path[:first] + "[]" + path[last+1:]
}

// ObjectOf identifies the object of a finding: by its GUID, and by its name only
// where it has none. The estate as a whole is one object, no known site is another,
// and a required package is known by its role, whatever rules call them.
func ObjectOf(r Resource, role string) string {
	switch {
	case r.GUID != "":
		return "guid:" + r.GUID
	case r.Type == "estate", r.Type == "site", r.Type == "package" && role != "":
		return ""
	}
	return "name:" + r.Name
}

// Ordinals number findings of one rule that are alike in all that fingerprints
// are made of, in the order they come.
type Ordinals map[likeness]int

type likeness struct{ rule, kind, object, role, setting string }

// Next returns the ordinal of the next finding of a rule about an object.
func (o Ordinals) Next(rule string, r Resource, role, path string) int {
	key := likeness{rule, r.Type, ObjectOf(r, role), role, SettingOf(path)}
	n := o[key]
	o[key] = n + 1
	return n
}

// Identity is how a finding is recognised: by its fingerprint, and by those that
// it had under earlier ids of its rule.
type Identity struct {
	Now     Stem
	earlier []Stem
}

// NewIdentity returns the identity of a finding of a rule, without its object.
func NewIdentity(rule *rule.Rule, kind, role, path string, ordinal int) Identity {
	id := Identity{Now: NewStem(rule.ID, kind, role, path, ordinal)}
	for _, alias := range rule.Aliases {
		id.earlier = append(id.earlier, NewStem(alias, kind, role, path, ordinal))
	}
	return id
}

// Fingerprints returns all fingerprints of a finding about an object, the present one first.
func (id *Identity) Fingerprints(object string) []Fingerprint {
	all := make([]Fingerprint, 1, 1+len(id.earlier))
	all[0] = id.Now.Fingerprint(object)
	for _, s := range id.earlier {
		all = append(all, s.Fingerprint(object))
	}
	return all
}
