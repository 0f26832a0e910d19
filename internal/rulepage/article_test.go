package rulepage

import (
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/policies"
)

func pages(t *testing.T) *Pages {
	t.Helper()
	pack, err := evaluator.LoadPack(evaluator.Source{Name: "builtin", FS: policies.FS})
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
	for _, part := range []string{"# NS-SITE-003: ", "## What to do", "## What it reads", "## Causes", "## Examples", "NS-SITE-003: fail\n", " cannot be judged: "} {
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
