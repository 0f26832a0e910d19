// Package packtest loads packs of rules for tests.
package packtest

import (
	"sync"
	"testing"
	"testing/fstest"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/policies"
)

// Source is a source of files by name and text.
func Source(name string, files map[string]string) rule.Source {
	fsys := fstest.MapFS{}
	for file, text := range files {
		fsys[file] = &fstest.MapFile{Data: []byte(text)}
	}
	return rule.Source{Name: name, FS: fsys}
}

// Load loads rules from texts, with parameters if one of the files is params.yaml.
func Load(files map[string]string) (*rule.Pack, error) { return rule.LoadPack(Source("house", files)) }

// Must loads rules from texts that are known to be right.
func Must(t testing.TB, files map[string]string) *rule.Pack {
	t.Helper()
	p, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var builtin = sync.OnceValues(func() (*rule.Pack, error) {
	return rule.LoadPack(rule.Source{Name: "builtin", FS: policies.FS})
})

// Builtin are the built-in rules, which all tests of a package share.
func Builtin(t testing.TB) *rule.Pack {
	t.Helper()
	p, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	return p
}
