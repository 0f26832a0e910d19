package report

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// hostileDoc is an estate whose sites and clients have those names.
func hostileDoc() string {
	var b strings.Builder
	b.WriteString("estate:\n  server: {name: \"| @ns01 <b>\", version: 8.5.5032}\n  subnets: []\n  sites:\n")
	for i, name := range hostileNames {
		fmt.Fprintf(&b, "    - {guid: 00000000-0000-0000-0000-0000000005%02d, name: %s}\n", i, yamlText(name))
	}
	b.WriteString("clients:\n")
	for i, name := range hostileNames {
		fmt.Fprintf(&b, "  - {guid: 00000000-0000-0000-0000-0000000001%02d, name: %s, domain: D, status: Active, addresses: []}\n", i, yamlText("ill "+name))
	}
	return b.String()
}

// decorated gives findings what a baseline, waivers and a change set give them.
func decorated(findings iter.Seq2[result.Finding, error]) iter.Seq2[result.Finding, error] {
	return func(yield func(result.Finding, error) bool) {
		i := 0
		for f, err := range findings {
			f.Fingerprint = fmt.Sprintf("%064x", i)
			f.BaselineState = []result.BaselineState{result.New, result.Unchanged, result.Absent, result.New}[i%4]
			if i%4 == 0 {
				f.Location = &result.SourceLocation{File: "changes/a b,c:%]; x.yaml", Line: 3 + i, Column: i % 3}
			}
			if i%4 == 3 {
				f.Waiver = &result.WaiverUse{
					Reason: "agreed | with @boss\n::error::x", Owner: "=owner", Ticket: "CHG-1", Expires: "2026-03-31", Place: "nscheck-waivers.yaml:12",
				}
			}
			i++
			if !yield(f, err) {
				return
			}
		}
	}
}

// streamed is a format that can be given other findings than the result's.
type streamed interface {
	write(io.Writer, *compare.Outcome, iter.Seq2[result.Finding, error], Options) error
}

var streamedFormats = map[string]streamed{
	"sarif": sarifFormat{}, "junit": junitFormat{}, "csv": csvFormat{},
	"markdown": markdownFormat{}, "github": githubFormat{}, "azuredevops": azureFormat{},
}

func writeHostile(t *testing.T, format string) []byte {
	t.Helper()
	r := evaluate(t, hostileDoc())
	var out bytes.Buffer
	if err := streamedFormats[format].write(&out, r, decorated(r.Findings()), Options{FailOn: rule.Critical}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func hostileFindings(t *testing.T) []result.Finding {
	t.Helper()
	var out []result.Finding
	for f, err := range decorated(evaluate(t, hostileDoc()).Findings()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

// TestHostileGolden compares what every format makes of hostile names, a
// baseline, waivers and places in files.
func TestHostileGolden(t *testing.T) {
	for format := range streamedFormats {
		t.Run(format, func(t *testing.T) { golden(t, "hostile."+format, writeHostile(t, format)) })
	}
}
