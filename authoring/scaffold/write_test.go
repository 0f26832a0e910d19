package scaffold

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/nscheck/nscheck/evaluator/rule"
)

func TestNothingIsOverwritten(t *testing.T) {
	for _, there := range []string{"site/house_rule.rego", "site/house_rule_test.rego", "site/house_rule.yaml"} {
		dir := t.TempDir()
		save(t, filepath.Join(dir, there), "mine")
		r, err := New(options(dir, rule.EstateScope))
		if err != nil {
			t.Fatal(err)
		}
		err = r.Write()
		want := filepath.Join(dir, filepath.FromSlash(there)) + ": already there, and nothing is overwritten; choose another name for the rule"
		if err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
		if got := tree(t, dir); !slices.Equal(got, []string{there}) {
			t.Errorf("files %v", got)
		}
	}
}

// tree are the files below a folder.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, name)
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What appears while files are written stays, and what was written goes again.
func TestAllOrNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "pack")
	r, err := New(options(dir, rule.EstateScope))
	if err != nil {
		t.Fatal(err)
	}
	r.Files = append(r.Files, File{Path: "site/house_rule.rego/x"}) // the folder is a file by then
	if err := r.Write(); err == nil {
		t.Fatal("no error")
	}
	if _, err := os.Stat(filepath.Dir(dir)); !os.IsNotExist(err) {
		t.Errorf("left behind: %v", tree(t, filepath.Dir(dir)))
	}
}
