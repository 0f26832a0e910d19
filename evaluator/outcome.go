package evaluator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"io"
	"slices"
	"strings"
)

// outcome is what one evaluation of one rule says.
type outcome struct {
	violations []detail
	unknown    []detail
	tally      [][]string
	uncounted  string   // the field without which the client was not counted
	leftOut    []string // the keys of tallies that it was not counted for; "" for all
}

// detail is one object of a rule's violation or unknown set.
type detail struct {
	Msg      string            `json:"msg"`
	Resource *result.Resource  `json:"resource"`
	Package  string            `json:"package"`
	Path     string            `json:"path"`
	Expected any               `json:"expected"`
	Actual   any               `json:"actual"`
	Paths    []string          `json:"paths"`
	Affects  []result.Selector `json:"affects"`
}

// readOutcome reads the sets that a rule defines, by name. Anything that is
// not of the rule contract is an error: guessing would hide findings.
func readOutcome(r *rule.Rule, sets map[string]any) (outcome, error) {
	var o outcome
	var err error
	if o.violations, err = readDetails(r, "violation", sets["violation"]); err != nil {
		return o, err
	}
	if o.unknown, err = readDetails(r, "unknown", sets["unknown"]); err != nil {
		return o, err
	}
	if value, ok := sets["tally"]; ok {
		set, isList := value.([]any)
		if !isList {
			return o, errors.New("tally is not a set")
		}
		if err := reread(set, &o.tally); err != nil {
			return o, tallyError(set)
		}
		for _, key := range o.tally {
			if len(key) == 0 {
				return o, errors.New("tally contains an empty list")
			}
			if owner := r.TallyOwners[key[0]]; owner != nil {
				return o, errors.New(rule.CountsOfOther(key[0], owner))
			}
		}
	}
	return o, nil
}

// tallyError says what in a tally is no list of texts.
func tallyError(set []any) error {
	for _, entry := range set {
		if err := reread(entry, new([]string)); err != nil {
			text, _ := json.Marshal(entry) // as reread did
			return fmt.Errorf(`tally must contain lists of texts, such as ["plugins", site], not %s`, text)
		}
	}
	return errors.New(`tally must contain lists of texts, such as ["plugins", site]`)
}

// readDetails reads one of the sets; it is nil where the rule does not define it.
func readDetails(r *rule.Rule, name string, set any) ([]detail, error) {
	if list, isList := set.([]any); set == nil || isList && len(list) == 0 {
		return nil, nil
	} else if !isList {
		return nil, fmt.Errorf("%s is not a set", name)
	}
	var details []detail
	if err := reread(set, &details); err != nil {
		return nil, fmt.Errorf("%s holds something that is not of the rule contract: %w", name, err)
	}
	for i := range details {
		if err := details[i].check(r, name); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(details, compareDetails)
	return details, nil
}

func (d *detail) check(r *rule.Rule, name string) error {
	switch {
	case d.Msg == "":
		return fmt.Errorf("%s holds an object without msg", name)
	case r.Scope == rule.ClientScope && d.Resource != nil:
		return fmt.Errorf("%s names a resource; in a rule of scope client the resource is the client", name)
	case r.Scope == rule.ClientScope && len(d.Affects) > 0:
		return fmt.Errorf("%s has affects; only rules of scope estate do", name)
	case r.Scope == rule.ClientScope && len(d.Paths) > 0:
		return fmt.Errorf("%s has paths; only rules of scope estate do", name)
	case r.Scope == rule.ClientScope && d.Package != "":
		return fmt.Errorf("%s has package; only rules of scope estate do", name)
	case r.Scope == rule.EstateScope && (d.Resource == nil || d.Resource.Type == ""):
		return fmt.Errorf("%s holds an object without the type of its resource: %q", name, d.Msg)
	}
	if d.Resource != nil {
		*d.Resource = d.Resource.Named()
	}
	for i := range d.Affects {
		a := &d.Affects[i]
		if *a == (result.Selector{Certainty: a.Certainty}) {
			return fmt.Errorf("%s: an entry of affects selects nothing: %q", name, d.Msg)
		}
		switch a.Certainty {
		case "":
			a.Certainty = result.Sure
		case result.Sure, result.Possible:
		default:
			return fmt.Errorf("%s: certainty %q is neither sure nor possible", name, a.Certainty)
		}
	}
	return nil
}

func compareDetails(a, b detail) int {
	key := func(d detail) string {
		if d.Resource == nil {
			return d.Path
		}
		return strings.Join([]string{d.Resource.Name, d.Resource.GUID, d.Path}, "\x00")
	}
	if c := strings.Compare(key(a), key(b)); c != 0 {
		return c
	}
	return strings.Compare(a.Msg, b.Msg)
}

// reread decodes a value that OPA returned into a Go type, strictly.
func reread(from, to any) error {
	data, err := json.Marshal(from)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	if err := dec.Decode(to); err != nil && !errors.Is(err, io.EOF) {
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}
