package change

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/snapshot"
)

// Limits on a file; real ones are far below.
const (
	maxText  = 64 << 20
	maxDepth = 16
	maxNodes = 4 << 20
)

// file is one YAML file of a change.
type file struct {
	name string
	root *yaml.Node
	mark string
}

// parseFile reads a file whose root is a mapping and says what kind it is.
func parseFile(name string, text []byte) (*file, error) {
	f := &file{name: name}
	if len(text) > maxText {
		return nil, &snapshot.Error{File: name, Message: fmt.Sprintf("larger than %d MiB, which no configuration is", maxText>>20)}
	}
	if err := checkText(name, text); err != nil {
		return nil, err
	}
	dec := yaml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\uFEFF"))))
	var document, second yaml.Node
	if err := dec.Decode(&document); errors.Is(err, io.EOF) {
		return nil, &snapshot.Error{File: name, Line: 1, Column: 1, Message: "the file is empty; a change names at least one setting"}
	} else if err != nil {
		return nil, f.syntax(err)
	}
	if err := dec.Decode(&second); err == nil {
		return nil, f.errorAt(&second, "a second YAML document begins here; a change is one document")
	} else if !errors.Is(err, io.EOF) {
		return nil, f.syntax(err)
	}
	f.root = document.Content[0]
	nodes := 0
	if err := f.check(f.root, 0, &nodes); err != nil {
		return nil, err
	}
	if f.root.Kind != yaml.MappingNode {
		return nil, f.errorAt(f.root, "a change names sections with objects and settings, such as package_servers: {LDS-PS01: {constrained: true}}")
	}
	f.mark = overlayMark
	if mark := entry(f.root, markKey); mark != nil {
		if f.mark = mark.Value; f.mark != estateMark && f.mark != overlayMark {
			return nil, f.errorAt(mark, "%q is not a kind of file; write estate (what nscheck export writes) or overlay", clip(mark.Value))
		}
	}
	return f, nil
}

// checkText refuses what is no text in UTF-8, at the first byte that is none.
func checkText(name string, text []byte) error {
	line, column := 1, 1
	refuse := func(message string) error {
		return &snapshot.Error{File: name, Line: line, Column: column, Message: message + "; save the file as UTF-8"}
	}
	if bytes.HasPrefix(text, []byte("\xFF\xFE")) || bytes.HasPrefix(text, []byte("\xFE\xFF")) {
		return refuse("this is UTF-16")
	}
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && size == 1:
			return refuse("not valid UTF-8")
		case r == 0:
			return refuse("a zero byte, which no text has")
		case r == '\n':
			line, column = line+1, 0
		}
		text, column = text[size:], column+1
	}
	return nil
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

func (f *file) syntax(err error) error {
	message := err.Error()
	line := 1 // which the decoder leaves out
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		message = message[len(m[0]):]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	return &snapshot.Error{File: f.name, Line: line, Message: "not valid YAML: " + message}
}

// check refuses what makes a file say other things than it seems to: aliases,
// merged mappings, keys that stand there twice.
func (f *file) check(node *yaml.Node, depth int, nodes *int) error {
	*nodes++
	switch {
	case depth > maxDepth || *nodes > maxNodes:
		return f.errorAt(node, "nested deeper, or with more values, than any configuration")
	case node.Kind == yaml.AliasNode:
		return f.errorAt(node, "aliases are not taken here; write the value itself")
	case node.Kind == yaml.MappingNode:
		lines := map[string]int{}
		for key := range pairs(node) {
			if key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge" {
				return f.errorAt(key, "a key must be a name; write it in quotes")
			}
			if line := lines[key.Value]; line > 0 {
				return f.errorAt(key, "%q stands here twice, first in line %d; remove one", clip(key.Value), line)
			}
			lines[key.Value] = key.Line
		}
	}
	for _, inner := range node.Content {
		if err := f.check(inner, depth+1, nodes); err != nil {
			return err
		}
	}
	return nil
}

func (f *file) errorAt(node *yaml.Node, format string, args ...any) *snapshot.Error {
	return &snapshot.Error{File: f.name, Line: node.Line, Column: node.Column, Message: fmt.Sprintf(format, args...)}
}

func (f *file) place(node *yaml.Node) Place { return Place{f.name, node.Line, node.Column} }

// pairs are the entries of a mapping.
func pairs(node *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		if node.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if !yield(node.Content[i], node.Content[i+1]) {
				return
			}
		}
	}
}

// entry is the value of a key; nil where the mapping does not have it.
func entry(node *yaml.Node, name string) *yaml.Node {
	for key, value := range pairs(node) {
		if key.Value == name {
			return value
		}
	}
	return nil
}

// shownNames is how many names an error lists.
const shownNames = 8

// meant says which of the known names was meant, else which there are.
func meant(name string, known []string) string {
	best, distance := "", 3
	for _, candidate := range known {
		if len(name) > 200 || len(candidate) > 200 {
			continue // no name that people mistype
		}
		d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(candidate))
		if d < distance && d < len(candidate) {
			best, distance = candidate, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("; did you mean %q?", best)
	case len(known) == 0:
		return ""
	case len(known) > shownNames:
		return fmt.Sprintf("; there are %d, such as %s", len(known), quoted(known[:shownNames]))
	}
	return "; known here: " + quoted(known)
}

func quoted(names []string) string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = strconv.Quote(clip(name))
	}
	return strings.Join(out, ", ")
}

func clip(text string) string {
	const length = 60
	if r := []rune(text[:min(len(text), 4*length)]); len(r) > length {
		return string(r[:length]) + "…"
	}
	return text
}

// joined is all that is wrong, in the order of files and lines.
func joined(errs []*snapshot.Error) error {
	if len(errs) == 0 {
		return nil
	}
	slices.SortStableFunc(errs, func(a, b *snapshot.Error) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if len(errs) == 1 {
		return errs[0]
	}
	return snapshot.Errors(errs)
}
