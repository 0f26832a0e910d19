package evaluator

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

	"github.com/nscheck/nscheck/snapshot"
)

// unending are conditions of rules that go on for very long, or take very much.
var unending = map[string]struct {
	condition string
	memory    bool
}{
	"a cross product":          {`count([1 | some a in numbers.range(1, 5000); some b in numbers.range(1, 5000); some c in numbers.range(1, 5000); a * b * c == 0]) == 1`, false},
	"a long range":             {`count(numbers.range(1, 1000000000)) == 1`, true},
	"a range by steps":         {`count(numbers.range_step(1, 1000000000, 1)) == 1`, true},
	"all addresses":            {`count(net.cidr_expand("::/0")) == 1`, true},
	"a large list":             {`count([[a, b, a + b, sprintf("%d is not %d", [a, b])] | some a in numbers.range(1, 30000); some b in numbers.range(1, 30000)]) == 1`, true},
	"many texts":               {doubling(14) + `; count([x | some i in numbers.range(1, 100000); x := sprintf("%d%s", [i, s14])]) == 1`, true},
	"a pattern on a long text": {doubling(16) + "; some i in numbers.range(1, 100000); regex.replace(s16, \"(a|b)*c?\", sprintf(\"x%d\", [i])) == \"\"", false},
}

// doubling is a condition that doubles a text so many times.
func doubling(times int) string {
	lines := []string{`s0 := "aaaaaaaaaaaaaaaa"`}
	for i := range times {
		lines = append(lines, fmt.Sprintf(`s%d := concat("", [s%d, s%d])`, i+1, i, i))
	}
	return strings.Join(append(lines, fmt.Sprintf("count(s%d) > 0", times)), "; ")
}

// whether puts a condition into a rule.
func whether(rule, condition string) string {
	return strings.NewReplacer(`site.name == "X"`, condition, `if input.name == "X"`, "if {\n\tinput.name\n\t"+condition+"\n}").Replace(rule)
}

// TestLimits makes sure that a rule which never ends, or eats memory, is stopped
// and is in error, and that the others go on.
func TestLimits(t *testing.T) {
	for name, tt := range unending {
		scopes := map[string]string{"estate": acme.Rule, "client": acme.ClientRule}
		if strings.HasPrefix(name, "all") || strings.HasPrefix(name, "a range") || strings.HasPrefix(name, "a large") {
			delete(scopes, "client") // it is stopped as in the others
		}
		for scope, rl := range scopes {
			t.Run(name+" in a rule of scope "+scope, func(t *testing.T) {
				bad := strings.NewReplacer("ACME-SITE-001", "ACME-BAD-001", "ACME-CLI-001", "ACME-BAD-001", "called_x", "called_z").Replace(whether(rl, tt.condition))
				p := packtest.Must(t, map[string]string{"a.rego": acme.Rule, "b.rego": acme.ClientRule, "c.rego": bad})
				o := Options{RuleTimeout: 500 * time.Millisecond}
				want := "it was stopped after 500ms, its time limit (--rule-timeout)"
				if tt.memory {
					o = Options{RuleTimeout: time.Minute, RuleMemory: 32 << 20}
					want = "it was stopped where it took more memory than 32 MiB, its limit (--rule-memory)"
				}
				runtime.GC() // what other tests have left
				r, err := evaluateWith(t, context.Background(), p, twoSites, o)
				if err != nil {
					t.Fatal(err)
				}
				got := ruleIn(t, r, "ACME-BAD-001")
				if got.Verdict != result.Errored || len(got.Reasons) != 1 || !strings.Contains(got.Reasons[0].Msg, want) {
					t.Errorf("%s %v, want %s", got.Verdict, got.Reasons, want)
				}
				if ruleIn(t, r, "ACME-SITE-001").Findings != 1 || ruleIn(t, r, "ACME-CLI-001").Findings != 1 {
					t.Error("the other rules found nothing")
				}
				if r.ExitStatus(rule.Medium, true) != result.ExitTrouble {
					t.Errorf("exit status %d", r.ExitStatus(rule.Medium, true))
				}
			})
		}
	}
}

func evaluateWith(t *testing.T, ctx context.Context, p *rule.Pack, doc string, o Options) (*result.Result, error) {
	t.Helper()
	snap, err := snapshot.NewReader(strings.NewReader(doc), "test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Evaluate(ctx, p, snap, o)
	if err == nil {
		t.Cleanup(func() { r.Close() })
	}
	return r, err
}

// TestStoppedOnce makes sure that a rule is not asked again once it was stopped.
func TestStoppedOnce(t *testing.T) {
	rl := whether(acme.ClientRule, unending["a cross product"].condition)
	var clients []string
	for i := range 200 {
		clients = append(clients, fmt.Sprintf("{guid: 00000000-0000-0000-0000-%012d, name: C%d, status: Active}", i+1, i))
	}
	began := time.Now()
	r, err := evaluateWith(t, context.Background(), packtest.Must(t, map[string]string{"a.rego": rl}), "estate: {}\nclients: ["+strings.Join(clients, ", ")+"]",
		Options{RuleTimeout: 300 * time.Millisecond, Parallel: 1})
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); r.Rules[0].Verdict != result.Errored || took > 30*time.Second {
		t.Errorf("%s %v after %v", r.Rules[0].Verdict, r.Rules[0].Reasons, took)
	}
}

// TestCancelled makes sure that nobody waits for a rule once the context is done.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := evaluateWith(t, ctx, packtest.Must(t, map[string]string{"a.rego": whether(acme.Rule, unending["a cross product"].condition)}), twoSites, Options{})
	if err == nil || !strings.Contains(err.Error(), "stopped ") || time.Since(began) > 50*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}
