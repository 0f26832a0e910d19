package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// crowded is a result with far more to say than a comment takes.
func crowded(t *testing.T) *compare.Outcome {
	t.Helper()
	r := evaluate(t, docs["broken"])
	rule := r.Rules[len(r.Rules)-1]
	cause := r.Causes[0]
	for i := range 500 {
		rule.ID, rule.Title = fmt.Sprintf("ACME-MANY-%03d", i), strings.Repeat("@<|>", 100)
		r.Rules = append(r.Rules, rule)
		cause.Rule, cause.Msg = rule.ID, strings.Repeat("@<|>", 100)
		r.Causes = append(r.Causes, cause)
	}
	return r
}

// TestMarkdownIsBounded checks that a comment takes whatever is found, and that
// what is left out is told.
func TestMarkdownIsBounded(t *testing.T) {
	var out bytes.Buffer
	if err := (markdownFormat{}).Write(&out, crowded(t), Options{FailOn: rule.Medium}); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if len(text) > maxMarkdown || !utf8.ValidString(text) {
		t.Errorf("%d bytes", len(text))
	}
	for _, want := range []string{"Shortened to the length of a comment", "481 further causes", "\n---\nnscheck 1.2.3"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
}
