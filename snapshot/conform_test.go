package snapshot_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/nscheck/nscheck/snapshot"
)

func number(n int) *int { return &n }

// TestConform_namesWhatIsRefused checks that the writer refuses what the reader
// would, and that it is named.
func TestConform_namesWhatIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		estate snapshot.Estate
		place  string
		want   string
	}{
		"a count below zero":   {snapshot.Estate{Filters: []snapshot.Filter{{GUID: guid1, Name: "F", Members: number(-5)}}}, "filters[0].members", "must be 0 or more, not -5"},
		"an empty role":        {snapshot.Estate{Policies: []snapshot.Policy{{GUID: guid1, Name: "P"}}}, "policies[0].role", `"" is not one of plugin_install, plugin_policy, vulnerability_analysis`},
		"no GUID":              {snapshot.Estate{Sites: []snapshot.Site{{GUID: "x", Name: "S"}}}, "sites[0].guid", "is not a GUID"},
		"a GUID twice":         {snapshot.Estate{Sites: []snapshot.Site{{GUID: guid1, Name: "S"}, {GUID: guid1, Name: "T"}}}, "sites[1].guid", "each of sites must have its own"},
		"a network with hosts": {snapshot.Estate{Subnets: []snapshot.Subnet{{GUID: guid1, CIDR: "10.0.0.1/24"}}}, "subnets[0].cidr", "has bits beyond its prefix"},
	} {
		t.Run(name, func(t *testing.T) {
			problems := snapshot.Conform(&c.estate)
			if len(problems) != 1 || problems[0].Place != c.place || !strings.Contains(problems[0].Message, c.want) {
				t.Fatalf("got %+v", problems)
			}
			w := snapshot.NewWriter(new(bytes.Buffer))
			if err := w.WriteManifest(fullManifest()); err != nil {
				t.Fatal(err)
			}
			if err := w.WriteEstate(&c.estate); err == nil || !strings.Contains(err.Error(), c.place) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the writer says %v", err)
			}
		})
	}
}

// TestWriter_cutsLongTexts writes texts beyond any bound and reads them back.
func TestWriter_cutsLongTexts(t *testing.T) {
	long := strings.Repeat("ä", 5<<20)
	var file bytes.Buffer
	w := snapshot.NewWriter(&file)
	m := fullManifest()
	m.Sections = append(m.Sections, snapshot.Section{Name: "x", Status: snapshot.Failed, Error: long})
	estate := &snapshot.Estate{}
	for i := range 20 {
		estate.Sites = append(estate.Sites, snapshot.Site{GUID: fmt.Sprintf("%08X-0000-0000-0000-000000000000", i), Name: long})
	}
	w.WriteManifest(m)
	w.WriteEstate(estate)
	w.WriteClient(&snapshot.Client{GUID: guid1, Name: long, Domain: &long})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := snapshot.NewReader(&file, "s")
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{r.Manifest().Sections[len(r.Manifest().Sections)-1].Error}
	read, _ := r.Estate()
	for _, s := range read.Sites {
		texts = append(texts, s.Name)
	}
	for line, err := range r.Clients() {
		if err != nil {
			t.Fatal(err)
		}
		c, err := line.Client()
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, c.Name, *c.Domain)
	}
	if len(texts) != 23 {
		t.Fatalf("got %d texts", len(texts))
	}
	for _, text := range texts {
		if len(text) > snapshot.MaxText || !utf8.ValidString(text) || !strings.HasSuffix(text, "… [cut, 10485760 bytes]") || !strings.HasPrefix(text, "äää") {
			t.Errorf("%d bytes, ending %q", len(text), text[len(text)-40:])
		}
	}
	if m.Sections[len(m.Sections)-1].Error != long {
		t.Error("the caller's manifest was changed")
	}
}

// TestReader_manyFlaws checks that documents full of wrong values are refused in
// time that grows with their size alone.
func TestReader_manyFlaws(t *testing.T) {
	const many = 60000
	list := func(value string) string { return strings.TrimSuffix(strings.Repeat(value+",", many), ",") }
	keys := make([]string, many)
	for i := range keys {
		keys[i] = fmt.Sprintf(`"k%d":1`, i)
	}
	site := `{"guid":"x","name":"S"}`
	for name, c := range map[string]struct{ text, want string }{
		"numbers for objects, JSON":       {`{"estate":{"sites":[` + list("1") + `]},"clients":[]}`, "s: line 1, column 21: estate.sites[0]: must be an object, not the number 1"},
		"numbers for objects, YAML":       {`estate: {sites: [` + list("1") + "]}\nclients: []\n", "estate.sites[0]: must be an object, not the number 1"},
		"numbers for objects, JSON Lines": {`{"kind":"manifest","format":1,"tool":"t","collected_at":"2014-03-01T00:00:00Z","source":{"kind":"demo"},"sections":[]}` + "\n" + `{"kind":"estate","sites":[` + list("1") + "]}\n", "s: line 2, column 27: estate.sites[0]: must be an object, not the number 1"},
		"wrong GUIDs, JSON":               {`{"estate":{"sites":[` + list(site) + `]},"clients":[]}`, `s: line 1, column 29: estate.sites[0].guid: "x" is not a GUID`},
		"wrong GUIDs, YAML":               {"estate:\n  sites:\n" + strings.Repeat("    - "+site+"\n", many) + "clients: []\n", `estate.sites[0].guid: "x" is not a GUID`},
		"unknown fields, JSON":            {`{"estate":{` + strings.Join(keys, ",") + `},"clients":[]}`, "unknown field"},
		"unknown fields, YAML":            {"estate: {" + strings.Join(keys, ", ") + "}\nclients: []\n", "unknown field"},
		"lines, JSON":                     {"{\"estate\":{\"sites\":[\n" + strings.ReplaceAll(list("1"), ",", ",\n") + "]},\"clients\":[]}", "s: line 2, column 1: estate.sites[0]: must be an object, not the number 1"},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, err := snapshot.NewReader(strings.NewReader(c.text), "s")
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Count(err.Error(), "\n") != 10 || !strings.Contains(err.Error(), "s: and ") {
				t.Errorf("got %.1500s", err)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}
