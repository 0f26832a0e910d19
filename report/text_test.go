package report

import (
	"bytes"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// hostileNames are names that some format would take for more than a name.
var hostileNames = []string{
	`=cmd|' /C calc'!A0`, "+1", "-1", "@admin", "\t=1+1", "'=1", "＝1",
	"a\r\n::error::forged", "::stop-commands::x", "##vso[task.setvariable variable=PATH]x", "##[add-mask]a", "%0A::error::forged",
	"| pipe | `tick` **bold** <script>alert(1)</script> <!-- x -->", "[click](http://evil.example)", "{0} and {{1}}", "]]></failure><x>",
	"see #1, GH-2, user/repo#3 and !4", "https://evil.example www.evil.example evil@evil.example", `back\slash \`, "# heading", "1. one", "- list",
	"\x1b[31mred\u202eleft", "ill \xff not UTF-8", strings.Repeat("long ", 100),
}

// addHostile gives a fuzz test the names that once meant more than a name.
func addHostile(f *testing.F) {
	for _, name := range hostileNames {
		f.Add(name)
	}
}

func yamlText(s string) string {
	text, err := encodeJSON(strings.ToValidUTF8(s, "\ufffd"), "")
	if err != nil {
		panic(err)
	}
	return string(text)
}

// FuzzClean checks that no text from outside is a command in a pipeline's log.
func FuzzClean(f *testing.F) {
	addHostile(f)
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s, math.MaxInt)
		lower := strings.ToLower(got)
		if strings.Contains(lower, "##vso[") || strings.Contains(lower, "##[") || actionsCommand.MatchString(got) {
			t.Errorf("%q becomes %q", s, got)
		}
		if strings.ContainsAny(got, "\r\n\x1b") {
			t.Errorf("%q keeps control characters", got)
		}
		if again := clean(got, math.MaxInt); again != got {
			t.Errorf("%q becomes %q, and that %q", s, got, again)
		}
	})
}

// TestTableIsNoCommand checks that no name becomes a command of a pipeline's
// log, however lines are broken.
func TestTableIsNoCommand(t *testing.T) {
	command := regexp.MustCompile(`^\s*::[A-Za-z-]+( .*)?::|##(vso)?\[`)
	name := "##vso[task.complete] ##[error] " + strings.Repeat("x", 30) + strings.Repeat("::error::", 20)
	r := evaluate(t, strings.Replace(docs["broken"], "name: Leeds", "name: "+yamlText(name), 1))
	for width := minWidth; width < 80; width++ {
		var out bytes.Buffer
		if err := (tableFormat{}).Write(&out, r, Options{FailOn: rule.Medium, Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if command.MatchString(line) {
				t.Errorf("width %d: %q", width, line)
			}
		}
	}
}

func TestSaid(t *testing.T) {
	for _, tt := range []struct{ msg, name, want string }{
		{"Site Leeds has too few package servers", "Leeds", "Site Leeds has too few package servers"},
		{"too few package servers", "Leeds", "too few package servers (Leeds)"},
		{"nothing is named", "", "nothing is named"},
	} {
		if got := said(result.Finding{Msg: tt.msg, Resource: result.Resource{Type: "site", Name: tt.name}}); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
