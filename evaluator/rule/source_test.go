package rule

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nscheck/nscheck/internal/acme"

	"github.com/nscheck/nscheck/policies"
)

func sourceOf(name string, files map[string]string) Source {
	fsys := fstest.MapFS{}
	for file, text := range files {
		fsys[file] = &fstest.MapFile{Data: []byte(text)}
	}
	return Source{Name: name, FS: fsys}
}

func TestSourcesStayApart(t *testing.T) {
	builtin := Source{Name: "builtin", FS: policies.FS}
	other := strings.NewReplacer("called_x", "called_y", "ACME-SITE-001", "ACME-SITE-002").Replace(acme.Rule)
	house := func(text string) Source { return sourceOf("house", map[string]string{"a.rego": text}) }
	inPackage := func(pkg string) Source { return house(strings.Replace(acme.Rule, "acme.site.called_x", pkg, 1)) }
	evidence := house(acme.Rule)
	evidence.FS.(fstest.MapFS)["evidence.rego"] = &fstest.MapFile{Data: []byte(acme.EvidenceLibrary)}
	tests := []struct {
		name    string
		sources []Source
		want    string // in the error; empty where it loads
		rules   int
	}{
		{"files of one name in two folders", []Source{house(acme.Rule), sourceOf("other", map[string]string{"a.rego": other})}, "", 2},
		{"beside the built-in rules", []Source{builtin, house(acme.Rule)}, "", 0},
		{"a folder called builtin", []Source{builtin, sourceOf("builtin", map[string]string{"a.rego": acme.Rule})}, "the folder builtin has the name of the built-in rules; call it ./builtin", 0},
		{"a folder called ./builtin", []Source{builtin, sourceOf("./builtin", map[string]string{"client/client_away.rego": acme.Rule})}, "", 0},
		{"one folder twice", []Source{house(acme.Rule), sourceOf("house/", map[string]string{"a.rego": other})}, "the rules in house/ are named twice", 0},
		{"the built-in rules twice", []Source{builtin, builtin}, "the rules in builtin are named twice", 0},
		{"one id in two folders", []Source{house(acme.Rule), sourceOf("other", map[string]string{"a.rego": strings.Replace(acme.Rule, "called_x", "called_y", 1)})}, "house/a.rego and other/a.rego both claim the id ACME-SITE-001", 0},
		{"one package in two folders", []Source{house(acme.Rule), sourceOf("other", map[string]string{"a.rego": strings.Replace(other, "called_y", "called_x", 1)})}, "house/a.rego and other/a.rego share the package acme.site.called_x; a package belongs to one source of rules", 0},
		{"the built-in library", []Source{builtin, evidence}, "house/evidence.rego:1:1: the package nscheck.lib.evidence belongs to the built-in rules", 0},
		{"the built-in rules' packages", []Source{builtin, inPackage("nscheck")}, "the package nscheck belongs to the built-in rules", 0},
		{"a package that only begins alike", []Source{builtin, inPackage("nschecks.x")}, "", 0},
		{"a built-in id", []Source{builtin, house(strings.Replace(acme.Rule, "ACME-SITE-001", "NS-SITE-901", 1))}, "house/a.rego:6:5: ids that begin with NS- belong to the built-in rules; choose another one than NS-SITE-901", 0},
		{"an old built-in id", []Source{builtin, house(strings.Replace(acme.Rule, "#   severity", "#   aliases: [NS-SITE-901]\n#   severity", 1))}, "choose another one than NS-SITE-901", 0},
		{"a file that begins with a byte order mark", []Source{house("\ufeff" + acme.Rule)}, "", 1},
		{"a file in UTF-16", []Source{house("\xff\xfep\x00a\x00")}, "house/a.rego:1: the file is in UTF-16; save it as UTF-8", 0},
		{"a file in UTF-16, the bytes the other way round", []Source{house("\xfe\xff\x00p\x00a")}, "house/a.rego:1: the file is in UTF-16; save it as UTF-8", 0},
		{"a copy in place of the built-in rules", []Source{evidence}, "", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := LoadPack(tt.sources...)
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got  %v\nwant %s", err, tt.want)
			case tt.rules > 0 && len(p.Rules) != tt.rules:
				t.Errorf("%d rules, want %d", len(p.Rules), tt.rules)
			}
		})
	}
}

func TestLinkedFoldersAreRefused(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	for _, file := range []string{filepath.Join(dir, "a.rego"), filepath.Join(other, "b.rego")} {
		if err := os.WriteFile(file, []byte(acme.Rule), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(other, filepath.Join(dir, "more")); err != nil {
		t.Skip("links cannot be made here:", err)
	}
	_, err := LoadPack(Source{Name: "house", FS: os.DirFS(dir)})
	if err == nil || !strings.Contains(err.Error(), "house/more is a link to a folder, and links to folders are not followed") {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "more")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(other, "b.rego"), filepath.Join(dir, "b.rego")); err != nil {
		t.Fatal(err)
	}
	_, err = LoadPack(Source{Name: "house", FS: os.DirFS(dir)})
	if err == nil || !strings.Contains(err.Error(), "one rule, one package, one file") {
		t.Errorf("a linked file is not read: %v", err)
	}
}
