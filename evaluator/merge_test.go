package evaluator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/snapshot"
)

const severalChunks = 3*snapshot.ChunkClients + 17

// clientRuleOf is a rule of scope client with a body of its own.
func clientRuleOf(id, name, body string) string {
	text := strings.NewReplacer("ACME-CLI-001", id, "called_x", name).Replace(clientRuleText)
	head, _, _ := strings.Cut(text, "violation contains")
	return head + body
}

// shardsPack has rules that find, do not know, count and break.
func shardsPack(t testing.TB) *Pack {
	t.Helper()
	p, err := packOf(map[string]string{
		"a.rego": clientRuleOf("ACME-CLI-001", "sevens", `violation contains {"msg": sprintf("seven in %s", [input.name]), "path": "name"} if contains(input.name, "7")

tally contains ["named", substring(input.name, count(input.name) - 1, 1)]
`),
		"b.rego": clientRuleOf("ACME-CLI-002", "odd", `violation contains {"msg": "odd <&", "expected": 0, "actual": 1.50} if endswith(input.name, "1")

unknown contains {"msg": sprintf("nobody knows %s", [substring(input.name, 4, 3)])} if endswith(input.name, "3")
`),
		"c.rego": clientRuleOf("ACME-CLI-003", "breaks", `violation contains {"msg": "b"} if {
	endswith(input.name, "99")
	to_number(input.name) == 1
}
`),
		"d.rego": strings.Replace(ruleText, `site.name == "X"`, `data.totals.tally.named["4"] > 100`, 1),
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// clashingPack has tallies that clash only where shards are put together.
func clashingPack(t testing.TB) *Pack {
	t.Helper()
	p, err := packOf(map[string]string{"a.rego": clientRuleOf("ACME-CLI-001", "clash", `violation contains {"msg": "c"} if input.name == ""

tally contains ["c"] if input.name == "PC00000"

tally contains ["c", "d"] if input.name == "PC02000"
`)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// shardsSnapshot has several chunks of clients.
func shardsSnapshot(t testing.TB, clients int) []byte {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\"estate\": {\"sites\": [%s]}, \"clients\": [", `{"guid": "00000000-0000-0000-0000-000000000501", "name": "X"}`)
	for i := range clients {
		if i > 0 {
			b.WriteString(",\n")
		}
		addresses := []string{"", `, "addresses": []`}[i%2]
		fmt.Fprintf(&b, `{"guid": "00000000-0000-0000-0000-0000000%05d", "name": "PC%05d", "status": "Active"%s}`, i, i, addresses)
	}
	b.WriteString("]}")
	return b.Bytes()
}

func open(t testing.TB, text []byte) *snapshot.Reader {
	t.Helper()
	snap, err := snapshot.NewReader(bytes.NewReader(text), "estate.json")
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

// shards judges all shards of a snapshot and returns their files.
func shards(t testing.TB, p *Pack, text []byte, n int, dir string) []string {
	t.Helper()
	var files []string
	for i := range n {
		file := filepath.Join(dir, fmt.Sprintf("part-%d.nsresult", i+1))
		if i%2 == 1 {
			file += ".zst"
		}
		info, err := EvaluateShard(context.Background(), p, open(t, text), Shard{i + 1, n}, file, Options{ToolVersion: "test", Parallel: 1 + i%3})
		if err != nil {
			t.Fatal(err)
		}
		if info.Judged > info.Clients {
			t.Errorf("shard %d judged %d of %d clients", i+1, info.Judged, info.Clients)
		}
		files = append(files, file)
	}
	return files
}

// TestCancellingEndsFindings checks that neither reports nor the first look at
// parts, which may be long, keep anybody waiting who wants to stop.
func TestCancellingEndsFindings(t *testing.T) {
	p, text := shardsPack(t), shardsSnapshot(t, 50)
	ctx, cancel := context.WithCancelCause(t.Context())
	r, err := Evaluate(ctx, p, open(t, text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	parts := shards(t, p, text, 1, t.TempDir())
	stop := errors.New("enough")
	cancel(stop)
	for _, err = range r.clientFindings() {
	}
	if !errors.Is(err, stop) {
		t.Errorf("the findings end with %v", err)
	}
	if _, err := openPart(ctx, parts[0]); !errors.Is(err, stop) {
		t.Errorf("the part is opened with %v", err)
	}
}

// resultText is all of a result, findings included.
func resultText(t testing.TB, r *Result) string {
	t.Helper()
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.Write(text)
	for f, err := range r.Findings() {
		if err != nil {
			t.Fatal(err)
		}
		line, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(line)
		b.WriteByte('\n')
	}
	return b.String()
}

// whole is the text of a result that one run gives.
func whole(t testing.TB, p *Pack, text []byte) string {
	t.Helper()
	r, err := Evaluate(context.Background(), p, open(t, text), Options{ToolVersion: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return resultText(t, r)
}

func TestMergeIsOneRun(t *testing.T) {
	p := shardsPack(t)
	for _, tt := range []struct {
		pack    *Pack
		clients int
		shards  []int
	}{{p, 0, []int{2}}, {p, snapshot.ChunkClients, []int{1, 2}}, {p, severalChunks, []int{1, 2, 3, 7}}, {clashingPack(t), severalChunks, []int{3}}} {
		p, text := tt.pack, shardsSnapshot(t, tt.clients)
		want := whole(t, p, text)
		for _, n := range tt.shards {
			t.Run(fmt.Sprintf("%d clients, %d shards", tt.clients, n), func(t *testing.T) {
				files := shards(t, p, text, n, t.TempDir())
				rand.Shuffle(n, func(i, j int) { files[i], files[j] = files[j], files[i] })
				r, err := Merge(context.Background(), p, files, Options{ToolVersion: "test"})
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				if diff := cmp.Diff(want, resultText(t, r)); diff != "" {
					t.Errorf("(-one run +merged):\n%s", diff)
				}
			})
		}
	}
}

// TestShardsSnapshotIsHard holds the estate of these tests to what they are for.
func TestShardsSnapshotIsHard(t *testing.T) {
	r, err := Evaluate(context.Background(), shardsPack(t), open(t, shardsSnapshot(t, severalChunks)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var verdicts []Verdict
	for _, rule := range r.Rules {
		verdicts = append(verdicts, rule.Verdict)
	}
	if diff := cmp.Diff([]Verdict{Fail, Fail, Errored, Fail}, verdicts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := len(r.Rules[1].Unknown); n != maxUnknownMessages+1 {
		t.Errorf("%d messages about what is unknown", n)
	}
	if r.Summary.ClientsWithFindings < 500 {
		t.Errorf("%d clients with findings", r.Summary.ClientsWithFindings)
	}
}

func TestPartsAreTheSameEachTime(t *testing.T) {
	p, text := shardsPack(t), shardsSnapshot(t, 3000)
	var want []byte
	for i := range 3 {
		got, err := os.ReadFile(shards(t, p, text, 1, t.TempDir())[0])
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 && !bytes.Equal(want, got) {
			t.Error("the part differs")
		}
		want = got
	}
}
