package rule

import (
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/internal/acme"

	"github.com/nscheck/nscheck/snapshot"
)

func TestLintSaysWhatCannotBeRemembered(t *testing.T) {
	for name, c := range map[string]struct {
		condition string
		want      []string
	}{
		"few values":   {`input.plugin.installed == true`, nil},
		"a time":       {`input.inventory.basic_at == "2014-01-01T00:00:00Z"`, []string{"it reads input.inventory.basic_at, which differs for every client; use input.inventory.basic_age_days"}},
		"the name":     {`input.name == "X"`, []string{"it reads input.name, which differs for every client"}},
		"an object":    {`count(input.packages.scan) > 3`, []string{"it reads all of input.packages.scan, and in it input.packages.scan.last_run.started_at differs for every client; name the fields that it needs; use input.packages.scan.last_run.age_days"}},
		"input itself": {`count(input) > 3`, []string{"every client is judged anew: it uses input as a whole; name the fields that it needs"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := mustPack(t, map[string]string{"a.rego": strings.Replace(acme.ClientRule, `input.name == "X"`, c.condition, 1)})
			var got []string
			for _, l := range p.Lint() {
				if l.Name != NotRemembered || l.Rule != p.Rules[0].ID || l.File != p.Rules[0].File {
					t.Errorf("%+v", l)
				}
				got = append(got, l.Msg)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestTheBuiltinRulesAreRemembered(t *testing.T) {
	p := builtinPack(t)
	for _, l := range p.Lint() {
		t.Errorf("%s: %s", l.Rule, l.Msg)
	}
}

// TestUnlikeFieldsAreThere holds the table to the fields of a client.
func TestUnlikeFieldsAreThere(t *testing.T) {
	known := map[string]bool{"location": true}
	for f := range snapshot.Field(snapshot.NumFields) {
		known[strings.Join(FieldPaths[f], ".")] = true
	}
	for field, other := range unlike {
		if !known[field] || other != "" && !known[other] {
			t.Errorf("%s or %s is no field of a client", field, other)
		}
	}
}
