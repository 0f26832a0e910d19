package evaluator

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Source is a folder of rules.
type Source struct {
	// Name shown to people: builtin, or the folder's path.
	Name string
	// FS holds .rego files in any depth, and params.yaml at its root.
	FS fs.FS
}

// Pack is a set of compiled rules.
type Pack struct {
	// Rules by id.
	Rules []*Rule

	info     PackInfo
	defaults map[string]any
	compiler *ast.Compiler
	evidence bool // whether the pack says what a client's own rows prove
}

// evidencePackage tells what one client's own rows prove; see causes.go.
const evidencePackage = "data.nscheck.lib.evidence"

// LoadPack reads and compiles the rules of all sources. It returns an error
// for anything that could make a rule silently find nothing: no rules at all,
// missing or unknown metadata, two rules of one id, misspelt fields, tables
// and parameters.
func LoadPack(sources ...Source) (*Pack, error) {
	p := &Pack{defaults: map[string]any{}}
	modules := map[string]*ast.Module{}
	sum := sha256.New()
	for _, src := range sources {
		p.info.Sources = append(p.info.Sources, src.Name)
		if err := p.readSource(src, modules, sum); err != nil {
			return nil, err
		}
	}
	if len(modules) == 0 {
		return nil, fmt.Errorf("no rules found in %s", strings.Join(p.info.Sources, ", "))
	}
	p.info.SHA256 = hex.EncodeToString(sum.Sum(nil))
	p.info.Params = maps.Clone(p.defaults)
	if err := p.compile(modules); err != nil {
		return nil, err
	}
	return p, p.collectRules(modules)
}

// Rule finds a rule by its id or an earlier id of it.
func (p *Pack) Rule(id string) (*Rule, bool) {
	for _, r := range p.Rules {
		if r.ID == id || slices.Contains(r.Aliases, id) {
			return r, true
		}
	}
	return nil, false
}

func (p *Pack) readSource(src Source, modules map[string]*ast.Module, sum io.Writer) error {
	found := false
	err := fs.WalkDir(src.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		isRule := path.Ext(name) == ".rego" && !strings.HasSuffix(name, "_test.rego")
		if !isRule && name != paramsFile {
			return nil
		}
		data, err := fs.ReadFile(src.FS, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
		if name == paramsFile {
			return p.readParams(src, data)
		}
		found = true
		file := displayName(src, name)
		m, err := ast.ParseModuleWithOpts(file, string(data), ast.ParserOptions{ProcessAnnotation: true})
		if err != nil {
			return compileError(err)
		}
		modules[file] = m
		return nil
	})
	if err != nil {
		return fmt.Errorf("load rules from %s: %w", src.Name, err)
	}
	if !found {
		return fmt.Errorf("load rules from %s: there is no .rego file in it", src.Name)
	}
	return nil
}

// displayName is how errors name a rule's file.
func displayName(src Source, name string) string {
	return path.Join(strings.ReplaceAll(src.Name, `\`, "/"), name)
}

func (p *Pack) compile(modules map[string]*ast.Module) error {
	set, err := p.schemaSet()
	if err != nil {
		return err
	}
	p.compiler = ast.NewCompiler().
		WithStrict(true).
		WithCapabilities(capabilities()).
		WithSchemas(set).
		WithUseTypeCheckAnnotations(true)
	p.compiler.Compile(modules)
	if p.compiler.Failed() {
		return compileError(p.compiler.Errors)
	}
	return nil
}

// collectRules finds the rules among the modules: the packages that define
// violation. The others are libraries.
func (p *Pack) collectRules(modules map[string]*ast.Module) error {
	byID, byPackage := map[string]*Rule{}, map[string]*Rule{}
	for _, file := range slices.Sorted(maps.Keys(modules)) {
		m := modules[file]
		outputs := definedOutputs(m)
		a := p.compiler.GetAnnotationSet().GetPackageScope(m.Package)
		p.evidence = p.evidence || m.Package.Path.String() == evidencePackage
		if !slices.Contains(outputs, "violation") {
			if a != nil && a.Custom["id"] != nil {
				return fmt.Errorf("%s has an id but no \"violation contains … if\"", file)
			}
			continue
		}
		if a == nil {
			return fmt.Errorf("%s defines violation but has no METADATA before its package", file)
		}
		r, err := newRule(m, a)
		if err != nil {
			return err
		}
		for _, id := range append([]string{r.ID}, r.Aliases...) {
			if other := byID[id]; other != nil {
				return fmt.Errorf("%s and %s both claim the id %s; ids are never reused", other.File, r.File, id)
			}
			byID[id] = r
		}
		if other := byPackage[r.Package]; other != nil {
			return fmt.Errorf("%s and %s share the package %s; one rule, one package", other.File, r.File, r.Package)
		}
		byPackage[r.Package] = r
		r.outputs = outputs
		p.Rules = append(p.Rules, r)
	}
	if len(p.Rules) == 0 {
		return fmt.Errorf("no rules found in %s: no package defines violation", strings.Join(p.info.Sources, ", "))
	}
	slices.SortFunc(p.Rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return p.deriveNeeds(byID)
}

func (p *Pack) deriveNeeds(byID map[string]*Rule) error {
	var tally needs
	for _, r := range p.Rules {
		for _, id := range r.Explains {
			if byID[id] == nil {
				return fmt.Errorf("%s: it explains %s, but there is no such rule", r.File, id)
			}
		}
		judges, counts := splitOutputs(r.outputs)
		var err error
		if r.needs, err = p.needsOf(r, judges); err != nil {
			return fmt.Errorf("%s: %s: %w", r.File, r.ID, err)
		}
		if r.tallies, err = p.needsOf(r, counts); err != nil {
			return fmt.Errorf("%s: %s: %w", r.File, r.ID, err)
		}
		if len(counts) > 0 {
			tally.add(r.tallies)
			tally.add(r.needs) // a rule that is not evaluated does not count
		}
	}
	for _, r := range p.Rules {
		if r.needs.tally {
			r.needs.add(tally)
		}
		r.Needs = r.needs.sections()
		r.Params = slices.Sorted(maps.Keys(r.needs.params))
	}
	return nil
}

// splitOutputs tells the outputs that a rule's verdict rests on from its tally.
// What only the tally reads may be missing without a loss to the verdict.
func splitOutputs(outputs []string) (judges, counts []string) {
	for _, name := range outputs {
		if name == "tally" {
			counts = append(counts, name)
		} else {
			judges = append(judges, name)
		}
	}
	return judges, counts
}

// definedOutputs lists which of the outputs of the rule contract m defines.
func definedOutputs(m *ast.Module) []string {
	var out []string
	for _, name := range []string{"violation", "unknown", "tally"} {
		if slices.ContainsFunc(m.Rules, func(r *ast.Rule) bool { return r.Head.Name.String() == name || r.Head.Ref().String() == name }) {
			out = append(out, name)
		}
	}
	return out
}

// compileError shows OPA's errors one a line, with their positions.
func compileError(err error) error {
	var list ast.Errors
	if !errors.As(err, &list) {
		return err
	}
	lines := make([]string, len(list))
	for i, e := range list {
		lines[i] = fmt.Sprintf("%v: %s", e.Location, e.Message)
		if e.Details != nil {
			if d := e.Details.Lines(); len(d) > 0 {
				lines[i] += "\n    " + strings.Join(d, "\n    ")
			}
		}
	}
	slices.Sort(lines)
	return errors.New(strings.Join(lines, "\n"))
}
