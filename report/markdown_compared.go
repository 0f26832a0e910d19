package report

import (
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
)

// compared writes a comparison: what the exit status depends on, before
// all that is there whatever was changed.
func (m *markdown) compared(r *compare.Outcome, d *digest, o Options) {
	_, body := comparedLead(d.difference)
	m.add("**%s**\n\nExit status %d: %s.\n", body, o.exit(r).Status, exitMeaning(r, o))
	for i, fact := range comparedFacts(d.difference) {
		if i == 0 {
			m.add("\n")
		}
		m.add("- %s\n", short(fact))
	}
	m.remarks(d.difference.Remarks)
	m.fresh(d)
	m.fixed(d)
	m.incomparable(d.difference)
	m.add("\n### The head as a whole, old and new\n\n")
	m.headlines(r, d)
	m.add("Findings: %s. %s.\n", bySeverity(r), byVerdict(r))
}

func (m *markdown) remarks(list []compare.Remark) {
	for i := range remarkKinds {
		began := 0
		for j := range list {
			if list[j].Kind != remarkKinds[i].kind {
				continue
			}
			if began++; began == 1 {
				m.add("\n### %s\n\n", remarkKinds[i].title)
			}
			if began <= digestShown {
				m.add("- %s\n", markdownText(Message(remarkText(&list[j]))))
			}
		}
		if began > digestShown {
			m.add("- and %d more\n", began-digestShown)
		}
	}
}

func (m *markdown) fresh(d *digest) {
	for i, f := range d.fresh {
		if i == 0 {
			m.add("\n### New findings\n\n")
		}
		where := markdownPlace(f)
		if behind := d.behindText(f); behind != "" {
			where = ". " + short(strings.TrimSpace(behind))
		}
		if print := shortPrint(&f); print != "" && d.difference != nil {
			where = strings.TrimSuffix(where, ".") + ". Fingerprint " + print + "."
			if params := m.params[f.Rule]; params != "" {
				where += " Found " + params + "."
			}
		}
		m.add("- %s, %s, %s: %s%s\n", f.Severity, f.Rule, short(objectName(f.Resource)), short(f.Msg), where)
	}
	if rest := d.freshAll - int64(len(d.fresh)); rest > 0 {
		m.add("- and %d more\n", rest)
	}
	if d.difference != nil && len(d.fresh) > 0 {
		m.accept(acceptByPrint)
	}
}

func (m *markdown) fixed(d *digest) {
	for i, f := range d.fixed {
		if i == 0 {
			m.add("\n### Fixed\n\n")
		}
		m.add("- %s, %s, %s: %s\n", f.Severity, f.Rule, short(objectName(f.Resource)), short(f.Msg))
	}
	if rest := d.standings[fixed] - int64(len(d.fixed)); rest > 0 {
		m.add("- and %d more\n", rest)
	}
}

// incomparable lists the rules with incomparable findings.
func (m *markdown) incomparable(d *compare.Difference) {
	began := false
	for _, rule := range d.Rules {
		if len(rule.Incomplete) == 0 {
			continue
		}
		if !began {
			began = true
			m.add("\n### Unknown\n\n")
		}
		m.add("- %s %s: %s\n", rule.ID, short(rule.Title), short(strings.Join(rule.Incomplete, "; ")))
	}
}
