package evaluator

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/snapshot"
)

func TestParseShard(t *testing.T) {
	for text, want := range map[string]string{
		"1/1": "", "2/7": "", "1000/1000": "",
		"0/7": `"0/7": shards are counted from 1/7 to 7/7`, "8/7": "shards are counted", "1/0": "there can be from 1 to 1000 shards",
		"1/1001": "there can be", "-1/-1": "there can be", "": "must be of the form I/N", "1": "must be of the form", "a/b": "must be of the form",
		"1/2/3": "must be of the form", "1/99999999999999999999": "must be of the form",
	} {
		shard, err := ParseShard(text)
		switch {
		case want == "" && (err != nil || shard.String() != text):
			t.Errorf("%q: %v, %v", text, shard, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestEveryClientIsInOneShard(t *testing.T) {
	for _, n := range []int{1, 2, 7} {
		for client := range int64(20 * snapshot.ChunkClients) {
			in := 0
			for i := range n {
				if (Shard{i + 1, n}).has(client) {
					in++
				}
			}
			if in != 1 {
				t.Fatalf("client %d is in %d of %d shards", client, in, n)
			}
		}
	}
}

// smallPack judges many clients in little time.
func smallPack(t testing.TB) *Pack {
	t.Helper()
	p, err := packOf(map[string]string{
		"a.rego":      clientRuleOf("ACME-CLI-001", "x", "violation contains {\"msg\": \"c\"} if endswith(input.name, data.params.last)\n\ntally contains [\"a\"]\n"),
		"params.yaml": "last: '5'\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// seal gives the lines of a part an end record.
func seal(lines string) string {
	sum := sha256.Sum256([]byte(lines))
	return fmt.Sprintf("%s{\"kind\":\"end\",\"lines\":%d,\"sha256\":\"%s\"}\n", lines, strings.Count(lines, "\n"), hex.EncodeToString(sum[:]))
}

// unsealed is a part without its end record.
func unsealed(part string) string {
	return part[:strings.LastIndex(strings.TrimSuffix(part, "\n"), "\n")+1]
}

// TestMergeRefuses checks that no wrong part is merged, and that it is named.
func TestMergeRefuses(t *testing.T) {
	p, text := smallPack(t), shardsSnapshot(t, 2*snapshot.ChunkClients+1)
	dir := t.TempDir()
	t.Chdir(dir)
	part := func(name string, pack *Pack, text []byte, shard Shard, version string) string {
		if _, err := EvaluateShard(context.Background(), pack, open(t, text), shard, name, Options{ToolVersion: version}); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	write := func(name, content string) {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	part("1", p, text, Shard{1, 3}, "test")
	two := part("2", p, text, Shard{2, 3}, "test")
	three := part("3", p, text, Shard{3, 3}, "test")
	packed := part("2.zst", p, text, Shard{2, 3}, "test")
	part("of4", p, text, Shard{2, 4}, "test")
	part("other", p, shardsSnapshot(t, 2*snapshot.ChunkClients), Shard{2, 3}, "test")
	part("estate", p, bytes.Replace(text, []byte(`"name": "X"`), []byte(`"name": "Y"`), 1), Shard{2, 3}, "test")
	part("newer", p, text, Shard{2, 3}, "test2")
	part("rules", mustPack(t, map[string]string{"a.rego": clientRuleText}), text, Shard{2, 3}, "test")
	changed := smallPack(t)
	if err := changed.SetParam("last", "'7'", "--param"); err != nil {
		t.Fatal(err)
	}
	part("params", changed, text, Shard{2, 3}, "test")
	write("empty", "")
	write("cut", two[:len(two)/2])
	write("endless", unsealed(two))
	write("cutzst", packed[:len(packed)-7])
	write("badzst", packed[:60]+"xxxx"+packed[64:])
	write("altered", strings.Replace(two, "PC01025", "PC01026", 1))
	write("crlf", strings.ReplaceAll(two, "\n", "\r\n"))
	write("twice", two+two)
	write("text", "Dear all,\n")
	write("format2", strings.Replace(two, `"format":1`, `"format":2,"new":0`, 1))
	write("again", two)
	write("gap", seal(dropLine(unsealed(three), clientsKind, 0)))
	write("twoclients", seal(doubleLine(unsealed(two), clientsKind)))
	write("rule9", seal(strings.Replace(unsealed(two), `"rule":0`, `"rule":9`, 1)))
	write("class9", seal(strings.Replace(unsealed(two), `"found":[{"class":1`, `"found":[{"class":9`, 1)))
	if err := os.Mkdir("folder", 0o700); err != nil {
		t.Fatal(err)
	}
	again := "run nscheck eval SNAPSHOT --shard 2/3 -o %s again"
	for _, tt := range []struct {
		parts string
		want  []string
	}{
		{"", []string{"there are no parts"}},
		{"1 3", []string{"the part of shard 2/3 is missing; name it too, or run nscheck eval SNAPSHOT --shard 2/3 -o FILE"}},
		{"3", []string{"the parts of shards 1/3, 2/3 are missing"}},
		{"1 2 again 3", []string{"2 and again are both of shard 2/3; name each part once"}},
		{"1 2 3 3", []string{"3 and 3 are both of shard 3/3"}},
		{"1 of4 3", []string{"of4 is of shard 2/4, and 1 of 1/3"}},
		{"1 other 3", []string{"other is of another snapshot than 1 (SHA-256 ", again}},
		{"1 estate 3", []string{"estate is of another snapshot than 1", again}},
		{"1 newer 3", []string{"newer is from nscheck test2 with OPA", "and this is nscheck test with OPA"}},
		{"1 rules 3", []string{"rules was judged by other rules than those named here", "--policy"}},
		{"1 params 3", []string{`params was judged with parameter last "7" (set by --param), and here it is "5" (the default)`, again}},
		{"1 empty 3", []string{"empty: it is no part of a result"}},
		{"1 text 3", []string{"text: it is no part of a result"}},
		{"1 nowhere 3", []string{"nowhere: there is no such file"}},
		{"1 folder 3", []string{"folder: it is not a regular file"}},
		{"1 cut 3", []string{"cut: truncated: it stops after line ", again}},
		{"1 endless 3", []string{"endless: truncated: it stops after line ", again}},
		{"1 cutzst 3", []string{"cutzst: truncated: it stops after line "}},
		{"1 badzst 3", []string{"badzst: "}},
		{"1 altered 3", []string{"altered: it was changed after it was written: the SHA-256", again}},
		{"1 crlf 3", []string{"crlf: it was changed after it was written", "copy it again in binary mode", again}},
		{"1 twice 3", []string{"twice: data follows its end record", again}},
		{"1 format2 3", []string{"format2: it has format version 2, and this nscheck reads version 1"}},
		{"1 2 gap", []string{"gap: line 4: the clients from 2048 of 2049 on must stand here"}},
		{"1 twoclients 3", []string{"twoclients: line ", "there are more clients than the snapshot has"}},
		{"1 rule9 3", []string{"rule9: line ", "of no rule", again}},
		{"1 class9 3", []string{`class9: line `, "is of class 9 of 1", again}},
	} {
		t.Run(tt.parts, func(t *testing.T) {
			files := strings.Fields(tt.parts)
			r, err := Merge(context.Background(), p, files, Options{ToolVersion: "test"})
			if err == nil {
				r.Close()
				t.Fatal("they were merged")
			}
			for _, want := range tt.want {
				if strings.Contains(want, "%s") {
					want = fmt.Sprintf(want, files[1])
				}
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got  %v\nwant %s", err, want)
				}
			}
		})
	}
}

// dropLine leaves out the nth line of a kind.
func dropLine(part, kind string, n int) string {
	lines := strings.SplitAfter(part, "\n")
	for i, line := range lines {
		if kindOf([]byte(line)) == kind {
			if n == 0 {
				return strings.Join(slices.Delete(lines, i, i+1), "")
			}
			n--
		}
	}
	panic("there is no such line")
}

// doubleLine repeats the last line of a kind.
func doubleLine(part, kind string) string {
	lines := strings.SplitAfter(part, "\n")
	for i, line := range slices.Backward(lines) {
		if kindOf([]byte(line)) == kind {
			return strings.Join(slices.Insert(lines, i, line), "")
		}
	}
	panic("there is no such line")
}

func TestShardThatFailsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "part")
	text := bytes.Replace(shardsSnapshot(t, 10), []byte(`"status": "Active"`), []byte(`"status": 1`), 1)
	snap, err := snapshot.NewReader(bytes.NewReader(text), "estate.json")
	if err == nil {
		_, err = EvaluateShard(context.Background(), smallPack(t), snap, Shard{1, 1}, file, Options{})
	}
	if err == nil {
		t.Fatal("a snapshot with a fault was judged")
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(os.ErrDeadlineExceeded)
	if _, err := EvaluateShard(ctx, smallPack(t), open(t, shardsSnapshot(t, 10)), Shard{1, 1}, file, Options{}); err == nil {
		t.Error("a shard that was stopped ended well")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// TestPartForgetsClasses checks that who reads a part need not know many classes
// at once.
func TestPartForgetsClasses(t *testing.T) {
	var b bytes.Buffer
	s := newSpool()
	w := newPartWriter(&b, s)
	const blocks = 6
	for first := range blocks {
		res := &blockResult{first: int64(first * snapshot.ChunkClients), clients: snapshot.ChunkClients}
		for i := range snapshot.ChunkClients {
			class, err := s.classOf(&clientRecord{pattern: pattern{Reached: int(res.first) + i, Findings: []clientFinding{{Msg: "m"}}}})
			if err != nil {
				t.Fatal(err)
			}
			res.records = appendRecord(res.records, class, Resource{Name: "PC"})
		}
		if err := w.clients(res); err != nil {
			t.Fatal(err)
		}
	}
	w.out.Flush()
	p := &part{name: "part", head: partHead{Rules: []string{"A"}}}
	var err error
	if p.lines, err = newPartReader(bytes.NewReader(b.Bytes()), "part"); err != nil {
		t.Fatal(err)
	}
	got, most := newSpool(), 0
	for range blocks {
		res, err := p.readClients(got)
		if err != nil {
			t.Fatal(err)
		}
		if err := got.write(res.records); err != nil {
			t.Fatal(err)
		}
		most = max(most, len(p.classes))
	}
	if most > maxPartClasses+snapshot.ChunkClients {
		t.Errorf("%d classes were known at once", most)
	}
	n := 0
	for rec, err := range got.records() {
		if err != nil || rec.Reached != n {
			t.Fatalf("record %d came back as %+v, %v", n, rec, err)
		}
		n++
	}
	if n != blocks*snapshot.ChunkClients {
		t.Errorf("%d records came back", n)
	}
}
