package evaluator

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Some built-in functions of OPA have more effect than a rule may have, and cannot
// be done without: they are held to less, in the whole program. What they are given
// in earnest is far below.
const (
	maxShift  = 1 << 16  // bits
	maxWidth  = 4        // digits of a width or precision
	maxJoined = 16 << 20 // bytes of a text that is put together of others
	maxSought = 16 << 10 // bytes of a text that is replaced, for looking up a long one takes its square
	maxPairs  = 1 << 20  // networks that are held against each other
)

// held are checks of what built-in functions are given.
var held = map[string]func(operands []*ast.Term) error{
	ast.BitsShiftLeft.Name:          checkShift,
	ast.Sprintf.Name:                checkFormat,
	ast.Concat.Name:                 checkConcat,
	ast.Replace.Name:                checkReplace,
	ast.ReplaceN.Name:               checkReplaceN,
	ast.NetCIDRContainsMatches.Name: checkPairs,
	ast.Format.Name:                 checkZone,
	ast.Date.Name:                   checkZone,
	ast.Clock.Name:                  checkZone,
	ast.Weekday.Name:                checkZone,
	ast.AddDate.Name:                checkZone,
	ast.Diff.Name:                   checkZone,
	ast.JSONMarshalWithOptions.Name: checkIndent,
	ast.RegexReplace.Name:           checkRegexReplace,
}

func init() {
	for name, check := range held {
		whole := topdown.GetBuiltin(name)
		topdown.RegisterBuiltinFunc(name, func(c topdown.BuiltinContext, operands []*ast.Term, iter func(*ast.Term) error) error {
			if err := check(operands); err != nil {
				return err
			}
			return whole(c, operands, iter)
		})
	}
}

// checkShift refuses numbers of which one alone takes all memory.
func checkShift(operands []*ast.Term) error {
	if n, ok := operands[1].Value.(ast.Number); ok {
		if by, isInt := n.Int(); !isInt || by > maxShift {
			return fmt.Errorf("a number can be shifted by at most %d bits", maxShift)
		}
	}
	return nil
}

// checkFormat refuses widths of which some together take all memory, and long texts
// that a format names often.
func checkFormat(operands []*ast.Term) error {
	format, _ := operands[0].Value.(ast.String)
	named := 0 // how often a text is called by its number
	for rest := string(format); ; {
		_, after, found := strings.Cut(rest, "%")
		if !found {
			return checkText(named * longest(operands[1], named))
		}
		verb := strings.TrimLeft(after, "+-# .0123456789[]*")
		spec := after[:len(after)-len(verb)]
		if strings.Contains(spec, "*") || longestNumber(spec) > maxWidth {
			return fmt.Errorf("a width or precision in a format can have at most %d digits, and cannot be *", maxWidth)
		}
		if strings.Contains(spec, "[") {
			named++
		}
		if rest = verb; strings.HasPrefix(verb, "%") {
			rest = verb[1:]
		}
	}
}

// checkText refuses texts of which one alone takes all memory.
func checkText(size int) error {
	if size > maxJoined {
		return fmt.Errorf("a text that is put together can have at most %d MiB", maxJoined>>20)
	}
	return nil
}

// length is how long a term is as text.
func length(t *ast.Term) int {
	if s, ok := t.Value.(ast.String); ok {
		return len(s)
	}
	return len(t.Value.String())
}

// longest is the length of the longest member of a list, which matters where it is
// named more than once.
func longest(list *ast.Term, named int) (most int) {
	if members, ok := list.Value.(*ast.Array); ok && named > 1 {
		members.Foreach(func(t *ast.Term) { most = max(most, length(t)) })
	}
	return most
}

func checkConcat(operands []*ast.Term) error {
	size, n := 0, 0
	add := func(t *ast.Term) {
		if s, ok := t.Value.(ast.String); ok {
			size += len(s)
		}
		n++
	}
	switch list := operands[1].Value.(type) {
	case *ast.Array:
		list.Foreach(add)
	case ast.Set:
		list.Foreach(add)
	}
	between, _ := operands[0].Value.(ast.String)
	return checkText(size + n*len(between))
}

func checkReplace(operands []*ast.Term) error {
	whole, _ := operands[0].Value.(ast.String)
	grown, err := growth(string(whole), operands[1], operands[2])
	return cmp.Or(err, checkText(len(whole)+grown))
}

func checkReplaceN(operands []*ast.Term) error {
	whole, _ := operands[1].Value.(ast.String)
	patterns, isObject := operands[0].Value.(ast.Object)
	if !isObject {
		return nil
	}
	size := len(whole)
	err := patterns.Iter(func(old, replacement *ast.Term) error {
		grown, err := growth(string(whole), old, replacement)
		size += grown
		return err
	})
	return cmp.Or(err, checkText(size))
}

// growth is by how much a text can grow where others in it are replaced.
func growth(whole string, old, replacement *ast.Term) (int, error) {
	from, _ := old.Value.(ast.String)
	to, _ := replacement.Value.(ast.String)
	switch {
	case len(from) > maxSought:
		return 0, fmt.Errorf("a text that is replaced can have at most %d KiB", maxSought>>10)
	case len(to) <= len(from):
		return 0, nil
	}
	return strings.Count(whole, string(from)) * len(to), nil
}

// checkPairs refuses lists of networks that OPA would hold against each other
// without looking at its cancel flag.
func checkPairs(operands []*ast.Term) error {
	pairs := 1
	for _, o := range operands {
		switch list := o.Value.(type) {
		case *ast.Array:
			pairs *= list.Len()
		case ast.Set:
			pairs *= list.Len()
		case ast.Object:
			pairs *= list.Len()
		}
	}
	if pairs > maxPairs {
		return fmt.Errorf("networks can be held against each other in at most %d pairs; look each one up with net.cidr_contains", maxPairs)
	}
	return nil
}

// checkIndent refuses prefixes and indents that make much text of few values:
// encoding does not look at the cancel flag.
func checkIndent(operands []*ast.Term) error {
	options, isObject := operands[1].Value.(ast.Object)
	if !isObject {
		return nil
	}
	size := func(name string) int {
		if t := options.Get(ast.StringTerm(name)); t != nil {
			return length(t)
		}
		return 0
	}
	prefix, indent := size("prefix"), size("indent")
	if prefix+indent <= 1 {
		return nil
	}
	return checkText(indented(operands[0], 1, prefix, indent, 0))
}

// indented is how many bytes prefixes and indents take, as far as that is within
// bounds.
func indented(t *ast.Term, depth, prefix, indent, size int) int {
	lines := 1
	inner := func(t *ast.Term) {
		if size <= maxJoined {
			size = indented(t, depth+1, prefix, indent, size)
		}
	}
	switch v := t.Value.(type) {
	case ast.Object:
		lines = 2
		v.Foreach(func(_, value *ast.Term) { inner(value) })
	case *ast.Array:
		lines = 2
		v.Foreach(inner)
	case ast.Set:
		lines = 2
		v.Foreach(inner)
	}
	return size + lines*(prefix+depth*indent)
}

// checkRegexReplace refuses texts in which each character may be replaced by a
// long one.
func checkRegexReplace(operands []*ast.Term) error {
	whole, _ := operands[0].Value.(ast.String)
	replacement, _ := operands[2].Value.(ast.String)
	return checkText(len(whole) + (len(whole)+1)*len(replacement))
}

func longestNumber(s string) int {
	longest, n := 0, 0
	for _, c := range s {
		if n++; c < '0' || c > '9' {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}

// checkZone refuses the time zone of the machine.
func checkZone(operands []*ast.Term) error {
	for _, o := range operands {
		if list, ok := o.Value.(*ast.Array); ok && list.Len() > 1 && list.Elem(1).Value.Compare(ast.String("Local")) == 0 {
			return errors.New("rules cannot use the time zone of the machine, for one snapshot has one verdict; name a zone, such as UTC")
		}
	}
	return nil
}
