package report

import (
	"slices"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// packName is a pack as people know it, and where it came from.
func packName(p rule.PackVersion) string {
	from := p.Source
	if p.KeyID != "" {
		from += ", signed with the key " + p.KeyID
	}
	return p.String() + " (" + from + ")"
}

// paramChanges lists the changed parameters by name.
func paramChanges(p rule.PackInfo) []string {
	out := make([]string, len(p.ChangedParams))
	for i, name := range p.ChangedParams {
		out[i] = paramChange(p, name)
	}
	return out
}

// paramChange is a parameter with its value and where that was set.
func paramChange(p rule.PackInfo, name string) string {
	text := name + " = " + value(p.Params[name])
	if origin := p.ParamOrigins[name]; origin != "" {
		text += " (" + Name(origin) + ")"
	}
	return text
}

// severityChanges lists the rules with a severity from the configuration.
func severityChanges(rules []result.ConfiguredRule) []string {
	var out []string
	for _, r := range rules {
		if r.SeverityChange != nil {
			out = append(out, r.ID+" has severity "+r.SeverityChange.Described(r.Severity))
		}
	}
	return out
}

// acceptances report what rules cannot evaluate that the configuration accepts.
func acceptances(rules []result.ConfiguredRule) []string {
	var out []string
	for _, r := range rules {
		for _, a := range r.AcceptedUnknown {
			out = append(out, "Unknown accepted: "+r.ID+": "+a.Described())
		}
	}
	return out
}

// offRule is a rule that the configuration switched off.
type offRule struct {
	ID, Title string
	Reason    string // with its place
}

func switchedOff(rules []result.ConfiguredRule) []offRule {
	var out []offRule
	for _, r := range rules {
		if off := r.SwitchedOff; off != nil {
			out = append(out, offRule{r.ID, r.Title, off.Reason + " (" + off.Place + ")"})
		}
	}
	return out
}

// withoutSource lists the rules for which no source was named.
func withoutSource(r *compare.Outcome) []result.RuleResult {
	var out []result.RuleResult
	for _, rule := range r.Rules {
		if rule.Verdict == result.NoSource {
			out = append(out, rule)
		}
	}
	return out
}

// setAside reports whether a rule was not asked, rather than not answered: it is
// for other platforms, no source was named for it, or it is switched off.
func setAside(v result.Verdict) bool {
	return v == result.NotApplicable || v == result.NoSource || v == result.Disabled
}

// configured writes which packs evaluate, which severities are changed, and
// which unknown is accepted.
func (w *writer) configured(packs []rule.PackVersion, rules []result.ConfiguredRule) {
	for _, p := range packs {
		w.put(block{body: "Pack " + clean(packName(p), 500)})
	}
	for _, change := range slices.Concat(severityChanges(rules), acceptances(rules)) {
		w.put(block{body: clean(change, 500)})
	}
}

// switchedOff lists the disabled rules with the reason.
func (w *writer) switchedOff(rules []result.ConfiguredRule) {
	for i, rule := range switchedOff(rules) {
		if i == 0 {
			w.line("")
		}
		w.put(block{body: "Switched off: " + rule.ID + " " + rule.Title + ": " + clean(rule.Reason, 500)})
	}
}
