package report

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// TestLogCommandsStayWhole checks that no name becomes a command of its own in
// a pipeline's log.
func TestLogCommandsStayWhole(t *testing.T) {
	for format, whole := range map[string]*regexp.Regexp{
		"github":      regexp.MustCompile(`^::(error|warning|notice) ((file=[^,:]+),line=\d+,(col=\d+,)?)?title=[^,:]+::[^\r\n]+$`),
		"azuredevops": regexp.MustCompile(`^##vso\[task\.(logissue type=(error|warning);(sourcepath=[^;\]]+;linenumber=\d+;(columnnumber=\d+;)?)?(code=[A-Z0-9-]+;)?|complete result=Failed;)\][^\r\n]+$`),
	} {
		for line := range strings.Lines(string(writeHostile(t, format))) {
			if line = strings.TrimSuffix(line, "\n"); !whole.MatchString(line) {
				t.Errorf("%s: %q", format, line)
			}
		}
	}
}

// TestCausesComeFirst checks that formats for people begin with them, and that
// pipelines get no more annotations of a level than they show.
func TestCausesComeFirst(t *testing.T) {
	for format, levels := range map[string][]string{
		"github":      {"::error ", "::warning ", "::notice "},
		"azuredevops": {"##vso[task.logissue type=error;", "##vso[task.logissue type=warning;"},
	} {
		r := crowded(t)
		r.Rules[0].Verdict, r.Rules[0].Reasons = result.Errored, []result.Reason{{Msg: "division by zero"}}
		var out bytes.Buffer
		if err := streamedFormats[format].write(&out, r, r.Findings(), Options{FailOn: rule.Medium}); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		for _, level := range levels {
			if n := strings.Count(text, level); n > annotationsShown {
				t.Errorf("%s: %d lines of %q", format, n, level)
			}
		}
		first, _, _ := strings.Cut(text, "\n")
		if !strings.Contains(first, "6 clients: Site Leeds makes ill") {
			t.Errorf("%s begins with %q", format, first)
		}
		for _, want := range []string{"Broken rules: ACME-CLI-001 (ACME-CLI-001: division by zero", "Not evaluated, or not in full: ACME-POL-001", "not shown because of the limit: 4"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing in\n%s", format, want, text)
			}
		}
	}
}

// TestJobSummary checks that the summary is added to what other steps wrote.
func TestJobSummary(t *testing.T) {
	file := filepath.Join(t.TempDir(), "summary")
	if err := os.WriteFile(file, []byte("before\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := evaluate(t, docs["broken"])
	o := Options{FailOn: rule.Medium, StepSummary: file}
	var annotated, markdown bytes.Buffer
	if err := (githubFormat{}).Write(&annotated, r, o); err != nil {
		t.Fatal(err)
	}
	if err := (markdownFormat{}).Write(&markdown, r, o); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := "before\n" + markdown.String(); string(got) != want {
		t.Errorf("the summary is %q, want %q", got, want)
	}
	o.StepSummary = t.TempDir()
	if err := (githubFormat{}).Write(io.Discard, r, o); err == nil {
		t.Error("a summary that cannot be written is no error")
	}
}

// TestAzureOutcome checks the outcome of the task against the exit status.
func TestAzureOutcome(t *testing.T) {
	for _, test := range []struct {
		doc     string
		options Options
		want    string
	}{
		{"clean", Options{FailOn: rule.Medium}, "Succeeded"},
		{"broken", Options{FailOn: rule.Medium}, "Failed"},
		{"empty", Options{FailOn: rule.Medium}, "Failed"},
		{"empty", Options{FailOn: rule.Medium, AllowIncomplete: true}, "SucceededWithIssues"},
	} {
		if got := azureOutcome(evaluate(t, docs[test.doc]), test.options); got != test.want {
			t.Errorf("%s, incomplete allowed %v: %s, want %s", test.doc, test.options.AllowIncomplete, got, test.want)
		}
	}
}

func FuzzGithubCommand(f *testing.F) {
	addHostile(f)
	f.Fuzz(func(t *testing.T, s string) {
		message, property := githubMessage(s), githubProperty(s)
		if strings.ContainsAny(message, "\r\n") || strings.ContainsAny(property, "\r\n:,") {
			t.Errorf("%q becomes %q and %q", s, message, property)
		}
		if back := unescape(message, "%0D", "\r", "%0A", "\n", "%25", "%"); back != s {
			t.Errorf("message %q comes back as %q", s, back)
		}
		if back := unescape(property, "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%"); back != s {
			t.Errorf("property %q comes back as %q", s, back)
		}
	})
}

func FuzzAzureCommand(f *testing.F) {
	addHostile(f)
	f.Fuzz(func(t *testing.T, s string) {
		message, property := azureMessage(s), azureProperty(s)
		if strings.ContainsAny(message, "\r\n") || strings.ContainsAny(property, "\r\n;]") {
			t.Errorf("%q becomes %q and %q", s, message, property)
		}
		if back := unescape(message, "%0D", "\r", "%0A", "\n", "%AZP25", "%"); back != s {
			t.Errorf("message %q comes back as %q", s, back)
		}
		if back := unescape(property, "%0D", "\r", "%0A", "\n", "%3B", ";", "%5D", "]", "%AZP25", "%"); back != s {
			t.Errorf("property %q comes back as %q", s, back)
		}
	})
}
