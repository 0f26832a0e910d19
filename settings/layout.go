package settings

import (
	"bytes"
	"strings"

	"gopkg.in/yaml.v3"
)

// blankMark stands for a blank line while a file goes through the YAML library,
// which keeps comments and drops blank lines.
const blankMark = "#nscheck:blank"

// byteOrder is the mark with which some editors begin a file.
const byteOrder = "\uFEFF"

// layout is what a file looks like beside its YAML: how it begins, how its lines
// end, how far its settings are in, and which lines are blank.
type layout struct {
	byteOrder, crlf bool
	indent          int
	blanks          bool // stand in the text as comments
}

// readLayout takes a file's layout out of it: the text has other line ends, and
// comments for its blank lines.
func readLayout(text []byte) ([]byte, layout) {
	l := layout{
		byteOrder: bytes.HasPrefix(text, []byte(byteOrder)),
		crlf:      bytes.Count(text, []byte("\r\n"))*2 > bytes.Count(text, []byte("\n")),
		indent:    indentOf(text),
	}
	text = bytes.ReplaceAll(bytes.TrimPrefix(text, []byte(byteOrder)), []byte("\r\n"), []byte("\n"))
	marked := markBlanks(text)
	if l.blanks = !bytes.Contains(text, []byte(blankMark)) && sameYAML(text, marked); l.blanks {
		text = marked
	}
	return text, l
}

// usualIndent is how far in settings are in what nscheck writes.
const usualIndent = 2

// indentOf is how far in the first setting is.
func indentOf(text []byte) int {
	for line := range bytes.Lines(text) {
		rest := bytes.TrimLeft(line, " ")
		if n := len(line) - len(rest); n > 0 && len(bytes.TrimSpace(rest)) > 0 && rest[0] != '#' {
			return min(max(n, usualIndent), 4*usualIndent)
		}
	}
	return usualIndent
}

// markBlanks writes a comment into each blank line, as far in as what follows.
func markBlanks(text []byte) []byte {
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	indent := ""
	for i := len(lines) - 1; i >= 0; i-- {
		if rest := strings.TrimLeft(lines[i], " \t"); rest != "" {
			indent = lines[i][:len(lines[i])-len(rest)]
			continue
		}
		lines[i] = indent + blankMark
	}
	return []byte(strings.Join(lines, "\n") + "\n")
}

// write puts the layout back.
func (l layout) write(text []byte) []byte {
	if l.blanks {
		if plain := unmarkBlanks(text); sameYAML(text, plain) {
			text = plain
		}
	}
	if l.crlf {
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	if l.byteOrder {
		text = append([]byte(byteOrder), text...)
	}
	return text
}

func unmarkBlanks(text []byte) []byte {
	lines := strings.Split(string(text), "\n")
	var out []string
	for _, line := range lines {
		if strings.TrimSpace(line) == blankMark {
			line = ""
		}
		out = append(out, line)
	}
	return []byte(strings.Join(out, "\n"))
}

// sameYAML reports whether two texts are the same values, whatever their comments.
func sameYAML(a, b []byte) bool {
	var first, second yaml.Node
	if yaml.Unmarshal(a, &first) != nil || yaml.Unmarshal(b, &second) != nil {
		return false
	}
	return sameNodes(&first, &second)
}

func sameNodes(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.ShortTag() != b.ShortTag() || a.Value != b.Value || len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !sameNodes(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}
