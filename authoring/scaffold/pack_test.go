package scaffold

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/rule"
)

func save(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Ids count wherever they stand: as an alias, and in a file that is broken.
func TestNextID(t *testing.T) {
	for _, tt := range []struct {
		name, rego, want string
	}{
		{"none", "", "ACME-001"},
		{"one", "# custom:\n#   id: ACME-001\n", "ACME-002"},
		{"a gap is not filled", "#   id: ACME-001\n#   id: ACME-007\n", "ACME-008"},
		{"an alias", "#   id: ACME-001\n#   aliases: [ACME-041]\n", "ACME-042"},
		{"a file that does not parse", "}}}\n# id: ACME-005", "ACME-006"},
		{"another prefix", "#   id: OTHER-099\n#   id: XACME-099\n", "ACME-001"},
		{"with a middle part", "#   id: ACME-SITE-012\n", "ACME-013"},
		{"many", "#   id: ACME-999\n", "ACME-1000"},
		{"more than can be counted", "#   id: ACME-99999999999999999999999\n#   id: ACME-003\n", "ACME-004"},
	} {
		dir := t.TempDir()
		save(t, filepath.Join(dir, "x", "a.rego"), tt.rego)
		r, err := New(options(dir, rule.EstateScope))
		if err != nil {
			t.Fatal(err)
		}
		if r.ID != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, r.ID, tt.want)
		}
	}
}

func TestPacks(t *testing.T) {
	const manifest = "name: acme-rules\nversion: 2.0.0\nprefix: ACME\n"
	for name, tt := range map[string]struct {
		manifest string
		change   func(*Options)
		want     string // what the error ends with, or the package
	}{
		"the pack's own":             {manifest, func(o *Options) { o.Pack, o.Prefix = "", "" }, "acme_rules.site.house_rule"},
		"a pack without a prefix":    {"name: a\nversion: 1.0.0\n", func(o *Options) { o.Pack = "" }, "a.site.house_rule"},
		"no prefix at all":           {"name: a\nversion: 1.0.0\n", func(o *Options) { o.Pack, o.Prefix = "", "" }, `the prefix "" must be capitals, digits and dashes, such as ACME for ids like ACME-001`},
		"another prefix":             {manifest, func(o *Options) { o.Prefix = "XYZ" }, "pack.yaml says that ids begin with ACME, and not with XYZ"},
		"another name":               {manifest, func(o *Options) { o.Pack = "xyz" }, "pack.yaml says that the pack is called acme-rules, and not xyz"},
		"a broken pack.yaml":         {"name: [", func(*Options) {}, "pack.yaml: "},
		"a name that is a number":    {"", func(o *Options) { o.Pack = "3com" }, "pack_3com.site.house_rule"},
		"a name that is a keyword":   {"", func(o *Options) { o.Pack = "default" }, "pack_default.site.house_rule"},
		"the built-in rules' name":   {"", func(o *Options) { o.Pack = "nscheck" }, "the pack's name nscheck belongs to the built-in rules; choose another"},
		"the built-in rules' prefix": {"", func(o *Options) { o.Prefix = "NS" }, "the prefix NS belongs to the built-in rules; choose another"},
		"below it":                   {"", func(o *Options) { o.Prefix = "NS-X" }, "the prefix NS-X belongs to the built-in rules; choose another"},
		"a bad name":                 {"", func(o *Options) { o.Pack = "A b" }, `the pack's name "A b" must be lower-case letters, digits and dashes, such as acme-house-rules`},
		"another id":                 {"", func(o *Options) { o.ID = "XYZ-001" }, `the id "XYZ-001" must be of the form ACME-001, for the pack's ids begin with ACME`},
		"a short id":                 {"", func(o *Options) { o.ID = "ACME-1" }, `the id "ACME-1" must be of the form ACME-001, for the pack's ids begin with ACME`},
		"an id in use":               {"", func(o *Options) { o.ID = "ACME-017" }, "a.rego already; ids are never reused"},
		"an id with a middle part":   {"", func(o *Options) { o.ID = "ACME-SITE-001" }, "acme_rules.site.house_rule"},
		"no scope":                   {"", func(o *Options) { o.Scope = "all" }, `"all" is not a scope; use estate for a rule that judges the estate once, or client for one that judges every client`},
		"no severity":                {"", func(o *Options) { o.Severity = "bad" }, `"bad" is not a severity; use critical, high, medium, low or info`},
		"no step":                    {"", func(o *Options) { o.Step = "8" }, `there is no step "8" of the article; use 1 to 7, symptoms, or + for what goes beyond it`},
	} {
		dir := t.TempDir()
		save(t, filepath.Join(dir, "a.rego"), "# ACME-017\n")
		if tt.manifest != "" {
			save(t, filepath.Join(dir, "pack.yaml"), tt.manifest)
		}
		o := options(dir, rule.EstateScope)
		tt.change(&o)
		r, err := New(o)
		switch {
		case err != nil && !strings.Contains(err.Error(), tt.want):
			t.Errorf("%s: error %v, want %s", name, err, tt.want)
		case err == nil && r.Package != tt.want:
			t.Errorf("%s: package %s, want %s", name, r.Package, tt.want)
		}
	}
}

func TestSuggestions(t *testing.T) {
	for folder, want := range map[string][2]string{
		"acme-rules":     {"acme-rules", "ACME"},
		"House Rules":    {"house-rules", "HOUSE"},
		"ns":             {"ns", "HOUSE"},
		"3com":           {"3com", "COM"},
		"Regeln für uns": {"regeln-f-r-uns", "REGELN"},
	} {
		p, err := OpenPack(filepath.Join(t.TempDir(), folder))
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{p.Manifest.Name, p.SuggestedPrefix()}; got != want || !p.New {
			t.Errorf("%s: %v, want %v", folder, got, want)
		}
	}
}
