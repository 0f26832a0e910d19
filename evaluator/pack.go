package evaluator

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Pack is a set of compiled rules.
type Pack struct {
	// Rules by id.
	Rules []*Rule

	info     PackInfo
	defaults map[string]any
	// By parameter; none where the pack that has it does not say which values it takes.
	paramSchemas map[string]*jsonschema.Schema

	modules  []module
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
	if err := checkSources(sources); err != nil {
		return nil, err
	}
	p := &Pack{defaults: map[string]any{}, paramSchemas: map[string]*jsonschema.Schema{}}
	sum := sha256.New()
	for _, src := range sources {
		p.info.Sources = append(p.info.Sources, src.Name)
		if err := p.readSource(src, sum); err != nil {
			return nil, err
		}
	}
	if len(p.modules) == 0 {
		return nil, fmt.Errorf("no rules found in %s", strings.Join(p.info.Sources, ", "))
	}
	builtin := slices.ContainsFunc(sources, Source.isBuiltin)
	if err := p.checkOwners(builtin); err != nil {
		return nil, err
	}
	p.info.SHA256 = hex.EncodeToString(sum.Sum(nil))
	p.info.Params = maps.Clone(p.defaults)
	if err := p.compile(builtin && len(sources) == 1); err != nil {
		return nil, err
	}
	return p, p.collectRules(builtin)
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

// compile checks types against the schemas too, unless the built-in rules are
// alone: a test holds them to the schemas, and it takes a fifth of the time.
func (p *Pack) compile(builtinAlone bool) error {
	p.compiler = ast.NewCompiler().WithStrict(true).WithCapabilities(capabilities())
	modules := map[string]*ast.Module{}
	if err := addSchemas(p.modules); err != nil {
		return err
	}
	if !builtinAlone {
		set, err := p.schemaSet()
		if err != nil {
			return err
		}
		p.compiler = p.compiler.WithSchemas(set).WithUseTypeCheckAnnotations(true)
	}
	for i, m := range p.modules {
		modules[fmt.Sprintf("%06d %s", i, m.file)] = m.parsed
	}
	p.compiler.Compile(modules)
	if p.compiler.Failed() {
		return compileError(p.compiler.Errors)
	}
	return nil
}

// collectRules finds the rules among the modules: the packages that define
// violation. The others are libraries.
func (p *Pack) collectRules(builtin bool) error {
	byID := map[string]*Rule{}
	for _, m := range p.modules {
		p.evidence = p.evidence || m.parsed.Package.Path.String() == evidencePackage
		r, err := p.ruleOf(m)
		if err != nil {
			return err
		}
		if r == nil {
			continue
		}
		for _, id := range append([]string{r.ID}, r.Aliases...) {
			if other := byID[id]; other != nil {
				return fmt.Errorf("%s and %s both claim the id %s; ids are never reused", other.File, r.File, id)
			}
			if builtin && strings.HasPrefix(id, reservedID) && !m.source.isBuiltin() {
				return fmt.Errorf("%s: ids that begin with %s belong to the built-in rules; choose another one than %s", r.File, reservedID, id)
			}
			byID[id] = r
		}
		p.Rules = append(p.Rules, r)
	}
	if len(p.Rules) == 0 {
		return fmt.Errorf("no rules found in %s: no package defines violation", strings.Join(p.info.Sources, ", "))
	}
	slices.SortFunc(p.Rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return p.deriveNeeds(byID)
}

// ruleOf reads the rule in a module; nil where the module is a library.
func (p *Pack) ruleOf(m module) (*Rule, error) {
	outputs := definedOutputs(m.parsed)
	a := p.compiler.GetAnnotationSet().GetPackageScope(m.parsed.Package)
	if !slices.Contains(outputs, "violation") {
		switch {
		case a != nil && a.Custom["id"] != nil:
			return nil, fmt.Errorf("%s has an id but no \"violation contains … if\"", m.file)
		case a != nil && len(a.Custom) > 0, len(outputs) > 0:
			return nil, fmt.Errorf("%s looks like a rule but has no \"violation contains … if\"", m.file)
		}
		return nil, nil
	}
	if err := checkHeads(m.parsed); err != nil {
		return nil, err
	}
	if !m.metadata {
		return nil, fmt.Errorf("%s defines violation but has no METADATA before its package", m.file)
	}
	r, err := newRule(m, a)
	if err != nil {
		return nil, err
	}
	r.outputs = outputs
	return r, nil
}

func (p *Pack) deriveNeeds(byID map[string]*Rule) error {
	if err := p.checkNames(); err != nil {
		return err
	}
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
		if err := p.deriveAsides(r); err != nil {
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
		r.describeNeeds()
	}
	return nil
}

// splitOutputs tells the outputs that a rule's verdict rests on from its tally.
// What only the tally reads may be missing without a loss to the verdict.
func splitOutputs(outputs []string) (judges, counts []string) {
	for _, name := range outputs {
		switch name {
		case tallyOutput:
			counts = append(counts, name)
		case violationOutput, unknownOutput:
			judges = append(judges, name)
		}
	}
	return judges, counts
}

// compileError shows OPA's errors one a line, with their positions.
func compileError(err error) error {
	var list ast.Errors
	if !errors.As(err, &list) {
		return err
	}
	lines := make([]string, len(list))
	for i, e := range list {
		lines[i] = fmt.Sprintf("%v: %s", e.Location, refusal(e.Message))
		if e.Details != nil {
			if d := e.Details.Lines(); len(d) > 0 {
				lines[i] += "\n    " + strings.Join(d, "\n    ")
			}
		}
	}
	slices.Sort(lines)
	return errors.New(strings.Join(lines, "\n"))
}
