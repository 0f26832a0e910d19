package evaluator

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// stored writes a result as the JSON format does, as far as a baseline reads it.
func stored(t *testing.T, r *Outcome) *Baseline {
	t.Helper()
	doc := struct {
		*Result
		Findings []Finding `json:"findings"`
	}{Result: r.Result, Findings: []Finding{}}
	for f, err := range r.Findings() {
		if err != nil {
			t.Fatal(err)
		}
		doc.Findings = append(doc.Findings, f)
	}
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "result.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := ReadBaseline(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestBaseline checks the states of findings of both sides.
func TestBaseline(t *testing.T) {
	withUnknown := activeRule + "\nunknown contains {\"msg\": \"no idea\"} if input.domain == \"D\"\n"
	p := mustPack(t, map[string]string{"a.rego": withUnknown})
	other := mustPack(t, map[string]string{"a.rego": strings.NewReplacer("CLI-001", "CLI-002", "called_x", "called_y").Replace(activeRule)})
	doc := func(clients ...string) string {
		return "estate: {subnets: []}\nclients: [" + strings.Join(clients, ",") + "]"
	}
	clientZ := "{guid: 00000000-0000-0000-0000-000000000009, name: Z, status: Active}"
	retired := strings.Replace(clientX, "Active", "Retired", 1)
	odd := strings.Replace(retired, "status", "domain: D, status", 1)
	tests := []struct {
		name          string
		before, after string
		packs         [2]*Pack
		present, gone string // states and names
		counts        [4]int64
	}{
		{"nothing has changed", doc(clientX, clientY), doc(clientY, clientX), [2]*Pack{p, p}, "unchanged Y, unchanged X", "", [4]int64{0, 2, 0, 0}},
		{"one more", doc(clientX), doc(clientX, clientY), [2]*Pack{p, p}, "unchanged X, new Y", "", [4]int64{1, 1, 0, 0}},
		{"one less", doc(clientX, clientY), doc(retired, clientY), [2]*Pack{p, p}, "unchanged Y", "absent X", [4]int64{0, 1, 1, 0}},
		{"it cannot be judged now", doc(clientX, clientY), doc(odd, clientY), [2]*Pack{p, p}, "unchanged Y", "incomparable X", [4]int64{0, 1, 0, 1}},
		{"it could not be judged then", doc(odd, clientY), doc(clientX, clientY), [2]*Pack{p, p}, "incomparable X, unchanged Y", "", [4]int64{0, 1, 0, 1}},
		{"others can be", doc(odd, clientY, clientZ), doc(odd, clientZ), [2]*Pack{p, p}, "unchanged Z", "absent Y", [4]int64{0, 1, 1, 0}},
		{"no clients now", doc(clientX), doc(), [2]*Pack{p, p}, "", "incomparable X", [4]int64{0, 0, 0, 1}},
		{"no clients then", doc(), doc(clientX), [2]*Pack{p, p}, "incomparable X", "", [4]int64{0, 0, 0, 1}},
		{"another rule", doc(clientX), doc(clientX), [2]*Pack{other, p}, "incomparable X", "incomparable X", [4]int64{0, 0, 0, 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := stored(t, judge(t, tt.packs[0], tt.before, "", Options{}))
			r := judgeAgainst(t, tt.packs[1], tt.after, "", Options{}, &Against{Baseline: b, Anyway: tt.packs[0] != tt.packs[1]})
			var present, gone []string
			for f, err := range r.WithAbsent() {
				if err != nil {
					t.Fatal(err)
				}
				present = append(present, string(f.BaselineState)+" "+f.Resource.Name)
			}
			for f := range r.Absent() {
				gone = append(gone, string(f.BaselineState)+" "+f.Resource.Name)
			}
			want := tt.present // what is incomparable of the baseline is left out
			if strings.HasPrefix(tt.gone, string(Absent)) {
				want = strings.TrimPrefix(want+", "+tt.gone, ", ")
			}
			if got := strings.Join(present, ", "); got != want || strings.Join(gone, ", ") != tt.gone {
				t.Errorf("got %s, and gone %v; want %s", got, gone, want)
			}
			c := r.Baseline
			if diff := cmp.Diff(tt.counts, [4]int64{c.New, c.Unchanged, c.Absent, c.Incomparable}); diff != "" {
				t.Errorf("counts (-want +got):\n%s", diff)
			}
			if c.SameRules != (tt.packs[0] == tt.packs[1]) {
				t.Errorf("same rules: %v", c.SameRules)
			}
		})
	}
}

func TestReadBaselineRefuses(t *testing.T) {
	const head = `{"format": 1, "tool": {"name": "nscheck"}, `
	tests := []struct{ name, text, want string }{
		{"nothing", "", "it is no result of nscheck"},
		{"another document", `{"estate": {}}`, "it is no result of nscheck"},
		{"another tool", `{"format": 1, "tool": {"name": "x"}, "findings": []}`, "it is no result of nscheck"},
		{"no findings", head + `"rules": []}`, "it is no result of nscheck"},
		{"a later format", `{"format": 9, "tool": {"name": "nscheck"}, "findings": []}`, "it has format 9, and this nscheck reads 1"},
		{"half a file", head + `"findings": [{"rule": "A-001"`, "it is truncated"},
		{"a finding without fingerprint", head + `"findings": [{"rule": "A-001"}]}`, "a finding of A-001 has no fingerprint"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "r.json")
			if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := ReadBaseline(file); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
