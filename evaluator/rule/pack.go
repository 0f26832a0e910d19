package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	opabundle "github.com/open-policy-agent/opa/v1/bundle"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Pack is a set of compiled rules.
type Pack struct {
	// Rules by id.
	Rules []*Rule

	Info     PackInfo
	defaults map[string]any
	// By parameter: the name of its source.
	paramOwners map[string]string
	// By parameter; none where the pack that has it does not say which values it takes.
	paramSchemas map[string]*jsonschema.Schema
	paramDocs    map[string]any // the same as JSON

	modules    []module
	flaws      Flaws // that keep the pack from being loaded
	Compiler   *ast.Compiler
	dependence *dependence
	direct     *sync.Map // what a rule itself reads, a direct by *ast.Rule; see baseRefs
	counts     TallyKeys // of all rules
	Evidence   bool      // whether the pack says what a client's own rows prove
	Ways       bool      // whether the pack says which ways packages have to a site
}

// EvidencePackage tells what one client's own rows prove; see causes.go.
const EvidencePackage = "data.nscheck.lib.evidence"

// WaysPackage tells which ways packages have to a site; see ways.go.
const WaysPackage = "data.nscheck.lib.ways"

// LoadPack reads and compiles the rules of all sources. It returns an error
// for anything that could make a rule silently find nothing: no rules at all,
// missing or unknown metadata, two rules of one id, misspelt fields, tables
// and parameters. Where the rules themselves are at fault, the error holds all
// [Flaws] that were found, and not just the first.
func LoadPack(sources ...Source) (*Pack, error) {
	if err := checkSources(sources); err != nil {
		return nil, err
	}
	p := &Pack{defaults: map[string]any{}, paramOwners: map[string]string{}, paramSchemas: map[string]*jsonschema.Schema{}, paramDocs: map[string]any{}, direct: new(sync.Map)}
	sum := sha256.New()
	for _, src := range sources {
		p.Info.Sources = append(p.Info.Sources, src.Name)
		if err := p.readSource(src, sum); err != nil {
			return nil, err
		}
	}
	p.Info.SHA256 = hex.EncodeToString(sum.Sum(nil))
	p.Info.Params = maps.Clone(p.defaults)
	if err := p.build(sources); err != nil {
		return nil, err
	}
	for i := range p.modules {
		p.modules[i].text = "" // only flaws show it
	}
	return p, nil
}

// build makes rules of what was read.
func (p *Pack) build(sources []Source) error {
	builtin := slices.ContainsFunc(sources, Source.isBuiltin)
	p.checkOwners(builtin)
	unsettled := len(p.flaws) > 0 // what is in which package
	p.addSchemas()
	byID := p.collectRules(builtin)
	if len(p.Rules) == 0 && len(p.flaws) == 0 {
		return fmt.Errorf("no rules found in %s: no package defines violation%s", strings.Join(p.Info.Sources, ", "), p.inItsPlace())
	}
	if !p.checkDoubled() && !unsettled { // else much would seem not to exist, or to exist twice
		compiled, err := p.compile(builtin && len(sources) == 1)
		if err != nil {
			return err
		}
		if compiled {
			p.deriveNeeds(byID)
		}
	}
	return p.refusal()
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
func (p *Pack) compile(builtinAlone bool) (compiled bool, err error) {
	p.Compiler = plainCompiler()
	if !builtinAlone {
		if p.Compiler, err = NewCompiler(p.defaults); err != nil {
			return false, err
		}
	}
	modules := map[string]*ast.Module{}
	for i, m := range p.modules {
		modules[fmt.Sprintf("%06d %s", i, m.file)] = m.parsed
	}
	p.Compiler.Compile(modules)
	if !p.Compiler.Failed() {
		p.dependence = &dependence{compiler: p.Compiler, known: map[string]*followed{}}
		return true, nil
	}
	flaws, err := CompileFlaws(p.Compiler.Errors)
	for _, f := range flaws {
		if f.File == "" {
			p.findCall(f)
		}
	}
	p.flaw(flaws...)
	return false, err
}

// collectRules finds the rules among the modules: the packages that define
// violation. The others are libraries.
func (p *Pack) collectRules(builtin bool) (byID map[string]*Rule) {
	byID = map[string]*Rule{}
	for _, m := range p.modules {
		p.Evidence = p.Evidence || m.parsed.Package.Path.String() == EvidencePackage
		p.Ways = p.Ways || m.parsed.Package.Path.String() == WaysPackage
		r, flaws := ruleOf(m)
		p.flaw(flaws...)
		if r == nil {
			continue
		}
		for i, id := range append([]string{r.ID}, r.Aliases...) {
			key := []string{"custom", "id"}
			if i > 0 {
				key = []string{"custom", "aliases"}
			}
			claim := &Flaw{Kind: FlawIDCollision, File: m.file, Key: key}
			switch other := byID[id]; {
			case id == "": // missing, which is a flaw of its own
			case other != nil:
				claim.Msg = fmt.Sprintf("%s and %s both claim the id %s; ids are never reused", other.File, r.File, id)
				p.flaw(claim)
			case builtin && strings.HasPrefix(id, reservedID) && !m.source.isBuiltin():
				claim.Kind = FlawReserved
				claim.Msg = fmt.Sprintf("ids that begin with %s belong to the built-in rules; choose another one than %s", reservedID, id)
				p.flaw(claim)
			default:
				byID[id] = r
			}
		}
		p.Rules = append(p.Rules, r)
	}
	slices.SortFunc(p.Rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return byID
}

// ruleOf reads the rule in a module; nil where the module is a library.
func ruleOf(m module) (*Rule, Flaws) {
	outputs := definedOutputs(m.parsed)
	a := m.annotations
	at := m.parsed.Package.Location
	if !slices.Contains(outputs, "violation") {
		switch {
		case a != nil && a.Custom["id"] != nil:
			return nil, Flaws{flawAt(FlawContract, at, "it has an id but no \"violation contains … if\"%s", inItsPlace(m.parsed))}
		case a != nil && len(a.Custom) > 0, len(outputs) > 0:
			return nil, Flaws{flawAt(FlawContract, at, "it looks like a rule but has no \"violation contains … if\"%s", inItsPlace(m.parsed))}
		}
		return nil, nil
	}
	flaws := checkHeads(m.parsed)
	if a == nil {
		return nil, append(flaws, flawAt(FlawMissingMetadata, at, "it defines violation but has no METADATA before its package"))
	}
	r, wrong := newRule(m, a)
	r.Outputs = outputs
	return r, append(flaws, wrong...)
}

// whyNot tells of an id of the built-in rules that these were left out.
func (p *Pack) whyNot(id string) string {
	if !IsReservedID(id) || slices.ContainsFunc(p.modules, func(m module) bool { return m.source.isBuiltin() }) {
		return ""
	}
	return fmt.Sprintf("; ids that begin with %s are those of the built-in rules, which are not loaded", reservedID)
}

func (p *Pack) deriveNeeds(byID map[string]*Rule) {
	p.checkNames()
	for _, r := range p.Rules {
		r.TallyKeys = p.keysCounted(r)
		p.counts.join(r.TallyKeys)
	}
	p.checkCounts()
	for _, r := range p.Rules {
		for i, id := range r.Explains {
			if byID[id] == nil {
				f := flawOn(FlawWrongMetadata, r.File, "it explains %s, but there is no such rule%s", id, p.whyNot(id))
				f.Key = []string{"custom", "explains", strconv.Itoa(i)}
				p.flaw(f)
			}
		}
		judges, counts := splitOutputs(r.Outputs)
		var errs [5]error
		r.VerdictNeeds, errs[0] = p.needsOf(r, judges)
		r.TallyNeeds, errs[1] = p.needsOf(r, counts)
		errs[2], errs[3] = p.deriveAsides(r)
		if errs[1] == nil {
			errs[4] = p.deriveGroups(r)
		}
		for _, err := range errs {
			p.refuse(r, err)
		}
	}
	for _, r := range p.Rules {
		r.Own.add(r.VerdictNeeds)
	}
	for _, r := range p.Rules {
		for _, other := range p.Rules {
			if other.CountsFor(r) {
				for _, g := range other.Groups {
					if g.Keys.meet(r.VerdictNeeds.Tally) {
						r.VerdictNeeds.add(g.Needs)
					}
				}
				r.VerdictNeeds.add(other.Own) // a rule that is not evaluated does not count
			}
		}
		r.describeNeeds()
	}
}

// splitOutputs tells the outputs that a rule's verdict rests on from its tally.
// What only the tally reads may be missing without a loss to the verdict.
func splitOutputs(outputs []string) (judges, counts []string) {
	for _, name := range outputs {
		switch name {
		case TallyOutput:
			counts = append(counts, name)
		case ViolationOutput, UnknownOutput:
			judges = append(judges, name)
		}
	}
	return judges, counts
}

// Bundle is the pack as OPA's own tools take it.
func (p *Pack) Bundle() *opabundle.Bundle {
	b := &opabundle.Bundle{Data: map[string]any{}}
	for _, m := range p.modules {
		b.Modules = append(b.Modules, opabundle.ModuleFile{URL: m.file, Path: "/" + strings.TrimPrefix(m.file, "/"), Parsed: m.parsed})
	}
	return b
}

// PresentID is the id that a rule of an earlier result has now.
func (p *Pack) PresentID(id string) string {
	if r, ok := p.Rule(id); ok {
		return r.ID
	}
	return id
}
