package fields

import (
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// AddReaders adds to each field the rules of the pack that read it, as the evaluator
// derives them from their code: rules whose answer depends on it, and rules that read it
// only to tell which clients a finding affects.
func AddReaders(list []Field, pack *rule.Pack) {
	for i := range list {
		f := &list[i]
		f.Rules = nil
		for _, r := range pack.Rules {
			if reads(f, r) {
				f.Rules = append(f.Rules, r.ID)
			}
		}
	}
}

func reads(f *Field, r *rule.Rule) bool {
	if f.Source == parameter {
		return len(f.steps) > 1 && slices.Contains(r.Params, f.steps[1])
	}
	own := plain(f.Path)
	return slices.ContainsFunc(slices.Concat(r.Reads, r.AffectsReads), func(path string) bool {
		path = plain(path)
		return path == own || strings.HasPrefix(path, own+".")
	})
}

// plain is a path without elements and keys.
func plain(path string) string { return brackets.ReplaceAllString(path, "") }
