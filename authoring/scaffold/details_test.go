package scaffold

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nscheck/nscheck/authoring/ruletest"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// TestChangedDetails changes which fields findings have, and of what kind they are:
// the tests must fail and say how findings differ, and not be refused for types
// that never match.
func TestChangedDetails(t *testing.T) {
	for _, tt := range []struct{ name, old, new string }{
		{"a field is gone", `	"expected": sprintf("at most %d days", [_most]),`, ""},
		{"a field more", `	"expected":`, "\t\"package\": \"x\",\n\t\"expected\":"},
		{"a value of another kind", `	"expected": sprintf("at most %d days", [_most]),`, `	"expected": {"most": _most},`},
		{"an unknown of another kind", `"msg": "It is unknown when it last sent basic inventory"`, `"msg": "It is unknown when it last sent basic inventory", "path": "x"`},
		{"a resource with another field", `"guid": server.guid, `, ""},
	} {
		for _, scope := range scopes {
			files := filesOf(t, options(t.TempDir(), scope))
			const file = "site/house_rule.rego"
			code := string(files[file].Data)
			changed := strings.Replace(code, tt.old, tt.new, 1)
			if changed == code {
				if strings.Contains(tt.old, "server") && scope == rule.ClientScope {
					continue // the resource is the client
				}
				t.Fatalf("%s: nothing is changed in\n%s", tt.name, code)
			}
			files[file] = &fstest.MapFile{Data: []byte(changed)}
			r, err := run(files)
			if err != nil {
				t.Errorf("%s, %s: %v", tt.name, scope, err)
				continue
			}
			failed := 0
			for _, test := range r.Tests {
				switch {
				case test.Outcome == ruletest.Errored:
					t.Errorf("%s, %s: %s: %s", tt.name, scope, test.Name, test.Msg)
				case test.Outcome == ruletest.Failed && test.Kind == ruletest.Rego:
					failed++
					if len(test.Failures) == 0 || test.Failures[0].Diff == "" {
						t.Errorf("%s, %s: %s does not show what differs: %+v", tt.name, scope, test.Name, test)
					}
				}
			}
			if failed == 0 {
				t.Errorf("%s, %s: no test fails", tt.name, scope)
			}
		}
	}
}
