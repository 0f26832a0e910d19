package evaluator

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"
)

// TestObjectHash checks what of an estate object matters.
func TestObjectHash(t *testing.T) {
	const server = "{guid: 00000000-0000-0000-0000-000000000701, name: PS, constrained: false, sites: [" + acme.GUIDSiteX + "], addresses: [], basic_inventory_age_days: 1}"
	hash := func(doc string) string {
		p := packtest.Must(t, map[string]string{"a.rego": strings.Replace(strings.Replace(acme.Rule, `"name": site.name}`, `"guid": site.guid, "name": site.name}`, 1), `site.name == "X"`, fmt.Sprintf("site.guid == %q", acme.GUIDSiteX), 1)})
		for f := range evaluate(t, p, doc).Findings() {
			return f.ObjectHash
		}
		return ""
	}
	base := "estate: {sites: [" + acme.SiteX + "], subnets: [], package_servers: [" + server + "]}"
	for name, tt := range map[string]struct {
		old, new string
		same     bool
	}{
		"the site's name":      {"name: X", "name: Z", true},
		"a server's age":       {"age_days: 1", "age_days: 2", true},
		"a server's setting":   {"constrained: false", "constrained: true", false},
		"a server's site":      {"sites: [" + acme.GUIDSiteX + "]", "sites: []", false},
		"the site's setting":   {"name: X}", "name: X, prevent_downloads: [Ns]}", false},
		"a subnet of the site": {"subnets: []", "subnets: [{guid: 00000000-0000-0000-0000-000000000601, cidr: 10.1.0.0/24, sites: [" + acme.GUIDSiteX + "]}]", false},
	} {
		changed := strings.Replace(base, tt.old, tt.new, 1)
		if changed == base {
			t.Fatalf("%s: nothing was changed", name)
		}
		if got := hash(changed) == hash(base); got != tt.same || hash(base) == "" {
			t.Errorf("%s: same = %v, want %v", name, got, tt.same)
		}
	}
}

// TestClientHashOfRecordReadBack checks that a record has the same hash before and
// after it was on disk, where a list without members is absent.
func TestClientHashOfRecordReadBack(t *testing.T) {
	before := &clientRecord{whereabouts: whereabouts{Sites: []string{}}, pattern: pattern{Arrived: []string{}, Findings: []clientFinding{{Path: "a", Actual: "b"}}}}
	text, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	after := &clientRecord{}
	if err := decodeRecord(string(text), after); err != nil {
		t.Fatal(err)
	}
	if clientHash(before, 0) != clientHash(after, 0) {
		t.Error("the hash has changed")
	}
}
