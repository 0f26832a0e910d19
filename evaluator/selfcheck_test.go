package evaluator

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

	"github.com/nscheck/nscheck/snapshot"
)

// selfCheckOf judges ten clients, of which the eighth is called X, by a rule that
// is led to believe that the client's name does not matter.
func selfCheckOf(t *testing.T, every int64) error {
	t.Helper()
	var lines []string
	for i := range 10 {
		name := "Y"
		if i == 7 {
			name = "X"
		}
		domain := strings.Repeat("x", 100<<10) // few of them fill a block
		lines = append(lines, fmt.Sprintf(`{"guid":%q,"name":%q,"domain":%q,"status":null,"managed":null,"os_name":null}`, testGUID(i), name, domain))
	}
	text := newRandomEstate(1).text(t, &snapshot.Estate{}, lines)
	snap, err := snapshot.NewReader(bytes.NewReader(text), "s")
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRun(t.Context(), packtest.Must(t, map[string]string{"a.rego": acme.ClientRule}), snap, Options{SelfCheck: every})
	if err != nil {
		t.Fatal(err)
	}
	defer r.engine.release()
	rules, err := r.prepareRules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rules[0].values = nil
	return r.stream(t.Context(), []*worker{r.newWorker(r.newPrograms(rules))})
}

func TestSelfCheckFindsAFieldThatWasForgotten(t *testing.T) {
	for every, found := range map[int64]bool{1: true, 7: true, 6: false, 0: false} {
		err := selfCheckOf(t, every)
		if (err != nil) != found {
			t.Errorf("every %d: %v", every, err)
		}
		if want := "self-check failed on client X, line 10: ACME-CLI-001 is "; err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("every %d: got %v, want %s", every, err, want)
		}
	}
}

// TestSelfCheckOfAStoppedRule makes sure that no bug is seen where a rule is in
// error for the clients behind the one at which it was stopped.
func TestSelfCheckOfAStoppedRule(t *testing.T) {
	rl := strings.Replace(whether(acme.ClientRule, unending["a cross product"].condition), "\tinput.name\n", "\tinput.name == \"X\"\n", 1)
	r, err := evaluateWith(t, t.Context(), packtest.Must(t, map[string]string{"a.rego": rl}), "estate: {}\nclients: ["+acme.ClientY+","+acme.ClientX+"]",
		Options{RuleTimeout: 200 * time.Millisecond, SelfCheck: 1, Parallel: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Rules[0]; got.Verdict != result.Errored {
		t.Errorf("%s %v", got.Verdict, got.Reasons)
	}
}
