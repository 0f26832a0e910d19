package rule

import (
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/internal/suggest"
)

// TallyKeys are the keys directly under data.totals.tally that a rule may read,
// or count.
type TallyKeys struct {
	Any   bool // whether the code does not say which
	Named map[string]bool
	// Of keys that are counted, as far as they stand in the code.
	Paths []TallyPath
}

// add adds a key that stands in the code.
func (k *TallyKeys) add(key string) {
	if k.Named == nil {
		k.Named = map[string]bool{}
	}
	k.Named[key] = true
}

// join adds all keys of another one.
func (k *TallyKeys) join(o TallyKeys) {
	k.Any = k.Any || o.Any
	for key := range o.Named {
		k.add(key)
	}
}

// None reports whether there are no keys.
func (k TallyKeys) None() bool { return !k.Any && len(k.Named) == 0 }

// meet reports whether a key may be among both.
func (k TallyKeys) meet(o TallyKeys) bool {
	if k.None() || o.None() {
		return false
	}
	if k.Any || o.Any {
		return true
	}
	for key := range k.Named {
		if o.Named[key] {
			return true
		}
	}
	return false
}

// addTally notes what of data.totals.tally is read. A key that nobody counts would
// be undefined, and so "no violation".
func (p *Pack) addTally(n *Needs, ref ast.Ref, path []string) *Flaw {
	if len(path) == 3 {
		n.Tally.Any = true
		return nil
	}
	key := path[3]
	n.Tally.add(key)
	if p.counts.Any || p.counts.Named[key] {
		return nil
	}
	f := flawAt(FlawUnknownPath, ref[0].Location, "`%v` is counted by no rule that is loaded", ref[:4])
	if near := suggest.To(key, slices.Sorted(maps.Keys(p.counts.Named))); near != "" {
		f.Msg += fmt.Sprintf("; did you mean `%s`?", near)
	}
	f.at(ref[3])
	return f
}

// CountsFor reports whether the rule may count what another one reads.
func (r *Rule) CountsFor(reader *Rule) bool {
	read := reader.VerdictNeeds.Tally
	if len(r.TallyOwners) == 0 || read.Any {
		return r.TallyKeys.meet(read)
	}
	var may TallyKeys // it has no say under keys of others
	for key := range read.Named {
		if r.TallyOwners[key] == nil {
			may.add(key)
		}
	}
	return r.TallyKeys.meet(may)
}

// keysCounted derives the keys that a rule's tally begins with from its compiled
// code. Where one does not stand there as a text it may be any.
func (p *Pack) keysCounted(r *Rule) TallyKeys {
	var keys TallyKeys
	for _, clause := range p.Compiler.GetRulesExact(OutputRef(r.Package, TallyOutput)) {
		own := p.keysOfClause(clause)
		keys.join(own)
		keys.Paths = append(keys.Paths, own.Paths...)
	}
	return keys
}

// TallyGroup is a clause of a rule's tally: the keys that it counts and what it needs.
type TallyGroup struct {
	Keys  TallyKeys
	Needs Needs
}

// deriveGroups derives what each clause of a rule's tally needs, so that what one of
// them lacks does not keep the others from counting.
func (p *Pack) deriveGroups(r *Rule) error {
	r.Groups = nil
	for _, clause := range p.Compiler.GetRulesExact(OutputRef(r.Package, TallyOutput)) {
		g := TallyGroup{Keys: p.keysOfClause(clause)}
		if err := p.AddNeeds(&g.Needs, r, clause); err != nil {
			return err
		}
		r.Groups = append(r.Groups, g)
	}
	return nil
}

// keysOfClause derives the keys that one clause of a tally counts.
func (p *Pack) keysOfClause(clause *ast.Rule) TallyKeys {
	var keys TallyKeys
	key := func(t *ast.Term, _ ast.Body) bool {
		text, ok := t.Value.(ast.String)
		if ok {
			keys.add(string(text))
		}
		return ok
	}
	list := func(t *ast.Term, body ast.Body) bool {
		array, ok := t.Value.(*ast.Array)
		return ok && array.Len() > 0 && p.literal(array.Elem(0), body, maxSteps, func(first *ast.Term, in ast.Body) bool {
			ok := key(first, in)
			if ok {
				keys.Paths = append(keys.Paths, pathOf(first, array))
			}
			return ok
		})
	}
	if clause.Head.Key == nil || !p.literal(clause.Head.Key, clause.Body, maxSteps, list) {
		keys.Any = true
	}
	return keys
}

// checkCounts makes sure that no source counts under a key of another one, which
// would change what the rules of that find. Keys that do not stand in the code are
// held to it when clients are counted.
func (p *Pack) checkCounts() {
	owners := map[string]*Rule{}
	for _, source := range p.Info.Sources {
		for _, r := range p.Rules {
			if r.source.Name != source {
				continue
			}
			for _, key := range slices.Sorted(maps.Keys(r.TallyKeys.Named)) {
				switch owner := owners[key]; {
				case owner == nil:
					owners[key] = r
				case owner.source.Name != source:
					at := p.Compiler.GetRulesExact(OutputRef(r.Package, TallyOutput))[0].Location
					p.flaw(flawAt(FlawContract, at, "%s", CountsOfOther(key, owner)))
				}
			}
		}
	}
	for _, r := range p.Rules {
		if !r.TallyKeys.Any {
			continue
		}
		r.TallyOwners = map[string]*Rule{}
		for key, owner := range owners {
			if owner.source.Name != r.source.Name {
				r.TallyOwners[key] = owner
			}
		}
	}
}

// CountsOfOther returns the message about a rule that counts under the key of another one.
func CountsOfOther(key string, owner *Rule) string {
	return fmt.Sprintf("its tally counts under %q, which is a key of %s; begin its entries with a text of the pack's own", key, owner.File)
}

// maxSteps bounds how far the meaning of a name is followed.
const maxSteps = 16

// literal follows a term of a body through variables and rules to what is written
// there, and reports whether use took all of it.
func (p *Pack) literal(t *ast.Term, body ast.Body, steps int, use func(*ast.Term, ast.Body) bool) bool {
	if steps == 0 {
		return false
	}
	switch v := t.Value.(type) {
	case ast.Var:
		for _, e := range body {
			if e.Negated || len(e.With) > 0 || !e.IsEquality() {
				continue
			}
			for i := range 2 {
				if e.Operand(i).Value.Compare(v) == 0 && p.literal(e.Operand(1-i), body, steps-1, use) {
					return true
				}
			}
		}
		return false
	case ast.Ref:
		return p.literalRule(v, steps-1, use)
	}
	return use(t, body)
}

// literalRule does the same for a reference to a rule of one value.
func (p *Pack) literalRule(ref ast.Ref, steps int, use func(*ast.Term, ast.Body) bool) bool {
	rules := p.Compiler.GetRulesExact(ref)
	for _, rule := range rules {
		for branch := rule; branch != nil; branch = branch.Else {
			h := branch.Head
			single := h.RuleKind() == ast.SingleValue && len(h.Args) == 0 && h.Ref().IsGround() && h.Value != nil
			if !single || !p.literal(h.Value, branch.Body, steps, use) {
				return false
			}
		}
	}
	return len(rules) > 0
}

// TriedWith are the rules that must be evaluated to try one: itself, and those
// that count what it reads.
func (p *Pack) TriedWith(rule *Rule) map[*Rule]bool {
	only := map[*Rule]bool{rule: true}
	for _, other := range p.Rules {
		if other.CountsFor(rule) {
			only[other] = true
		}
	}
	return only
}

// TallyPath is a key of a tally as far as it stands in the code.
type TallyPath struct {
	Texts []string
	Whole bool // whether it is the key, and not only its beginning
}

// pathOf is the path of a key that begins with a text, in the list that it is.
func pathOf(first *ast.Term, list *ast.Array) TallyPath {
	p := TallyPath{Texts: []string{string(first.Value.(ast.String))}}
	for i := 1; i < list.Len(); i++ {
		text, ok := list.Elem(i).Value.(ast.String)
		if !ok {
			return p
		}
		p.Texts = append(p.Texts, string(text))
	}
	p.Whole = true
	return p
}

// Depth is how many texts the key has at least.
func (p TallyPath) Depth() int {
	if p.Whole {
		return len(p.Texts)
	}
	return len(p.Texts) + 1
}
