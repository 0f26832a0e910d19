package ruletest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/nscheck/nscheck/evaluator"
)

// runExamples judges the worked examples.
func (s *suite) runExamples(ctx context.Context) ([]Test, error) {
	var tests []Test
	type work struct {
		rule    ruleUnderTest
		example *evaluator.Example
		test    int
	}
	var all []work
	for _, r := range s.rules {
		for i := range r.examples {
			e := &r.examples[i]
			if s.Pattern != nil && !s.Pattern.MatchString(e.Name) && !s.Pattern.MatchString(r.ID) && !s.Pattern.MatchString(r.Package) {
				continue
			}
			all = append(all, work{r, e, len(tests)})
			tests = append(tests, Test{Kind: Example, Name: e.Name, Rule: r.ID, File: r.exampleFile, Line: e.Line})
		}
	}
	var running errgroup.Group
	running.SetLimit(s.Parallel)
	for _, w := range all {
		running.Go(func() error {
			s.runExample(ctx, &tests[w.test], w.rule.ID, w.example)
			return ctx.Err()
		})
	}
	return tests, running.Wait()
}

func (s *suite) runExample(ctx context.Context, t *Test, rule string, e *evaluator.Example) {
	limited, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	began := time.Now()
	got, err := e.Run(limited, s.pack, rule)
	t.Duration = time.Since(began)
	switch {
	case errors.Is(limited.Err(), context.DeadlineExceeded):
		t.Outcome, t.Msg = Errored, fmt.Sprintf("it was stopped after %v; --timeout sets how long one test may take", s.Timeout)
		return
	case err != nil:
		t.Outcome, t.Msg = Errored, err.Error()
		return
	}
	want := sorted(e.Expect)
	diff := diffTexts(yamlText(want), yamlText(sorted(got)))
	if diff == "" {
		t.Outcome = Passed
		return
	}
	t.Outcome, t.Msg = Failed, "the rule says something else than the example expects"
	if got.Verdict != want.Verdict && len(got.Reasons) > 0 {
		t.Msg = fmt.Sprintf("the verdict is %s and not %s: %s", got.Verdict, want.Verdict, strings.Join(got.Reasons, "; "))
	}
	t.Failures = []Failure{{
		Diff:  "--- expected\n+++ actual\n" + diff,
		Input: relevantInput(e, differing(want, got)),
	}}
}

// sorted is an expectation whose lists have the one order in which they are
// compared.
func sorted(e evaluator.Expectation) evaluator.Expectation {
	order := func(list []evaluator.ExampleObject) []evaluator.ExampleObject {
		return slices.SortedFunc(slices.Values(list), func(a, b evaluator.ExampleObject) int {
			return strings.Compare(a.Resource+"\x00"+a.Msg, b.Resource+"\x00"+b.Msg)
		})
	}
	e.Findings, e.Unknown = order(e.Findings), order(e.Unknown)
	return e
}

// differing are the names of the objects about which two expectations differ.
func differing(a, b evaluator.Expectation) []string {
	var names []string
	only := func(these, those []evaluator.ExampleObject) {
		for _, o := range these {
			if !slices.Contains(those, o) && !slices.Contains(names, o.Resource) {
				names = append(names, o.Resource)
			}
		}
	}
	only(a.Findings, b.Findings)
	only(b.Findings, a.Findings)
	only(a.Unknown, b.Unknown)
	only(b.Unknown, a.Unknown)
	return names
}
