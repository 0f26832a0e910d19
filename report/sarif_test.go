package report

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// TestSarifIsValid holds SARIF to the standard's schema and reads it back.
func TestSarifIsValid(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string][]byte{"hostile": writeHostile(t, "sarif")}
	for name, doc := range docs {
		var out bytes.Buffer
		if err := (sarifFormat{}).Write(&out, evaluate(t, doc), Options{FailOn: rule.Medium}); err != nil {
			t.Fatal(err)
		}
		texts[name] = out.Bytes()
	}
	var out bytes.Buffer
	if err := (sarifFormat{}).Write(&out, compared(t, comparedChange, evaluator.Options{}), Options{FailOn: rule.Medium}); err != nil {
		t.Fatal(err)
	}
	texts["compared"] = out.Bytes()
	for name, text := range texts {
		written, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := schema.Validate(written); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := sarif.FromBytes(text); err != nil {
			t.Errorf("%s cannot be read back: %v", name, err)
		}
	}
}

// TestSarifRoundTrip reads results with go-sarif and compares them with the
// findings.
func TestSarifRoundTrip(t *testing.T) {
	log, err := sarif.FromBytes(writeHostile(t, "sarif"))
	if err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	findings := hostileFindings(t)
	if len(run.Results) != len(findings) {
		t.Fatalf("%d results for %d findings", len(run.Results), len(findings))
	}
	for i, f := range findings {
		got := run.Results[i]
		if id := *run.Tool.Driver.Rules[got.RuleIndex].ID; id != f.Rule || *got.RuleID != f.Rule {
			t.Errorf("result %d is of %s and %s, want %s", i, id, *got.RuleID, f.Rule)
		}
		if got.PartialFingerprints["nscheckFinding/v1"] != f.Fingerprint || *got.BaselineState != string(f.BaselineState) {
			t.Errorf("result %d: fingerprints %v, state %s", i, got.PartialFingerprints, *got.BaselineState)
		}
		if (f.Waiver != nil) != (len(got.Suppressions) == 1) {
			t.Errorf("result %d has %d suppressions", i, len(got.Suppressions))
		} else if f.Waiver != nil && *got.Suppressions[0].Justification != f.Waiver.Reason {
			t.Errorf("result %d: justification %q", i, *got.Suppressions[0].Justification)
		}
		place := got.Locations[0]
		if l := place.LogicalLocations[0]; *l.Name != Line(f.Path) || !strings.Contains(*l.FullyQualifiedName, Line(f.Resource.Name)) {
			t.Errorf("result %d is at %q", i, *l.FullyQualifiedName)
		}
		if (f.Location != nil) != (place.PhysicalLocation != nil) {
			t.Errorf("result %d: place %v", i, place.PhysicalLocation)
		} else if f.Location != nil && *place.PhysicalLocation.Region.StartLine != f.Location.Line {
			t.Errorf("result %d: line %d", i, *place.PhysicalLocation.Region.StartLine)
		}
	}
	for _, rule := range run.Tool.Driver.Rules {
		if *rule.Help.Text == "" || *rule.Help.Markdown == "" {
			t.Errorf("%s has no help", *rule.ID)
		}
	}
}

// unescape takes escapes back in one pass, as the runners do.
func unescape(s string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(s) }

// FuzzSarifText checks that no message has a placeholder or a link, and that
// what was escaped comes back.
func FuzzSarifText(f *testing.F) {
	addHostile(f)
	f.Fuzz(func(t *testing.T, s string) {
		got := sarifText(s)
		back := unescape(got, `\\`, `\`, `\[`, `[`, `\]`, `]`, "{{", "{", "}}", "}")
		if want := clean(s, math.MaxInt); back != want {
			t.Errorf("%q becomes %q and that %q", want, got, back)
		}
		plain := unescape(got, `\\`, "", `\[`, "", `\]`, "", "{{", "", "}}", "")
		if sarifSpecial.MatchString(plain) {
			t.Errorf("%q still has a placeholder or a link", got)
		}
	})
}
