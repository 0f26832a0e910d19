package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGeneratedFilesAreFresh(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir) // go back when the test ends
	if err := enterTop(); err != nil {
		t.Fatal(err)
	}
	want, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := os.ReadDir("docs/rules")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		if want["docs/rules/"+page.Name()] == nil {
			t.Errorf("docs/rules/%s is not generated", page.Name())
		}
	}
	for name, text := range want {
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(text), string(got)); diff != "" {
			t.Errorf("%s is stale; run \"make golden\"\n%s", name, diff)
		}
	}
}
