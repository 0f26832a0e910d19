package compare

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/evaluator/waiver"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/snapshot"
)

// stored writes a result as the JSON format does, as far as a baseline reads it.
func stored(t *testing.T, r *Outcome) *Baseline {
	t.Helper()
	doc := struct {
		*result.Result
		Findings []result.Finding `json:"findings"`
	}{Result: r.Result, Findings: []result.Finding{}}
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
// judge evaluates a document with waivers.
func judge(t *testing.T, p *rule.Pack, doc, waivers string, o evaluator.Options) *Outcome {
	t.Helper()
	return judgeAgainst(t, p, doc, waivers, o, nil)
}

// judgeAgainst evaluates a document with waivers and compares it with a baseline.
func judgeAgainst(t *testing.T, p *rule.Pack, doc, waivers string, o evaluator.Options, against *Against) *Outcome {
	t.Helper()
	if waivers != "" {
		w, err := waiver.Read("w.yaml", []byte(waivers), waiver.Settings{WarnDays: 14})
		if err != nil {
			t.Fatal(err)
		}
		o.Annotators = []result.Annotator{w}
	}
	snap, err := snapshot.NewReader(strings.NewReader(doc), "doc.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := EvaluateAgainst(t.Context(), p, snap, o, against)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestBaseline(t *testing.T) {
	withUnknown := acme.ActiveRule + "\nunknown contains {\"msg\": \"no idea\"} if input.domain == \"D\"\n"
	p := packtest.Must(t, map[string]string{"a.rego": withUnknown})
	other := packtest.Must(t, map[string]string{"a.rego": strings.NewReplacer("CLI-001", "CLI-002", "called_x", "called_y").Replace(acme.ActiveRule)})
	doc := func(clients ...string) string {
		return "estate: {subnets: []}\nclients: [" + strings.Join(clients, ",") + "]"
	}
	clientZ := "{guid: 00000000-0000-0000-0000-000000000009, name: Z, status: Active}"
	retired := strings.Replace(acme.ClientX, "Active", "Retired", 1)
	odd := strings.Replace(retired, "status", "domain: D, status", 1)
	tests := []struct {
		name          string
		before, after string
		packs         [2]*rule.Pack
		present, gone string // states and names
		counts        [4]int64
	}{
		{"nothing has changed", doc(acme.ClientX, acme.ClientY), doc(acme.ClientY, acme.ClientX), [2]*rule.Pack{p, p}, "unchanged Y, unchanged X", "", [4]int64{0, 2, 0, 0}},
		{"one more", doc(acme.ClientX), doc(acme.ClientX, acme.ClientY), [2]*rule.Pack{p, p}, "unchanged X, new Y", "", [4]int64{1, 1, 0, 0}},
		{"one less", doc(acme.ClientX, acme.ClientY), doc(retired, acme.ClientY), [2]*rule.Pack{p, p}, "unchanged Y", "absent X", [4]int64{0, 1, 1, 0}},
		{"it cannot be judged now", doc(acme.ClientX, acme.ClientY), doc(odd, acme.ClientY), [2]*rule.Pack{p, p}, "unchanged Y", "incomparable X", [4]int64{0, 1, 0, 1}},
		{"it could not be judged then", doc(odd, acme.ClientY), doc(acme.ClientX, acme.ClientY), [2]*rule.Pack{p, p}, "incomparable X, unchanged Y", "", [4]int64{0, 1, 0, 1}},
		{"others can be", doc(odd, acme.ClientY, clientZ), doc(odd, clientZ), [2]*rule.Pack{p, p}, "unchanged Z", "absent Y", [4]int64{0, 1, 1, 0}},
		{"no clients now", doc(acme.ClientX), doc(), [2]*rule.Pack{p, p}, "", "incomparable X", [4]int64{0, 0, 0, 1}},
		{"no clients then", doc(), doc(acme.ClientX), [2]*rule.Pack{p, p}, "incomparable X", "", [4]int64{0, 0, 0, 1}},
		{"another rule", doc(acme.ClientX), doc(acme.ClientX), [2]*rule.Pack{other, p}, "incomparable X", "incomparable X", [4]int64{0, 0, 0, 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := stored(t, judge(t, tt.packs[0], tt.before, "", evaluator.Options{}))
			r := judgeAgainst(t, tt.packs[1], tt.after, "", evaluator.Options{}, &Against{Baseline: b, Anyway: tt.packs[0] != tt.packs[1]})
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
			if strings.HasPrefix(tt.gone, string(result.Absent)) {
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

// TestBaseline_lapsedWaiver: what a waiver covered in the baseline and none covers now
// is new, so that --fail-on-new does not let it pass.
func TestBaseline_lapsedWaiver(t *testing.T) {
	p := packtest.Must(t, map[string]string{"a.rego": acme.ActiveRule})
	doc := "estate: {subnets: []}\nclients: [" + acme.ClientX + "," + acme.ClientY + "]"
	w := func(more string) string {
		return "waivers:\n  - {rule: ACME-CLI-001, object: {type: client, guid: 00000000-0000-0000-0000-000000000001}, reason: moves" + more + "}\n"
	}
	at := func(day rule.Date, waivers string, b *Baseline) *Outcome {
		if b == nil {
			return judge(t, p, doc, waivers, evaluator.Options{AsOf: day})
		}
		return judgeAgainst(t, p, doc, waivers, evaluator.Options{AsOf: day}, &Against{Baseline: b, FailOnNew: true})
	}
	const may, june = rule.Date("2026-05-01"), rule.Date("2026-06-01")
	accepted := stored(t, at(may, w(", expires: 2026-05-31"), nil))
	plain := stored(t, at(may, "", nil))
	tests := []struct {
		name, waivers string
		day           rule.Date
		base          *Baseline
		state         result.BaselineState
		lapsed        string
		status        int
	}{
		{"it holds", w(", expires: 2026-05-31"), may, accepted, result.Unchanged, "", result.ExitClean},
		{"it has expired", w(", expires: 2026-05-31"), june, accepted, result.New, "it expired on 2026-05-31", result.ExitFindings},
		{"it is not there", "", may, accepted, result.New, "it no longer covers the object of the finding", result.ExitFindings},
		{"it is for another object", "waivers:\n  - {rule: ACME-CLI-001, object: {name: Y}, reason: moves}\n", may, accepted, result.New, "it no longer covers the object of the finding", result.ExitFindings},
		{"the object has changed", w(", object_hash: abababababab"), may, accepted, result.New, "the object that it is about has changed", result.ExitFindings},
		{"another waiver covers it", w(""), june, accepted, result.Unchanged, "", result.ExitClean},
		{"it was not accepted before", "", may, plain, result.Unchanged, "", result.ExitClean},
		{"it is accepted now", w(""), may, plain, result.Unchanged, "", result.ExitClean},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := at(tt.day, tt.waivers, tt.base)
			for f, err := range r.Findings() {
				if err != nil {
					t.Fatal(err)
				}
				if f.Resource.Name != "X" {
					continue
				}
				lapsed := ""
				if f.LapsedWaiver != nil {
					lapsed = f.LapsedWaiver.Msg
				}
				if f.BaselineState != tt.state || lapsed != tt.lapsed {
					t.Errorf("it is %s, %q; want %s, %q", f.BaselineState, lapsed, tt.state, tt.lapsed)
				}
			}
			if got := r.ExitStatus(rule.Low, true); got != tt.status {
				t.Errorf("exit status %d, want %d", got, tt.status)
			}
			if c := r.Baseline; c.New+c.Unchanged != 2 || c.Absent != 0 || (c.New == 1) != (tt.state == result.New) {
				t.Errorf("counts %+v", c)
			}
		})
	}
}

// TestBaseline_otherEstate: a baseline of another Notification Server, or of a later
// collection, is refused, because nothing would be new against it.
func TestBaseline_otherEstate(t *testing.T) {
	p := packtest.Must(t, map[string]string{"a.rego": acme.ActiveRule})
	snap := func(name, guid string, day int) *snapshot.Reader {
		guid = "00000000-0000-0000-0000-00000000000" + guid
		text := fmt.Sprintf(`{"kind": "manifest", "format": 1, "tool": "0.1.0", "collected_at": "2026-05-%02dT06:00:00Z", "source": {"kind": "demo"}, "sections": []}
{"kind": "estate", "server": {"guid": %q, "name": %q, "version": "8.5"}, "subnets": []}
`, day, guid, name)
		text += fmt.Sprintf(`{"kind": "end", "clients": 0, "sha256": "%x"}`+"\n", sha256.Sum256([]byte(text)))
		r, err := snapshot.NewReader(strings.NewReader(text), "snap.jsonl")
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	evaluate := func(s *snapshot.Reader, against *Against) (*Outcome, error) {
		r, err := EvaluateAgainst(t.Context(), p, s, evaluator.Options{}, against)
		if err == nil {
			t.Cleanup(func() { r.Close() })
		}
		return r, err
	}
	first, err := evaluate(snap("NS01", "1", 2), nil)
	if err != nil {
		t.Fatal(err)
	}
	base := stored(t, first)
	tests := []struct {
		name, server, guid string
		day                int
		want               string
	}{
		{"the same", "NS01", "1", 2, ""},
		{"later", "NS01", "1", 3, ""},
		{"under another name", "NS99", "1", 3, ""},
		{"earlier", "NS01", "1", 1, "the snapshot was collected on 2026-05-01 06:00:00Z, before that of the baseline on 2026-05-02 06:00:00Z"},
		{"another server", "NS02", "2", 3, "the baseline is of the Notification Server NS01 (00000000-0000-0000-0000-000000000001), the snapshot of NS02 (00000000-0000-0000-0000-000000000002)"},
		{"another server of that name", "NS01", "2", 3, "the baseline is of the Notification Server NS01 "},
		{"both", "NS02", "2", 1, "; the snapshot was collected on"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := evaluate(snap(tt.server, tt.guid, tt.day), &Against{Baseline: base})
			var incomparable *IncomparableError
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.want != "" && (!errors.As(err, &incomparable) || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if _, err := evaluate(snap(tt.server, tt.guid, tt.day), &Against{Baseline: base, Anyway: true}); err != nil {
				t.Errorf("compared anyway: %v", err)
			}
		})
	}
}

// TestCompare_sides: the two sides of a comparison must be of one Notification Server,
// in the order in which they were collected.
func TestCompare_sides(t *testing.T) {
	at := func(name, guid string, day int) *result.SnapshotInfo {
		s := &snapshot.Server{Name: name}
		if guid != "" {
			s.GUID = &guid
		}
		return &result.SnapshotInfo{Server: s, Manifest: &snapshot.Manifest{CollectedAt: snapshot.Time{Time: time.Date(2026, 5, day, 6, 0, 0, 0, time.UTC)}}}
	}
	tests := []struct {
		name       string
		base, head *result.SnapshotInfo
		want       string
	}{
		{"the same", at("NS01", "A", 2), at("NS01", "A", 2), ""},
		{"later", at("NS01", "A", 2), at("NS01", "A", 3), ""},
		{"older", at("NS01", "A", 2), at("NS01", "A", 1), "the head was collected on 2026-05-01 06:00:00Z, before the base on 2026-05-02 06:00:00Z"},
		{"another server", at("NS01", "A", 2), at("NS01", "B", 3), "the base is of the Notification Server NS01 (A), the head of NS01 (B)"},
		{"by name", at("NS01", "", 2), at("ns01", "B", 3), ""},
		{"another name", at("NS01", "", 2), at("NS02", "B", 3), "the base is of the Notification Server NS01, the head of NS02 (B)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(sidesDiffer(tt.base, tt.head), "; "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
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
