package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// TestOptions_file names files of a repository as GitHub looks for them, from
// whatever folder nscheck runs in.
func TestOptions_file(t *testing.T) {
	top := t.TempDir()
	for _, dir := range []string{"repo/.git", "repo/config/deep", "outside"} {
		if err := os.MkdirAll(filepath.Join(top, filepath.FromSlash(dir)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	repo := realPath(filepath.Join(top, "repo"))
	for _, name := range repositoryVariables {
		t.Setenv(name, "")
	}
	for _, c := range []struct{ from, file, want string }{
		{"repo", "estate.yaml", "estate.yaml"},
		{"repo", "./estate.yaml", "estate.yaml"},
		{"repo/config", "estate.yaml", "config/estate.yaml"},
		{"repo/config", "./deep/../estate.yaml", "config/estate.yaml"},
		{"repo/config/deep", "../../estate.yaml", "estate.yaml"},
		{"repo/config", filepath.Join(repo, "config", "new.yaml"), "config/new.yaml"},
		{"repo", "../outside/estate.yaml", "../outside/estate.yaml"},
		{"outside", "./estate.yaml", "estate.yaml"},
	} {
		t.Chdir(filepath.Join(top, filepath.FromSlash(c.from)))
		o := Options{Root: RepositoryRoot(".")}
		if got := o.file(c.file); got != c.want {
			t.Errorf("in %s, %s: got %s, want %s", c.from, c.file, got, c.want)
		}
	}
	t.Chdir(filepath.Join(top, "outside"))
	t.Setenv("GITHUB_WORKSPACE", top)
	if got := (Options{Root: RepositoryRoot(".")}).file("./estate.yaml"); got != "outside/estate.yaml" {
		t.Errorf("with the folder of the pipeline: %s", got)
	}
}

// TestFormats_pathsOfTheRepository checks that the formats that services read use
// such paths.
func TestFormats_pathsOfTheRepository(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	r := evaluate(t, hostileDoc())
	findings := func(yield func(result.Finding, error) bool) {
		for f := range r.Findings() {
			f.Location = &result.SourceLocation{File: "./estate.yaml", Line: 3}
			if !yield(f, nil) {
				return
			}
		}
	}
	for format, want := range map[string]string{
		"sarif": `"uri":"config/estate.yaml"`, "github": "file=config/estate.yaml,line=3", "azuredevops": "sourcepath=config/estate.yaml;",
	} {
		if err := os.MkdirAll("config", 0o755); err != nil {
			t.Fatal(err)
		}
		t.Chdir(filepath.Join(here, "config"))
		var out bytes.Buffer
		if err := streamedFormats[format].write(&out, r, findings, Options{FailOn: rule.Critical, Root: realPath(here)}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s: no %s in %.2000s", format, want, out.String())
		}
	}
}
