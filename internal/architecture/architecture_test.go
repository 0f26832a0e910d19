// Package architecture holds the packages to docs/architecture.md.
package architecture

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	module = "github.com/nscheck/nscheck/"
	root   = "../.."
	page   = root + "/docs/architecture.md"
)

// importsByPackage lists the packages of the module, each with what it imports of it.
func importsByPackage(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := map[string][]string{}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		name, own := strings.CutPrefix(p.ImportPath, module)
		if !own {
			continue
		}
		packages[name] = []string{}
		for _, i := range p.Imports {
			if imported, own := strings.CutPrefix(i, module); own {
				packages[name] = append(packages[name], imported)
			}
		}
	}
}

var inCode = regexp.MustCompile("`([^`]+)`")

// rooms are the rows of the page's table: packages and what they may import.
func rooms(t *testing.T) (allowed map[string][]string, text string) {
	t.Helper()
	read, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	text = string(read)
	_, table, _ := strings.Cut(text, "\n## Rooms\n")
	table, _, _ = strings.Cut(table, "\n## ")
	allowed = map[string][]string{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 || !strings.Contains(cells[1], "`") {
			continue
		}
		name := inCode.FindStringSubmatch(cells[1])[1]
		allowed[name] = []string{}
		for _, m := range inCode.FindAllStringSubmatch(cells[3], -1) {
			allowed[name] = append(allowed[name], m[1])
		}
	}
	return allowed, text
}

// TestArrows: a package imports only what the page allows. Packages below internal may
// be imported by all, and import what they serve.
func TestArrows(t *testing.T) {
	packages := importsByPackage(t)
	allowed, _ := rooms(t)
	if len(allowed) < 20 {
		t.Fatalf("the table of %s has %d rows", page, len(allowed))
	}
	for name, imports := range packages {
		may, known := allowed[name]
		if !known || name == "cmd/nscheck" {
			continue
		}
		for _, imported := range imports {
			inside := strings.HasPrefix(imported, "internal/") || name == "collector" && strings.HasPrefix(imported, "collector/")
			if !inside && !slices.Contains(may, imported) {
				t.Errorf("%s imports %s, which %s does not allow", name, imported, page)
			}
		}
		for _, imported := range may {
			if !slices.Contains(imports, imported) && imported != "collector" {
				t.Errorf("%s does not import %s, which %s allows", name, imported, page)
			}
		}
	}
	for _, imported := range packages["cmd/nscheck"] {
		if imported == "fixtures/planted" {
			t.Error("cmd/nscheck imports fixtures/planted, which is for tests")
		}
	}
}

// TestNeverImported: the arrows that matter most, whatever the page says, through any
// number of packages.
func TestNeverImported(t *testing.T) {
	packages := importsByPackage(t)
	var reaches func(from, to string, seen map[string]bool) bool
	reaches = func(from, to string, seen map[string]bool) bool {
		if seen[from] {
			return false
		}
		seen[from] = true
		return slices.ContainsFunc(packages[from], func(next string) bool { return next == to || reaches(next, to, seen) })
	}
	for _, arrow := range [][2]string{
		{"evaluator/rule", "evaluator/result"}, {"evaluator/result", "evaluator"}, {"evaluator", "evaluator/compare"},
		{"evaluator", "evaluator/waiver"}, {"evaluator/waiver", "evaluator"}, {"report", "authoring/fields"}, {"report", "authoring/lint"},
		{"collector", "evaluator"}, {"collector", "evaluator/rule"}, {"snapshot", "settings"}, {"snapshot", "collector"},
		{"evaluator", "settings"}, {"evaluator/rule", "settings"},
	} {
		for _, name := range arrow {
			if packages[name] == nil {
				t.Errorf("there is no package %s", name)
			}
		}
		if reaches(arrow[0], arrow[1], map[string]bool{}) {
			t.Errorf("%s imports %s, by itself or through others", arrow[0], arrow[1])
		}
	}
}

// TestPage: the page names every package and no other one, and files that exist.
func TestPage(t *testing.T) {
	packages := importsByPackage(t)
	allowed, text := rooms(t)
	_, prose, _ := strings.Cut(text, "\n## Rooms\n")
	named := map[string]bool{}
	for _, m := range inCode.FindAllStringSubmatch(prose, -1) {
		name := m[1]
		named[name] = true
		isPath := strings.Contains(name, "/") && !strings.ContainsAny(name, " .A") || strings.HasPrefix(name, "internal/")
		if isPath || strings.HasSuffix(name, ".go") {
			if _, err := os.Stat(filepath.Join(root, name)); err != nil {
				t.Errorf("%s names %s: %v", page, name, err)
			}
		}
	}
	for name := range packages {
		if !named[name] {
			t.Errorf("%s does not name the package %s", page, name)
		}
	}
	for name := range allowed {
		if _, err := os.Stat(filepath.Join(root, name)); err != nil {
			t.Errorf("%s has a row for %s: %v", page, name, err)
		}
	}
}
