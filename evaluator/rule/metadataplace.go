package rule

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// placeIn puts a flaw of an annotation where the entry stands that its key leads
// to, or the innermost one around it that is there.
func (f *Flaw) placeIn(m module) {
	f.Row, f.Col = m.parsed.Package.Location.Row, 1
	if m.annotations == nil || m.annotations.Location == nil {
		return
	}
	f.Row = m.annotations.Location.Row
	doc, ok := metadataNode(m.text, f.Row)
	if !ok {
		return
	}
	at, node := (*yaml.Node)(nil), doc
	for _, step := range f.Key {
		key, value := EntryOf(node, step)
		if key == nil {
			break
		}
		at, node = key, value
	}
	if at != nil {
		f.Row, f.Col = f.Row+at.Line, at.Column+1 // behind "#"
	}
}

// metadataNode reads the annotations whose first line is row.
func metadataNode(text string, row int) (*yaml.Node, bool) {
	lines := strings.Split(text, "\n")
	if row < 1 || row > len(lines) || !strings.HasPrefix(lines[row-1], "#") {
		return nil, false
	}
	var block strings.Builder
	for _, line := range lines[row:] {
		comment, ok := strings.CutPrefix(line, "#")
		if !ok {
			break
		}
		block.WriteString(strings.TrimSuffix(comment, "\r") + "\n")
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(block.String()), &doc); err != nil || len(doc.Content) == 0 {
		return nil, false
	}
	return doc.Content[0], true
}

// EntryOf finds an entry of a map or a list: where its key stands, which is the
// value itself in a list, and its value.
func EntryOf(node *yaml.Node, step string) (key, value *yaml.Node) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return node.Content[i], node.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i], node.Content[i]
		}
	}
	return nil, nil
}

// lineOfYAML is how the reader of YAML names a line.
var lineOfYAML = regexp.MustCompile(`\bline (\d+): `)

// notYAML says that annotations cannot be read, and notes in which of their lines.
func (f *Flaw) notYAML(message string) {
	message, _, _ = strings.Cut(message, "   Hint: ")
	message = strings.TrimPrefix(message, "unmarshal errors:   ")
	if found := lineOfYAML.FindStringSubmatchIndex(message); found != nil {
		f.yamlLine, _ = strconv.Atoi(message[found[2]:found[3]]) // 0, for none, where it is too long
		message = message[:found[0]] + message[found[1]:]
		if strings.HasPrefix(message, "did not find expected") { // of its parser, which counts from 0
			f.yamlLine++
		}
	}
	f.Msg = "METADATA is not YAML: " + message + "; all comment lines right below # METADATA belong to it"
}

// placeInMetadata puts a flaw in the line of the annotations that it is in. OPA
// puts most into the line behind it.
func (f *Flaw) placeInMetadata(text string) {
	lines := strings.Split(text, "\n")
	top := min(f.Row, len(lines))
	for top > 0 && strings.TrimSpace(strings.TrimPrefix(lines[top-1], "#")) != "METADATA" {
		if !strings.HasPrefix(lines[top-1], "#") {
			return
		}
		top--
	}
	end := top
	for end < len(lines) && strings.HasPrefix(lines[end], "#") {
		end++
	}
	if top > 0 {
		f.Row, f.Col = min(top+f.yamlLine, end), 1
	}
}

// annotationKeys are those that OPA reads; it takes no notice of others.
var annotationKeys = []string{
	"scope", "title", "entrypoint", "description", "organizations", "related_resources", "authors", "schemas", "custom",
}

// unreadKeys finds annotations of a rule that nothing reads, such as a misspelt
// one.
func unreadKeys(m module) (flaws Flaws) {
	if m.annotations.Location == nil {
		return nil
	}
	doc, ok := metadataNode(m.text, m.annotations.Location.Row)
	if !ok || doc.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i < len(doc.Content); i += 2 {
		key := doc.Content[i].Value
		if !slices.Contains(annotationKeys, key) {
			f := flawOn(FlawUnknownMetadata, m.file, "nobody reads %q in METADATA%s", key, Meant(key, slices.Clone(annotationKeys)))
			f.Key = []string{key}
			flaws = append(flaws, f)
		}
	}
	return flaws
}
