package rule

import (
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"gopkg.in/yaml.v3"
)

// One call of a built-in function does not look at the cancel flag, so what it can
// take is bounded by what it is given: only between two calls can a rule be stopped.
// What rules need is far below these bounds.
const (
	nodeWeight = 16       // bytes that a value counts, in addition to its text
	maxPieces  = 1 << 20  // parts that a text is cut into
	maxMembers = 4 << 20  // members of a list or set that is put together
	maxRead    = 1 << 20  // bytes of a text that is read as JSON, YAML and the like
	maxCode    = 64 << 10 // bytes of a text that is read as code
	maxPattern = 16 << 10 // bytes of a pattern
	maxGlob    = 1 << 10  // bytes of patterns that are compared with each other
	maxGroups  = 256      // brackets in a pattern of which each match is kept
)

// weight adds what a value takes if it is written out. Each place in which a value is
// held counts: a list can hold one text a million times. It stops counting beyond
// maxJoined.
func weight(size int, t *ast.Term) int {
	return WeightWithin(size, t, nodeWeight, maxJoined)
}

// WeightWithin adds the weight of a term to size: node for each value in it, and its texts
// in bytes. It stops beyond limit.
func WeightWithin(size int, t *ast.Term, node, limit int) int {
	if size > limit {
		return size
	}
	size += node
	inner := func(t *ast.Term) bool {
		size = WeightWithin(size, t, node, limit)
		return size > limit
	}
	switch v := t.Value.(type) {
	case ast.String:
		size += len(v)
	case ast.Number:
		size += len(v)
	case *ast.Array:
		v.Until(inner)
	case ast.Set:
		v.Until(inner)
	case ast.Object:
		v.Until(func(key, value *ast.Term) bool { return inner(key) || inner(value) })
	}
	return size
}

// checkWritten refuses values that take much memory once they are written out.
func checkWritten(operands []*ast.Term) error {
	size := 0
	for _, o := range operands {
		size = weight(size, o)
	}
	return checkText(size)
}

func checkYAMLWritten(operands []*ast.Term) error {
	if err := checkWritten(operands); err != nil {
		return err
	}
	return checkText(indented(operands[0], 1, 0, 4, 0))
}

// textSize is the sum of the lengths of texts among operands.
func textSize(operands []*ast.Term) (size int) {
	for _, o := range operands {
		if s, ok := o.Value.(ast.String); ok {
			size += len(s)
		}
	}
	return size
}

// checkEncoded refuses long texts: encoded they are up to three times as long.
func checkEncoded(operands []*ast.Term) error { return checkText(textSize(operands)) }

// checkRead refuses long texts that are read, because what is read takes many times
// the memory of the text.
func checkRead(most int) func([]*ast.Term) error {
	return func(operands []*ast.Term) error {
		if textSize(operands) > most {
			return fmt.Errorf("a text that is read can have at most %d KiB", most>>10)
		}
		return nil
	}
}

// checkYAMLRead also refuses aliases: a short text with them can stand for any amount
// of text.
func checkYAMLRead(operands []*ast.Term) error {
	if err := checkRead(maxRead)(operands); err != nil {
		return err
	}
	text, _ := operands[0].Value.(ast.String)
	if !strings.Contains(string(text), "&") || !strings.Contains(string(text), "*") {
		return nil
	}
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		return nil //nolint:nilerr // OPA says what is wrong with it
	}
	if hasAlias(&node) {
		return fmt.Errorf("YAML that a rule reads cannot have aliases")
	}
	return nil
}

func hasAlias(node *yaml.Node) bool {
	if node.Kind == yaml.AliasNode {
		return true
	}
	for _, inner := range node.Content {
		if hasAlias(inner) {
			return true
		}
	}
	return false
}

// checkPattern refuses long patterns, which are the operands at some positions.
func checkPattern(most int, positions ...int) func([]*ast.Term) error {
	return func(operands []*ast.Term) error {
		for _, i := range positions {
			if pattern, ok := operands[i].Value.(ast.String); ok && len(pattern) > most {
				return fmt.Errorf("a pattern can have at most %d KiB", most>>10)
			}
		}
		return nil
	}
}

// checkGroups refuses patterns with many groups, each of which is kept for each match.
func checkGroups(pattern *ast.Term) error {
	text, _ := pattern.Value.(ast.String)
	if strings.Count(string(text), "(") > maxGroups {
		return fmt.Errorf("a pattern can have at most %d groups", maxGroups)
	}
	return checkPattern(maxPattern, 0)([]*ast.Term{pattern})
}

// checkRegexPieces refuses long texts that a pattern may cut into very many parts.
func checkRegexPieces(operands []*ast.Term) error {
	if err := checkGroups(operands[0]); err != nil {
		return err
	}
	pattern, _ := operands[0].Value.(ast.String)
	text, _ := operands[1].Value.(ast.String)
	found := len(text) + 1
	if len(operands) > 2 {
		found = atMost(found, operands[2])
	}
	return checkCut(found * (1 + strings.Count(string(pattern), "(")))
}

// checkPieces refuses texts that a separator cuts into very many parts.
func checkPieces(operands []*ast.Term) error {
	text, _ := operands[0].Value.(ast.String)
	separator, _ := operands[1].Value.(ast.String)
	found := strings.Count(string(text), string(separator)) + 1
	if len(operands) > 2 {
		found = atMost(found, operands[2])
	}
	return checkCut(found)
}

// atMost is the smaller of two numbers, of which the second means no limit if it is
// negative.
func atMost(found int, limit *ast.Term) int {
	if n, ok := limit.Value.(ast.Number); ok {
		if most, isInt := n.Int(); isInt && most >= 0 {
			return min(found, most)
		}
	}
	return found
}

func checkCut(pieces int) error {
	if pieces > maxPieces {
		return fmt.Errorf("a text can be cut into at most %d parts", maxPieces)
	}
	return nil
}

// members is how many members a list, set or object has.
func members(t *ast.Term) int {
	switch v := t.Value.(type) {
	case *ast.Array:
		return v.Len()
	case ast.Set:
		return v.Len()
	case ast.Object:
		return v.Len()
	}
	return 0
}

func checkNumber(of int) error {
	if of > maxMembers {
		return fmt.Errorf("a list or set that is put together can have at most %d members", maxMembers)
	}
	return nil
}

// checkMembers refuses lists and sets that are large together.
func checkMembers(operands []*ast.Term) error {
	n := 0
	for _, o := range operands {
		n += members(o)
	}
	return checkNumber(n)
}

// checkNested refuses a list of lists, or a set of sets, that are large together.
func checkNested(operands []*ast.Term) error {
	n := members(operands[0])
	add := func(t *ast.Term) bool {
		n += members(t)
		return n > maxMembers
	}
	switch v := operands[0].Value.(type) {
	case *ast.Array:
		v.Until(add)
	case ast.Set:
		v.Until(add)
	}
	return checkNumber(n)
}

// checkMerged refuses objects that have much in common: that is merged level by level.
func checkMerged(operands []*ast.Term) error {
	return checkText(min(weight(0, operands[0]), weight(0, operands[1])))
}

// checkPatch refuses patches that copy a document into itself again and again.
func checkPatch(operands []*ast.Term) error {
	patches, ok := operands[1].Value.(*ast.Array)
	if !ok {
		return nil
	}
	copies := 0
	patches.Foreach(func(t *ast.Term) {
		if patch, ok := t.Value.(ast.Object); ok {
			if op := patch.Get(ast.StringTerm("op")); op != nil && op.Value.Compare(ast.String("copy")) == 0 {
				copies++
			}
		}
	})
	if copies == 0 {
		return nil
	}
	return checkText(weight(weight(0, operands[1]), operands[0]) << min(copies, 30))
}
