package evaluator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"
)

// Places that a worker forgets keep the clients that were counted there, and
// those that are counted in the same breath.
func TestForgottenPlacesKeepTheirClients(t *testing.T) {
	tightLimits(t)
	r := strings.Replace(acme.Rule, `"msg": "X"`, `"msg": sprintf("%d of %d", [data.totals.sites[site.guid].clients, data.totals.clients])`, 1)
	r = strings.Replace(r, `site.name == "X"`, `data.totals.sites[site.guid]`, 1)
	var subnets, clients []string
	for i := range 150 {
		subnets = append(subnets, fmt.Sprintf("{guid: 00000000-0000-0000-0000-000000001%03d, cidr: 10.1.%d.0/24, sites: [00000000-0000-0000-0000-000000000501]}", i, i))
		clients = append(clients, strings.Replace(clientAt(fmt.Sprintf(", status: Active, addresses: [10.1.%d.7/24]", i)), "0000001,", fmt.Sprintf("0000%03d,", i), 1))
	}
	doc := "estate: {package_servers: [], sites: [" + acme.SiteX + "], subnets: [" + strings.Join(subnets, ",") + "]}\nclients: [" + strings.Join(clients, ",") + "]"
	for f, err := range evaluate(t, packtest.Must(t, map[string]string{"a.rego": r}), doc).Findings() {
		if err != nil {
			t.Fatal(err)
		}
		if want := "150 of 150"; f.Msg != want {
			t.Errorf("got %s, want %s", f.Msg, want)
		}
	}
}
