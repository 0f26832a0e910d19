package ruletest

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/nscheck/nscheck/report"
)

// Escape sequences of the text format.
const (
	red, green, yellow, plain = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"
)

// textWriter writes the report for people.
type textWriter struct {
	*bufio.Writer
	FormatOptions
}

func writeText(out io.Writer, r *Report, o FormatOptions) error {
	w := textWriter{bufio.NewWriter(out), o}
	for i := range r.Tests {
		w.test(&r.Tests[i])
	}
	for _, g := range r.Gaps {
		w.printf("%s: %s has no %s\n", g.File, g.Rule, g.Lacks)
	}
	if r.Coverage != nil {
		w.coverage(r)
	}
	w.summary(r)
	return w.Flush()
}

// printf writes a text that may come from outside.
func (w textWriter) printf(format string, args ...any) {
	w.WriteString(report.Text(fmt.Sprintf(format, args...)))
}

func (w textWriter) colored(color, text string) {
	if w.Color {
		text = color + text + plain
	}
	w.WriteString(text)
}

var outcomeWords = map[Outcome]struct{ word, color string }{
	Passed:  {"pass", green},
	Failed:  {"FAIL", red},
	Errored: {"ERROR", red},
	Skipped: {"skip", yellow},
}

func (w textWriter) test(t *Test) {
	if t.Outcome == Passed && !w.Verbose {
		return
	}
	o := outcomeWords[t.Outcome]
	w.colored(o.color, fmt.Sprintf("%-5s", o.word))
	w.printf(" %s:%d: %s", t.File, t.Line, t.title())
	if w.Verbose && t.Outcome != Skipped {
		w.printf(" (%v)", t.Duration.Round(10*time.Microsecond))
	}
	w.WriteString("\n")
	if t.Outcome == Failed || t.Outcome == Errored {
		w.block("", t.Msg)
		for _, f := range t.Failures {
			w.failure(f)
		}
	}
	w.block("print:", t.Output)
	if t.Outcome == Failed || t.Outcome == Errored {
		w.WriteString("\n")
	}
}

// title is what a test is called in a report.
func (t *Test) title() string {
	switch {
	case t.WholeFile && t.Kind == Example:
		return "worked examples of " + t.Rule
	case t.WholeFile:
		return t.Name
	case t.Kind == Example:
		return fmt.Sprintf("example of %s: %s", t.Rule, t.Name)
	}
	return strings.TrimPrefix(t.Name, "data.")
}

func (w textWriter) failure(f Failure) {
	if f.Case != "" {
		w.block("", "case "+f.Case+":")
	}
	if f.File != "" {
		w.block(fmt.Sprintf("%s:%d:", f.File, f.Line), f.Source)
	}
	for line := range strings.Lines(f.Diff) {
		color := ""
		switch line[0] {
		case '-':
			color = red
		case '+':
			color = green
		}
		w.WriteString("      ")
		if text := report.Text(strings.TrimSuffix(line, "\n")); color != "" {
			w.colored(color, text)
		} else {
			w.WriteString(text)
		}
		w.WriteString("\n")
	}
	w.block("input:", f.Input)
}

// block writes a text of several lines, indented, below its title.
func (w textWriter) block(title, text string) {
	text = strings.TrimRight(text, "\n")
	if text == "" {
		return
	}
	indent := "      "
	if title != "" {
		w.printf("%s%s\n", indent, title)
		indent += "  "
	}
	for line := range strings.Lines(text) {
		w.printf("%s\n", strings.TrimRight(indent+line, " \n"))
	}
}

func (w textWriter) coverage(r *Report) {
	for _, f := range r.Coverage.Files {
		if len(f.NotCovered) > 0 {
			w.printf("%s: %s covered; no test reaches %s\n", f.File, percent(f.Percent), lines(f.NotCovered))
		}
	}
	w.printf("Coverage of the rules by Rego tests: %s.\n", percent(r.Coverage.Percent))
}

// summary is the last line.
func (w textWriter) summary(r *Report) {
	kinds, files := map[Kind]int64{}, int64(0)
	for _, t := range r.Tests {
		if t.WholeFile {
			files++
		} else {
			kinds[t.Kind]++
		}
	}
	tests, examples := report.Count(kinds[Rego], "test"), report.Count(kinds[Example], "worked example")
	if files > 0 {
		w.printf("%s, %s and %s that cannot be run: ", tests, examples, report.Count(files, "file"))
	} else {
		w.printf("%s and %s: ", tests, examples)
	}
	w.printf("%d passed, ", r.Counts[Passed])
	failed := fmt.Sprintf("%d failed", r.Counts[Failed]+r.Counts[Errored])
	if r.OK() {
		w.WriteString(failed)
	} else {
		w.colored(red, failed)
	}
	w.printf(", %d skipped", r.Counts[Skipped])
	if w.Verbose {
		w.printf(" (%v)", r.took.Round(time.Millisecond))
	}
	w.WriteString(".\n")
	if text := r.Shortfall(w.Threshold); text != "" {
		w.colored(red, "FAIL")
		w.printf("  %s.\n", text)
	}
}

// percent is rounded down, so that only all is 100 %.
func percent(p float64) string { return points(math.Floor(p*10)/10) + " %" }

// points is rounded up, so that only nothing is 0.
func points(p float64) string {
	return strconv.FormatFloat(max(0, math.Ceil(p*10-1e-9))/10, 'f', -1, 64)
}
