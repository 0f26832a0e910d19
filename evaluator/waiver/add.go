package waiver

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/internal/textfile"
)

// AddWaiver adds a waiver, with a comment before it, at the end of a waiver file's
// text. What stands in the file stays as it is, to the byte, unless its list is
// written in brackets, which is then written anew with its comments and order.
func AddWaiver(file string, text []byte, settings Settings, w *Waiver, comment string) ([]byte, error) {
	before, err := Read(file, text, Settings{})
	if err != nil {
		return nil, err
	}
	if textfile.IsUTF16(text[:min(len(text), 4)]) {
		if text, err = textfile.Decode(text); err != nil {
			return nil, err // ReadWaivers has decoded it
		}
	}
	out := appendWaiver(text, w, comment)
	after, err := Read(file, out, Settings{})
	if err != nil || len(after.Entries) != len(before.Entries)+1 {
		if out, err = insertWaiver(text, w, comment); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	if after, err = Read(file, out, settings); err != nil {
		return nil, err
	}
	if len(after.Entries) != len(before.Entries)+1 {
		return nil, fmt.Errorf("%s: a waiver cannot be added to a file that is written like this; add it by hand", file)
	}
	return out, nil
}

// appendWaiver writes the waiver behind the text, indented as the list is.
func appendWaiver(text []byte, w *Waiver, comment string) []byte {
	var doc yaml.Node
	indent, hasKey := "  ", false
	if yaml.Unmarshal(text, &doc) == nil && len(doc.Content) > 0 && doc.Content[0].Kind == yaml.MappingNode {
		if top := doc.Content[0]; len(top.Content) == 2 {
			hasKey = true
			if list := top.Content[1]; list.Kind == yaml.SequenceNode && len(list.Content) > 0 {
				indent = strings.Repeat(" ", list.Column-1)
			}
		}
	}
	var b strings.Builder
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		b.WriteString("\n")
	}
	if !hasKey {
		b.WriteString("waivers:\n")
	}
	if comment != "" {
		b.WriteString(indent + "# " + comment + "\n")
	}
	dash := "- "
	for line := range strings.Lines(w.YAML()) {
		b.WriteString(indent + dash + line)
		dash = "  "
	}
	added := b.String()
	if bytes.Contains(text, []byte("\r\n")) {
		added = strings.ReplaceAll(added, "\n", "\r\n")
	}
	return append(bytes.Clone(text), added...)
}

// insertWaiver writes the waiver into the nodes of the text.
func insertWaiver(text []byte, w *Waiver, comment string) ([]byte, error) {
	var doc, entry yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	if err := yaml.Unmarshal([]byte(w.YAML()), &entry); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode || len(doc.Content[0].Content) != 2 {
		return nil, errors.New("a waiver cannot be added to a file that is written like this; add it by hand")
	}
	list := doc.Content[0].Content[1]
	if list.Kind != yaml.SequenceNode {
		*list = yaml.Node{Kind: yaml.SequenceNode, HeadComment: list.HeadComment, LineComment: list.LineComment, FootComment: list.FootComment}
	}
	list.Style, doc.Content[0].Style = 0, 0
	if comment != "" {
		entry.Content[0].HeadComment = "# " + comment
	}
	list.Content = append(list.Content, entry.Content[0])
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(&doc); err != nil {
		return nil, err
	}
	return out.Bytes(), enc.Close()
}

var plainYAML = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]*( [A-Za-z0-9_.,()/-]+)*$`)

// quoteYAML writes a text on one line, in quotes unless it cannot be mistaken for
// anything else.
func quoteYAML(text string) string {
	words := []string{"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
	if text == "" || plainYAML.MatchString(text) && !slices.Contains(words, strings.ToLower(text)) {
		return text
	}
	return strconv.Quote(text)
}
