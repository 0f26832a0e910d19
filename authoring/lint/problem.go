package lint

import (
	"cmp"
	"slices"
	"strings"
)

// Problem is a place where a lint found something.
type Problem struct {
	// Name of the lint.
	Name string `json:"name"`
	// How bad it is.
	Severity Severity `json:"severity"`
	// File, with slashes.
	File string `json:"file"`
	// Line and column, counted from 1 in lines and characters; absent where it is about the whole file.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Id of the rule; absent where it is in none, or where the rule has none.
	Rule string `json:"rule,omitempty"`
	// What was found.
	Message string `json:"message"`
	// What to do.
	Help string `json:"help"`
	// The line as it stands in the file; absent where there is no line.
	Source string `json:"source,omitempty"`

	owner string // the file whose comments can silence it
}

// Silenced is a problem that a comment silences.
type Silenced struct {
	Problem
	// Why, as the comment says.
	Reason string `json:"reason"`
}

// Report is what lints found.
type Report struct {
	// Whether the pack was held to what shared packs are held to.
	Strict bool `json:"strict"`
	// How many problems of each severity there are.
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Advice   int `json:"advice"`
	// Problems by file and line.
	Problems []Problem `json:"problems"`
	// Problems that comments silence, by file and line.
	Silenced []Silenced `json:"silenced"`
}

// Failed reports whether there is a problem that counts: an error, and with
// strict a warning.
func (r *Report) Failed() bool { return r.Errors > 0 || r.Strict && r.Warnings > 0 }

// add adds problems, each once, in order, and counts them.
func (r *Report) add(problems []Problem) {
	r.Problems = append(r.Problems, problems...)
	slices.SortStableFunc(r.Problems, compare)
	r.Problems = slices.CompactFunc(r.Problems, func(a, b Problem) bool { return compare(a, b) == 0 })
	r.Errors, r.Warnings, r.Advice = 0, 0, 0
	for _, p := range r.Problems {
		switch p.Severity {
		case Error:
			r.Errors++
		case Warning:
			r.Warnings++
		case Advice:
			r.Advice++
		}
	}
}

func compare(a, b Problem) int {
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
		strings.Compare(a.Name, b.Name), strings.Compare(a.Message, b.Message))
}
