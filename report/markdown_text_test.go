package report

import (
	"bytes"
	"html"
	"math"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// FuzzMarkdownText renders what was escaped, alone and in a table, as GitHub
// does: it is the text and nothing else.
func FuzzMarkdownText(f *testing.F) {
	addHostile(f)
	md := goldmark.New(goldmark.WithExtensions(extension.GFM))
	f.Fuzz(func(t *testing.T, s string) {
		want := strings.TrimSpace(clean(s, math.MaxInt))
		if want == "" {
			return
		}
		for source, frame := range map[string][2]string{
			markdownText(s): {"<p>", "</p>\n"},
			"| a |\n|---|\n| " + markdownText(s) + " |": {"<tbody>\n<tr>\n<td>", "</td>\n</tr>\n</tbody>\n</table>\n"},
		} {
			var out bytes.Buffer
			if err := md.Convert([]byte(source), &out); err != nil {
				t.Fatal(err)
			}
			_, inner, opened := strings.Cut(out.String(), frame[0])
			inner, closed := strings.CutSuffix(inner, frame[1])
			got := html.UnescapeString(strings.ReplaceAll(inner, "\u200b", ""))
			if !opened || !closed || strings.ContainsAny(inner, "<>") || got != want {
				t.Errorf("%q is rendered %q, want %q", source, out.String(), want)
			}
		}
	})
}

// TestMarkdownRefersToNobody checks that no name mentions a person or an issue.
func TestMarkdownRefersToNobody(t *testing.T) {
	for in, want := range map[string]string{
		"@admin":        "\\@\u200badmin",
		"see #1":        "see \\#\u200b1",
		"GH-12":         "GH-\u200b12",
		"merge !4":      "merge !\u200b4",
		"at 10 % or so": "at 10 % or so",
		"C# and #":      "C\\# and \\#",
		"NS-SITE-003":   "NS-SITE-003",
	} {
		if got := markdownText(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
