package ruletest

import (
	"bytes"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/rogpeppe/go-internal/diff"
	"gopkg.in/yaml.v3"
)

// diffTexts shows how two texts differ, line by line: with - what only the first
// has, with + what only the second has, and a few lines around.
func diffTexts(a, b []byte) string {
	text := string(diff.Diff("a", a, "b", b))
	_, hunks, _ := strings.Cut(text, "\n+++ b\n")
	var out strings.Builder
	for i, line := range strings.SplitAfter(hunks, "\n") {
		switch {
		case !strings.HasPrefix(line, "@@ "):
			out.WriteString(line)
		case i > 0:
			out.WriteString(" …\n")
		}
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func valueText(v ast.Value) []byte {
	plain, err := ast.JSON(v)
	if err != nil { // what JSON does not have
		return []byte(v.String() + "\n")
	}
	return yamlText(plain)
}

func yamlText(v any) []byte {
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(v); err != nil {
		return []byte(err.Error() + "\n")
	}
	return out.Bytes()
}
