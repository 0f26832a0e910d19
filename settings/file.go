package settings

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/internal/strictyaml"
	"github.com/nscheck/nscheck/snapshot"
)

// Limits on a file; real ones are far below.
const (
	maxText  = 64 << 20
	maxDepth = 16
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
	root, err := strictyaml.Read(text)
	if err != nil {
		return nil, &snapshot.Error{File: name, Line: err.Line, Column: err.Column, Message: err.Message}
	}
	if root == nil {
		return nil, &snapshot.Error{File: name, Line: 1, Column: 1, Message: "the file is empty; a change names at least one setting"}
	}
	f.root = root
	if err := f.check(f.root, 0); err != nil {
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

// check refuses what is nested deeper than any configuration.
func (f *file) check(node *yaml.Node, depth int) error {
	if depth > maxDepth {
		return f.errorAt(node, "nested deeper than any configuration")
	}
	for _, inner := range node.Content {
		if err := f.check(inner, depth+1); err != nil {
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
