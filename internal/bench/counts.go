package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// count is what a program found by one rule.
type count struct{ Violations, Unknowns int64 }

// counts are what a program found, by rule.
type counts struct {
	client, estate map[string]count // estate is nil where it does not judge that
}

// add counts a finding: those of rules about the estate name other objects.
func (c counts) add(f found) {
	rules := c.estate
	if f.Resource.Type == "client" {
		rules = c.client
	}
	n := rules[f.Rule]
	if f.Kind == "unknown" {
		n.Unknowns++
	} else {
		n.Violations++
	}
	rules[f.Rule] = n
}

func newCounts() counts { return counts{map[string]count{}, map[string]count{}} }

func readJSON(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

func countFloor(file string) (counts, error) {
	var found map[string]count
	err := readJSON(file, &found)
	return counts{client: found}, err
}

func countNscheck(file string) (counts, error) {
	var result struct {
		Rules []struct {
			ID, Scope, Verdict string
			Findings           int64
			Unknown            []struct{ Count int64 }
		}
	}
	if err := readJSON(file, &result); err != nil {
		return counts{}, err
	}
	c := newCounts()
	for _, r := range result.Rules {
		n := count{Violations: r.Findings}
		for _, u := range r.Unknown {
			n.Unknowns += u.Count
		}
		if r.Scope == "client" {
			c.client[r.ID] = n
		} else {
			c.estate[r.ID] = n
		}
	}
	return c, nil
}

// found is a finding of the wrapper in peers.go.
type found struct {
	Rule, Kind string
	Resource   struct{ Type string }
}

func countOPA(file string) (counts, error) {
	var answer struct {
		Result []struct{ Expressions []struct{ Value []found } }
	}
	if err := readJSON(file, &answer); err != nil {
		return counts{}, err
	}
	c := newCounts()
	for _, r := range answer.Result {
		for _, expression := range r.Expressions {
			for _, f := range expression.Value {
				c.add(f)
			}
		}
	}
	return c, nil
}

func countConftest(file string) (counts, error) {
	var answers []struct{ Failures []struct{ Metadata found } }
	if err := readJSON(file, &answers); err != nil {
		return counts{}, err
	}
	c := newCounts()
	for _, a := range answers {
		for _, f := range a.Failures {
			c.add(f.Metadata)
		}
	}
	return c, nil
}

// compare fails where two programs did not find the same.
func compare(subjects []*subject) error {
	var first counts
	var named string
	for _, s := range subjects {
		if s.counted == "" {
			continue
		}
		c, err := s.count(s.counted)
		if err != nil {
			return fmt.Errorf("count the findings of %s: %w", s.name, err)
		}
		if named == "" {
			first, named = c, s.name
			continue
		}
		if first.estate == nil { // the floor judges no estate
			first.estate = c.estate
		}
		differences := append(differing(first.client, c.client), differing(first.estate, c.estate)...)
		if len(differences) > 0 {
			return fmt.Errorf("%s and %s did not find the same: %s", named, s.name, strings.Join(differences, "; "))
		}
	}
	return nil
}

func differing(a, b map[string]count) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	var out []string
	for _, rule := range slices.Sorted(maps.Keys(all)) {
		if a[rule] != b[rule] {
			out = append(out, fmt.Sprintf("%s %+v, %+v", rule, a[rule], b[rule]))
		}
	}
	return out
}
