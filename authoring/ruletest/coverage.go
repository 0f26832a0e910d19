package ruletest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
)

// Coverage is what of the rules the Rego tests reach.
type Coverage struct {
	// Percentage of the lines with code that tests reach.
	Percent float64 `json:"percent"`
	// Files by name.
	Files []FileCoverage `json:"files"`
}

// FileCoverage is what tests reach of a file.
type FileCoverage struct {
	File    string  `json:"file"`
	Percent float64 `json:"percent"`
	// Lines that no test reaches.
	NotCovered []LineRange `json:"not_covered,omitempty"`
}

// LineRange is from a line to another one.
type LineRange struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// coverage reports on the files that are tested.
func (s *suite) coverage(c *cover.Cover, rules map[string]*ast.Module) *Coverage {
	own := maps.Clone(rules)
	maps.DeleteFunc(own, func(file string, _ *ast.Module) bool { return !slices.Contains(s.files, file) })
	report := c.Report(own)
	out := &Coverage{Percent: 100}
	covered, all := 0, 0
	for _, file := range slices.Sorted(slices.Values(s.files)) {
		f := report.Files[file]
		if f == nil {
			continue
		}
		covered, all = covered+f.CoveredLines, all+f.CoveredLines+f.NotCoveredLines
		fc := FileCoverage{File: file, Percent: f.Coverage}
		if f.CoveredLines+f.NotCoveredLines == 0 {
			fc.Percent = 100
		}
		for _, r := range f.NotCovered {
			fc.NotCovered = append(fc.NotCovered, LineRange{r.Start.Row, max(r.Start.Row, r.End.Row)})
		}
		fc.NotCovered = merged(fc.NotCovered)
		out.Files = append(out.Files, fc)
	}
	if all > 0 {
		out.Percent = 100 * float64(covered) / float64(all)
	}
	return out
}

// merged joins ranges of lines that overlap or follow each other.
func merged(ranges []LineRange) []LineRange {
	slices.SortFunc(ranges, func(a, b LineRange) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	var out []LineRange
	for _, r := range ranges {
		if n := len(out); n > 0 && r.From <= out[n-1].To+1 {
			out[n-1].To = max(out[n-1].To, r.To)
			continue
		}
		out = append(out, r)
	}
	return out
}

// lines names ranges as people do: 3, 5-7.
func lines(ranges []LineRange) string {
	out := make([]string, len(ranges))
	for i, r := range ranges {
		out[i] = strconv.Itoa(r.From)
		if r.To > r.From {
			out[i] += "-" + strconv.Itoa(r.To)
		}
	}
	return strings.Join(out, ", ")
}
