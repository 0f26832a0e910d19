package caret

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCaret(t *testing.T) {
	long := strings.Repeat("a", 300)
	for name, c := range map[string]struct {
		line string
		col  int
		want string
	}{
		"plain":            {"x := input.nme", 12, "    x := input.nme\n               ^"},
		"behind tabs":      {"\tx\t:= y", 4, "        x    := y\n             ^"},
		"behind wide ones": {`"日本" == x`, 9, "    \"日本\" == x\n              ^"},
		"behind accents":   {`"é" == x`, 8, "    \"é\" == x\n           ^"},
		"an escape":        {"\x1b[31m x", 7, `    \x1b[31m x` + "\n             ^"},
		"before the line":  {"x", 0, "    x\n    ^"},
		"behind the line":  {"x", 99, "    x\n     ^"},
		"an empty line":    {" \t", 1, ""},
		"the end of much":  {long, 301, "    …" + strings.Repeat("a", 80) + "\n     " + strings.Repeat(" ", 80) + "^"},
		"the head of much": {long, 2, "    " + strings.Repeat("a", 160) + "…\n     ^"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Caret(c.line, c.col); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestLine(t *testing.T) {
	const file = "\ufefffirst\r\nsecond\n\nfourth"
	for n, want := range map[int]string{0: "", 1: "first", 2: "second", 3: "", 4: "fourth", 5: ""} {
		if got := Line(file, n); got != want {
			t.Errorf("line %d: got %q, want %q", n, got, want)
		}
	}
}

func FuzzCaret(f *testing.F) {
	f.Add("x := 1", 3)
	f.Add("\t日\x1b[0m\xff", 2)
	f.Fuzz(func(t *testing.T, line string, col int) {
		got := Caret(line, col)
		lines := strings.Split(got, "\n")
		if got != "" && (len(lines) != 2 || strings.Trim(lines[1], " ") != "^" || !utf8.ValidString(got)) {
			t.Errorf("%q, %d: %q", line, col, got)
		}
	})
}
