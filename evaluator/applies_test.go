package evaluator

import (
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"
)

const notForChildren = `
not_applicable contains "the server is a child in a hierarchy" if data.estate.server.hierarchy_child == true
`

func TestNotApplicable(t *testing.T) {
	for _, tt := range []struct {
		name, rule, doc string
		verdict         result.Verdict
		reason          string
	}{
		{"it applies", acme.Rule + notForChildren, "estate: {server: {name: NS, hierarchy_child: false}, sites: [" + acme.SiteX + "]}", result.Fail, ""},
		{"it may apply", acme.Rule + notForChildren, "estate: {server: {name: NS}, sites: [" + acme.SiteX + "]}", result.Fail, ""},
		{"it does not apply", acme.Rule + notForChildren, "estate: {server: {name: NS, hierarchy_child: true}, sites: [" + acme.SiteX + "]}", result.NotApplicable, "the server is a child in a hierarchy"},
		{"it does not apply, whatever is missing", acme.Rule + notForChildren, "estate: {server: {name: NS, hierarchy_child: true}}", result.NotApplicable, "the server is a child in a hierarchy"},
		{"it is unknown whether it applies", acme.Rule + notForChildren, "estate: {sites: [" + acme.SiteX + "]}", result.NotEvaluated, "section server is not in the snapshot"},
		{"a client rule", acme.ClientRule + notForChildren, "estate: {server: {name: NS, hierarchy_child: true}}\nclients: [" + acme.ClientX + "]", result.NotApplicable, "the server is a child in a hierarchy"},
		{"a client rule that applies", acme.ClientRule + notForChildren, "estate: {server: {name: NS}}\nclients: [" + acme.ClientX + "]", result.Fail, ""},
		{"an object", acme.Rule + "\nnot_applicable contains {\"msg\": \"a\"} if true\n", "estate: {sites: []}", result.Errored, "not_applicable must contain texts"},
		{"a mistake", acme.Rule + "\nnot_applicable contains \"x\" if to_number(data.estate.server.name) > 1\n", "estate: {server: {name: NS}, sites: []}", result.Errored, "the rule broke on the estate: house/a.rego:18: eval_builtin_error: to_number"},
		{"an empty text", acme.Rule + "\nnot_applicable contains \"\" if true\n", "estate: {sites: []}", result.Errored, "not_applicable contains an empty text"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := evaluate(t, packtest.Must(t, map[string]string{"a.rego": tt.rule}), tt.doc)
			got := r.Rules[0]
			if got.Verdict != tt.verdict || got.Verdict == result.NotApplicable && got.Findings > 0 {
				t.Errorf("%s with %d findings, want %s", got.Verdict, got.Findings, tt.verdict)
			}
			reason := ""
			if len(got.Reasons) > 0 {
				reason = got.Reasons[0].Msg
			}
			if !strings.Contains(reason, tt.reason) || tt.reason == "" && reason != "" {
				t.Errorf("reason %q, want %q", reason, tt.reason)
			}
			if r.Summary.Rules[tt.verdict] != 1 {
				t.Errorf("the summary does not count the %s rule: %v", tt.verdict, r.Summary.Rules)
			}
		})
	}
}

func TestNotApplicableRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ rule, want string }{
		"input":   {acme.ClientRule + "\nnot_applicable contains \"a\" if input.name\n", "not_applicable cannot read input"},
		"counts":  {acme.Rule + "\nnot_applicable contains \"a\" if data.totals.clients == 0\n", "not_applicable cannot read data.totals"},
		"a value": {acme.Rule + "\nnot_applicable := \"a\"\n", "not_applicable must be a set"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := packtest.Load(map[string]string{"a.rego": tt.rule}); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}
