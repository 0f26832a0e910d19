package rule

import (
	"fmt"
	"strings"

	"github.com/nscheck/nscheck/snapshot"
)

// Lint is something that a rule's author may want to change.
type Lint struct {
	// Name of the lint.
	Name string `json:"name"`
	// Id of the rule.
	Rule string `json:"rule"`
	// File of the rule.
	File string `json:"file"`
	// What could be better, and how.
	Msg string `json:"msg"`
}

// NotRemembered is the lint of client rules whose verdict about one client says
// nothing about another, so that each client has to be judged anew.
const NotRemembered = "not-remembered"

// unlike are the fields that differ for nearly every client, and what to read
// in their place where there is something.
var unlike = map[string]string{
	"guid":                                "",
	"name":                                "",
	"addresses":                           "location",
	"inventory.basic_at":                  "inventory.basic_age_days",
	"inventory.patch_at":                  "inventory.patch_age_days",
	"task_agent.registered_at":            "task_agent.registration_age_days",
	"packages.plugin.last_run.started_at": "packages.plugin.last_run.age_days",
	"packages.scan.last_run.started_at":   "packages.scan.last_run.age_days",
	"packages.tools.last_run.started_at":  "packages.tools.last_run.age_days",
}

// Lint looks for what authors may want to change in the rules of the pack.
func (p *Pack) Lint() []Lint {
	var out []Lint
	for _, r := range p.Rules {
		if r.Scope != ClientScope {
			continue
		}
		for _, msg := range p.notRemembered(r) {
			out = append(out, Lint{Name: NotRemembered, Rule: r.ID, File: r.File, Msg: msg})
		}
	}
	return out
}

// notRemembered says why verdicts of a rule cannot be remembered, or will
// seldom be of use.
func (p *Pack) notRemembered(r *Rule) []string {
	reads := p.ReadsOf(r.Package, Sets(r.Outputs))
	if reads.Whole != "" {
		return []string{fmt.Sprintf("every client is judged anew: %s; name the fields that it needs", reads.Whole)}
	}
	var msgs []string
	values, _ := reads.Fields()
	for _, f := range values {
		read := strings.Join(FieldPaths[f], ".")
		for _, inside := range fieldsUnder(f) {
			path := strings.Join(FieldPaths[inside], ".")
			other, ok := unlike[path]
			if !ok {
				continue
			}
			msg := fmt.Sprintf("it reads input.%s, which differs for every client", path)
			if path != read {
				msg = fmt.Sprintf("it reads all of input.%s, and in it input.%s differs for every client; name the fields that it needs", read, path)
			}
			if other != "" {
				msg += fmt.Sprintf("; use input.%s", other)
			}
			msgs = append(msgs, msg)
		}
	}
	return msgs
}

// fieldsUnder are a field and all inside it.
func fieldsUnder(f snapshot.Field) []snapshot.Field {
	var out []snapshot.Field
	var walk func(n *snapshot.FieldNode, inside bool)
	walk = func(n *snapshot.FieldNode, inside bool) {
		inside = inside || n.Field == f
		if inside {
			out = append(out, n.Field)
		}
		for _, c := range n.Children {
			walk(c, inside)
		}
	}
	walk(snapshot.ClientFields, false)
	return out
}
