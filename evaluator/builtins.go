package evaluator

import (
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
	maxShift = 1 << 16 // bits
	maxWidth = 4       // digits of a width or precision
)

// held are checks of what built-in functions are given.
var held = map[string]func(operands []*ast.Term) error{
	ast.BitsShiftLeft.Name: checkShift,
	ast.Sprintf.Name:       checkFormat,
	ast.Format.Name:        checkZone,
	ast.Date.Name:          checkZone,
	ast.Clock.Name:         checkZone,
	ast.Weekday.Name:       checkZone,
	ast.AddDate.Name:       checkZone,
	ast.Diff.Name:          checkZone,
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

// checkFormat refuses widths of which some together take all memory.
func checkFormat(operands []*ast.Term) error {
	format, _ := operands[0].Value.(ast.String)
	for rest := string(format); ; {
		_, after, found := strings.Cut(rest, "%")
		if !found {
			return nil
		}
		verb := strings.TrimLeft(after, "+-# .0123456789[]*")
		if spec := after[:len(after)-len(verb)]; strings.Contains(spec, "*") || longestNumber(spec) > maxWidth {
			return fmt.Errorf("a width or precision in a format can have at most %d digits, and cannot be *", maxWidth)
		}
		if rest = verb; strings.HasPrefix(verb, "%") {
			rest = verb[1:]
		}
	}
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
