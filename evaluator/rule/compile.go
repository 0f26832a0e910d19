package rule

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/internal/suggest"
)

// NewCompiler makes a compiler that takes what nscheck takes: strict, without
// the built-ins that rules cannot call, and with the schemas of all that rules
// read. Parameters are given with their defaults. Modules have to be described
// by [Describe] before they are compiled.
func NewCompiler(params map[string]any) (*ast.Compiler, error) {
	set, err := schemaSet(params)
	if err != nil {
		return nil, err
	}
	return plainCompiler().WithSchemas(set).WithUseTypeCheckAnnotations(true), nil
}

func plainCompiler() *ast.Compiler {
	return ast.NewCompiler().WithStrict(true).WithCapabilities(capabilities()).SetErrorLimit(0)
}

// CompileFlaws says in plain words what OPA found in reading or compiling rules.
// An error that is none of OPA's comes back as it is.
func CompileFlaws(err error) (Flaws, error) {
	var list ast.Errors
	var one *ast.Error
	switch {
	case err == nil:
		return nil, nil
	case errors.As(err, &list):
	case errors.As(err, &one):
		list = ast.Errors{one}
	default:
		return nil, err
	}
	flaws := make(Flaws, len(list))
	for i, e := range list {
		flaws[i] = compileFlaw(e)
	}
	return flaws, nil
}

func compileFlaw(e *ast.Error) *Flaw {
	kind := FlawCompile
	if e.Code == ast.ParseErr {
		kind = FlawSyntax
	}
	f := flawAt(kind, e.Location, "%s", strings.ReplaceAll(strings.TrimSpace(e.Message), "\n", " "))
	if strings.HasPrefix(f.Msg, "with keyword target must reference") {
		f.Msg += "; what rules cannot call, such as http.send and time.now_ns, is none"
	}
	if why := refusal(e.Message); why != e.Message {
		f.Kind, f.Msg = FlawRefusedBuiltin, why
		return f
	}
	if f.Msg == "empty module" {
		f.Msg = "there is no Rego in the file; begin it with a package, or remove it"
		return f
	}
	if flaw, ok := strings.CutPrefix(f.Msg, "yaml: "); ok {
		f.notYAML(flaw)
		return f
	}
	switch d := e.Details.(type) {
	case *ast.RefErrInvalidDetail:
		f.unknownPath(d)
	case *ast.RefErrUnsupportedDetail:
		if strings.HasPrefix(e.Message, "undefined ref") {
			f.Kind = FlawUnknownPath
			f.Msg = fmt.Sprintf("`%s` has nothing in it: `%s` is a %s", shownRef(d.Ref), shownRef(d.Ref[:d.Pos+1]), d.Have)
		}
	case *ast.ArgErrDetail:
		f.Msg += ": " + strings.Join(strings.Fields(strings.Join(d.Lines(), " ")), " ")
	case *ast.UnificationErrDetail:
		f.Msg += ": " + strings.Join(strings.Fields(strings.Join(d.Lines(), " ")), " ")
	}
	if name, ok := strings.CutPrefix(e.Message, "undefined function "); ok {
		f.Msg = fmt.Sprintf("there is no function `%s`", name)
		if meant := suggest.To(name, builtinNames()); meant != "" && !strings.HasPrefix(name, "data.") {
			f.Msg += fmt.Sprintf("; did you mean `%s`?", meant)
		}
	}
	return f
}

// unknownPath says which step of a reference does not exist, and what was meant.
func (f *Flaw) unknownPath(d *ast.RefErrInvalidDetail) {
	step := d.Ref[d.Pos]
	name, isText := step.Value.(ast.String)
	if !isText {
		return
	}
	f.Kind = FlawUnknownPath
	f.Msg = fmt.Sprintf("`%s` does not exist", shownRef(d.Ref[:d.Pos+1]))
	f.at(step)
	var known []string
	for _, v := range d.OneOf {
		s, ok := v.(ast.String)
		if ok && strings.HasPrefix(string(s), "(") { // stands for every key in schemas/index.json
			f.Msg = fmt.Sprintf("`%s` cannot be looked up by a text that stands in the rule; use %s", shownRef(d.Ref[:d.Pos+1]), strings.Trim(string(s), "()"))
			return
		}
		if ok {
			known = append(known, string(s))
		}
	}
	f.Msg += Meant(string(name), known)
}

// calledName is the function that a flaw speaks of.
var calledName = regexp.MustCompile("(?:cannot call |no function `)([a-z0-9_.]+)")

// findCall finds the first call of the function that a flaw speaks of: OPA gives no
// place to calls in template strings.
func (p *Pack) findCall(f *Flaw) {
	name := calledName.FindStringSubmatch(f.Msg)
	if name == nil {
		return
	}
	for _, m := range p.modules {
		for i, line := range strings.Split(m.text, "\n") {
			if before, _, found := strings.Cut(line, name[1]+"("); found && !strings.HasPrefix(strings.TrimSpace(line), "#") {
				f.File, f.Row, f.Col = m.file, i+1, utf8.RuneCountInString(before)+1
				return
			}
		}
	}
}

// Meant says which of the known names was meant, else which there are.
func Meant(name string, known []string) string {
	if near := suggest.To(name, known); near != "" {
		return fmt.Sprintf("; did you mean `%s`?", near)
	}
	if len(known) == 0 {
		return "; there is nothing in it"
	}
	slices.Sort(known)
	return "; there are " + strings.Join(known, ", ")
}

// localVar is how OPA calls a variable that has no name in the rule.
var localVar = regexp.MustCompile(`__local[0-9]+__`)

func shownRef(ref ast.Ref) string { return localVar.ReplaceAllString(ref.String(), "_") }

func builtinNames() []string {
	names := make([]string, 0, len(Known().Builtins))
	for _, b := range Known().Builtins {
		if b.Infix == "" && !strings.HasPrefix(b.Name, "internal.") && !Refused(b) {
			names = append(names, b.Name)
		}
	}
	return names
}

// Prints tells whether any module calls print.
func (p *Pack) Prints() bool {
	found := false
	for _, m := range p.modules {
		ast.WalkExprs(m.parsed, func(e *ast.Expr) bool {
			found = found || e.IsCall() && e.Operator().String() == ast.Print.Name
			return found
		})
	}
	return found
}

// WithPrint is the pack with its calls of print.
func (p *Pack) WithPrint() (*Pack, error) {
	modules := map[string]*ast.Module{}
	for i, m := range p.modules {
		modules[fmt.Sprintf("%06d %s", i, m.file)] = m.parsed
	}
	spoken := *p
	spoken.Compiler = ast.NewCompiler().WithCapabilities(capabilities()).WithEnablePrintStatements(true)
	if spoken.Compiler.Compile(modules); spoken.Compiler.Failed() {
		return nil, CompileError(spoken.Compiler.Errors)
	}
	return &spoken, nil
}

// checkDoubled refuses bodies in which a list or object holds a variable twice, another
// one holds that twice, and so on: OPA copies each place without looking at its cancel
// flag, so that forty lines take more memory than there is. The same holds for OPA's type
// checker, so it looks at rules that are not compiled yet.
func (p *Pack) checkDoubled() (found bool) {
	for _, m := range p.modules {
		for _, rule := range m.parsed.Rules {
			if doubles(rule) {
				found = true
				p.flaw(flawAt(FlawCompile, rule.Location,
					"its lists or objects hold one another more than %d times, line by line; make such a value with a comprehension", maxHeld))
			}
		}
	}
	return found
}
