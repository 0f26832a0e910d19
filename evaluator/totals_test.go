package evaluator

import (
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"
)

// clientAt is client X, with more fields.
func clientAt(more string) string {
	return "{guid: 00000000-0000-0000-0000-000000000001, name: X" + more + "}"
}

// Finding nothing among clients that were not counted says little.
func TestUncountedClients(t *testing.T) {
	inSites := strings.Replace(acme.Rule, `site.name == "X"`, `data.totals.sites[site.guid].clients > 5`, 1)
	counting := strings.Replace(acme.Rule, `site.name == "X"`, `data.totals.clients > 5`, 1)
	whole := strings.Replace(acme.ClientRule, `input.name == "X"`, `object.get(input, ["licence", "in_use"], true) == false`, 1)
	const all = ", status: Active, agent: {}, plugin: {}, addresses: [], filters: [], plugin_policies: [], packages: {}, inventory: {}, task_agent: {}"
	tests := []struct {
		name, rule, clients string
		verdict             result.Verdict
		reason              string
	}{
		{"addresses of all", inSites, clientAt(", status: Active, addresses: [10.1.0.7/24]"), result.Pass, ""},
		{"known to have no address", inSites, clientAt(", status: Active, addresses: []"), result.Pass, ""},
		{"addresses not collected", inSites, acme.ClientX + "," + strings.Replace(clientAt(", status: Active, addresses: [10.1.0.7/24]"), "0001", "0009", 1),
			result.NotEvaluated, "not counted where they are, for their addresses were not collected: 1 client"},
		{"nobody asks where they are", counting, acme.ClientX, result.Pass, ""},
		{"addresses of a retired computer", inSites, acme.ClientY[:len(acme.ClientY)-1] + ", addresses: [10.1.0.8/24]}," + clientAt(", status: Retired"), result.Pass, ""},
		{"a status in another language", counting, clientAt(", status: Aktiv"), result.NotEvaluated, "no computer in the snapshot is an Active client"},
		{"the same for a rule about clients", acme.ClientRule, strings.Replace(acme.ClientY, "Active", "Aktiv", 1), result.NotEvaluated, "no computer in the snapshot is an Active client"},
		{"a client as a whole with all sections", whole, clientAt(all + ", licence: {in_use: true}"), result.Pass, ""},
		{"a client as a whole without a section", whole, clientAt(all), result.NotEvaluated, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := "estate: {package_servers: [], sites: [" + acme.SiteX + "], subnets: [{guid: 00000000-0000-0000-0000-000000000601, cidr: 10.1.0.0/24, " +
				"sites: [00000000-0000-0000-0000-000000000501]}]}\nclients: [" + tt.clients + "]"
			rule := evaluate(t, packtest.Must(t, map[string]string{"a.rego": tt.rule}), doc).Rules[0]
			reason := ""
			if len(rule.Reasons) > 0 {
				reason = rule.Reasons[0].Msg
			}
			if rule.Verdict != tt.verdict || reason != tt.reason {
				t.Errorf("got %s %q, want %s %q", rule.Verdict, reason, tt.verdict, tt.reason)
			}
		})
	}
}

func TestClientsCountInEverySiteOfTheirSubnet(t *testing.T) {
	r := strings.Replace(acme.Rule, `"msg": "X"`, `"msg": sprintf("%d clients", [data.totals.sites[site.guid].clients])`, 1)
	r = strings.Replace(r, `site.name == "X"`, `data.totals.sites[site.guid]`, 1)
	doc := "estate: {package_servers: [], sites: [" + acme.SiteX + "," + acme.SiteY + "], subnets: [{guid: 00000000-0000-0000-0000-000000000601, cidr: 10.1.0.0/24, " +
		"sites: [00000000-0000-0000-0000-000000000501, 00000000-0000-0000-0000-000000000502]}, {guid: 00000000-0000-0000-0000-000000000602, " +
		"cidr: 10.2.0.0/24, sites: [00000000-0000-0000-0000-000000000502]}]}\nclients: [" +
		clientAt(", status: Active, addresses: [10.1.0.7/24, 10.2.0.7/24]") + "," + acme.ClientY[:len(acme.ClientY)-1] + ", addresses: [10.2.0.8/24]}]"
	var got []string
	for f, err := range evaluate(t, packtest.Must(t, map[string]string{"a.rego": r}), doc).Findings() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, f.Resource.Name+": "+f.Msg)
	}
	if want := "X: 1 clients, Y: 2 clients"; strings.Join(got, ", ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestVersions(t *testing.T) {
	for text, want := range map[string]string{
		"7.5.3153": "7.5.3153", "8.5.3000-RU3": "8.5.3000", "8.5.3000.0": "8.5.3000", " v7.1 ": "7.1.0", "7.1 SP1": "7.1.0",
		"8.5.3000+4": "8.5.3000", "8": "8.0.0", "seven": "", "": "", "99999999999999999999999": "",
	} {
		got := ""
		if v := rule.ParseVersion(text); v != nil {
			got = v.String()
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestNamelessObjectsKeepTheirFindings(t *testing.T) {
	withGUID := strings.Replace(acme.Rule, `"name": site.name`, `"guid": site.guid, "name": ""`, 1)
	bare := strings.Replace(acme.Rule, `, "name": site.name`, "", 1)
	for text, want := range map[string]string{
		withGUID:        "00000000-0000-0000-0000-000000000501",
		bare:            "site",
		acme.ClientRule: "00000000-0000-0000-0000-000000000001",
	} {
		if text == acme.ClientRule {
			text = strings.Replace(text, `input.name == "X"`, `input.name == ""`, 1)
		}
		r := evaluate(t, packtest.Must(t, map[string]string{"a.rego": text}), "estate: {sites: ["+acme.SiteX+"]}\nclients: ["+strings.Replace(acme.ClientX, "name: X", `name: ""`, 1)+"]")
		n := 0
		for f, err := range r.Findings() {
			if n++; err != nil || f.Resource.Name != want {
				t.Errorf("got %q %v, want %q", f.Resource.Name, err, want)
			}
		}
		if n != 1 {
			t.Errorf("%d findings, want 1 called %s: %+v", n, want, r.Rules[0])
		}
	}
}

// If a snapshot does not tell which computer is the Notification Server, the only client
// of a site may be that server. A rule that does not ask for such sites finds nothing
// there and cannot pass either.
func TestUnrecognisedServer(t *testing.T) {
	const site, subnet = "00000000-0000-0000-0000-000000000501", "00000000-0000-0000-0000-000000000601"
	found := strings.Replace(acme.Rule, `site.name == "X"`, `data.totals.sites[site.guid]`, 1)
	asks := found + "\nunknown contains {\"msg\": \"X\", \"resource\": {\"type\": \"site\", \"name\": site.name}} if {\n\tsome site in data.estate.sites\n\tdata.totals.perhaps_empty.sites[site.guid]\n}\n"
	const reason = "2 places (sites, subnets, networks): the only client may be the Notification Server, whose GUID is unknown"
	tests := []struct {
		name, rule string
		server     map[string]any
		clients    int
		verdict    result.Verdict
		why        string
	}{
		{"known", found, map[string]any{"name": "NS", "guid": testGUID(9)}, 1, result.Fail, ""},
		{"only the server", found, map[string]any{"name": "NS", "guid": testGUID(1)}, 1, result.NotEvaluated, "no computer in the snapshot is an Active client"},
		{"no GUID", found, map[string]any{"name": "NS"}, 1, result.NotEvaluated, reason},
		{"no section", found, nil, 1, result.NotEvaluated, reason},
		{"no section and two clients", found, nil, 2, result.Fail, ""},
		{"no section, and the rule asks", asks, nil, 1, result.NotEvaluated, "site X: X"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := &lawDoc{sections: allCollected(), estate: map[string]any{
				"package_servers": []any{},
				"sites":           []any{map[string]any{"guid": site, "name": "X"}},
				"subnets":         []any{map[string]any{"guid": subnet, "cidr": "10.1.0.0/24", "sites": []any{site}}},
			}}
			if delete(doc.sections, "server"); tt.server != nil {
				doc.estate["server"], doc.sections["server"] = tt.server, "collected"
			}
			for i := range tt.clients {
				doc.clients = append(doc.clients, map[string]any{"guid": testGUID(1 + i), "name": "C", "status": "Active", "addresses": []any{"10.1.0.7/24"}})
			}
			pack := packtest.Must(t, map[string]string{"a.rego": tt.rule})
			got := answersOf(t, pack, doc.text(t), "")
			if id := pack.Rules[0].ID; got.verdicts[id] != tt.verdict || !strings.Contains(got.why[id], tt.why) {
				t.Errorf("got %s %q, want %s %q", got.verdicts[id], got.why[id], tt.verdict, tt.why)
			}
		})
	}
}
