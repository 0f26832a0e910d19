package scaffold

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"text/template"

	"github.com/open-policy-agent/opa/v1/format"

	"github.com/nscheck/nscheck/evaluator/rule"
)

//go:embed templates/*.tmpl
var templateFiles embed.FS

// Rego has braces of its own.
var templates = template.Must(template.New("").Delims("<<", ">>").Option("missingkey=error").ParseFS(templateFiles, "templates/*.tmpl"))

type templateValues struct{ ID, Package, Title, Severity, Step string }

// steps are what a rule can be about.
var steps = []string{"1", "2", "3", "4", "5", "6", "7", "symptoms", "+"}

// CheckStep refuses what is no step of the article.
func CheckStep(step string) error {
	if !slices.Contains(steps, step) {
		return fmt.Errorf("there is no step %q of the article; use 1 to 7, symptoms, or + for what goes beyond it", step)
	}
	return nil
}

// CheckScope refuses what rules cannot judge.
func CheckScope(scope rule.Scope) error {
	if scope != rule.EstateScope && scope != rule.ClientScope {
		return fmt.Errorf("%q is not a scope; use estate for a rule that judges the estate once, or client for one that judges every client", scope)
	}
	return nil
}

// render makes the three files of a rule.
func (r *Rule) render(o Options, values templateValues) error {
	if _, err := rule.ParseSeverity(values.Severity); err != nil {
		return err
	}
	if err := CheckScope(o.Scope); err != nil {
		return err
	}
	if err := CheckStep(values.Step); err != nil {
		return err
	}
	for _, f := range []struct{ ending, about string }{
		{".rego", "the rule, and what reports say about it"},
		{"_test.rego", "its tests"},
		{".yaml", "its worked examples"},
	} {
		var text bytes.Buffer
		if err := templates.ExecuteTemplate(&text, string(o.Scope)+f.ending+".tmpl", values); err != nil {
			return err
		}
		out := text.Bytes()
		if f.ending != ".yaml" {
			var err error
			if out, err = format.Source(o.Name+f.ending, out); err != nil {
				return fmt.Errorf("the new rule is no Rego, which is a bug in nscheck; please report it: %w", err)
			}
		}
		r.Files = append(r.Files, File{o.Name + f.ending, f.about, out})
	}
	return nil
}
