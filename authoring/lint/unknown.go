package lint

import (
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/authoring/regotypes"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// shownFields is how many fields a message names.
const shownFields = 3

// unknown finds rules that never say "unknown", although what they find rests on
// fields that may be null or absent: an object of which such a field is not known
// is then not found, and passes.
//
// It follows references through variables, helpers, functions and their
// arguments. Where it loses one it says nothing, and so it does of a field that
// the code compares with null or gives to object.get or is_null: its author has
// thought of that. What "unknown" of a rule looks at, where it has one, is for its
// tests to show.
func (l *linter) unknown(f *file, r *rule.Rule) {
	m := l.code.Modules[f.shown]
	if m == nil || slices.ContainsFunc(m.Rules, func(r *ast.Rule) bool { return r.Head.Ref()[0].String() == "unknown" }) {
		return
	}
	roots, err := documents()
	if err != nil {
		return
	}
	t := tracer{code: l.code, roots: roots, read: map[*node]bool{}, handled: map[*node]bool{}, tables: map[string]bool{}, seen: map[string]bool{}}
	var first *ast.Rule
	for _, rule := range m.Rules {
		if rule.Head.Ref()[0].String() == "violation" {
			if first == nil {
				first = rule
			}
			t.rule(rule, nil)
		}
	}
	if first == nil {
		return
	}
	object := "object"
	if r.Scope == rule.ClientScope {
		object = "client"
	}
	switch paths := t.unasked(); {
	case len(paths) > 0:
		more := ""
		if len(paths) > shownFields {
			paths, more = paths[:shownFields], " and others"
		}
		which := "that is"
		if len(paths) > 1 {
			which = "they are"
		}
		l.at(first.Location, noUnknown, "it reads %s%s, and defines no unknown: a %s of which %s not known would pass",
			strings.Join(paths, ", "), more, object, which)
	default:
		if table := t.gap(); table != "" {
			l.at(first.Location, noUnknown, "it reads %s, which leaves out %s, and defines no unknown: whatever those would make it find, passes",
				table, gaps[table].what)
		}
	}
}

// gaps are the tables that nscheck makes and that leave out what is not known, each
// with the tables by one of which a rule sees that. What was not collected, or
// counted for that reason, is told by nscheck itself; what a tally leaves out, only
// the rule knows that counts it.
var gaps = map[string]struct {
	what string
	told []string
}{
	"data.totals.sites":               {"clients of which the site is not known", []string{"data.index.subnet_sites", "data.totals.unlocated_clients"}},
	"data.index.site_package_servers": {"package servers of which the sites are not known", []string{"data.index.unplaced_package_servers"}},
	"data.index.package_server_sites": {"sites of which it is not known whether a package server is in them", []string{"data.index.unplaced_package_servers"}},
	"data.index.subnet_sites":         {"subnets of which the sites are not known", nil},
	"data.index.packages":             {"packages of a role that several have", []string{"data.index.several_packages"}},
}

// gap is the first table with gaps that the code reads without what tells of them.
func (t *tracer) gap() string {
	for _, table := range slices.Sorted(maps.Keys(gaps)) {
		told := slices.ContainsFunc(gaps[table].told, func(by string) bool { return t.tables[by] })
		if t.tables[table] && !told {
			return table
		}
	}
	return ""
}

// unasked are the fields that may be unknown and of which the code does not ask
// whether they are.
func (t *tracer) unasked() []string {
	fields := map[string]bool{}
	for n := range t.read {
		if !t.handled[n] {
			fields[n.Path] = true
		}
	}
	return slices.Sorted(maps.Keys(fields))
}

// tracer follows what code reads.
type tracer struct {
	code    *code
	roots   regotypes.Documents
	read    map[*node]bool  // that may be unknown
	handled map[*node]bool  // of which the code asks whether they are known
	tables  map[string]bool // of data.index and data.totals that it reads
	seen    map[string]bool
}

// vars are the fields that local variables stand for.
type vars map[ast.Var][]*node

// rule follows a rule whose arguments stand for fields.
func (t *tracer) rule(rule *ast.Rule, args [][]*node) {
	key := rule.Location.String() + rule.Ref().String()
	for _, nodes := range args {
		key += "|"
		for _, n := range nodes {
			key += n.Path + ","
		}
	}
	if t.seen[key] {
		return
	}
	t.seen[key] = true
	known := vars{}
	for i, arg := range rule.Head.Args {
		if v, ok := arg.Value.(ast.Var); ok && i < len(args) && args[i] != nil {
			known[v] = args[i]
		}
	}
	t.bindAll(rule, known)
	for branch := rule; branch != nil; branch = branch.Else {
		ast.WalkExprs(branch, func(e *ast.Expr) bool { t.expr(e, known); return false })
		ast.WalkRefs(branch, func(ref ast.Ref) bool { t.ref(ref, known); return false })
	}
}

// bindAll finds all variables of a rule that stand for a field.
func (t *tracer) bindAll(rule *ast.Rule, known vars) {
	for bound := -1; bound != len(known); {
		bound = len(known)
		ast.WalkNodes(rule, func(x ast.Node) bool { t.bind(x, known); return false })
	}
}

// bind finds variables that stand for a field.
func (t *tracer) bind(x ast.Node, known vars) {
	switch x := x.(type) {
	case *ast.Expr:
		if !x.IsEquality() && !x.IsAssignment() {
			return
		}
		for _, pair := range [][2]*ast.Term{{x.Operand(0), x.Operand(1)}, {x.Operand(1), x.Operand(0)}} {
			v, ok := pair[0].Value.(ast.Var)
			if nodes := t.nodes(pair[1], known); ok && nodes != nil && known[v] == nil {
				known[v] = nodes
			}
		}
	case *ast.Every:
		v, ok := x.Value.Value.(ast.Var)
		if !ok || known[v] != nil {
			return
		}
		var inner []*node
		for _, n := range t.nodes(x.Domain, known) {
			inner = append(inner, members(n, x.Value)...)
		}
		if inner != nil {
			known[v] = inner
		}
	}
}

// nodes are the fields that a term stands for; none where that is not known.
func (t *tracer) nodes(term *ast.Term, known vars) []*node {
	switch v := term.Value.(type) {
	case ast.Var:
		return known[v]
	case ast.Ref:
		path := t.path(v, known)
		if len(path) == 0 {
			return nil
		}
		return path[len(path)-1]
	}
	return nil
}

// path are the fields that each step of a reference stands for.
func (t *tracer) path(ref ast.Ref, known vars) (path [][]*node) {
	head, ok := ref[0].Value.(ast.Var)
	if !ok {
		return nil
	}
	at, rest := known[head], ref[1:]
	switch {
	case ref[0].Equal(ast.InputRootDocument):
		at = []*node{t.roots["input"]}
	case ref[0].Equal(ast.DefaultRootDocument):
		if len(ref) < 2 || t.roots[ref[:2].String()] == nil {
			return nil
		}
		at, rest = []*node{t.roots[ref[:2].String()]}, ref[2:]
	}
	if at == nil {
		return nil
	}
	path = append(path, at)
	for _, step := range rest {
		var next []*node
		for _, n := range at {
			next = append(next, members(n, step)...)
		}
		if next == nil {
			return nil
		}
		at = next
		path = append(path, at)
	}
	return path
}

// ref notes what a reference reads, and follows it to the rules that it means.
func (t *tracer) ref(ref ast.Ref, known vars) {
	if ref[0].Equal(ast.DefaultRootDocument) {
		for _, rule := range t.code.GetRulesDynamicWithOpts(ref, ast.RulesOptions{IncludeHiddenModules: true}) {
			if len(rule.Head.Args) == 0 {
				t.rule(rule, nil)
			}
		}
	}
	for i, nodes := range t.path(ref, known) {
		if i == 0 {
			continue
		}
		for _, n := range nodes {
			if n.Unsure {
				t.read[n] = true
			}
			t.tables[n.Path] = true
		}
	}
}

// asking are the functions by which code asks whether a value is known.
var asking = []string{ast.IsNull.Name, ast.ObjectGet.Name, ast.Equal.Name, ast.NotEqual.Name, ast.Equality.Name, ast.TypeNameBuiltin.Name}

// expr follows a call, and notes the fields that code asks about.
func (t *tracer) expr(e *ast.Expr, known vars) {
	if !e.IsCall() {
		return
	}
	name := e.Operator().String()
	operands := e.Operands()
	if slices.Contains(asking, name) {
		asks := name == ast.IsNull.Name || name == ast.ObjectGet.Name || name == ast.TypeNameBuiltin.Name ||
			slices.ContainsFunc(operands, func(o *ast.Term) bool { return o.Equal(ast.NullTerm()) })
		for i, o := range operands {
			if !asks {
				break
			}
			for _, n := range t.nodes(o, known) {
				t.handled[n] = true
			}
			if name == ast.ObjectGet.Name && i == 0 && len(operands) > 1 {
				for _, n := range t.nodes(o, known) {
					for _, field := range members(n, operands[1]) {
						t.handled[field] = true
					}
				}
			}
		}
		return
	}
	args := make([][]*node, len(operands))
	for i, o := range operands {
		args[i] = t.nodes(o, known)
	}
	for _, rule := range t.code.GetRulesExact(e.Operator()) {
		t.rule(rule, args)
	}
}
