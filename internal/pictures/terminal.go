package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// Measures of the picture, in pixels.
const (
	column, line = 8.4, 19.0
	margin, bar  = 22.0, 38.0
)

// colours are those of SGR codes on a dark terminal.
var colours = map[string]string{
	"31": "#ff7b72", "32": "#7ee2a8", "33": "#e3b341", "34": "#79c0ff", "35": "#d2a8ff", "36": "#76e3ea",
}

// style is how text looks.
type style struct {
	bold   bool
	colour string
}

// Terminal draws terminal output with its colours as SVG. Same text, same
// bytes: it needs neither a terminal nor a browser.
func Terminal(output string) []byte {
	lines := strings.Split(strings.TrimRight(output, "\n"), "\n")
	columns := 0
	for _, l := range lines {
		columns = max(columns, text.StringWidthWithoutEscSequences(l))
	}
	width, height := 2*margin+float64(columns)*column, bar+margin+float64(len(lines))*line
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img" aria-label="Terminal output of nscheck scan --demo">`+"\n", width, height, width, height)
	b.WriteString(`<rect width="100%" height="100%" rx="10" fill="#15191e"/>` + "\n")
	for i, c := range []string{"#ff5f57", "#febc2e", "#28c840"} {
		fmt.Fprintf(&b, `<circle cx="%d" cy="19" r="5.5" fill="%s"/>`+"\n", 24+i*20, c)
	}
	b.WriteString(`<g fill="#d6dbe1" font-family="ui-monospace, 'JetBrains Mono', 'Cascadia Mono', 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">` + "\n")
	for i, l := range lines {
		drawLine(&b, l, bar+float64(i+1)*line-5)
	}
	b.WriteString("</g>\n</svg>\n")
	return b.Bytes()
}

// drawLine puts each run of one style at its own column, and holds it to its
// width, so that columns stay in line whatever font there is.
func drawLine(b *bytes.Buffer, l string, y float64) {
	var s style
	at := 0
	for l != "" {
		head, rest, found := strings.Cut(l, "\x1b[")
		for _, part := range strings.SplitAfter(head, "  ") { // SVG keeps no double spaces
			if shown := strings.TrimSpace(part); shown != "" {
				x := margin + float64(at+len(part)-len(strings.TrimLeft(part, " ")))*column
				n := text.StringWidthWithoutEscSequences(shown)
				fmt.Fprintf(b, `<text x="%.1f" y="%.0f" textLength="%.1f"%s>`, x, y, float64(n)*column, s.attributes())
				xml.EscapeText(b, []byte(shown))
				b.WriteString("</text>\n")
			}
			at += text.StringWidthWithoutEscSequences(part)
		}
		if !found {
			return
		}
		codes, after, _ := strings.Cut(rest, "m")
		s.set(codes)
		l = after
	}
}

// set applies a sequence of SGR codes.
func (s *style) set(codes string) {
	for _, code := range strings.Split(codes, ";") {
		switch {
		case code == "0" || code == "":
			*s = style{}
		case code == "1":
			s.bold = true
		case colours[code] != "":
			s.colour = colours[code]
		}
	}
}

func (s style) attributes() string {
	out := ""
	if s.colour != "" {
		out += fmt.Sprintf(` fill="%s"`, s.colour)
	}
	if s.bold {
		out += ` font-weight="700"`
	}
	if s.bold && s.colour == "" {
		out += ` fill="#ffffff"`
	}
	return out
}
