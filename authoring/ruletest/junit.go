package ruletest

import (
	"fmt"
	"io"
	"strings"

	"encoding/xml"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/nscheck/nscheck/report"
)

// writeJUnit writes a test suite for every file, and in it a test case for every
// test or example.
func writeJUnit(out io.Writer, r *Report, o FormatOptions) error {
	all := junit.Testsuites{Name: "nscheck rule test"}
	for from := 0; from < len(r.Tests); {
		to := from
		for to < len(r.Tests) && r.Tests[to].File == r.Tests[from].File {
			to++
		}
		all.AddSuite(suiteOf(r.Tests[from:to]))
		from = to
	}
	if text := r.Shortfall(o.Threshold); text != "" {
		suite := junit.Testsuite{Name: "coverage", Time: "0.000"}
		suite.AddTestcase(junit.Testcase{Classname: "coverage", Name: "threshold", Failure: &junit.Result{Type: string(Failed), Message: text}})
		all.AddSuite(suite)
	}
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return err
	}
	return all.WriteXML(out)
}

func suiteOf(tests []Test) junit.Testsuite {
	file := report.Text(tests[0].File)
	suite := junit.Testsuite{Name: file, File: file}
	var total float64
	for _, t := range tests {
		total += t.Duration.Seconds()
		c := junit.Testcase{Name: report.Text(t.title()), Classname: report.Text(t.class()), Time: seconds(t.Duration.Seconds())}
		result := &junit.Result{Type: string(t.Outcome), Message: report.Text(t.Msg)}
		switch t.Outcome {
		case Failed:
			c.Failure = result
		case Errored:
			c.Error = result
		case Skipped:
			c.Skipped = result
		}
		if t.Outcome == Failed || t.Outcome == Errored {
			result.Data = t.details()
		}
		if t.Output != "" {
			c.SystemOut = &junit.Output{Data: report.Text(t.Output)}
		}
		suite.AddTestcase(c)
	}
	suite.Time = seconds(total)
	return suite
}

// class is what test cases are grouped by: the rule, where it is known.
func (t *Test) class() string {
	if t.Rule != "" {
		return t.Rule
	}
	return t.File
}

// details tells all about a failure.
func (t *Test) details() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d: %s\n", t.File, t.Line, t.Msg)
	for _, f := range t.Failures {
		if f.Case != "" {
			fmt.Fprintf(&b, "case %s:\n", f.Case)
		}
		if f.File != "" {
			fmt.Fprintf(&b, "%s:%d:\n%s\n", f.File, f.Line, f.Source)
		}
		for _, part := range []string{f.Diff, f.Input} {
			if part != "" {
				b.WriteString(part + "\n")
			}
		}
	}
	return report.Text(b.String())
}

func seconds(s float64) string { return fmt.Sprintf("%.3f", s) }
