package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/authoring/scaffold"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// TestStockOPA proves that rules that "rule new" writes are fine to the opa command
// that everybody has. "make check" and "make test" do the same with the built-in ones.
func TestStockOPA(t *testing.T) {
	t.Parallel()
	pack := filepath.Join(t.TempDir(), "acme-rules")
	for name, scope := range map[string]rule.Scope{"site/one": rule.EstateScope, "site/two": rule.EstateScope, "client/one": rule.ClientScope} {
		rule, err := scaffold.New(scaffold.Options{
			Dir: pack, Name: name, Title: "Title: # METADATA", Severity: rule.High, Scope: scope, Prefix: "ACME",
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := rule.Write(); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"fmt", "--list", "--fail", pack},
		{"check", "--bundle", "--strict", "--schema", "../../policies/schemas", pack},
		{"test", "--bundle", "--fail-on-empty", pack},
		{"test", "--bundle", "--coverage", "--threshold", "100", pack},
	} {
		out, err := exec.Command("go", append([]string{"tool", "opa"}, args...)...).CombinedOutput()
		if err != nil {
			t.Errorf("opa %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// A folder with one rule needs no flag.
func TestStockOPAWithoutBundle(t *testing.T) {
	t.Parallel()
	for _, scope := range []rule.Scope{rule.EstateScope, rule.ClientScope} {
		dir := t.TempDir()
		rule, err := scaffold.New(scaffold.Options{
			Dir: dir, Name: "site/one", Title: "T", Severity: rule.High, Scope: scope, Pack: "acme", Prefix: "ACME",
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := rule.Write(); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("go", "tool", "opa", "test", "--fail-on-empty", dir).CombinedOutput()
		if err != nil {
			t.Errorf("opa test: %v\n%s", err, out)
		}
	}
}
