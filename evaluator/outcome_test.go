package evaluator

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"
)

func TestTalliesOfSomethingElse(t *testing.T) {
	for _, tt := range []struct {
		set  any
		want string
	}{
		{[]any{[]any{"plugins", "X"}}, ""},
		{[]any{[]any{"plugins", "X"}, "x"}, `tally must contain lists of texts, such as ["plugins", site], not "x"`},
		{[]any{[]any{"plugins", 3}}, `tally must contain lists of texts, such as ["plugins", site], not ["plugins",3]`},
		{[]any{[]any{}}, "tally contains an empty list"},
		{"x", "tally is not a set"},
	} {
		if _, err := readOutcome(&rule.Rule{Scope: rule.ClientScope}, map[string]any{"tally": tt.set}); errorText(err) != tt.want {
			t.Errorf("%v: got %v, want %s", tt.set, err, tt.want)
		}
	}
}

// TestUnknownListsAllObjects makes sure that the JSON of a result lists every object of
// an unknown sentence, also of those beyond the number of sentences that are listed.
func TestUnknownListsAllObjects(t *testing.T) {
	for name, tt := range map[string]struct {
		objects int
		msg     string
		groups  int
	}{
		"five":           {5, `"no idea"`, 1},
		"six":            {6, `"no idea"`, 1},
		"many":           {700, `"no idea"`, 1},
		"many sentences": {maxUnknownMessages + 70, `sprintf("no idea about %s", [NAME])`, maxUnknownMessages + 1},
	} {
		var sites, clients []string
		for i := range tt.objects {
			sites = append(sites, fmt.Sprintf("{guid: 00000000-0000-0000-0000-%012d, name: S%d}", i+1, i))
			clients = append(clients, fmt.Sprintf("{guid: 00000000-0000-0000-0001-%012d, name: C%d, status: Active}", i+1, i))
		}
		p := packtest.Must(t, map[string]string{
			"a.rego": acme.Rule + "\nunknown contains {\"msg\": " + strings.ReplaceAll(tt.msg, "NAME", "site.name") + `, "resource": {"type": "site", "name": site.name, "guid": site.guid}} if some site in data.estate.sites` + "\n",
			"b.rego": acme.ClientRule + "\nunknown contains {\"msg\": " + strings.ReplaceAll(tt.msg, "NAME", "input.name") + "} if input.name\n",
		})
		r := evaluate(t, p, "estate: {sites: ["+strings.Join(sites, ", ")+"]}\nclients: ["+strings.Join(clients, ", ")+"]")
		for _, rule := range r.Rules {
			text, err := json.Marshal(rule)
			if err != nil {
				t.Fatal(err)
			}
			var read result.RuleResult
			if err := json.Unmarshal(text, &read); err != nil {
				t.Fatal(err)
			}
			listed := map[string]bool{}
			for _, u := range read.Unknown {
				objects := u.Objects
				if objects == nil {
					objects = u.Sample
				}
				if int64(len(objects)) != u.Count {
					t.Errorf("%s, %s: %d of %d objects of %q are listed", name, rule.ID, len(objects), u.Count, u.Msg)
				}
				for _, o := range objects {
					listed[o.GUID] = true
				}
			}
			if len(listed) != tt.objects || len(read.Unknown) != tt.groups {
				t.Errorf("%s, %s: %d of %d objects in %d groups", name, rule.ID, len(listed), tt.objects, len(read.Unknown))
			}
		}
	}
}
