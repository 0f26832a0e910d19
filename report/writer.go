package report

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

const (
	// defaultWidth is the width for pipes and files.
	defaultWidth = 80
	// Narrower than minWidth a report is no use, wider than maxWidth its lines
	// are too long to read.
	minWidth, maxWidth = 40, 120
)

// writer lays out text for people.
type writer struct {
	out   *bufio.Writer
	paint paint
	width int
	// advised are the rules whose remediation was written, and for which object.
	advised map[string]string
	// cut says that some list was not written in full.
	cut bool
	// byParam says that parameters were named.
	byParam bool
}

func newWriter(out io.Writer, o Options) *writer {
	width := o.Width
	if width <= 0 {
		width = defaultWidth
	}
	return &writer{
		out: bufio.NewWriter(out), paint: paint(o.Color), width: min(max(width, minWidth), maxWidth),
		advised: map[string]string{},
	}
}

// block is text behind a label. Its text is plain: colours are put around whole
// lines once they are broken, so that they neither count nor stretch.
type block struct {
	indent int    // of the text
	at     int    // of the label
	label  string // on the first line
	body   string
	lead   string // what the body begins with, in bold
	labels text.Colors
	colors text.Colors
}

// put writes a block, wrapped into the width.
func (w *writer) put(b block) {
	label, lead := clean(b.label, math.MaxInt), clean(b.lead, math.MaxInt)
	first := strings.Repeat(" ", b.at) + w.paint.in(label, b.labels...)
	gap := b.indent - b.at - text.StringWidthWithoutEscSequences(label)
	if label != "" && gap < 1 {
		w.line(first)
		first, gap = "", b.indent
	}
	first += strings.Repeat(" ", max(gap, 0))
	for _, l := range wrap(clean(b.body, math.MaxInt), w.width-b.indent) {
		l = strings.TrimRight(l, " ")
		if rest, ok := strings.CutPrefix(l, lead); ok && lead != "" {
			l = w.paint.in(lead, bold...) + w.paint.in(rest, b.colors...)
		} else {
			l = w.paint.in(l, b.colors...)
		}
		w.line(first + l)
		first, lead = strings.Repeat(" ", b.indent), ""
	}
}

func (w *writer) line(s string) {
	fmt.Fprintln(w.out, strings.TrimRight(s, " "))
}

// heading begins a part of the report.
func (w *writer) heading(s string) {
	w.line("")
	w.put(block{body: s, colors: bold})
}

// item writes one point of a list.
func (w *writer) item(indent int, body string) {
	w.put(block{at: indent, indent: indent + 2, label: "-", body: body})
}

// sample names the first of n objects, and records if it left some out.
func (w *writer) sample(list []result.Resource, n int64) string {
	if int64(len(list)) < n {
		w.cut = true
	}
	return names(list, n)
}

// remediation writes what to do, a paragraph of the rule a block.
func (w *writer) remediation(at, indent int, label string, list []rule.Remediation) {
	for _, m := range list {
		body := m.Text
		if m.Ref != "" {
			body = strings.TrimRight(body, "\n") + " (" + m.Ref + ")"
		}
		if len(list) > 1 && m.Versions != "" {
			body = "In versions " + m.Versions + ": " + body
		}
		for _, paragraph := range strings.Split(body, "\n\n") {
			plain := strings.Join(strings.Fields(paragraph), " ")
			w.put(block{at: at, indent: indent, label: label, body: plain, colors: text.Colors{text.FgGreen}})
			label = ""
		}
	}
}
