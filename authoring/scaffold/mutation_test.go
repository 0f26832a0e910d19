package scaffold

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// mutations are what may go wrong in a rule's code: a line of a condition or a
// whole clause is lost, a comparison is turned round or moved by one, a value is
// another one.
func mutations(code string) []string {
	header, body, _ := strings.Cut(code, "\npackage ")
	body = "\npackage " + body
	var out []string
	add := func(changed string) {
		if changed != body {
			out = append(out, header+changed)
		}
	}
	lines := strings.SplitAfter(body, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "\t") {
			add(strings.Join(slices.Delete(slices.Clone(lines), i, i+1), ""))
		}
	}
	for _, clause := range regexp.MustCompile(`(?ms)^[a-z_].*?^\}\n`).FindAllString(body, -1) {
		add(strings.Replace(body, clause, "", 1))
	}
	for from, to := range map[string][]string{
		" > ": {" >= ", " < ", " <= ", " == "}, " <= ": {" < ", " > "}, " == ": {" != "}, " != ": {" == "},
		"not ": {""}, " 30": {" 29", " 31"},
	} {
		for at := range indexes(body, from) {
			for _, other := range to {
				add(body[:at] + other + body[at+len(from):])
			}
		}
	}
	for _, line := range lines {
		for _, text := range regexp.MustCompile(`"[^"]+"`).FindAllStringIndex(line, -1) {
			if !strings.HasPrefix(line, "#") {
				add(strings.Replace(body, line, line[:text[1]-1]+"x"+line[text[1]-1:], 1))
			}
		}
	}
	return out
}

// indexes are the places of a text outside comments.
func indexes(body, text string) map[int]bool {
	out := map[int]bool{}
	at := 0
	for line := range strings.Lines(body) {
		for i := 0; !strings.HasPrefix(line, "#"); {
			found := strings.Index(line[i:], text)
			if found < 0 {
				break
			}
			out[at+i+found] = true
			i += found + 1
		}
		at += len(line)
	}
	return out
}

func TestBrokenRuleFails(t *testing.T) {
	for _, scope := range scopes {
		files := filesOf(t, options(t.TempDir(), scope))
		code := string(files["site/house_rule.rego"].Data)
		all := mutations(code)
		if len(all) < 25 {
			t.Errorf("%s: only %d mutations", scope, len(all))
		}
		for _, changed := range all {
			files["site/house_rule.rego"] = &fstest.MapFile{Data: []byte(changed)}
			if r, err := run(files); err == nil && r.OK() {
				t.Errorf("%s: no test fails for\n%s", scope, cmp.Diff(strings.Split(code, "\n"), strings.Split(changed, "\n")))
			}
		}
	}
}
