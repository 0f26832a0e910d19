package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// mostRounds bounds how often code is compiled to find problems behind others.
const mostRounds = 12

// code is what the rules were compiled to.
type code struct {
	*ast.Compiler
	files map[string]*file // of the modules, by their name in the compiler
}

// compile compiles the rules. OPA ends with the stage that finds something, so
// whatever is wrong is put aside and the rest compiled once more, until nothing
// new is found.
func (l *linter) compile() error {
	if slices.ContainsFunc(l.problems, func(p Problem) bool {
		return p.Name == string(rule.FlawPackage) || p.Name == string(rule.FlawReserved)
	}) {
		return nil // much would seem to exist twice
	}
	modules := l.modules(func(f *file) bool { return !f.isTest })
	c, flaws, err := l.rounds(modules)
	if err != nil {
		return err
	}
	l.flaws(flaws)
	if len(flaws) == 0 && l.pack != nil {
		l.code = c
	}
	return nil
}

// tests compiles the tests with the rules, where these compile.
func (l *linter) tests() error {
	l.each(func(f *file, linted bool) {
		if !linted || !f.isTest || f.module != nil {
			return
		}
		_, err := ast.ParseModuleWithOpts(f.shown, f.text, ast.ParserOptions{ProcessAnnotation: true})
		flaws, _ := rule.ParseFlaws(f.shown, f.text, err)
		for _, flaw := range flaws {
			l.report(Problem{Name: testFile, File: f.shown, Line: flaw.Row, Column: flaw.Col, Message: flaw.Msg})
		}
	})
	if l.code == nil {
		return nil
	}
	linted := map[string]bool{}
	l.each(func(f *file, mine bool) { linted[f.shown] = mine })
	_, flaws, err := l.rounds(l.modules(func(f *file) bool { return !f.isTest || linted[f.shown] }))
	for _, flaw := range flaws {
		l.report(Problem{Name: testFile, File: flaw.File, Line: flaw.Row, Column: flaw.Col, Message: flaw.Msg})
	}
	return err
}

// modules are copies of the modules of some files, with the schemas of what they
// read.
func (l *linter) modules(wanted func(*file) bool) map[string]*ast.Module {
	out := map[string]*ast.Module{}
	var rules []*ast.Module
	l.each(func(f *file, _ bool) {
		if f.module == nil || !wanted(f) {
			return
		}
		m := f.module.Copy()
		out[f.shown] = m
		if !f.isTest {
			rules = append(rules, m)
		}
	})
	rule.Describe(rules)
	return out
}

// params are the parameters of all packs with their defaults.
func (l *linter) params() map[string]any {
	out := map[string]any{}
	for _, folder := range slices.Concat(l.beside, l.folders) {
		if f := folder.byName[paramsFile]; f != nil {
			values := map[string]any{}
			if yaml.Unmarshal([]byte(f.text), &values) == nil {
				maps.Copy(out, values)
			}
		}
	}
	return out
}

// rounds compiles modules until nothing new is found, and takes out of them what
// is wrong.
func (l *linter) rounds(modules map[string]*ast.Module) (*code, rule.Flaws, error) {
	var all rule.Flaws
	params := l.params()
	aside := asides{rules: map[*ast.Rule]int{}, packages: l.unread()}
	for round := range mostRounds {
		compiler, err := rule.NewCompiler(params)
		if err != nil {
			return nil, nil, err
		}
		compiler.WithStrict(round == 0) // what it finds comes first, and much of it hides nothing
		copies := map[string]*ast.Module{}
		for name, m := range modules {
			copies[name] = m.Copy()
		}
		compiler.Compile(copies)
		if !compiler.Failed() {
			c := &code{Compiler: compiler, files: map[string]*file{}}
			l.each(func(f *file, _ bool) { c.files[f.shown] = f })
			return c, all, nil
		}
		flaws, err := rule.CompileFlaws(compiler.Errors)
		if err != nil {
			return nil, nil, err
		}
		for _, f := range flaws {
			if !aside.explains(f) {
				all = append(all, f)
			}
		}
		moved := false
		for _, f := range flaws {
			if round == 0 && strings.Contains(f.Msg, "unused") {
				moved = true
				continue
			}
			moved = aside.put(modules, f, round) || moved
		}
		if !moved {
			break
		}
	}
	return nil, all, nil
}

// unread are the packages of files that are no Rego.
func (l *linter) unread() map[string]bool {
	out := map[string]bool{}
	l.each(func(f *file, _ bool) {
		if f.module == nil && f.pkg != "" {
			out[f.pkg] = true
		}
	})
	return out
}

// asides is what was put aside because it does not compile.
type asides struct {
	rules    map[*ast.Rule]int // and the round in which that was
	packages map[string]bool   // of which a part or all was put aside
}

// explains reports whether a flaw is only there because something was put aside.
func (a *asides) explains(f *rule.Flaw) bool {
	name, ok := strings.CutPrefix(f.Msg, "there is no function `data.")
	if !ok {
		return false
	}
	name, _, _ = strings.Cut("data."+name, "`")
	for pkg := range a.packages {
		if strings.HasPrefix(name, pkg+".") {
			return true
		}
	}
	return false
}

// put puts aside the import, the rule or the module that a flaw is in; it reports
// whether there was something left to put aside. Where a rule is at fault even
// without its body, its module goes.
func (a *asides) put(modules map[string]*ast.Module, f *rule.Flaw, round int) bool {
	m := modules[f.File]
	if m == nil {
		return false
	}
	imports := len(m.Imports)
	m.Imports = slices.DeleteFunc(m.Imports, func(i *ast.Import) bool { return i.Location.Row == f.Row })
	if len(m.Imports) < imports {
		return true
	}
	var in *ast.Rule
	for _, r := range m.Rules {
		if r.Location.Row <= f.Row && (in == nil || r.Location.Row > in.Location.Row) {
			in = r
		}
	}
	if in != nil {
		earlier, stubbed := a.rules[in]
		if !stubbed {
			a.rules[in] = round
			stub(in)
			return true
		}
		if earlier == round {
			return true
		}
	}
	a.packages[m.Package.Path.String()] = true
	delete(modules, f.File)
	return true
}

// stub makes a rule compile, whatever it was: it keeps its name and the number of
// its arguments, and its value is of any type.
func stub(r *ast.Rule) {
	anything := func() *ast.Term {
		return ast.CallTerm(ast.NewTerm(ast.JSONUnmarshal.Ref()), ast.StringTerm("null"))
	}
	r.Else = nil
	r.Body = ast.NewBody(ast.NewExpr(ast.BooleanTerm(true)))
	for i := range r.Head.Args {
		r.Head.Args[i] = ast.VarTerm(fmt.Sprintf("%s%d", ast.WildcardPrefix, i))
	}
	for i, step := range r.Head.Reference {
		if _, constant := step.Value.(ast.String); i > 0 && !constant {
			r.Head.Reference[i] = ast.StringTerm("_")
		}
	}
	if r.Head.Key != nil {
		r.Head.Key = anything()
	}
	if r.Head.Value != nil {
		r.Head.Value = anything()
	}
}
