package report

import (
	"bufio"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
)

// csvFormat writes a table for spreadsheets: a row for every finding, and after
// them one for every reason why something was not evaluated. It begins with a
// byte order mark, without which Excel reads names in the code page of the
// machine, and every cell is quoted, so that no list separator of a locale
// splits it.
type csvFormat struct{}

// csvColumns are the columns; docs/formats.md describes them.
var csvColumns = []string{
	"record", "rule", "severity", "title", "resource_type", "resource_name", "resource_guid", "msg", "package", "path", "expected", "actual",
	"cause", "certainty", "fingerprint", "baseline_state", "waiver_reason", "waiver_owner", "waiver_ticket", "waiver_expires",
	"file", "line", "column",
}

// maxCell is below the 32,767 characters at which Excel breaks a cell in two.
const maxCell = 32000

func (c csvFormat) Write(out io.Writer, r *compare.Outcome, o Options) error {
	return c.write(out, r, listed(r), o)
}

func (csvFormat) write(out io.Writer, r *compare.Outcome, findings iter.Seq2[result.Finding, error], _ Options) error {
	w := bufio.NewWriter(out)
	w.WriteString("\ufeff")
	writeRow(w, csvColumns)
	titles := map[string]string{}
	for _, rule := range r.Rules {
		titles[rule.ID] = rule.Title
	}
	for f, err := range findings {
		if err != nil {
			return err
		}
		writeRow(w, findingRow(f, titles[f.Rule]))
	}
	remarks := remarksOf(r.Compared())
	for i := range remarks {
		writeRow(w, remarkRow(&remarks[i]))
	}
	for _, rule := range r.Rules {
		for _, row := range reasonRows(rule) {
			writeRow(w, row)
		}
	}
	for _, change := range paramChanges(r.Pack) {
		row := make([]string, len(csvColumns))
		row[0], row[7] = "param_change", change
		writeRow(w, row)
	}
	return w.Flush()
}

func findingRow(f result.Finding, title string) []string {
	waiver, place := result.WaiverUse{}, result.SourceLocation{}
	if f.Waiver != nil {
		waiver = *f.Waiver
	}
	if f.Location != nil {
		place = *f.Location
	}
	msg := f.Msg
	if lapsed := lapsedText(&f); lapsed != "" {
		msg = strings.TrimSuffix(msg, ".") + ". " + lapsed
	}
	return []string{
		"finding", f.Rule, string(f.Severity), title, f.Resource.Type, f.Resource.Name, f.Resource.GUID, msg, f.Package, f.Path,
		cell(f.Expected), cell(f.Actual), f.Cause, string(f.Certainty), f.Fingerprint, string(f.BaselineState),
		waiver.Reason, waiver.Owner, waiver.Ticket, waiver.Expires, place.File, number(place.Line), number(place.Column),
	}
}

// remarkRow returns the row of a remark of a comparison; the record is the kind.
func remarkRow(r *compare.Remark) []string {
	row, place := make([]string, len(csvColumns)), result.SourceLocation{}
	if r.Location != nil {
		place = *r.Location
	}
	for column, text := range map[string]string{
		"record": r.Kind, "rule": r.Rule, "title": remarkKinds[remarkKind(r.Kind)].title, "resource_type": r.Resource.Type,
		"resource_name": r.Resource.Name, "resource_guid": r.Resource.GUID, "msg": remarkText(r), "package": r.Package, "path": r.Path,
		"baseline_state": string(r.BaselineState), "file": place.File, "line": number(place.Line), "column": number(place.Column),
	} {
		row[slices.Index(csvColumns, column)] = text
	}
	return row
}

// reasonRows say why a rule has no full verdict.
func reasonRows(rule result.RuleResult) [][]string {
	var rows [][]string
	add := func(record, object, msg string) {
		row := make([]string, len(csvColumns))
		row[0], row[1], row[2], row[3], row[5], row[7] = record, rule.ID, string(rule.Severity), rule.Title, object, msg
		rows = append(rows, row)
	}
	record := string(rule.Verdict)
	if rule.Verdict == result.Fail {
		record = string(result.NotEvaluated)
	}
	for _, reason := range rule.Reasons {
		add(record, "", reason.Msg)
	}
	for _, reason := range rule.AffectsUnknown {
		add("affects_unknown", "", reason.Msg)
	}
	for _, u := range rule.Unknown {
		add("unknown", names(u.Sample, u.Count), u.Msg)
	}
	for _, a := range rule.AcceptedUnknown {
		add("accepted_unknown", a.Object, a.Reason+" ("+a.Place+")")
	}
	if rule.SeverityChange != nil {
		add("severity_change", "", "severity "+rule.SeverityChange.Described(rule.Severity))
	}
	if len(rows) == 0 && rule.Verdict != result.Pass && rule.Verdict != result.Fail {
		add(record, "", "")
	}
	return rows
}

// cell returns the value of a setting; empty if unset.
func cell(v any) string {
	if v == nil {
		return ""
	}
	if s, ok := v.(string); ok {
		return s
	}
	return value(v)
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func writeRow(w *bufio.Writer, cells []string) {
	for i, c := range cells {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteString(`"` + strings.ReplaceAll(disarm(clean(c, maxCell)), `"`, `""`) + `"`)
	}
	w.WriteString("\r\n")
}

// disarm puts an apostrophe before a text that a spreadsheet would take for a
// formula, or that begins with an apostrophe itself: a reader that takes one
// leading apostrophe away has the text again.
func disarm(s string) string {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \u00a0"))
	if strings.ContainsRune("=+-@\t\r\n'＝＋－＠", first) && s != "" {
		return "'" + s
	}
	return s
}
