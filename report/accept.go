package report

import (
	"maps"
	"slices"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// A finding passes with a waiver, or with another value of a parameter that its
// rule reads. Reports say which.

// waiverCommand accepts findings; its flags are appended.
const waiverCommand = "nscheck waiver add --from RESULT "

// acceptByObject and acceptByPrint are the commands where the reader knows the
// object of a finding, or its fingerprint.
const (
	acceptByObject = waiverCommand + "--rule RULE --object OBJECT --reason WHY"
	acceptByPrint  = waiverCommand + "--fingerprint FINGERPRINT --reason WHY"
	// acceptFrom describes the origin of RESULT.
	acceptFrom = "-f json=RESULT writes RESULT"
)

// shortPrint returns enough of a fingerprint to distinguish findings.
func shortPrint(f *result.Finding) string { return f.Fingerprint[:min(len(f.Fingerprint), 12)] }

// acceptText is the command that accepts a finding; empty if there is nothing
// to accept.
func acceptText(f *result.Finding) string {
	if f.Fingerprint == "" || f.Waiver != nil || gone(*f) {
		return ""
	}
	return waiverCommand + "--fingerprint " + shortPrint(f) + " --reason WHY"
}

// isLimit distinguishes parameters that users set to allow something from those that
// say what a rule looks at, which are shown only where they differ from the defaults.
func isLimit(v any) bool {
	switch v.(type) {
	case []any, map[string]any:
		return false
	}
	return true
}

// decidedBy are the parameters that decide what a rule finds, such as
// basic_inventory_max_age_days = 14 (default).
func decidedBy(pack *rule.PackInfo, params map[string]any) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		text := name + " = " + value(params[name])
		switch {
		case slices.Contains(pack.ChangedParams, name):
		case isLimit(params[name]):
			text += " (default)"
		default:
			continue
		}
		out = append(out, text)
	}
	return out
}

// decidedBy writes the parameters that decide what a rule finds.
func (w *writer) decidedBy(pack *rule.PackInfo, params map[string]any) {
	for _, param := range decidedBy(pack, params) {
		w.byParam = true
		w.put(block{indent: findingIndent, body: "with the parameter " + param})
	}
}

// howToPass says how findings pass that are no fault here.
func (w *writer) howToPass(command string) {
	body := "To accept a finding for a time: " + command + "; " + acceptFrom + "."
	if w.byParam {
		body += " To use another value of a parameter: --param NAME=VALUE."
	}
	w.put(block{body: body})
}

// failing reports whether a result has findings that count.
func failing(r *compare.Outcome) bool {
	return slices.ContainsFunc(rule.Severities, func(s rule.Severity) bool { return r.Summary.Counting(s) > 0 })
}

// accept writes how findings pass that are no fault here.
func (m *markdown) accept(command string) {
	m.add("\nTo accept a finding for a time: `%s`; `-f json=RESULT` writes RESULT.", command)
	if len(m.params) > 0 {
		m.add(" To use another value of a parameter: `--param NAME=VALUE`.")
	}
	m.add("\n")
}
