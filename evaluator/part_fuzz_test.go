package evaluator

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

// FuzzPart reads arbitrary bytes as the only part of a result. What is merged is
// what was judged: a part as it was written, and nothing else. Where the fuzzer
// makes a matching end record, what it says is refused or merged, and never more.
func FuzzPart(f *testing.F) {
	p, text := shardsPack(f), shardsSnapshot(f, 200)
	want := whole(f, p, text)
	for _, file := range shards(f, p, text, 2, f.TempDir()) {
		content, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(content), false)
	}
	content, err := os.ReadFile(shards(f, p, text, 1, f.TempDir())[0])
	if err != nil {
		f.Fatal(err)
	}
	good := string(content)
	body := unsealed(good)
	f.Add(good, false)
	f.Add(body, true)
	for _, change := range [][2]string{
		{`"rule":0`, `"rule":-1`}, {`"class":1`, `"class":1000`}, {`"clients":200`, `"clients":-200`}, {`"first":0`, `"first":1`},
		{`"key":["named","1"]`, `"key":[]`}, {`"key":["named","1"]`, `"key":["named"]`}, {`"read":200`, `"read":9000000000000000000`},
		{`"estate":{`, `"estate":[{`}, {`"manifest":null`, `"manifest":{"format":1}`}, {`"sites":{}`, `"sites":{"a":-1}`},
		{`"of":1`, `"of":1001`}, {`"record":{`, `"record":null,"x":{`}, {`"sample":[`, `"sample":[{},`}, {"PC00", `\u0000\ud800`},
	} {
		f.Add(strings.Replace(body, change[0], change[1], 1), true)
	}
	f.Fuzz(func(t *testing.T, content string, sealed bool) {
		if sealed {
			content = seal(content)
		}
		only, err := readPart(bytes.NewReader([]byte(content)), "part")
		if err != nil {
			return
		}
		defer only.close()
		r, err := mergeParts(context.Background(), p, []*part{only}, Options{ToolVersion: "test", Parallel: 1})
		if err != nil {
			return
		}
		defer r.Close()
		if got := resultText(t, r); !sealed && got != want {
			t.Errorf("merged into something else: %s", got)
		}
	})
}
