// Package rulepage writes the documentation of rules: a page for each, the
// index, and the walk through article TECH170397. Everything on them comes from
// the rules' own annotations, code and worked examples, and from the collector's
// bindings, so that they cannot drift apart.
package rulepage

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// Pages are the sources of the documentation.
type Pages struct {
	pack     *rule.Pack
	files    fs.FS
	bindings []*binding.Binding
}

// New takes the rules of a pack, whose files are in files, for pages.
func New(pack *rule.Pack, files fs.FS) *Pages {
	return &Pages{pack: pack, files: files, bindings: binding.All()}
}

// Rule is the page of a rule, in Markdown.
func (p *Pages) Rule(ctx context.Context, r *rule.Rule) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n", r.ID, r.Title)
	fmt.Fprintf(&b, "| severity | scope | step of TECH170397 | versions |\n|---|---|---|---|\n| %s | %s | %s | %s |\n\n",
		r.Severity, r.Scope, r.Step, orAll(r.Versions))
	fmt.Fprintf(&b, "%s\n", r.Description)
	p.remediation(&b, r)
	p.reads(&b, r)
	if err := p.parameters(&b, r); err != nil {
		return "", fmt.Errorf("%s: %w", r.ID, err)
	}
	p.relations(&b, r)
	if err := p.examples(ctx, &b, r); err != nil {
		return "", err
	}
	return b.String(), nil
}

func orAll(versions string) string {
	if versions == "" {
		return "all"
	}
	return "`" + versions + "`"
}

func (p *Pages) remediation(b *strings.Builder, r *rule.Rule) {
	b.WriteString("\n## What to do\n")
	for _, m := range r.Remediation {
		b.WriteString("\n")
		if m.Versions != "" {
			fmt.Fprintf(b, "**Versions `%s`**\n", m.Versions)
		}
		b.WriteString(strings.TrimSpace(m.Text))
		if m.Ref != "" {
			fmt.Fprintf(b, " (%s)", m.Ref)
		}
		b.WriteString("\n")
	}
}

// reads lists the parts of the CMDB that the rule depends on, with their confidence.
func (p *Pages) reads(b *strings.Builder, r *rule.Rule) {
	b.WriteString("\n## What it reads\n\n")
	b.WriteString("Confidence: A the article, P public sources, I inferred, R recalled; weakest first.\n\n")
	b.WriteString("| section | filled from | marks |\n|---|---|---|\n")
	for _, need := range slices.Concat(r.Needs, r.AffectsNeeds) {
		shown := "`" + need + "`"
		if slices.Contains(r.AffectsNeeds, need) {
			shown += " (only for which clients a finding affects)"
		}
		found := false
		for _, binding := range p.bindings {
			if binding.Section != need {
				continue
			}
			found = true
			var objects []string
			for _, o := range binding.Objects {
				objects = append(objects, "`"+o.Name+"`")
			}
			fmt.Fprintf(b, "| %s | %s | %s |\n", strings.Replace(shown, need, binding.Section, 1), strings.Join(objects, ", "), binding.Evidence())
		}
		if !found {
			fmt.Fprintf(b, "| %s | not in the CMDB according to public sources | ? |\n", shown)
		}
	}
	b.WriteString("\nFields that its answer depends on:\n\n")
	for _, field := range r.Reads {
		fmt.Fprintf(b, "- `%s`\n", field)
	}
	for _, field := range r.AffectsReads {
		fmt.Fprintf(b, "- `%s` (only for which clients a finding affects)\n", field)
	}
}

func (p *Pages) parameters(b *strings.Builder, r *rule.Rule) error {
	if len(r.Params) == 0 {
		return nil
	}
	b.WriteString("\n## Parameters\n\n| name | default |\n|---|---|\n")
	for _, name := range r.Params {
		value, err := inYAML(p.pack.Default(name))
		if err != nil {
			return fmt.Errorf("parameter %s: %w", name, err)
		}
		fmt.Fprintf(b, "| `%s` | `%s` |\n", name, value)
	}
	b.WriteString("\n`--param NAME=VALUE` sets another value, written in YAML as here, and so does `params` in `nscheck.yaml`.\n")
	return nil
}

// inYAML writes the default of a parameter on one line, as --param takes it.
func inYAML(value any) (string, error) {
	var node yaml.Node
	if err := node.Encode(value); err != nil {
		return "", err
	}
	node.Style = yaml.FlowStyle
	out, err := yaml.Marshal(&node)
	return strings.TrimSpace(string(out)), err
}

// relations link the rules that explain this one and that it explains.
func (p *Pages) relations(b *strings.Builder, r *rule.Rule) {
	var explainedBy []string
	for _, other := range p.pack.Rules {
		if slices.Contains(other.Explains, r.ID) {
			explainedBy = append(explainedBy, other.ID)
		}
	}
	if len(r.Explains) > 0 || len(explainedBy) > 0 {
		b.WriteString("\n## Causes\n\n")
	}
	if len(r.Explains) > 0 {
		fmt.Fprintf(b, "A finding can be the cause of %s.\n", links(r.Explains))
	}
	if len(explainedBy) > 0 {
		fmt.Fprintf(b, "Its findings can be caused by %s.\n", links(explainedBy))
	}
	if len(r.Related) > 0 {
		b.WriteString("\n## Read more\n\n")
	}
	for _, rel := range r.Related {
		fmt.Fprintf(b, "- %s: %s\n", rel.Ref, rel.Description)
	}
}

func links(ids []string) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = fmt.Sprintf("[%s](%s.md)", id, id)
	}
	return strings.Join(out, ", ")
}

// examples prints the rule's worked examples with what the program says.
func (p *Pages) examples(ctx context.Context, b *strings.Builder, r *rule.Rule) error {
	examples, err := p.Examples(r)
	if err != nil {
		return err
	}
	b.WriteString("\n## Examples\n")
	for i := range examples {
		e := &examples[i]
		got, err := e.Run(ctx, p.pack, r.ID)
		if err != nil {
			return fmt.Errorf("%s: example %q: %w", r.ID, e.Name, err)
		}
		doc, err := e.Document()
		if err != nil {
			return err
		}
		fmt.Fprintf(b, "\n### %s (%s)\n\n", e.Name, e.Case)
		if len(e.Params) > 0 {
			params, err := yaml.Marshal(e.Params)
			if err != nil {
				return fmt.Errorf("%s: example %q: %w", r.ID, e.Name, err)
			}
			fmt.Fprintf(b, "With the parameters\n\n```yaml\n%s```\n\n", params)
		}
		fmt.Fprintf(b, "```yaml\n%s```\n\n```\n%s: %s\n", doc, r.ID, got.Verdict)
		for _, f := range got.Findings {
			fmt.Fprintf(b, "%s: %s\n", f.Resource, f.Msg)
		}
		for _, u := range got.Unknown {
			fmt.Fprintf(b, "%s cannot be evaluated: %s\n", u.Resource, u.Msg)
		}
		b.WriteString("```\n")
	}
	return nil
}

// Examples are the worked examples of a rule.
func (p *Pages) Examples(r *rule.Rule) ([]evaluator.Example, error) {
	_, file, _ := strings.Cut(r.File, "/") // behind the source's name
	file = strings.TrimSuffix(file, path.Ext(file)) + ".yaml"
	data, err := fs.ReadFile(p.files, file)
	if err != nil {
		return nil, fmt.Errorf("%s has no worked examples: %w", r.ID, err)
	}
	examples, err := evaluator.ReadExamples(file, data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.ID, err)
	}
	return examples, nil
}
