package evaluator

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

	"github.com/google/go-cmp/cmp"
)

// TestKeysOfTallies derives the first keys that a rule counts from what it says.
func TestKeysOfTallies(t *testing.T) {
	lib := `package acme.lib

key := ["lib", input.name]

either := ["one"] if input.name == "X"

else := ["other"]

made[x] := ["made"] if some x in ["a"]

made_by(x) := ["made", x]
`
	tests := []struct {
		name, tally string
		want        []string // nil means any
	}{
		{"a text", `tally contains ["a", input.name]`, []string{"a"}},
		{"a text alone", `tally contains ["a"]`, []string{"a"}},
		{"two clauses", "tally contains [\"a\"]\n\ntally contains [\"b\"] if input.name == \"X\"", []string{"a", "b"}},
		{"a variable of the body", "tally contains key if key := [\"a\", input.name]", []string{"a"}},
		{"a first member that is a variable", "tally contains [first, input.name] if first := \"a\"", []string{"a"}},
		{"a library's", "tally contains data.acme.lib.key", []string{"lib"}},
		{"a library's branches", "tally contains data.acme.lib.either", []string{"one", "other"}},
		{"a helper", "tally contains _key\n\n_key := [_first]\n\n_first := \"a\"", []string{"a"}},
		{"computed", "tally contains [input.name]", nil},
		{"one of several", "tally contains [first] if some first in [\"a\", \"b\"]", nil},
		{"a function", "tally contains data.acme.lib.made_by(input.name)", nil},
		{"an object of a library", "tally contains data.acme.lib.made", nil},
		{"with something in its place", "tally contains key if key := data.acme.lib.key with data.acme.lib.key as [\"b\"]", nil},
		{"one clause computed", "tally contains [\"a\"]\n\ntally contains [input.name]", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := packtest.Must(t, map[string]string{"lib.rego": lib, "a.rego": acme.ClientRule + "\n" + tt.tally + "\n"})
			keys := p.Rules[0].TallyKeys
			var got []string
			if !keys.Any {
				got = slices.Sorted(maps.Keys(keys.Named))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestOnlyTalliesReadAreNeeded has one rule count what it can, and another what
// needs a section that is missing, of all clients or of one.
func TestOnlyTalliesReadAreNeeded(t *testing.T) {
	const (
		other    = "\ntally contains [\"other\"] if \"X\" in input.filters\n"
		computed = "\ntally contains [x] if some x in input.filters\n"
		estate   = "estate: {sites: [" + acme.SiteX + "], filters: []}\nclients: ["
	)
	tests := []struct {
		name, reads, other string
		want               result.Verdict
		tried              string
	}{
		{"its own key", `data.totals.tally.own[site.name] == 5`, other, result.Pass, "CLI-001 SITE-001"},
		{"its own key, through a variable", "counts := data.totals.tally\n\tcounts.own[site.name] == 5", other, result.Pass, "CLI-001 SITE-001"},
		{"the other key", `data.totals.tally.other == 5`, other, result.NotEvaluated, "CLI-002 SITE-001"},
		{"both keys", `data.totals.tally.own[site.name] == data.totals.tally.other + 5`, other, result.NotEvaluated, "CLI-001 CLI-002 SITE-001"},
		{"all keys", `data.totals.tally[_][site.name] == 5`, other, result.NotEvaluated, "CLI-001 CLI-002 SITE-001"},
		{"all of them", `count(data.totals.tally) == 5`, other, result.NotEvaluated, "CLI-001 CLI-002 SITE-001"},
		{"one and all", "data.totals.tally.own[site.name] == 5\n\tcount(data.totals.tally) == 5", other, result.NotEvaluated, "CLI-001 CLI-002 SITE-001"},
		{"its own key, where another may be any", `data.totals.tally.own[site.name] == 5`, computed, result.NotEvaluated, "CLI-001 CLI-002 SITE-001"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			counter := strings.NewReplacer("CLI-001", "CLI-002", "called_x", "other").Replace(acme.ClientRule)
			p := packtest.Must(t, map[string]string{
				"a.rego": strings.Replace(acme.Rule, `site.name == "X"`, tt.reads, 1),
				"b.rego": acme.ClientRule + "\ntally contains [\"own\", input.name]\n",
				"c.rego": counter + tt.other,
			})
			for missing, doc := range map[string]string{
				"all": estate + acme.ClientX + "]",
				"one": estate + acme.ClientX + "," + strings.Replace(acme.ClientY, "}", ", filters: []}", 1) + "]",
			} {
				if got := ruleIn(t, evaluate(t, p, doc), "ACME-SITE-001"); got.Verdict != tt.want {
					t.Errorf("missing of %s: got %s %v, want %s", missing, got.Verdict, got.Reasons, tt.want)
				}
			}
			rule, _ := p.Rule("ACME-SITE-001")
			var tried []string
			for r := range p.TriedWith(rule) {
				tried = append(tried, strings.TrimPrefix(r.ID, "ACME-"))
			}
			slices.Sort(tried)
			if got := strings.Join(tried, " "); got != tt.tried {
				t.Errorf("tried with %s, want %s", got, tt.tried)
			}
		})
	}
}

// TestBuiltinTalliesAreTheirOwn holds the built-in rules to counting only what
// stands in their code, for else rules of others would depend on them.
func TestBuiltinTalliesAreTheirOwn(t *testing.T) {
	p := packtest.Builtin(t)
	for _, r := range p.Rules {
		if r.TallyKeys.Any {
			t.Errorf("%s may count any key", r.ID)
		}
		if r.VerdictNeeds.Tally.Any {
			t.Errorf("%s may read any key", r.ID)
		}
	}
}

// TestKeysHaveOwners makes sure that a source cannot change what the rules of
// another one read.
func TestKeysHaveOwners(t *testing.T) {
	reader := strings.Replace(acme.Rule, `site.name == "X"`, `data.totals.tally.heads.all > 1`, 1)
	first := packtest.Source("first", map[string]string{"a.rego": reader, "b.rego": acme.ClientRule + "\ntally contains [\"heads\", \"all\"]\n"})
	other := func(tally string) rule.Source {
		return packtest.Source("other", map[string]string{"c.rego": strings.NewReplacer("ACME-CLI-001", "EVIL-001", "package acme", "package evil").Replace(acme.ClientRule) + "\n" + tally + "\n"})
	}
	const want = `its tally counts under "heads", which is a key of first/b.rego; begin its entries with a text of the pack's own`
	if _, err := rule.LoadPack(first, other(`tally contains ["heads", "all"]`)); err == nil || !strings.Contains(err.Error(), "other/c.rego:15:1: "+want) {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	const clients = "\nclients: [" + acme.ClientX + "," + acme.ClientY + "]"
	for tally, verdict := range map[string]result.Verdict{
		`tally contains [key, "all"] if key := concat("", ["he", "ads"])`: result.Errored,
		`tally contains [key, "all"] if key := concat("", ["ha", "nds"])`: result.Fail,
	} {
		p, err := rule.LoadPack(first, other(tally))
		if err != nil {
			t.Fatal(err)
		}
		r := evaluate(t, p, "estate: {sites: ["+acme.SiteX+"]}"+clients)
		if got := ruleIn(t, r, "EVIL-001"); got.Verdict != verdict || verdict == result.Errored && !strings.Contains(got.Reasons[0].Msg, want) {
			t.Errorf("%s: %s %v", tally, got.Verdict, got.Reasons)
		}
		if got := ruleIn(t, r, "ACME-SITE-001"); got.Findings != 1 {
			t.Errorf("%s: the reader: %s %v", tally, got.Verdict, got.Reasons)
		}
	}
}

// TestTalliesOfNobody reads keys that rules count, and that no client has.
func TestTalliesOfNobody(t *testing.T) {
	const nobody = ` if input.name == "nobody"`
	tests := []struct {
		name, tally, reads string
		want               result.Verdict
	}{
		{"no Active client", `tally contains ["own"]` + nobody, `data.totals.tally.own < 1`, result.NotEvaluated},
		{"a key of one text", `tally contains ["own"]` + nobody, `data.totals.tally.own < 1`, result.Fail},
		{"somebody", `tally contains ["own"]`, `data.totals.tally.own == 1`, result.Fail},
		{"the beginning of a key", `tally contains ["own", input.name]` + nobody, `object.get(data.totals.tally.own, "X", 0) == 0`, result.Fail},
		{"a key below it", `tally contains ["own", input.name]` + nobody, `not data.totals.tally.own.X`, result.Fail},
		{"a key of two texts", `tally contains ["own", "old"]` + nobody, `data.totals.tally.own.old == 0`, result.Fail},
		{"two texts of three", `tally contains ["own", "old", input.name]` + nobody, `data.totals.tally.own.old == {}`, result.Fail},
		{"one of two keys", "tally contains [\"own\", \"old\"]\n\ntally contains [\"own\", \"new\"]" + nobody, `data.totals.tally.own == {"old": 1, "new": 0}`, result.Fail},
		{"keys that contradict each other", "tally contains [\"own\"]" + nobody + "\n\ntally contains [\"own\", \"new\"]" + nobody, `data.totals.tally.own == {"new": 0}`, result.Fail},
		{"a key that contradicts a count", "tally contains [\"own\"]\n\ntally contains [\"own\", \"new\"]" + nobody, `data.totals.tally.own == 1`, result.Fail},
		{"a key that is computed", `tally contains [input.name]` + nobody, `data.totals.tally.own < 1`, result.Pass},
		{"a client that could not be counted", `tally contains ["own"] if "Z" in input.filters`, `data.totals.tally.own == 0`, result.NotEvaluated},
		{"the beginning, where one could not be", `tally contains ["own", x] if some x in input.filters`, `data.totals.tally.own == {}`, result.NotEvaluated},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := packtest.Must(t, map[string]string{
				"a.rego": strings.Replace(acme.Rule, `site.name == "X"`, tt.reads, 1),
				"b.rego": acme.ClientRule + "\n" + tt.tally + "\n",
			})
			doc := "estate: {sites: [" + acme.SiteX + "]}\nclients: [" + acme.ClientX + "]"
			if tt.name == "no Active client" {
				doc = strings.Replace(doc, "Active", "Aktiv", 1)
			}
			if got := ruleIn(t, evaluate(t, p, doc), "ACME-SITE-001"); got.Verdict != tt.want {
				t.Errorf("got %s %v, want %s", got.Verdict, got.Reasons, tt.want)
			}
		})
	}
}

// The order in which rules are loaded decides nothing.
func TestZerosInAnyOrder(t *testing.T) {
	paths := []rule.TallyPath{
		{Texts: []string{"a"}, Whole: true}, {Texts: []string{"a"}, Whole: false}, {Texts: []string{"a", "b"}, Whole: true}, {Texts: []string{"a", "b"}, Whole: false}, {Texts: []string{"a", "c"}, Whole: true}, {Texts: []string{"d"}, Whole: true},
	}
	want := map[string]any{"a": map[string]any{"b": map[string]any{}, "c": int64(0)}, "d": int64(0)}
	for i := range paths {
		for range 2 {
			slices.Reverse(paths)
			counted := &totals{tally: map[string]any{}}
			counted.addZeros(slices.Concat(paths[i:], paths[:i]))
			if diff := cmp.Diff(want, counted.tally); diff != "" {
				t.Errorf("%v (-want +got):\n%s", paths, diff)
			}
		}
	}
}
