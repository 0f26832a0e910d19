// Package strictyaml reads the YAML of all files of nscheck: one document, in any
// encoding that editors write, without keys that are repeated. What is wrong has
// one wording and a line and a column in all of them.
package strictyaml

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/internal/textfile"
)

// Limits on a file, with its aliases expanded.
const (
	maxDepth = 100
	maxNodes = 4 << 20
)

// Error is what is wrong in a file, and where.
type Error struct {
	Line, Column int // from 1, in characters
	Message      string
}

// Error returns "line 3, column 5: message".
func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// In returns "file:3:5: message".
func (e *Error) In(file string) error {
	return fmt.Errorf("%s:%d:%d: %s", file, e.Line, e.Column, e.Message)
}

func errorAt(node *yaml.Node, format string, args ...any) *Error {
	return &Error{max(node.Line, 1), max(node.Column, 1), fmt.Sprintf(format, args...)}
}

// Parse returns the root of the only document in a text; nil if the text is
// empty. Aliases stay in it: see Expand.
func Parse(text []byte) (*yaml.Node, *Error) {
	text, err := textfile.Decode(text)
	if err != nil {
		var at *textfile.Error
		errors.As(err, &at)
		return nil, &Error{at.Line, at.Column, at.Message}
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var document, second yaml.Node
	if err := dec.Decode(&document); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, syntax(text, err)
	}
	if err := dec.Decode(&second); err == nil {
		return nil, errorAt(&second, "a second YAML document begins here, and only one is read")
	} else if !errors.Is(err, io.EOF) {
		return nil, syntax(text, err)
	}
	root := document.Content[0]
	c := checker{open: map[*yaml.Node]bool{}}
	if err := c.check(root, 0); err != nil {
		return nil, err
	}
	return root, nil
}

var syntaxLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntax finds the place of an error of YAML itself. The decoder names a line,
// which may be the one before or after it.
func syntax(text []byte, err error) *Error {
	message := err.Error()
	line := 1
	if m := syntaxLine.FindStringSubmatch(message); m != nil {
		message = message[len(m[0]):]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	lines := strings.Split(string(text), "\n")
	if strings.Contains(message, "cannot start any token") || strings.Contains(message, "tab character") {
		for _, at := range []int{line, line + 1, line - 1} {
			if at < 1 || at > len(lines) {
				continue
			}
			if indent := leading(lines[at-1]); strings.Contains(indent, "\t") {
				return &Error{at, 1 + strings.IndexByte(indent, '\t'), "not valid YAML: a tab cannot indent a line; use spaces"}
			}
		}
	}
	line = min(line, len(lines))
	return &Error{line, 1 + utf8.RuneCountInString(leading(lines[line-1])), "not valid YAML: " + message}
}

func leading(line string) string { return line[:len(line)-len(strings.TrimLeft(line, " \t"))] }

type checker struct {
	nodes int
	open  map[*yaml.Node]bool // anchors that are being looked at
}

// check refuses repeated keys, keys that are no texts, and aliases that hold
// themselves or multiply.
func (c *checker) check(node *yaml.Node, depth int) *Error {
	if c.nodes++; depth > maxDepth || c.nodes > maxNodes {
		return errorAt(node, "nested deeper than %d levels, or more than %d values, with aliases expanded", maxDepth, maxNodes)
	}
	if node.Kind == yaml.AliasNode {
		if c.open[node.Alias] {
			return errorAt(node, "the alias *%s is inside of its own anchor", node.Value)
		}
		return c.check(node.Alias, depth)
	}
	if node.Anchor != "" {
		c.open[node] = true
		defer delete(c.open, node)
	}
	if node.Kind == yaml.MappingNode {
		if err := checkKeys(node); err != nil {
			return err
		}
	}
	for _, inner := range node.Content {
		if err := c.check(inner, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func checkKeys(node *yaml.Node) *Error {
	lines := make(map[string]int, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if key.Kind != yaml.ScalarNode {
			return errorAt(key, "a key must be a text; write it in quotes")
		}
		if IsMerge(key) {
			if !mergeable(node.Content[i+1]) {
				return errorAt(key, "<< takes mappings, such as <<: *anchor")
			}
			continue
		}
		if line := lines[key.Value]; line > 0 {
			return errorAt(key, "the key %s is repeated, it is first in line %d; remove one", Quote(key.Value), line)
		}
		lines[key.Value] = cmp.Or(key.Line, 1)
	}
	return nil
}

// IsMerge reports whether a key is << of a merge.
func IsMerge(key *yaml.Node) bool { return key.ShortTag() == "!!merge" }

func mergeable(node *yaml.Node) bool {
	node = Resolve(node)
	if node.Kind != yaml.SequenceNode {
		return node.Kind == yaml.MappingNode
	}
	for _, one := range node.Content {
		if Resolve(one).Kind != yaml.MappingNode {
			return false
		}
	}
	return true
}

// Resolve is the node that an alias stands for.
func Resolve(node *yaml.Node) *yaml.Node {
	for node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}

// Expand puts what aliases and merges stand for in their places, so that readers
// see none. Values keep the place where they are written.
func Expand(node *yaml.Node) *yaml.Node {
	node = Resolve(node)
	if node == nil || len(node.Content) == 0 {
		return node
	}
	out := *node
	out.Content = nil
	if node.Kind != yaml.MappingNode {
		for _, inner := range node.Content {
			out.Content = append(out.Content, Expand(inner))
		}
		return &out
	}
	var merged []*yaml.Node
	own := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if IsMerge(key) {
			merged = append(merged, value)
			continue
		}
		own[key.Value] = true
		out.Content = append(out.Content, key, Expand(value))
	}
	for _, value := range merged {
		for _, source := range sources(value) {
			for i := 0; i+1 < len(source.Content); i += 2 {
				if key := source.Content[i]; !own[key.Value] {
					own[key.Value] = true
					out.Content = append(out.Content, key, source.Content[i+1])
				}
			}
		}
	}
	return &out
}

// sources are the mappings that are merged, expanded.
func sources(value *yaml.Node) []*yaml.Node {
	if value = Expand(value); value.Kind == yaml.SequenceNode {
		return value.Content
	}
	return []*yaml.Node{value}
}

// Read is Parse and Expand.
func Read(text []byte) (*yaml.Node, *Error) {
	root, err := Parse(text)
	if err != nil || root == nil {
		return nil, err
	}
	return Expand(root), nil
}

// Quote shows a text in a message, cut where it is long.
func Quote(text string) string {
	const length = 60
	if r := []rune(text[:min(len(text), 4*length)]); len(r) > length {
		text = string(r[:length]) + "…"
	}
	return strconv.Quote(text)
}
