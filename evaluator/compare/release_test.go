package compare

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/klauspost/compress/zstd"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/snapshot"
)

// TestReleases compares this nscheck with the stored results of releases, whose
// fingerprints users have in waivers and baselines. A result is added with each
// release and never renewed. Since the release everything has another name, the
// other order, other words, and one rule another id.
func TestReleases(t *testing.T) {
	releases, err := os.ReadDir("testdata/releases")
	if err != nil {
		t.Fatal(err)
	}
	if len(releases) == 0 {
		t.Fatal("there is no release")
	}
	for _, r := range releases {
		t.Run(r.Name(), func(t *testing.T) {
			dir := filepath.Join("testdata/releases", r.Name())
			for name, change := range map[string]func(string) string{"as it was": asItWas, "changed": renamedAndReversed(t)} {
				pack := releasePack(t, asItWas)
				if name == "changed" {
					pack = releasePack(t, reworded)
				}
				compareWithRelease(t, name, dir, pack, change)
			}
		})
	}
}

func compareWithRelease(t *testing.T, name, dir string, pack *rule.Pack, change func(string) string) {
	baseline, err := ReadBaseline(unpacked(t, filepath.Join(dir, "result.json.zst")))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(unpacked(t, filepath.Join(dir, "snapshot.jsonl.zst")))
	if err != nil {
		t.Fatal(err)
	}
	doc := documentOf(t, string(text))
	snap, err := snapshot.NewReader(strings.NewReader(change(doc)), "doc.json")
	if err != nil {
		t.Fatal(err)
	}
	result, err := EvaluateAgainst(context.Background(), pack, snap, evaluator.Options{ToolVersion: "99.0.0"}, &Against{Baseline: baseline})
	if err != nil {
		t.Fatal(err)
	}
	defer result.Close()
	b := result.Baseline
	if b.Unchanged != int64(len(baseline.prints)) || b.Absent != 0 {
		t.Errorf("%s: of %d findings %d are recognised and %d absent", name, len(baseline.prints), b.Unchanged, b.Absent)
		for f := range result.Absent() {
			t.Logf("%s %s: %s %s", f.BaselineState, f.Rule, f.Resource.Name, f.Path)
		}
	}
}

func asItWas(text string) string { return text }

// unpacked is a file without its compression.
func unpacked(t *testing.T, name string) string {
	t.Helper()
	in, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	z, err := zstd.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "unpacked.json")
	if err := os.WriteFile(out, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

// documentOf turns JSON Lines into the single document.
func documentOf(t *testing.T, lines string) string {
	t.Helper()
	var doc struct {
		Manifest json.RawMessage   `json:"manifest"`
		Estate   json.RawMessage   `json:"estate"`
		Clients  []json.RawMessage `json:"clients"`
	}
	kind := regexp.MustCompile(`^\{"kind":"(\w+)",?`)
	for line := range strings.Lines(lines) {
		m := kind.FindStringSubmatch(line)
		text := json.RawMessage(kind.ReplaceAllString(strings.TrimSpace(line), "{"))
		switch m[1] {
		case "manifest":
			doc.Manifest = text
		case "estate":
			doc.Estate = text
		case "client":
			doc.Clients = append(doc.Clients, text)
		}
	}
	out, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// renamedAndReversed gives objects other names, but for those that are evidence
// themselves, and turns the order of all that has none.
func renamedAndReversed(t *testing.T) func(string) string {
	return func(text string) string {
		var doc map[string]any
		if err := json.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		estate, _ := doc["estate"].(map[string]any)
		for _, list := range []any{estate["sites"], estate["filters"], estate["policies"], estate["packages"], doc["clients"]} {
			objects, _ := list.([]any)
			for _, o := range objects {
				object, _ := o.(map[string]any)
				object["name"] = object["name"].(string) + "] (2)"
			}
		}
		for _, section := range estate {
			if list, ok := section.([]any); ok {
				slices.Reverse(list)
			}
		}
		slices.Reverse(doc["clients"].([]any))
		out, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
}

// reworded puts other words into all messages of a rule, and gives NS-SITE-003
// another id.
func reworded(text string) string {
	text = regexp.MustCompile(`"msg": (sprintf\()?"`).ReplaceAllString(text, `${0}In other words: `)
	text = strings.ReplaceAll(text, "NS-SITE-003", "NS-SITE-903")
	return strings.Replace(text, "#   id: NS-SITE-903\n", "#   id: NS-SITE-903\n#   aliases: [NS-SITE-003]\n", 1)
}

// releasePack is a changed copy of the built-in rules.
func releasePack(t *testing.T, change func(string) string) *rule.Pack {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(policies.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(policies.FS, name)
		if strings.HasSuffix(name, ".rego") {
			text = []byte(change(string(text)))
		}
		files[name] = &fstest.MapFile{Data: bytes.Clone(text)}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	schema, err := fs.ReadFile(policies.Schemas, "schemas/params.json")
	if err != nil {
		t.Fatal(err)
	}
	files["schemas/params.json"] = &fstest.MapFile{Data: schema}
	p, err := rule.LoadPack(rule.Source{Name: "copy", FS: files})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
