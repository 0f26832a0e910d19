package rule

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Severity is how bad a finding of a rule is.
type Severity string

// Severities, the worst first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
)

// Severities lists all severities, the worst first.
var Severities = []Severity{Critical, High, Medium, Low, Info}

// AtLeast reports whether s is as bad as limit, or worse.
func (s Severity) AtLeast(limit Severity) bool {
	return slices.Index(Severities, s) <= slices.Index(Severities, limit)
}

// ParseSeverity reads a severity as people write it.
func ParseSeverity(text string) (Severity, error) {
	s := Severity(strings.ToLower(strings.TrimSpace(text)))
	if !slices.Contains(Severities, s) {
		return "", fmt.Errorf("%q is not a severity; use critical, high, medium, low or info", text)
	}
	return s, nil
}

// Scope is what a rule judges.
type Scope string

// The scopes: a rule judges the estate once, or every client.
const (
	EstateScope Scope = "estate"
	ClientScope Scope = "client"
)

// Fix tells where the effect of fixing a rule's findings shows.
type Fix string

// FixExternal is for faults whose fix is outside the snapshot.
const FixExternal Fix = "external"

// Rule is one Rego package of a pack, with its annotations.
type Rule struct {
	// ID such as NS-SITE-003; never reused.
	ID string `json:"id"`
	// Earlier ids of the rule.
	Aliases []string `json:"aliases,omitempty"`
	// What the rule finds.
	Title string `json:"title"`
	// Why that matters.
	Description string `json:"description"`
	// How bad a finding is.
	Severity Severity `json:"severity"`
	// That the configuration changed the severity; absent where it is the rule's own.
	SeverityChange *SeverityChange `json:"severity_change,omitempty"`
	// Why the configuration switched the rule off; absent where it did not.
	SwitchedOff *SwitchedOff `json:"switched_off,omitempty"`
	// What of its unknown the configuration accepts; absent if nothing.
	AcceptedUnknown []AcceptedUnknown `json:"accepted_unknown,omitempty"`
	// What the rule judges.
	Scope Scope `json:"scope"`
	// Step of article TECH170397; + for what goes beyond it.
	Step string `json:"step"`
	// Ids of the rules whose findings a finding of this one can be the cause of.
	Explains []string `json:"explains,omitempty"`
	// Position in the article's chain of causes; lower is earlier.
	Chain int `json:"chain,omitempty"`
	// Whether several findings of the rule that affect the same clients are alternatives: fixing one of them is enough.
	Alternatives bool `json:"alternatives,omitempty"`
	// external: what a fix achieves is not in the snapshot, so reports give no number of clients that it unblocks. Absent otherwise.
	Fix Fix `json:"fix,omitempty"`
	// Versions of the platform that the rule is for; empty means all.
	Versions string `json:"versions,omitempty"`
	// Day from which findings count; until then they warn. Empty means that they always count.
	EffectiveOn Date `json:"effective_on,omitempty"`
	// What to do about a finding, by version.
	Remediation []Remediation `json:"remediation"`
	// Articles to read.
	Related []Related `json:"related_resources,omitempty"`
	// Sections of the snapshot that the rule reads, derived from its code.
	Needs []string `json:"needs"`
	// Sections that it reads only to tell whom a finding harms.
	AffectsNeeds []string `json:"affects_needs,omitempty"`
	// Fields that the rule reads, as rules write them; derived from its code.
	Reads []string `json:"reads"`
	// Fields that it reads only to tell which clients a finding affects.
	AffectsReads []string `json:"affects_reads,omitempty"`
	// Parameters that the rule reads, derived from its code.
	Params []string `json:"params,omitempty"`
	// The rule's Rego package, such as data.nscheck.site.no_unconstrained_package_server.
	Package string `json:"package"`
	// File that the rule was read from.
	File string `json:"file"`

	// What the rule's outputs read, derived from its code: violation and unknown, tally, affects, not_applicable and no_source.
	VerdictNeeds  Needs `json:"-"`
	TallyNeeds    Needs `json:"-"`
	AffectedNeeds Needs `json:"-"`
	ApplyingNeeds Needs `json:"-"`
	SourcingNeeds Needs `json:"-"`
	// Own is VerdictNeeds without what is needed to count for the rule.
	Own    Needs        `json:"-"`
	Groups []TallyGroup `json:"-"`
	// Keys of the tallies that the rule counts.
	TallyKeys TallyKeys `json:"-"`
	// By tally key: the rule that owns it, so that this rule must not use it.
	TallyOwners map[string]*Rule `json:"-"`
	// Outputs of the rule contract that the package defines.
	Outputs []string `json:"-"`

	versions versionRange
	source   Source
}

// Remediation is what to do about a finding in some versions of the platform.
type Remediation struct {
	// Versions that it is for; empty means all.
	Versions string `json:"versions,omitempty"`
	// What to do.
	Text string `json:"text"`
	// Vendor article that describes it.
	Ref string `json:"ref,omitempty"`

	constraint versionRange
}

// Related is an article to read.
type Related struct {
	// Address or article id.
	Ref string `json:"ref"`
	// What it tells.
	Description string `json:"description,omitempty"`
}

var (
	idForm    = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*-[0-9]{3,}$`)
	stepForm  = regexp.MustCompile(`^([1-7]|symptoms|\+)$`)
	knownKeys = []string{
		"id", "aliases", "severity", "scope", "step", "explains", "chain", "alternatives", "fix", "versions", "effective_on", "remediation",
	}
)

// newRule reads the annotations of a rule's package, and says all that is wrong
// with them.
func newRule(m module, a *ast.Annotations) (*Rule, Flaws) {
	r := &Rule{
		Title:       a.Title,
		Description: strings.TrimSpace(a.Description),
		Package:     m.parsed.Package.Path.String(),
		File:        m.file,
		source:      m.source,
	}
	for _, rr := range a.RelatedResources {
		ref := rr.Ref.String()
		r.Related = append(r.Related, Related{Ref: ref, Description: rr.Description})
	}
	c := customKeys{values: a.Custom, path: []string{"custom"}}
	r.ID = c.text("id")
	r.Aliases = c.texts("aliases")
	r.Severity = Severity(c.text("severity"))
	r.Scope = Scope(c.text("scope"))
	r.Step = c.text("step")
	r.Explains = c.texts("explains")
	r.Chain = c.number("chain")
	r.Alternatives = c.boolean("alternatives")
	r.Fix = Fix(c.text("fix"))
	r.Versions = c.text("versions")
	r.EffectiveOn = c.date("effective_on")
	r.Remediation = c.remediation()
	c.refuseUnknown()
	r.check(m, &c)
	if !m.source.isBuiltin() { // a test holds those to it, and a run does not wait for it
		c.flaws = append(c.flaws, unreadKeys(m)...)
	}
	for _, f := range c.flaws {
		f.File = m.file
	}
	return r, c.flaws
}

// check refuses metadata that a report could not show or a verdict not rest on.
// What is of the wrong kind was refused before.
func (r *Rule) check(m module, c *customKeys) {
	name := r.ID
	if name == "" {
		name = "the rule"
	}
	missing := func(key string) bool { return c.values[key] == nil }
	wrong := func(key string, ok bool, format string, args ...any) {
		if !ok && !slices.ContainsFunc(c.flaws, func(f *Flaw) bool { return len(f.Key) > 1 && f.Key[1] == key }) {
			kind := FlawWrongMetadata
			if missing(key) {
				kind = FlawMissingMetadata
			}
			c.fail(kind, key, format, args...)
		}
	}
	if r.ID == "" {
		wrong("id", false, "the rule has no id; add \"id\" under \"custom\" in its METADATA")
	} else {
		wrong("id", idForm.MatchString(r.ID), "id %q does not look like NS-SITE-003 (letters, dashes, at least three digits)", r.ID)
	}
	if r.Title == "" {
		c.lacks("%s has no title; add \"title\" to its METADATA", name)
	}
	if r.Description == "" {
		c.lacks("%s has no description; add \"description\" to its METADATA", name)
	}
	wrong("severity", slices.Contains(Severities, r.Severity), "%s: severity %q is not one of critical, high, medium, low, info", name, r.Severity)
	wrong("scope", r.Scope == EstateScope || r.Scope == ClientScope, "%s: scope %q is neither estate nor client", name, r.Scope)
	wrong("step", stepForm.MatchString(r.Step), "%s: step %q is not a step of the article (1 to 7, symptoms, or + for what goes beyond it)", name, r.Step)
	wrong("remediation", len(r.Remediation) > 0, "%s has no remediation; add \"remediation\" under \"custom\" in its METADATA", name)
	wrong("explains", len(r.Explains) == 0 || r.Chain > 0, "%s explains other rules but has no place in the chain of causes; add \"chain\"", name)
	wrong("chain", len(r.Explains) > 0 || r.Chain == 0, "%s has a place in the chain of causes but explains no rule; add \"explains\"", name)
	wrong("alternatives", !r.Alternatives || r.Chain > 0, "%s: alternatives is for rules that explain others; add \"explains\" and \"chain\"", name)
	wrong("fix", r.Fix == "" || r.Fix == FixExternal, "%s: fix must be external, got %q", name, r.Fix)
	wrong("fix", r.Fix == "" || r.Chain > 0, "%s: fix is for rules that explain others; add \"explains\" and \"chain\"", name)
	var err error
	r.versions, err = parseVersions(r.Versions)
	wrong("versions", err == nil, "%s: versions: %v", name, err)
	for i := range r.Remediation {
		entry := &r.Remediation[i]
		if entry.constraint, err = parseVersions(entry.Versions); err != nil {
			c.flaws = append(c.flaws, &Flaw{
				Kind: FlawWrongMetadata,
				Key:  []string{"custom", "remediation", strconv.Itoa(i), "versions"},
				Msg:  fmt.Sprintf("%s: remediation %d: %v", name, i+1, err),
			})
		}
	}
	r.checkSchemas(m, c)
}

// checkSchemas demands the annotation by which the stock opa command turns a
// misspelt field into an error. nscheck would find it without; see addSchemas.
func (r *Rule) checkSchemas(m module, c *customKeys) {
	want := map[Scope]string{EstateScope: "data.estate", ClientScope: "input"}[r.Scope]
	for _, s := range m.schemas {
		if want == "" || s.Path.String() == want {
			return
		}
	}
	if want == "" {
		return
	}
	c.lacks("%s: its METADATA lacks \"schemas: [{%s: %s}]\", so \"opa check\" would not notice misspelt fields", r.ID, want, HostSchemas[want])
}

// CanExplain reports whether findings of another rule can follow from those of r.
func (r *Rule) CanExplain(other *Rule) bool {
	return slices.ContainsFunc(r.Explains, func(id string) bool { return id == other.ID || slices.Contains(other.Aliases, id) })
}
