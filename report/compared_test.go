package report

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/settings"
	"github.com/nscheck/nscheck/snapshot"
)

// comparedChange makes one fault, mends one, and leaves the others.
const comparedChange = `sites:
  Leeds: {name: Well}
add:
  sites: {York: {}}
`

// changed is a snapshot with another estate.
type changed struct {
	*snapshot.Reader
	outcome *settings.Outcome
}

func (c changed) Estate() (*snapshot.Estate, json.RawMessage) {
	return c.outcome.Estate, c.outcome.Raw
}

// compared judges the broken estate before and after a change, and returns the
// head, which knows the comparison.
func compared(t testing.TB, overlay string, opts evaluator.Options) *compare.Outcome {
	t.Helper()
	files := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(rules)).Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	pack, err := rule.LoadPack(rule.Source{Name: "house", FS: files})
	if err != nil {
		t.Fatal(err)
	}
	read := func() *snapshot.Reader {
		snap, err := snapshot.NewReader(strings.NewReader(docs["broken"]), "doc.yaml")
		if err != nil {
			t.Fatal(err)
		}
		return snap
	}
	opts.ToolVersion = "1.2.3"
	judge := func(snap evaluator.Snapshot) *compare.Side {
		r, err := compare.EvaluateSide(context.Background(), pack, snap, opts)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close() })
		return r
	}
	_, raw := read().Estate()
	outcome, err := settings.Apply(raw, []settings.File{{Name: "change.yaml", Text: []byte(overlay)}})
	if err != nil {
		t.Fatal(err)
	}
	base, head := judge(read()), judge(changed{read(), outcome})
	d, err := compare.Compare(context.Background(), base, head, outcome.Settings, compare.GateLimits{FullBase: true})
	if err != nil {
		t.Fatal(err)
	}
	return d.Outcome()
}

// TestComparedGolden compares every format's bytes of a comparison with testdata.
func TestComparedGolden(t *testing.T) {
	o := Options{FailOn: rule.Medium}
	head := compared(t, comparedChange, evaluator.Options{})
	for _, name := range Names {
		var got bytes.Buffer
		var err error
		switch name {
		case "table":
			err = DifferenceTable(&got, head.Compared(), o, o.exit(head))
		case "json":
			err = DifferenceJSON(&got, head.Compared(), o.exit(head))
		default:
			err = formats[name].Write(&got, head, o)
		}
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "compared."+name, got.Bytes())
	}
}
