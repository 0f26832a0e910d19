package report

import (
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// maxMarkdown is below the 65,536 characters that GitHub takes for a comment.
const maxMarkdown = 65000

// markdownCauses is how many causes the table of causes has.
const markdownCauses = 20

// markdownFormat writes a summary for a pull request: causes first, of bounded
// length.
type markdownFormat struct{}

func (m markdownFormat) Write(out io.Writer, r *compare.Outcome, o Options) error {
	return m.write(out, r, listed(r), o)
}

func (markdownFormat) write(out io.Writer, r *compare.Outcome, findings iter.Seq2[result.Finding, error], o Options) error {
	d, err := newDigest(r, findings, o)
	if err != nil {
		return err
	}
	return writeMarkdown(out, r, d, o)
}

func writeMarkdown(out io.Writer, r *compare.Outcome, d *digest, o Options) error {
	m := &markdown{limit: maxMarkdown, titles: map[string]string{}, params: map[string]string{}}
	for _, rule := range r.Rules {
		m.titles[rule.ID] = rule.Title
		if params := decidedBy(&r.Pack, rule.DecidedBy); len(params) > 0 {
			m.params[rule.ID] = "with " + short(strings.Join(params, ", "))
		}
	}
	foot := markdownFoot(r)
	m.limit -= len(foot) + 200 // and the note that it is cut short
	m.title(r)
	if d.difference != nil {
		m.compared(r, d, o)
	} else {
		m.head(r, d, o)
	}
	m.causes(r, d)
	if d.difference == nil {
		m.fresh(d)
	}
	m.rules(r, d)
	m.waived(d)
	m.notEvaluated(r)
	m.configured(r)
	if m.full {
		m.text.WriteString("\nShortened to the length of a comment; `-f json=FILE` writes everything.\n")
	}
	_, err := io.WriteString(out, m.text.String()+foot)
	return err
}

// markdown is a text of bounded length.
type markdown struct {
	text   strings.Builder
	limit  int
	full   bool
	titles map[string]string
	params map[string]string // behind what rules found, in words
}

// add writes a part that is Markdown by itself, where it fits. Once one does
// not, none follows.
func (m *markdown) add(format string, args ...any) {
	part := fmt.Sprintf(format, args...)
	m.full = m.full || m.text.Len()+len(part) > m.limit
	if !m.full {
		m.text.WriteString(part)
	}
}

// short is text from outside, cut where it is long.
func short(s string) string { return markdownText(clean(s, 300)) }

func (m *markdown) title(r *compare.Outcome) {
	title := "nscheck"
	if s := r.Snapshot.Server; s != nil {
		title += ": Notification Server " + short(Name(s.Name))
	}
	m.add("## %s\n\n", title)
}

func (m *markdown) head(r *compare.Outcome, d *digest, o Options) {
	m.headlines(r, d)
	m.add("Exit status %d: %s. Findings: %s", o.exit(r).Status, exitMeaning(r, o), bySeverity(r))
	if n := d.standings[waived]; n > 0 {
		m.add("; %d waived", n)
	}
	m.add(". %s.\n", byVerdict(r))
	if compared := d.comparison(); compared != "" {
		m.add("\n%s\n", compared)
	}
}

func (m *markdown) headlines(r *compare.Outcome, d *digest) {
	for _, e := range d.ends {
		_, body := e.headline(r)
		m.add("**%s**\n\n", markdownText(body))
	}
}

func (m *markdown) causes(r *compare.Outcome, d *digest) {
	if len(r.Causes) == 0 && len(r.Unexplained) == 0 {
		return
	}
	m.add("\n### Causes\n\n| Clients | Because | Rule | Setting | Unblocks |\n|---:|---|---|---|---:|\n")
	shown := r.Causes[:min(len(r.Causes), markdownCauses)]
	for _, c := range shown {
		because, set := short(c.Msg), ""
		if c.Certainty == result.Possible {
			because = "Possibly: " + because
		}
		if c.Path != "" {
			set = short(setting(c))
		}
		unblocks := ""
		if c.Unblocks != nil {
			unblocks = strconv.FormatInt(*c.Unblocks, 10)
		}
		m.add("| %d | %s%s | %s | %s | %s |\n", c.Clients, markdownStanding(d.finding(c)), because, c.Rule, set, unblocks)
	}
	for _, u := range r.Unexplained {
		m.add("| %d | Without a known cause: %s | %s | | |\n", u.Clients, short(within(m.titles[u.Rule])), u.Rule)
	}
	if rest := len(r.Causes) - len(shown); rest > 0 {
		m.add("\n%d further causes are in `-f json`.\n", rest)
	}
	var told []string
	for _, c := range shown {
		if slices.Contains(told, c.Rule) || len(c.Remediation) == 0 {
			continue
		}
		told = append(told, c.Rule)
		m.add("%s", folded(c.Rule, m.titles[c.Rule], c.Remediation))
	}
}

// folded is what to do, folded away. GitHub wants an empty line before
// Markdown within HTML.
func folded(rule, title string, list []rule.Remediation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n<details><summary>What to do: %s %s</summary>\n", rule, short(title))
	for _, entry := range list {
		text := entry.Text
		if len(list) > 1 && entry.Versions != "" {
			text = "In versions " + entry.Versions + ": " + text
		}
		if entry.Ref != "" {
			text += " (" + entry.Ref + ")"
		}
		for _, p := range paragraphs(text) {
			b.WriteString("\n" + markdownText(p) + "\n")
		}
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

// markdownStanding marks findings that a baseline or a waiver sets apart.
func markdownStanding(f result.Finding) string {
	switch {
	case f.Waiver != nil:
		return "Waived: "
	case f.BaselineState == result.New:
		return "**New:** "
	}
	return ""
}

func markdownPlace(f result.Finding) string {
	if f.Location == nil {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", short(f.Location.File), f.Location.Line)
}

func markdownFoot(r *compare.Outcome) string {
	foot := markdownText("nscheck "+r.Tool.Version) + ", " + plural(r.Snapshot.ActiveClients, "active client")
	if s := r.Snapshot.Manifest; s != nil {
		foot += ", collected " + s.CollectedAt.Format("2006-01-02 15:04 UTC")
	}
	if r.AsOf != "" {
		foot += ", evaluated as of " + string(r.AsOf)
	}
	if s := r.Snapshot.SHA256; len(s) >= 12 {
		foot += ", snapshot " + s[:12]
	}
	for _, p := range r.Pack.Packs {
		foot += ", pack " + short(packName(p))
	}
	if n := len(r.Pack.ChangedParams); n > 0 {
		foot += ", " + plural(int64(n), "changed parameter")
	}
	return "\n---\n" + foot + "\n"
}
