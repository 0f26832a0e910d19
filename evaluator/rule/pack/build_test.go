package pack

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/bundle"

	"github.com/nscheck/nscheck/evaluator/rule"
)

func TestBuild(t *testing.T) {
	first, err := Build(folderOf(housePack()), nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Build(folderOf(housePack()), nil)
	if err != nil || !bytes.Equal(first, again) {
		t.Errorf("the same folder makes other bytes: %v", err)
	}
	p := reread(t, first)
	want := []string{".manifest", "README.md", "pack.yaml", "params.yaml", "site/called_x.rego", "site/called_x.yaml", "site/called_x_test.rego"}
	if got := slices.Sorted(maps.Keys(p.archive)); !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	// What is judged by is the same, whether the pack is a folder or a file.
	folder, file := loaded(t, folderOf(housePack())), loaded(t, p)
	if folder.Rules[0].ID != file.Rules[0].ID || file.Default("bad_site") != "X" {
		t.Errorf("loaded %+v", file.Rules[0])
	}
	stock, err := bundle.NewReader(bytes.NewReader(first)).Read()
	if err != nil {
		t.Fatal(err)
	}
	m, err := json.Marshal(stock.Manifest)
	if want := `{"revision":"1.2.0","roots":["acme"],"rego_version":1,"metadata":{"nscheck":{"name":"acme-house","version":"1.2.0"}}}`; err != nil || string(m) != want {
		t.Errorf("OPA reads the manifest\n%s\nwant\n%s", m, want)
	}
	if len(stock.Modules) != 2 || len(stock.Data) != 0 {
		t.Errorf("OPA reads %d modules and the data %v", len(stock.Modules), stock.Data)
	}
}

func loaded(t *testing.T, p *Pack) *rule.Pack {
	t.Helper()
	pack, err := rule.LoadPack(p.Source())
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

func TestBuildRefuses(t *testing.T) {
	for _, tt := range []struct{ name, file, text, want string }{
		{"no pack.yaml", "pack.yaml", "", "house has no pack.yaml, which gives the pack its name"},
		{"a rule that does not load", "site/called_x.rego", strings.Replace(ruleText, "data.estate.sites", "data.estate.sties", 1), "`data.estate.sties` does not exist"},
		{"a test that is no Rego", "site/called_x_test.rego", "package", "called_x_test.rego"},
		{"data in JSON", "site/data.json", "{}", "house: site/data.json would be data to OPA"},
		{"data in YAML", "data.yaml", "a: 1", "house: data.yaml would be data to OPA"},
		{"a delta bundle", "patch.json", "{}", "house: patch.json has a name that means something else"},
		{"another manifest", "a.manifest", "{}", "house: a.manifest has a name that means something else"},
		{"a backslash", `site\a.txt`, "x", "has a backslash in its name"},
		{"a large file", "a.txt", strings.Repeat("x", maxFile+1), "house: a.txt has more than 16 MB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := housePack()
			files[tt.file] = tt.text
			if tt.text == "" {
				delete(files, tt.file)
			}
			if _, err := Build(folderOf(files), nil); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
	if _, err := Build(built(t), nil); err == nil || !strings.Contains(err.Error(), "house.tar.gz is a pack already") {
		t.Errorf("a pack: %v", err)
	}
}

func TestInspect(t *testing.T) {
	folder := folderOf(housePack())
	signed, err := built(t).Sign(mustKey(t, textFile(t, strings.Repeat("x", 64))), "")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		pack   *Pack
		files  int
		signed string
	}{
		"a folder":      {folder, 6, ""},
		"a pack":        {built(t), 7, ""},
		"a signed pack": {reread(t, signed), 8, "HS256"},
	} {
		t.Run(name, func(t *testing.T) {
			info, err := Inspect(tt.pack, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(info.Files) != tt.files || info.Params["bad_site"] != "X" || len(info.Rules) != 1 || info.Rules[0].File != "site/called_x.rego" {
				t.Errorf("got %+v", info)
			}
			if (info.Signature == nil) != (tt.signed == "") || info.Signature != nil && info.Signature.Algorithm != tt.signed {
				t.Errorf("signature %+v", info.Signature)
			}
		})
	}
	files := housePack()
	files["site/called_x.rego"] = "package"
	info, err := Inspect(folderOf(files), nil)
	if err == nil || info == nil || len(info.Files) != 6 || len(info.Rules) != 0 {
		t.Errorf("a pack that does not load: %+v, %v", info, err)
	}
}
