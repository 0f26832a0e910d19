package evaluator

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/nscheck/nscheck/collector"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/packtest"
	"github.com/nscheck/nscheck/snapshot"
)

// How much the differential tests do:
//
//	go test ./evaluator -run Differential -estates 3000 -first-seed 7 -timeout 0
var (
	estates   = flag.Int("estates", 0, "random estates that the fast engine and the plain one judge; 0 means a few")
	firstSeed = flag.Uint64("first-seed", 1, "seed of the first of them")

	showRefused = flag.Bool("show-refused", false, "show random rules that do not compile, and why")
)

// seeds are those of n random estates, or of as many as the flags ask for.
func seeds(n int) []uint64 {
	if testing.Short() {
		n = (n + 3) / 4
	}
	if *estates > 0 {
		n = *estates
	}
	out := make([]uint64, n)
	for i := range out {
		out[i] = *firstSeed + uint64(i)
	}
	return out
}

func limitsBySeed(t testing.TB, seed uint64) {
	switch seed % 3 {
	case 1:
		tightLimits(t)
	case 2:
		eagerLimits(t)
	}
}

// judged is all that users see of an evaluation, one thing a line, or its error.
func judged(t testing.TB, p *rule.Pack, text []byte, opts Options) string {
	t.Helper()
	opts.ToolVersion = "test"
	opts.Watch = func(c *snapshot.Client) bool { return c.Name == "Y" }
	snap, err := snapshot.NewReader(bytes.NewReader(text), "s")
	if err != nil {
		return "cannot be opened: " + err.Error()
	}
	r, err := Evaluate(context.Background(), p, snap, opts)
	if err != nil {
		return "cannot be judged: " + err.Error()
	}
	defer r.Close()
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetIndent("", " ")
	for _, part := range []any{r, r.Watched} {
		if err := enc.Encode(part); err != nil {
			t.Fatal(err)
		}
	}
	enc.SetIndent("", "")
	for f, err := range r.Findings() {
		if err != nil {
			t.Fatal(err)
		}
		if err := enc.Encode(f); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// sameEverywhere judges a snapshot in all ways and returns what the plain one
// says, which is the reference. The self-check must agree too.
func sameEverywhere(t testing.TB, what string, p *rule.Pack, text []byte) string {
	t.Helper()
	want := judged(t, p, text, Options{Plain: true, Parallel: 2})
	for _, opts := range []Options{{Parallel: 1}, {Parallel: 2, SelfCheck: 7}, {Parallel: 4}} {
		if got := judged(t, p, text, opts); got != want {
			t.Fatalf("%s, %+v: %s", what, opts, firstDifference(want, got))
		}
	}
	return want
}

func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return fmt.Sprintf("line %d\nplain %s\nfast  %s", i+1, a[i], strings.Join(b[min(i, len(b)):min(i+1, len(b))], ""))
		}
	}
	return "the fast one says more: " + strings.Join(b[len(a):], "\n")
}

var collectDemoOnce = sync.OnceValues(func() ([]byte, error) {
	ctx := context.Background()
	source, err := collector.Open(ctx, collector.Demo, collector.Access{})
	if err != nil {
		return nil, err
	}
	defer source.Close()
	var b bytes.Buffer
	w := snapshot.NewWriter(&b)
	if _, err := collector.Collect(ctx, source, w, collector.Options{}); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
})

// demoSnapshot is the demo estate, collected once.
func demoSnapshot(t testing.TB) []byte {
	t.Helper()
	text, err := collectDemoOnce()
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(text)
}

func TestDifferentialDemo(t *testing.T) {
	p, text := packtest.Builtin(t), demoSnapshot(t)
	said := sameEverywhere(t, "demo", p, text)
	if !strings.Contains(said, `"rule":"NS-LIC-001"`) {
		t.Error("nothing was found in the demo estate")
	}
	tightLimits(t)
	if tight := judged(t, p, text, Options{Parallel: 2}); tight != said {
		t.Error("with tight limits: " + firstDifference(said, tight))
	}
}

// The shipped rules on random clients in the demo estate and in random ones.
func TestDifferentialBuiltin(t *testing.T) {
	p := packtest.Builtin(t)
	reader, err := snapshot.NewReader(bytes.NewReader(demoSnapshot(t)), "demo")
	if err != nil {
		t.Fatal(err)
	}
	demo, _ := reader.Estate()
	for _, seed := range seeds(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			g := newRandomEstate(seed)
			estate := demo
			if seed%2 == 0 {
				estate = g.estate()
			}
			limitsBySeed(t, seed)
			sameEverywhere(t, fmt.Sprintf("seed %d", seed), p, g.text(t, estate, g.clientLines()))
		})
	}
}

// Random rules on random estates.
func TestDifferentialRules(t *testing.T) {
	refused, findings, broken := 0, 0, 0
	all := seeds(12)
	for _, seed := range all {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			g := newRandomEstate(seed)
			p, rules, bad := randomPack(t, g)
			refused += bad
			t.Cleanup(func() {
				if t.Failed() {
					t.Log(rules)
				}
			})
			limitsBySeed(t, seed)
			said := sameEverywhere(t, fmt.Sprintf("seed %d", seed), p, g.text(t, g.estate(), g.clientLines()))
			findings += strings.Count(said, "\n{\"rule\":\"ACME-R-")
			broken += strings.Count(said, "the rule broke on client")
		})
	}
	made := len(all) * rulesOfPack
	t.Logf("%d rules, %d refused, %d broke, %d findings", made, refused, broken, findings)
	if refused*3 > made || findings < made || broken == 0 && len(all) > 5 {
		t.Errorf("of %d rules %d were refused and %d broke; %d findings: the rules say too little", made, refused, broken, findings)
	}
}
