package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
)

const (
	// findingsBlock is the number of findings in one block of the page's data:
	// the script reads block by block, so that the page answers meanwhile.
	findingsBlock = 5000
	// maxTexts bounds the texts that later findings refer to by number.
	maxTexts = 1 << 14
)

// Data blocks are JSON inside a script element that is never run. encoding/json
// writes <, > and & as escapes, so that no text can end the element.
const (
	dataBegin = `<script type="application/json" class="%s">`
	dataEnd   = "</script>\n"
)

// pageData has the data of the script without the findings.
type pageData struct {
	Rules  []pageRule  `json:"rules"`
	Causes []causeData `json:"causes"`
	Sites  []string    `json:"sites"` // names
	GUIDs  []string    `json:"guids"` // of the sites
	// Texts is the number of cached texts.
	Texts int `json:"texts"`
}

type pageRule struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Severity string   `json:"severity"`
	Advice   []string `json:"advice"`
	Params   []string `json:"params,omitempty"` // that decide what it finds
}

type causeData struct {
	ID       string `json:"id"`
	Msg      string `json:"msg"`
	Rule     string `json:"rule"`
	Possible bool   `json:"possible,omitempty"`
}

// findingData is a finding with numbers for what other findings have too.
type findingData struct {
	Rule     int    `json:"r"`
	Msg      any    `json:"m"`
	Type     any    `json:"t"`
	Name     string `json:"n"`
	GUID     string `json:"g,omitempty"`
	Sites    []int  `json:"s,omitempty"`
	Path     any    `json:"p,omitempty"`
	Actual   any    `json:"a,omitempty"`
	Expected any    `json:"e,omitempty"`
	Cause    int    `json:"c,omitempty"` // from 1
	State    string `json:"b,omitempty"`
	Waiver   any    `json:"w,omitempty"`
	Place    any    `json:"l,omitempty"`
	Behind   any    `json:"h,omitempty"` // the settings that make it
	Accept   string `json:"f,omitempty"` // fingerprint to accept it by
	Unknown  bool   `json:"u,omitempty"` // the affected clients are unknown
}

// findingsWriter writes findings as data.
type findingsWriter struct {
	out        *bufio.Writer
	rules      map[string]int
	causes     map[string]int
	sites      map[string]int
	texts      map[string]int
	difference *compare.Difference // nil if nothing is compared
}

// writeFindingsData writes all findings, holding none.
func writeFindingsData(out *bufio.Writer, r *compare.Outcome, findings iter.Seq2[result.Finding, error]) error {
	w := &findingsWriter{out: out, rules: map[string]int{}, causes: map[string]int{}, sites: map[string]int{}, texts: map[string]int{}, difference: r.Compared()}
	if err := w.head(r); err != nil {
		return err
	}
	n := 0
	for f, err := range findings {
		if err != nil {
			return err
		}
		separator := ",\n"
		if n%findingsBlock == 0 {
			if n > 0 {
				out.WriteString("\n]" + dataEnd)
			}
			fmt.Fprintf(out, dataBegin+"[", "findings")
			separator = "\n"
		}
		n++
		line, err := json.Marshal(w.data(f))
		if err != nil {
			return fmt.Errorf("encode the findings: %w", err)
		}
		out.WriteString(separator)
		out.Write(line)
	}
	if n > 0 {
		out.WriteString("\n]" + dataEnd)
	}
	return nil
}

// head writes what the findings refer to by number.
func (w *findingsWriter) head(r *compare.Outcome) error {
	d := pageData{Rules: []pageRule{}, Causes: []causeData{}, Sites: []string{}, GUIDs: []string{}, Texts: maxTexts}
	for i, rule := range r.Rules {
		w.rules[rule.ID] = i
		d.Rules = append(d.Rules, pageRule{rule.ID, Message(rule.Title), string(rule.Severity), advice(rule.Remediation), decidedBy(&r.Pack, rule.DecidedBy)})
	}
	for i, c := range r.Causes {
		w.causes[c.ID] = i + 1
		d.Causes = append(d.Causes, causeData{c.ID, Message(c.Msg), c.Rule, c.Certainty == result.Possible})
	}
	for i, s := range r.Sites {
		w.sites[s.GUID] = i
		d.Sites = append(d.Sites, Name(s.Name))
		d.GUIDs = append(d.GUIDs, s.GUID)
	}
	text, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode the findings: %w", err)
	}
	fmt.Fprintf(w.out, dataBegin, "head")
	w.out.Write(text)
	w.out.WriteString(dataEnd)
	return nil
}

func (w *findingsWriter) data(f result.Finding) findingData {
	d := findingData{
		Rule: w.rules[f.Rule], Msg: w.text(Message(f.Msg)), Type: w.text(objectKind(Name(f.Resource.Type))),
		Name: Name(f.Resource.Name), GUID: Name(f.Resource.GUID), Cause: w.causes[f.Cause],
		State: string(f.BaselineState), Unknown: f.AffectsUnknown,
	}
	for _, guid := range f.Sites {
		if i, ok := w.sites[guid]; ok {
			d.Sites = append(d.Sites, i)
		}
	}
	slices.Sort(d.Sites) // their names are in order
	if f.Path != "" {
		d.Path, d.Actual = w.text(Message(f.Path)), w.text(value(f.Actual))
	}
	if f.Expected != nil {
		d.Expected = w.text(value(f.Expected))
	}
	if acceptText(&f) != "" {
		d.Accept = shortPrint(&f)
	}
	if f.Waiver != nil {
		d.Waiver = w.text(waiverSentence(*f.Waiver))
	}
	if l := f.Location; l != nil {
		d.Place = w.text(Message(fmt.Sprintf("%s:%d", l.File, l.Line)))
	}
	if settings := behindSettings(w.difference, f); len(settings) > 0 {
		d.Behind = w.text(blameText(settings, ""))
	}
	return d
}

// text is a text the first time, and after that its number. The script counts
// the same way.
func (w *findingsWriter) text(s string) any {
	if i, ok := w.texts[s]; ok {
		return i
	}
	if len(w.texts) < maxTexts {
		w.texts[s] = len(w.texts)
	}
	return s
}

func waiverSentence(u result.WaiverUse) string {
	parts := []string{u.Reason}
	for _, p := range []struct{ name, value string }{{"owner ", u.Owner}, {"", u.Ticket}, {"until ", u.Expires}, {"", u.Place}} {
		if p.value != "" {
			parts = append(parts, p.name+p.value)
		}
	}
	return Message(strings.Join(parts, "; "))
}
