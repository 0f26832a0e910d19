package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/snapshot"
)

// stepTitles are the steps of the article in a few words.
var stepTitles = []struct{ step, title string }{
	{"symptoms", "Symptoms"},
	{"1", "Step 1: the licence"},
	{"2", "Step 2: the vendor policy"},
	{"3", "Step 3: the packages on the client"},
	{"4", "Step 4: the packages on the package servers"},
	{"5", "Step 5: sites, package servers and policy settings"},
	{"6", "Step 6: the scan"},
	{"7", "Step 7: the patch management import"},
	{"+", "Beyond the article"},
}

const explainIndent = 14

// Explain writes what the rules say about one client, in the article's steps,
// with the evidence that the snapshot has.
func Explain(out io.Writer, e *result.Explanation, o Options) error {
	w := newWriter(out, o)
	w.put(block{lead: Name(e.Client.Name), body: Name(e.Client.Name) + "  " + e.Client.GUID})
	w.evidence(e)
	for _, s := range stepTitles {
		var checks []result.Check
		for _, c := range e.Checks {
			if c.Step == s.step && c.Verdict != result.NotApplicable {
				checks = append(checks, c)
			}
		}
		if len(checks) == 0 {
			continue
		}
		w.heading(s.title)
		for _, c := range checks {
			w.check(c, e.Cause)
		}
	}
	w.line("")
	if e.Cause == nil {
		body := "The chain holds."
		switch e.Breaks() {
		case result.Fail:
			body = "The chain breaks, but no rule found the cause."
		case result.NotEvaluated:
			body = "Whether the chain breaks is unknown: see the unknown facts above."
		}
		w.put(block{body: body})
		return w.out.Flush()
	}
	w.put(block{body: fmt.Sprintf("The chain first breaks at %s (%s cause): %s", e.Cause.Rule, e.Cause.Certainty, clean(e.Cause.Msg, 1000))})
	w.remediation(0, 7, "To do:", e.Cause.Remediation)
	return w.out.Flush()
}

// verdictMark is a verdict as one word of a checklist.
var verdictMark = map[result.Verdict]string{
	result.Pass:         "ok",
	result.Fail:         "FAILS",
	result.NotEvaluated: "unknown",
	result.Errored:      "broke",
	result.Disabled:     "off",
}

func (w *writer) check(c result.Check, cause *result.Cause) {
	b := block{at: 2, indent: explainIndent, label: verdictMark[c.Verdict], body: c.Rule + " " + c.Title}
	switch {
	case c.Verdict == result.Pass && c.Elsewhere:
		b.body = c.Rule + " found, but not where this client is: " + c.Title
	case c.Verdict == result.Pass:
		b.body = c.Rule + " not found: " + c.Title
	case c.Verdict == result.Fail && c.Disproved:
		b.label = "not it"
		b.body += " (there is such a fault, but the client's own rows show that it does not affect the client)"
	case c.Verdict == result.Fail && cause != nil && cause.Rule == c.Rule:
		b.label, b.labels = "BREAKS", text.Colors{text.FgRed, text.Bold}
	case c.Verdict == result.Fail:
		b.labels = text.Colors{text.FgRed}
	}
	w.put(b)
	for _, msg := range c.Msgs {
		w.item(explainIndent, clean(msg, 500))
	}
}

// evidence writes what the snapshot knows of the client itself.
func (w *writer) evidence(e *result.Explanation) {
	c := e.Client
	w.fact("status", textOr(c.Status))
	w.fact("agent", func() string {
		if c.Agent == nil {
			return notCollected
		}
		return textOr(c.Agent.Version)
	}())
	w.fact("plug-in", pluginFact(c.Plugin))
	w.fact("licence", func() string {
		if c.Licence == nil {
			return notCollected
		}
		return yesNo(c.Licence.InUse, "in use", "none in use")
	}())
	w.fact("addresses", strings.Join(c.Addresses, ", "))
	var sites, servers []string
	for _, s := range e.Sites {
		sites = append(sites, Name(s.Name))
	}
	for _, ps := range e.PackageServers {
		servers = append(servers, Name(ps.Name)+yesNo(ps.Constrained, " (constrained)", ""))
	}
	w.fact("sites", strings.Join(sites, ", "))
	w.fact("servers", strings.Join(servers, ", "))
	w.ways(e)
	if p := c.Packages; p != nil {
		w.fact("plug-in pkg", packageFact(p.Plugin))
		w.fact("scan", packageFact(p.Scan))
		w.fact("tools", packageFact(p.Tools))
	}
	if i := c.Inventory; i != nil {
		w.fact("basic inv.", ageFact(i.BasicAt, i.BasicAgeDays, "never arrived"))
		w.fact("patch inv.", ageFact(i.PatchAt, i.PatchAgeDays, yesNo(i.PatchReturned, "returned", "never returned")))
	}
	if t := c.TaskAgent; t != nil {
		w.fact("task agent", ageFact(t.RegisteredAt, t.RegistrationAgeDays, "never registered"))
	}
}

// ways writes how the settings let packages reach the client's sites, or where they do
// not.
func (w *writer) ways(e *result.Explanation) {
	for _, reason := range e.WaysUnknown {
		w.fact("way", "unknown: "+clean(reason.Msg, 500))
	}
	for _, way := range e.Ways {
		for _, hop := range way.Hops {
			w.fact("way", "to "+Name(way.Site.Name)+" over "+Name(hop.Name)+": "+hopFact(hop))
		}
		if len(way.Hops) == 0 {
			w.fact("way", "to "+Name(way.Site.Name)+": closed; it has no package server")
		}
	}
	if e.Client.Location != nil && e.Client.Location.Sites != nil && len(e.Sites) == 0 {
		w.fact("way", "it is in no site, so it downloads from the Notification Server")
	}
}

func hopFact(hop result.Hop) string {
	switch hop.Receives {
	case "yes":
		names := make([]string, len(hop.From))
		for i, name := range hop.From {
			names[i] = Name(name)
		}
		return "open, from " + strings.Join(names, ", ")
	case "no":
		return "closed; " + clean(strings.Join(hop.Breaks, "; "), 500)
	}
	return "unknown: " + clean(strings.Join(hop.Unknown, "; "), 500)
}

const notCollected = "not collected"

func (w *writer) fact(name, value string) {
	if value == "" {
		value = "none"
	}
	w.put(block{at: 2, indent: explainIndent, label: name, body: value})
}

func textOr(s *string) string {
	if s == nil {
		return "unknown"
	}
	return Name(*s)
}

func yesNo(b *bool, yes, no string) string {
	switch {
	case b == nil:
		return " unknown"
	case *b:
		return yes
	}
	return no
}

func pluginFact(p *snapshot.Plugin) string {
	if p == nil {
		return notCollected
	}
	out := strings.TrimSpace(yesNo(p.Installed, "installed", "not installed"))
	if p.Version != nil {
		out += ", version " + Name(*p.Version)
	}
	return out
}

func packageFact(p *snapshot.ClientPackage) string {
	if p == nil {
		return "no download event"
	}
	out := textOr(p.Status) + daysAgo(p.StatusAgeDays)
	if r := p.LastRun; r != nil {
		out += ", last run" + strings.TrimPrefix(daysAgo(r.AgeDays), ",")
		if r.ReturnCode != nil {
			out += fmt.Sprintf(" with exit code %d", *r.ReturnCode)
		}
	}
	return out
}

func ageFact(at *snapshot.Time, days *int, never string) string {
	if at == nil {
		return strings.TrimSpace(never)
	}
	return at.String() + daysAgo(days)
}

func daysAgo(days *int) string {
	switch {
	case days == nil:
		return ""
	case *days < 0:
		return fmt.Sprintf(", dated %s in the future", plural(int64(-*days), "day"))
	case *days == 0:
		return ", less than a day ago"
	}
	return fmt.Sprintf(", %s ago", plural(int64(*days), "day"))
}
