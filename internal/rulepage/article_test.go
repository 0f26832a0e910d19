package rulepage

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/collector/agent"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/policies"
)

func pages(t *testing.T) *Pages {
	t.Helper()
	pack, err := rule.LoadPack(rule.Source{Name: "builtin", FS: policies.FS})
	if err != nil {
		t.Fatal(err)
	}
	return New(pack, policies.FS)
}

func TestArticleRefuses(t *testing.T) {
	p := pages(t)
	for source, want := range map[string]string{
		`[{step: "1", sentences: [{says: A}]}]`:                                     `"A" must have either checks or why`,
		`[{step: "1", sentences: [{says: A, checks: [explain], why: no}]}]`:         `"A" must have either checks or why`,
		`[{step: "1", sentences: [{says: A, why: B, reading: C}]}]`:                 `"A" has a reading and no checks`,
		`[{step: "1", sentences: [{says: A, checks: [NS-X-999]}]}]`:                 "there is neither a rule nor a command NS-X-999",
		`[{step: "1", sentences: [{says: A, checks: [NS-LIC-001]}]}]`:               "and no sentence names it",
		`[{step: "1", sentences: [{says: A, checks: [NS-LIC-003]}]}]`:               "NS-LIC-003 goes beyond the article",
		`[{step: "1", sentences: [{says: A, whi: no}]}]`:                            "field whi not found",
		`[{step: "1", sentences: [{says: A, checks: [explain, licences, NS-LIC-001`: "read the article's sentences",
	} {
		if _, err := p.Article([]byte(source)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", source, err, want)
		}
	}
}

func TestPagesAreWhole(t *testing.T) {
	p := pages(t)
	index := p.Index()
	for _, r := range p.pack.Rules {
		if n := strings.Count(index, "("+r.ID+".md)"); n != 2 {
			t.Errorf("the index names %s %d times, not by area and by step", r.ID, n)
		}
	}
	r, _ := p.pack.Rule("NS-SITE-003")
	page, err := p.Rule(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"# NS-SITE-003: ", "## What to do", "## What it reads", "## Causes", "## Examples", "NS-SITE-003: fail\n", " cannot be evaluated: "} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
}

// A parameter stands on a page as --param takes it.
func TestParametersInYAML(t *testing.T) {
	p := pages(t)
	for name, want := range map[string]string{
		"article_versions":             `[7.1 SP1, 7.1 SP2, 7.1 MP1, "7.5"]`,
		"licences_owned":               `null`,
		"patch_inventory_max_age_days": `30`,
		"plugin_filter":                `D3BA9CA7-5E71-4D76-B961-1BA0B436AACB`,
		"required_packages":            `[plugin, scan, tools]`,
	} {
		got, err := inYAML(p.pack.Default(name))
		if err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", name, got, err, want)
		}
		if err := p.pack.SetParam(name, got, "test"); err != nil {
			t.Errorf("--param takes what the page prints: %v", err)
		}
	}
}

var (
	ruleID    = regexp.MustCompile(`NS-[A-Z]+-([0-9]{3})`)
	ruleRange = regexp.MustCompile(`(NS-[A-Z]+-)([0-9]{3}) to (?:NS-[A-Z]+-)?([0-9]{3})`)
)

// claims are what docs/article.yaml says of what rules say, by the beginning of
// the sentence: what all the rules that it names must hold in a remediation for a
// version, or among their related resources if there is none.
var claims = map[string]struct{ version, text string }{
	"TECH164471 outlines":              {"7.5.3153", "TECH164471"},
	"First: stop the agent":            {"7.5.3153", "Stop the agent service"},
	"PM 7.1 SP1 outlines it":           {"7.1 SP1", "HOWTO56242"},
	"PM 7.X outlines it":               {"7.5.3153", "HOWTO9835"},
	"For PM 7.1 SP1 by TECH166778":     {"7.1 SP1", "TECH166778"},
	"HOWTO59456 describes":             {"", "HOWTO59456"},
	"A constrained one pulls packages": {"7.5.3153", "constrained"},
	"Second: delete all snapshot":      {},
	"This is not the same":             {},
	"Third: delete all":                {},
	"Fourth: start":                    {},
	"Advisory: some NS Core":           {},
	"Run Update Package, Refresh":      {}, // TestButtons holds it
	"Its resources are in order":       {},
}

// sameRules are what the sentences about the steps of 7.1 SP1 say: the rules are
// those of the first of them.
var sameRules = map[string]string{
	"Second: delete all snapshot": "snapshot.xml",
	"This is not the same":        "Warning: this is not the same",
	"Third: delete all":           "PackageStatus",
	"Fourth: start":               "Start the agent service",
	"Advisory: some NS Core":      "Advisory of the article",
}

// TestArticleClaims holds what the page says of the rules that it names.
func TestArticleClaims(t *testing.T) {
	text, err := os.ReadFile("../../docs/article.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var steps []articleStep
	if err := yaml.Unmarshal(text, &steps); err != nil {
		t.Fatal(err)
	}
	p := pages(t)
	used := map[string]bool{}
	for _, step := range steps {
		for _, s := range step.Sentences {
			for _, id := range ruleID.FindAllString(s.Why+s.Reading, -1) {
				if _, ok := p.pack.Rule(id); !ok {
					t.Errorf("%q names %s, which does not exist", s.Says, id)
				}
			}
			if s.Why == "" {
				continue
			}
			claim := ""
			for beginning := range claims {
				if strings.HasPrefix(s.Says, beginning) {
					claim = beginning
				}
			}
			if claim == "" {
				t.Errorf("no test holds why nothing checks %q", s.Says)
				continue
			}
			used[claim] = true
			for _, id := range namedRules(s.Why) {
				holdClaim(t, p, id, claims[claim].version, claims[claim].text)
			}
		}
	}
	for claim, text := range sameRules {
		for _, id := range []string{"NS-PKG-001", "NS-PKG-002", "NS-PKG-004"} {
			holdClaim(t, p, id, "7.1 SP1", text)
			holdClaim(t, p, id, "7.5.3153", text)
		}
		if !used[claim] {
			t.Errorf("no sentence begins with %q", claim)
		}
	}
	for claim := range claims {
		if !used[claim] {
			t.Errorf("no sentence begins with %q", claim)
		}
	}
}

// namedRules are the ids in a text, with those between two of them.
func namedRules(text string) []string {
	ids := ruleID.FindAllString(text, -1)
	for _, m := range ruleRange.FindAllStringSubmatch(text, -1) {
		for _, n := range []string{"001", "002", "003", "004", "005", "006", "007", "008", "009"} {
			if n > m[2] && n < m[3] {
				ids = append(ids, m[1]+n)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func holdClaim(t *testing.T, p *Pages, id, version, text string) {
	t.Helper()
	r, ok := p.pack.Rule(id)
	if !ok || text == "" {
		return
	}
	if version == "" {
		if !slices.ContainsFunc(r.Related, func(a rule.Related) bool { return a.Ref == text }) {
			t.Errorf("%s does not name %s among what to read", id, text)
		}
		return
	}
	if got := remediations(t, p, version)[id]; !strings.Contains(got, text) && !strings.Contains(r.Description, text) {
		t.Errorf("%s for %s does not say %q: %s", id, version, text, got)
	}
}

// TestArticlePage holds that the page says what is not checked, by what the
// program does.
func TestArticlePage(t *testing.T) {
	if agent.ShippedScanLog().Known() {
		t.Error("the page says that no pattern of STPatchAssessment.log is shipped")
	}
	page, err := os.ReadFile("../../docs/article.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"its list of files is not checked",
		"none is shipped, and without them the rule is not evaluated",
		"counts by site as the fourth number",
		"checks the expiry only if a binding of licence_rows returns expires_at",
		"a subnet has those of its site",
		"if several match, the sections about licences fail and name them",
	} {
		if !strings.Contains(string(page), text) {
			t.Errorf("the page lacks %q", text)
		}
	}
}
