package settings

import "testing"

// TestRewriteClient brings the plug-in policies of a client into line with a change
// of these policies.
func TestRewriteClient(t *testing.T) {
	const policy, other, windows, servers = "00000000-0000-0000-0000-00000000000A", "00000000-0000-0000-0000-00000000000B", "00000000-0000-0000-0000-000000000A01", "00000000-0000-0000-0000-000000000A02"
	const document = `
estate:
  server: {guid: 00000000-0000-0000-0000-000000000001, name: NS01, version: 8.5.3073}
  policies:
    - {guid: ` + policy + `, name: P, role: plugin_policy, enabled: true, target_filters: [` + windows + `], schedules: []}
    - {guid: ` + other + `, name: Off, role: plugin_policy, enabled: false, target_filters: [` + windows + `], schedules: []}
    - {guid: 00000000-0000-0000-0000-00000000000C, name: Scan, role: vulnerability_analysis, enabled: true, target_filters: [` + windows + `], schedules: []}
  filters:
    - {guid: ` + windows + `, name: Windows, members: 1}
    - {guid: ` + servers + `, name: Servers, members: 0}
`
	const client = `{"kind":"client","guid":"x","filters":["` + windows + `"],"plugin_policies":["` + policy + `"],"name":"<A>"}`
	const gone = `{"kind":"client","guid":"x","filters":["` + windows + `"],"plugin_policies":[],"name":"<A>"}`
	const unknown = `{"kind":"client","guid":"x","filters":["` + windows + `"],"name":"<A>"}`
	for name, c := range map[string]struct{ overlay, want string }{
		"another setting":         {"policies: {P: {schedules: [{type: daily, repeat_minutes: 60}]}}", client},
		"another kind of policy":  {"remove: {policies: [Scan]}", client},
		"removed":                 {"remove: {policies: [P]}", gone},
		"switched off":            {"policies: {P: {enabled: false}}", gone},
		"perhaps off":             {"policies: {P: {enabled: null}}", unknown},
		"no filter is left":       {"policies: {P: {target_filters: []}}", gone},
		"its filter is removed":   {"remove: {filters: [Windows]}", gone},
		"another filter":          {"policies: {P: {target_filters: [Servers]}}", gone},
		"one more filter":         {"policies: {P: {target_filters: {add: [Servers]}}}", client},
		"a filter nobody knows":   {"policies: {P: {target_filters: [00000000-0000-0000-0000-0000000000FF]}}", unknown},
		"a second one":            {"policies: {Off: {enabled: true}}", `{"kind":"client","guid":"x","filters":["` + windows + `"],"plugin_policies":["` + policy + `","` + other + `"],"name":"<A>"}`},
		"a second one for others": {"policies: {Off: {enabled: true, target_filters: [Servers]}}", client},
	} {
		out, err := Apply(rawOf(t, document), []File{{Name: "o.yaml", Text: []byte(c.overlay)}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := []byte(client)
		if rewrite := out.ClientRewriter(); rewrite != nil {
			if got, err = rewrite(got); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if string(got) != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
	for _, record := range []string{`{"guid":"x"}`, `{"plugin_policies":["` + other + `"]}`} {
		out, err := Apply(rawOf(t, document), []File{{Name: "o.yaml", Text: []byte("remove: {policies: [P]}")}})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := out.ClientRewriter()([]byte(record)); err != nil || string(got) != record {
			t.Errorf("%s becomes %s: %v", record, got, err)
		}
	}
}
