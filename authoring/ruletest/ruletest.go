// Package ruletest runs what shows that rules work: their Rego tests and their
// worked examples.
//
// Folders of rules go in. A [Report] comes out: what passed and what failed,
// with expected against actual and the part of the input that matters, which
// rules have no tests, and which lines of the rules no test reaches. Tests are
// compiled as nscheck compiles rules, and run by OPA's own runner.
package ruletest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// DefaultTimeout is how long one test may take where nothing else is said.
const DefaultTimeout = 10 * time.Second

// Target is what is tested: the rules of a source, or some of them.
type Target struct {
	Source rule.Source
	// File or folder in the source whose rules are tested; "" or "." means all.
	Within string
}

// Options says what is tested, and how.
type Options struct {
	// What is tested.
	Targets []Target
	// What is loaded beside it: the built-in rules, other packs.
	Others []rule.Source
	// Only tests and examples whose name, or whose rule's id and name, match; nil
	// means all.
	Pattern *regexp.Regexp
	// Whether to tell which lines of the rules the Rego tests reach.
	Coverage bool
	// How long one test may take; 0 means [DefaultTimeout].
	Timeout time.Duration
	// How many tests run at once; 0 means as many as there are processors.
	Parallel int
}

// Run runs tests and examples. Those that cannot be read or compiled fail. It
// returns an error where nothing can be run: the rules do not compile, there are no
// tests and no examples, or ctx was cancelled.
func Run(ctx context.Context, o Options) (*Report, error) {
	o.Timeout = cmp.Or(o.Timeout, DefaultTimeout)
	o.Parallel = cmp.Or(o.Parallel, runtime.GOMAXPROCS(0))
	began := time.Now()
	suite, err := load(o)
	if err != nil {
		return nil, err
	}
	report := &Report{}
	var rego, examples []Test
	var running errgroup.Group
	running.Go(func() (err error) {
		rego, report.Coverage, err = suite.runRego(ctx)
		return err
	})
	running.Go(func() (err error) {
		examples, err = suite.runExamples(ctx)
		return err
	})
	if err := running.Wait(); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	report.Tests = slices.Concat(suite.broken, rego, examples)
	if len(report.Tests) == 0 {
		return nil, o.nothing()
	}
	slices.SortFunc(report.Tests, func(a, b Test) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), strings.Compare(a.Name, b.Name))
	})
	if o.Pattern == nil {
		report.Gaps = suite.gaps()
	}
	report.count()
	report.took = time.Since(began)
	return report, nil
}

// ErrNothing says that there is nothing to run, which shows nothing.
var ErrNothing = errors.New("there is nothing to run")

func (o Options) nothing() error {
	if o.Pattern != nil {
		return fmt.Errorf("%w: no test and no worked example matches %q", ErrNothing, o.Pattern)
	}
	names := make([]string, len(o.Targets))
	for i, t := range o.Targets {
		names[i] = t.name()
	}
	return fmt.Errorf("%w: no test and no worked example is in %s; write tests into RULE_test.rego and examples into RULE.yaml, beside RULE.rego",
		ErrNothing, strings.Join(names, ", "))
}

func (t Target) name() string {
	if t.Within == "" || t.Within == "." {
		return t.Source.Name
	}
	return t.Source.File(t.Within)
}

// holds reports whether a file of the source belongs to the target. A rule's
// three files belong together.
func (t Target) holds(file string) bool {
	if t.Within == "" || t.Within == "." || file == t.Within || strings.HasPrefix(file, t.Within+"/") {
		return true
	}
	return isRuleFile(t.Within) && stem(file) == stem(t.Within)
}

func isRuleFile(file string) bool {
	return strings.HasSuffix(file, ".rego") || strings.HasSuffix(file, ".yaml")
}

// stem is what the names of a rule's three files share.
func stem(file string) string {
	for _, ending := range []string{"_test.rego", ".rego", ".yaml"} {
		if s, ok := strings.CutSuffix(file, ending); ok {
			return s
		}
	}
	return file
}
