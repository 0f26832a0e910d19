package main

import (
	"strings"
	"testing"
)

// TestInspect checks which parts of a file are prose, and the positions.
func TestInspect(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"a.go", "package a\n\n// it must\n// stand here\n", `a.go:3:7: "must stand"`},
		{"a.go", "package a\n\nvar s = \"the rule\\njudges it\"\n", `a.go:3:20: "judges"`},
		{"a.go", "package a\n\nvar judge = tell(\"judge\", `whom`)\n", ""},
		{"a.go", "package a\n\n// a.judge and `judge`, --judge, \"judge\"\n", ""},
		{"a.go", "package a\n\n//go:generate judge it\n", ""},
		{"a.go", "package a\n\n// at\nvar hand = 1\n", ""},
		{"a.rego", "# METADATA\n# title: Clients that are\n#  harmed\npackage a\n", `a.rego:3:4: "harmed"`},
		{"a.rego", "package a\n\nm := \"nobody # has it\"\nharmed if judged\n", `a.rego:3:7: "nobody"`},
		{"a.md", "Text\n\n```\njudge\n```\n\nshall `judge` [x](judge.md)\n", `a.md:7:1: "shall"`},
		{"a.txtar", "# anew\nexec nscheck\nstdout 'judged'\n", "a.txtar:3:9: \"judged\"\na.txtar:1:3: \"anew\""},
		{"a.sql", "-- for they\n-- are old\nSELECT 1\n", `a.sql:1:4: "for they are"`},
		{"a.yaml", "description: whom\n", `a.yaml:1:14: "whom"`},
	} {
		var got []string
		for _, f := range inspect(test.name, []byte(test.text)) {
			text, _, _ := strings.Cut(f.String(), ": write ")
			got = append(got, text)
		}
		if s := strings.Join(got, "\n"); s != test.want {
			t.Errorf("%q:\ngot  %s\nwant %s", test.text, s, test.want)
		}
	}
}

// TestIsBelow checks the forms of lines in pending.txt.
func TestIsBelow(t *testing.T) {
	for _, test := range []struct {
		name, pending string
		want          bool
	}{
		{"evaluator/run.go", "evaluator/", true},
		{"evaluator/rule/pack.go", "evaluator/", true},
		{"evaluators/run.go", "evaluator/", false},
		{"evaluator/rule/pack.go", "evaluator/*.go", false},
		{"evaluator/run.go", "evaluator/*.go", true},
		{"README.md", "README.md", true},
	} {
		if got := isBelow(test.name, test.pending); got != test.want {
			t.Errorf("%s below %s: got %t", test.name, test.pending, got)
		}
	}
}

// TestPatterns_instead checks that each pattern says what to write, and that no
// proposal matches a pattern.
func TestPatterns_instead(t *testing.T) {
	for i, p := range patterns {
		if p.instead == "" {
			t.Errorf("%s: nothing to write instead", p.words)
		}
		for _, re := range compiled {
			if s := re.FindString(p.instead); s != "" && !strings.Contains(p.instead, `"`+s) {
				t.Errorf("%s: proposes %q", patterns[i].words, s)
			}
		}
	}
}
