package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"
)

//go:embed testdata/equivalent.yaml
var equivalentText []byte

// entry of the reviewed list is a mutant that changes no answer.
type entry struct {
	place `yaml:",inline"`
	// Reason why no answer changes, for the reader.
	Reason string
}

// readReviewed reads the reviewed list.
func readReviewed(text []byte) ([]entry, error) {
	var entries []entry
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&entries); err != nil {
		return nil, fmt.Errorf("equivalent.yaml: %w", err)
	}
	for _, e := range entries {
		if e.Reason == "" {
			return nil, fmt.Errorf("equivalent.yaml: %s: %s: %s: the reason is missing", e.File, e.Source, e.Change)
		}
	}
	return entries, nil
}

// match compares survivors with the reviewed list. An entry matches one survivor.
// It returns the survivors that no entry matches, and the entries of files that
// complete reports whose survivor is missing.
func match(survivors []*mutant, reviewed []entry, complete func(file string) bool) (unexplained []*mutant, stale []entry) {
	left := slices.Clone(reviewed)
	for _, m := range survivors {
		i := slices.IndexFunc(left, func(e entry) bool { return e.place == m.place })
		if i < 0 {
			unexplained = append(unexplained, m)
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, e := range left {
		if complete(e.File) {
			stale = append(stale, e)
		}
	}
	return unexplained, stale
}
