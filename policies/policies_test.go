package policies

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// A rule is three files side by side; a part of the library is two.
func TestEveryRuleHasTestsAndExamples(t *testing.T) {
	files, err := fs.Glob(FS, "*/*.rego")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		stem, isTest := strings.CutSuffix(strings.TrimSuffix(file, ".rego"), "_test")
		want := []string{stem + ".rego", stem + "_test.rego"}
		if path.Dir(file) != "lib" {
			want = append(want, stem+".yaml")
		}
		for _, name := range want {
			if _, err := fs.Stat(FS, name); err != nil {
				t.Errorf("%s (test: %v) has no %s next to it", file, isTest, name)
			}
		}
	}
}

// The stock opa command checks rules against schemas/params.json; it must
// know exactly the parameters that there are.
func TestParamsSchemaIsComplete(t *testing.T) {
	data, err := fs.ReadFile(FS, "params.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var params map[string]any
	if err := yaml.Unmarshal(data, &params); err != nil {
		t.Fatal(err)
	}
	data, err = os.ReadFile("schemas/params.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct{ Properties map[string]any }
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	got := slices.Sorted(maps.Keys(schema.Properties))
	if want := slices.Sorted(maps.Keys(params)); !slices.Equal(got, want) {
		t.Errorf("schemas/params.json describes %v; params.yaml has %v", got, want)
	}
}
