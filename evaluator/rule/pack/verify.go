package pack

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/bundle"
)

// InvalidError says why a pack is not what the owner of a key signed.
type InvalidError struct {
	Name   string // of the pack
	Reason string
}

func (e *InvalidError) Error() string { return e.Name + ": " + e.Reason }

// Verify makes sure that the owner of the key signed the pack, all files of it as
// they are, and for this day. Where not, the error is an [InvalidError].
func (p *Pack) Verify(key *Key) error {
	if !p.IsFile() {
		return &InvalidError{p.Name, "it is a folder, and only a pack as a file is signed; build and sign one with nscheck pack"}
	}
	if key.Private && !key.isSecret() {
		return errors.New("the key is a private one; a pack is verified with the public key, which may be handed out")
	}
	invalid := func(format string, args ...any) error { return &InvalidError{p.Name, fmt.Sprintf(format, args...)} }
	s, err := p.Signature()
	switch {
	case err != nil:
		return invalid("%v", err)
	case s == nil:
		return invalid("it is not signed")
	case !slices.Contains(key.algorithms, s.Algorithm):
		// What the signature says of itself must not choose how a key is used.
		return invalid("it is signed with %s, and the key is for %s", s.Algorithm, strings.Join(key.algorithms, ", "))
	}
	keys := map[string]*bundle.KeyConfig{key.ID: {Key: key.text, Algorithm: s.Algorithm}}
	_, err = bundle.NewCustomReader(newLoader(p.archive)).
		WithBundleVerificationConfig(bundle.NewVerificationConfig(keys, key.ID, "", nil)).
		WithSizeLimitBytes(maxFile + 1).
		Read()
	if err != nil {
		return invalid("%s", p.invalidity(err, key, s))
	}
	if s.Expires != nil && !time.Now().Before(*s.Expires) {
		return invalid("its signature ended on %s; ask its owner for one that is signed anew", s.Expires.Format(time.DateOnly))
	}
	return nil
}

var (
	notSigned = regexp.MustCompile(`^file (.*) not included in bundle signature$`)
	mismatch  = regexp.MustCompile(`^(.*): digest mismatch \(`)
	missing   = regexp.MustCompile(`^file\(s\) \[(.*)\] specified in bundle signatures but not found`)
)

// invalidity says in a sentence what OPA found.
func (p *Pack) invalidity(err error, key *Key, s *Signature) string {
	text := err.Error()
	if m := notSigned.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%s was added after it was signed", m[1])
	}
	if m := mismatch.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%s was changed after it was signed", m[1])
	}
	if m := missing.FindStringSubmatch(text); m != nil {
		names := strings.Fields(m[1])
		slices.Sort(names)
		return fmt.Sprintf("removed after it was signed: %s", strings.Join(names, ", "))
	}
	if strings.HasPrefix(text, "failed to verify JWT signature") && s.KeyID != key.ID {
		return fmt.Sprintf("it is not signed with the key %s, but by its own words with %q", key.ID, s.KeyID)
	}
	if strings.HasPrefix(text, "failed to verify JWT signature") {
		return "the signature is not one of the key"
	}
	return text
}
