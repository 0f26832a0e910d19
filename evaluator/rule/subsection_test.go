package rule

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/policies"
)

// TestCostOfASection holds what the lack of a section or field costs: the rules whose
// answer depends on it, and no others.
func TestCostOfASection(t *testing.T) {
	p, err := LoadPack(Source{Name: "builtin", FS: policies.FS})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"package_servers.basic_inventory_age_days": {"NS-SITE-006"},
		"licences.same_name":                       {"NS-LIC-005"},
		"sites.prevent_downloads":                  {"NS-PKG-004", "NS-SITE-008"},
	} {
		var got []string
		for _, r := range p.Rules {
			if slices.Contains(r.Needs, name) {
				got = append(got, r.ID)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	var got []string
	for _, r := range p.Rules {
		if slices.Contains(r.Reads, "data.estate.server.read_committed_snapshot") {
			got = append(got, r.ID)
		}
	}
	if diff := cmp.Diff([]string{"NS-PLAT-002"}, got); diff != "" {
		t.Errorf("read_committed_snapshot (-want +got):\n%s", diff)
	}
}

// TestSubsectionsAreTheBindings makes sure that each section of the bindings that fills
// fields of another section's objects is known as one.
func TestSubsectionsAreTheBindings(t *testing.T) {
	bound := map[string]bool{}
	for _, b := range binding.All() {
		bound[b.Section] = true
		if strings.Contains(b.Section, ".") && !strings.HasPrefix(b.Section, "clients.") && SubsectionOf(b.Section) == nil {
			t.Errorf("%s is not among the subsections", b.Section)
		}
	}
	for _, s := range Subsections {
		if !bound[s.Name] && !s.OnDemand {
			t.Errorf("no binding fills %s", s.Name)
		}
	}
}

// TestPartialPreventDownloads: a site without a row is unknown, so that a partial section
// does not mislead about the sites that have one; a section that is missing does.
func TestPartialPreventDownloads(t *testing.T) {
	if s := SubsectionOf("sites.prevent_downloads"); s == nil || s.Absence == AsNone || s.Absence == asFewer {
		t.Errorf("%+v", s)
	}
}
