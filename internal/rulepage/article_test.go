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
