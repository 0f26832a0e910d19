package ruletest

import (
	"cmp"
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
	t.Outcome, t.Msg = Failed, whatDiffers(want, got)
	t.Failures = []Failure{{
		Diff:  "--- expected\n+++ actual\n" + diff,
		Input: relevantInput(e, differing(want, got)),
	}}
}

// whatDiffers says in which respect a rule says something else than its example
// expects, and what keeps it from a full verdict.
func whatDiffers(want, got evaluator.Expectation) string {
	same := func(a, b []evaluator.ExampleObject) bool { return slices.Equal(sortedObjects(a), sortedObjects(b)) }
	var parts []string
	for _, part := range []struct {
		what string
		same bool
	}{
		{"what it finds", same(want.Findings, got.Findings)},
		{"what it cannot judge", same(want.Unknown, got.Unknown)},
		{"whether it knows whom the findings harm", want.AffectsUnknown == got.AffectsUnknown},
	} {
		if !part.same {
			parts = append(parts, part.what)
		}
	}
	text := fmt.Sprintf("the verdict is %s and not %s", got.Verdict, want.Verdict)
	if got.Verdict == want.Verdict {
		text = fmt.Sprintf("the verdict is %s as expected, but not %s", got.Verdict, strings.Join(parts, ", nor "))
	}
	if len(got.Reasons) > 0 {
		text += ": " + strings.Join(got.Reasons, "; ")
	}
	return text
}

// sorted is an expectation whose lists have the one order in which they are
// compared.
func sorted(e evaluator.Expectation) evaluator.Expectation {
	e.Findings, e.Unknown = sortedObjects(e.Findings), sortedObjects(e.Unknown)
	return e
}

func sortedObjects(list []evaluator.ExampleObject) []evaluator.ExampleObject {
	return slices.SortedFunc(slices.Values(list), func(a, b evaluator.ExampleObject) int {
		return cmp.Or(strings.Compare(a.Resource, b.Resource), strings.Compare(a.Msg, b.Msg))
	})
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
