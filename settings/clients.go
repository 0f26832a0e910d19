package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"github.com/nscheck/nscheck/snapshot"
)

// targeting is what a plug-in policy says about the computers that it targets.
type targeting struct {
	exists  bool
	enabled any // true, false, or nil if unknown
	filters []string
	known   bool // whether the filters are
}

// retargeting is a plug-in policy whose targets the change alters.
type retargeting struct {
	guid          string
	before, after targeting
}

// ClientRewriter returns what brings the records of clients into line with the
// change: a snapshot holds for each client the plug-in policies that target it,
// and these follow from settings of the policies. It is nil if the change is not
// about them.
func (o *Outcome) ClientRewriter() func(record []byte) ([]byte, error) {
	var list []retargeting
	collected := map[string]bool{}
	for _, f := range o.after.objects["filters"] {
		collected[f.guid] = true
	}
	for _, s := range o.Settings {
		if s.Section != "policies" || slices.ContainsFunc(list, func(r retargeting) bool { return r.guid == s.Object.GUID }) {
			continue
		}
		r := retargeting{s.Object.GUID, targetingOf(o.before.byID("policies", s.id)), targetingOf(o.after.byID("policies", s.id))}
		if !r.before.exists && !r.after.exists || !r.differs() {
			continue
		}
		r.after.known = r.after.known && !slices.ContainsFunc(r.after.filters, func(f string) bool { return !collected[f] })
		list = append(list, r)
	}
	if len(list) == 0 {
		return nil
	}
	return func(record []byte) ([]byte, error) { return rewriteClient(record, list) }
}

// RewriteBlocks yields blocks of clients as they are after a change.
func RewriteBlocks(blocks iter.Seq2[*snapshot.Block, error], o *Outcome) iter.Seq2[*snapshot.Block, error] {
	rewrite := o.ClientRewriter()
	if rewrite == nil {
		return blocks
	}
	return func(yield func(*snapshot.Block, error) bool) {
		for b, err := range blocks {
			if err == nil {
				b, err = b.Rewrite(rewrite)
			}
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}

func targetingOf(o *object) targeting {
	if o == nil {
		return targeting{}
	}
	if role, _ := o.get("role"); role != "plugin_policy" {
		return targeting{}
	}
	t := targeting{exists: true}
	t.enabled, _ = o.get("enabled")
	if filters, ok := o.get("target_filters"); ok && filters != nil {
		t.filters, t.known = texts(filters), true
	}
	return t
}

func (r *retargeting) differs() bool {
	return r.before.exists != r.after.exists || r.before.enabled != r.after.enabled || r.before.known != r.after.known || !slices.Equal(r.before.filters, r.after.filters)
}

// What becomes of a policy in the list of a client.
const (
	stays = iota
	comes
	goes
	unclear
)

// fate returns what becomes of the policy for one client: targeted says whether the
// policy targets it now, listed whether some filters have it, and known whether its
// filters were collected.
func (r *retargeting) fate(targeted bool, listed func(filters []string) bool, known bool) int {
	a := r.after
	off := !a.exists || a.enabled == false || a.known && len(a.filters) == 0
	switch {
	case off && targeted:
		return goes
	case off:
		return stays
	case a.enabled == nil || !a.known || !known:
		return unclear
	case targeted && !listed(a.filters):
		return goes
	case targeted:
		return stays
	}
	gained := a.filters
	if r.before.exists && r.before.enabled == true {
		gained = slices.DeleteFunc(slices.Clone(a.filters), func(f string) bool { return slices.Contains(r.before.filters, f) })
	}
	if listed(gained) {
		return comes
	}
	return stays
}

// member is a field of a record, in the order of the record.
type member struct {
	name  string
	value json.RawMessage
}

func rewriteClient(record []byte, list []retargeting) ([]byte, error) {
	members, err := membersOf(record)
	if err != nil {
		return nil, fmt.Errorf("read a client: %w", err)
	}
	at := slices.IndexFunc(members, func(m member) bool { return m.name == "plugin_policies" })
	if at < 0 {
		return record, nil // as unknown as before
	}
	var policies, filters []string
	if err := json.Unmarshal(members[at].value, &policies); err != nil {
		return record, nil // who reads the snapshot says what is wrong with it
	}
	known := false
	if i := slices.IndexFunc(members, func(m member) bool { return m.name == "filters" }); i >= 0 {
		known = json.Unmarshal(members[i].value, &filters) == nil
	}
	listed := func(of []string) bool {
		return slices.ContainsFunc(of, func(f string) bool { return slices.Contains(filters, f) })
	}
	before := slices.Clone(policies)
	for i := range list {
		r := &list[i]
		switch r.fate(slices.Contains(before, r.guid), listed, known) {
		case comes:
			policies = append(policies, r.guid)
		case goes:
			policies = slices.DeleteFunc(policies, func(p string) bool { return p == r.guid })
		case unclear:
			return encodeMembers(slices.Delete(members, at, at+1))
		}
	}
	if slices.Equal(before, policies) {
		return record, nil
	}
	slices.Sort(policies)
	if members[at].value, err = json.Marshal(append([]string{}, policies...)); err != nil {
		return nil, err
	}
	return encodeMembers(members)
}

func membersOf(record []byte) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(record))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	var out []member
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		m := member{}
		m.name, _ = name.(string)
		if err := dec.Decode(&m.value); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

func encodeMembers(members []member) ([]byte, error) {
	out := []byte{'{'}
	for i, m := range members {
		if i > 0 {
			out = append(out, ',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, name...), ':'), m.value...)
	}
	return append(out, '}'), nil
}
