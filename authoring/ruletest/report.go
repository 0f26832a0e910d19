package ruletest

import (
	"time"
)

// Kind is what a test is.
type Kind string

// The kinds.
const (
	Rego    Kind = "rego"    // a test in Rego
	Example Kind = "example" // a worked example
)

// Outcome is what became of a test.
type Outcome string

// The outcomes.
const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
	Errored Outcome = "error" // it could not be run to its end
	Skipped Outcome = "skipped"
)

// Report is what all tests say.
type Report struct {
	// Tests by file and line.
	Tests []Test `json:"tests"`
	// How many tests had which outcome.
	Counts map[Outcome]int `json:"counts"`
	// Rules that lack tests or worked examples; not looked for where only some tests ran.
	Gaps []Gap `json:"gaps,omitempty"`
	// What of the rules the Rego tests reach; absent where nobody asked.
	Coverage *Coverage `json:"coverage,omitempty"`

	took time.Duration
}

// Test is a test or a worked example, and what became of it.
type Test struct {
	Kind Kind `json:"kind"`
	// Name: a Rego test's path, such as data.acme.site.two_test.test_broken, or an example's name.
	Name string `json:"name"`
	// Whether the entry is a file of tests or examples that cannot be read or
	// compiled; its name is the file's.
	WholeFile bool `json:"whole_file,omitempty"`
	// Id of the rule that is tested; absent where that is not known.
	Rule string `json:"rule,omitempty"`
	// Where the test stands.
	File string `json:"file"`
	Line int    `json:"line"`

	Outcome  Outcome       `json:"outcome"`
	Duration time.Duration `json:"duration_ns"`
	// Why it failed, in a sentence.
	Msg string `json:"msg,omitempty"`
	// Where it failed.
	Failures []Failure `json:"failures,omitempty"`
	// What print() wrote.
	Output string `json:"output,omitempty"`
}

// Failure is one place or way in which a test failed.
type Failure struct {
	// Name of the test case, where a test has several.
	Case string `json:"case,omitempty"`
	// The expression that failed.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	// Its source with the values of its variables.
	Source string `json:"source,omitempty"`
	// Expected against actual, line by line, where both are known.
	Diff string `json:"diff,omitempty"`
	// The part of the input that this is about.
	Input string `json:"input,omitempty"`
}

// Gap is a rule that lacks tests or worked examples.
type Gap struct {
	Rule string `json:"rule"`
	File string `json:"file"`
	// What it lacks: tests or worked examples.
	Lacks string `json:"lacks"`
}

func (r *Report) count() {
	r.Counts = map[Outcome]int{Passed: 0, Failed: 0, Errored: 0, Skipped: 0}
	for _, t := range r.Tests {
		r.Counts[t.Outcome]++
	}
}

// OK reports whether nothing failed.
func (r *Report) OK() bool { return r.Counts[Failed]+r.Counts[Errored] == 0 }
