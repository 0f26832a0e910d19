package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// typing answers the questions of a command.
func typing(t *testing.T, lines io.Reader) {
	t.Helper()
	before := terminalLines
	terminalLines = func() (io.Reader, bool) { return lines, true }
	t.Cleanup(func() { terminalLines = before })
}

func newRule(ctx context.Context, args ...string) (stdout, stderr string, err error) {
	var out, errs bytes.Buffer
	err = runApp(ctx, newApp(&out, &errs), append([]string{"nscheck", "rule", "new"}, args...))
	return out.String(), errs.String(), err
}

func TestRuleNewAsks(t *testing.T) {
	t.Chdir(t.TempDir())
	typing(t, strings.NewReader("two servers\n site/two_servers \n\nSite: too few servers\r\nbad\n\n\nNS\n\n"))
	_, asked, err := newRule(t.Context(), "--dir", "acme-rules")
	if err != nil {
		t.Fatal(err)
	}
	const want = `Name of the rule, as AREA/NAME, such as site/two_package_servers:   the rule's name "two servers" must be of the form AREA/NAME, such as site/two_package_servers
Name of the rule, as AREA/NAME, such as site/two_package_servers: What does it find, in a few words:   the title is empty; say in a few words what the rule finds
What does it find, in a few words: Severity: critical, high, medium, low or info [medium]:   "bad" is not a severity; use critical, high, medium, low or info
Severity: critical, high, medium, low or info [medium]: What does it evaluate: estate, or client for each client separately [estate]: Prefix of the ids of the pack [ACME]:   the prefix NS belongs to the built-in rules; choose another
Prefix of the ids of the pack [ACME]: `
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	text, err := os.ReadFile(filepath.Join("acme-rules", "site", "two_servers.rego"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"# title: 'Site: too few servers'\n", "#   id: ACME-001\n", "#   severity: medium\n", "#   scope: estate\n"} {
		if !strings.Contains(string(text), line) {
			t.Errorf("%q is not in\n%s", line, text)
		}
	}
}

// Only what is left out is asked for.
func TestRuleNewAsksOnlyWhatIsMissing(t *testing.T) {
	t.Chdir(t.TempDir())
	typing(t, strings.NewReader("client\n"))
	_, asked, err := newRule(t.Context(), "a/b", "--title", "T", "--severity", "low", "--prefix", "X")
	if err != nil || asked != "What does it evaluate: estate, or client for each client separately [estate]: " {
		t.Errorf("asked %q, error %v", asked, err)
	}
}

func TestRuleNewGivesUp(t *testing.T) {
	for name, tt := range map[string]struct {
		typed string
		want  string
	}{
		"the input ends":   {"a/b\n", "the question was not answered; nothing was written"},
		"always wrong":     {strings.Repeat("x\n", 9), "must be of the form AREA/NAME"},
		"it ends in words": {"a/b\ntitle", "the question was not answered; nothing was written"},
	} {
		t.Chdir(t.TempDir())
		typing(t, strings.NewReader(tt.typed))
		if _, _, err := newRule(t.Context()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v", name, err)
		}
		if left, err := os.ReadDir("."); err != nil || len(left) > 0 {
			t.Errorf("%s: it left %v behind", name, left)
		}
	}
}

func TestRuleNewIsInterrupted(t *testing.T) {
	t.Chdir(t.TempDir())
	in, never := io.Pipe()
	defer never.Close()
	typing(t, in)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, _, err := newRule(ctx, "a/b"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
