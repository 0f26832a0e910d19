package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/internal/suggest"
)

// unknownTable is the flaw of reading a document that is an object as a whole,
// or what is not in it.
func unknownTable(ref ast.Ref, doc, table string, known []string) *Flaw {
	if table == "" {
		return flawAt(FlawWrongDocument, ref[0].Location, "it reads all of %s; name one of %s", doc, strings.Join(known, ", "))
	}
	f := flawAt(FlawUnknownPath, ref[0].Location, "`%s.%s` does not exist%s", doc, table, Meant(table, known))
	f.at(ref[2])
	return f
}

// unknownData is the flaw of reading below data what neither a rule nor nscheck
// defines.
func (p *Pack) unknownData(ref ast.Ref, path []string) *Flaw {
	step, known := 1, slices.Clone(documents)
	node := p.Compiler.RuleTree.Child(ast.DefaultRootDocument.Value)
	for ; node != nil; step++ {
		for key := range node.Children {
			if s, ok := key.(ast.String); ok && !strings.HasPrefix(string(s), "_") {
				known = append(known, string(s))
			}
		}
		if node = node.Child(ref[step].Value); node == nil || step == len(path)-1 {
			break
		}
		known = nil
	}
	slices.Sort(known)
	f := flawAt(FlawUnknownPath, ref[0].Location, "`%s` is not defined by any rule, and nscheck provides only data.estate, data.index, data.totals and data.params",
		strings.Join(path[:step+1], "."))
	f.at(ref[step])
	if near := suggest.To(path[step], known); near != "" {
		f.Msg += fmt.Sprintf("; did you mean `%s`?", near)
	}
	return f
}

// at moves a flaw to a step of a reference, where it is known where that stands.
func (f *Flaw) at(step *ast.Term) {
	if step.Location != nil && step.Location.Col > 0 && step.Location.File == f.File {
		f.Row, f.Col = step.Location.Row, step.Location.Col
	}
}
