package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
)

func TestMutantsOf(t *testing.T) {
	const text = `package p

violation contains {"certainty": "sure"} if {
	some x in input.list
	not x.off
	x.age > 3
	every y in x.parts {
		y == true
	}
}

f(x) := lower(x) if x.a | x.b == {1, "b"}
`
	module, err := ast.ParseModule("p.rego", text)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range mutantsOf("p.rego", text, module) {
		got = append(got, fmt.Sprintf("%d %s %s", m.Line, m.Rule, m.Change))
		if _, err := ast.ParseModule("p.rego", m.apply(text)); err != nil {
			t.Errorf("%v: %v", m, err)
		}
	}
	want := []string{
		`3 violation "sure" -> "possible"`,
		"4 violation never", "4 violation some -> every",
		"5 violation drop not x.off", "5 violation not removed",
		"6 violation drop x.age > 3", "6 violation not added", "6 violation > -> >=", "6 violation > -> <=", "6 violation 3 -> 4",
		"7 violation drop every y in x.parts { y == true }", "7 violation every -> some",
		"8 violation never", "8 violation drop y == true", "8 violation not added", "8 violation == -> !=", "8 violation true -> false",
		"12 f lower -> ", "12 f never", `12 f drop x.a | x.b == {1, "b"}`, "12 f not added",
		"12 f | -> &", "12 f | -> -", "12 f == -> !=", "12 f without 1", "12 f 1 -> 2", `12 f without "b"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// ruleText has a boundary that its test does not reach, and a condition that only its
// worked example needs.
const ruleText = `# METADATA
# title: Old servers
# description: Servers may be too old.
# schemas:
#   - data.estate: schema.estate
#   - data.params: schema.params
# custom:
#   id: ACME-SITE-001
#   severity: low
#   scope: estate
#   step: "1"
#   remediation: [{text: Replace it.}]
package acme.site.old

violation contains {"msg": "It is old", "resource": {"type": "package_server", "guid": s.guid, "name": s.name}} if {
	some s in data.estate.package_servers
	s.basic_inventory_age_days > data.params.limit
	s.name != "NEW"
}
`

const ruleTest = `package acme.site.old_test

import data.acme.site.old as rule

test_old if {
	every age, n in {9: 1, 5: 0} {
		server := {"guid": "1", "name": "A", "basic_inventory_age_days": age}
		found := rule.violation with data.estate as {"package_servers": [server]}
			with data.params as {"limit": 7}
		found == {v | v := {"msg": "It is old", "resource": {"type": "package_server", "guid": "1", "name": "A"}}; n == 1}
	}
}
`

const ruleExamples = `examples:
  - name: a new server
    case: healthy
    estate:
      package_servers:
        - {guid: 00000000-0000-0000-0000-000000000101, name: NEW, basic_inventory_age_days: 9}
        - {guid: 00000000-0000-0000-0000-000000000102, name: B, basic_inventory_age_days: 5}
    expect: {verdict: pass}
`

func smallPack(t *testing.T) *pack {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"site/old.rego": ruleText, "site/old_test.rego": ruleTest, "site/old.yaml": ruleExamples, "params.yaml": "limit: 7\n",
	} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	p, err := readPack(files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMutate_survivors(t *testing.T) {
	boundary := place{"site/old.rego", "violation", "s.basic_inventory_age_days > data.params.limit", "> -> >="}
	gone := boundary
	gone.Change = "> -> =="
	for _, tt := range []struct {
		name     string
		reviewed []entry
		want     string // in the output
		failed   bool
	}{
		{"not in the list", nil, "policies/site/old.rego:17: > -> >=, in violation: s.basic_inventory_age_days > data.params.limit\n", true},
		{"in the list", []entry{{boundary, "why"}}, "1 survived: 1 of them in the reviewed list, 0 not;", false},
		{"stale entry", []entry{{boundary, "why"}, {gone, "why"}}, "no mutant survives that matches: > -> ==, in violation of site/old.rego", true},
		{"entry twice", []entry{{boundary, "why"}, {boundary, "why"}}, "1 entries of the list match nothing", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			err := smallPack(t).mutate(context.Background(), options{}, tt.reviewed, &out)
			if errors.Is(err, errFound) != tt.failed || err != nil && !errors.Is(err, errFound) {
				t.Errorf("error %v", err)
			}
			if !strings.Contains(out.String(), tt.want) || !strings.Contains(out.String(), " 1 survived") {
				t.Errorf("got %s", &out)
			}
		})
	}
}

func TestMutate_brokenTest(t *testing.T) {
	p := smallPack(t)
	p.tests["site/old.rego"] = ast.MustParseModule("package acme.site.old_test\n\ntest_never if 1 == 2\n")
	err := p.mutate(context.Background(), options{}, nil, io.Discard)
	if want := "site/old.rego: a test fails without any change: "; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}

// A worked example alone reports that the name counts.
func TestTry_example(t *testing.T) {
	p := smallPack(t)
	for _, m := range mutantsOf("site/old.rego", ruleText, p.rules["site/old.rego"]) {
		if m.Change != `drop s.name != "NEW"` {
			continue
		}
		if got, err := p.try(context.Background(), m); err != nil || got != killed || m.Killer != "mutant/site/old.yaml:2" {
			t.Errorf("%v by %s, %v", got, m.Killer, err)
		}
		return
	}
	t.Error("no such mutant")
}

// make mutate tries all mutants; these are others after each change of the rules.
func TestBuiltinRules_sample(t *testing.T) {
	p, err := readPack(builtin{})
	if err != nil {
		t.Fatal(err)
	}
	reviewed, err := readReviewed(equivalentText)
	if err != nil {
		t.Fatal(err)
	}
	sum := fnv.New64()
	for _, file := range p.files() {
		sum.Write([]byte(p.texts[file]))
	}
	var out bytes.Buffer
	if err := p.mutate(context.Background(), options{sample: 80, seed: sum.Sum64()}, reviewed, &out); err != nil {
		t.Errorf("%v:\n%s", err, &out)
	}
}
