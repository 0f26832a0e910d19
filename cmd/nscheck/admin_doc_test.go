package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/collector/cmdb"
)

// fence is a fenced block of a page: its language, what stands behind that, and
// its text.
var fence = regexp.MustCompile("(?ms)^```([a-z]+)(?: ([^\n]+))?\n(.*?)^```$")

// TestAdminPage does what docs/admin.md does, from top to bottom, and holds the
// page to what comes out: commands with their output and exit status, files as
// they are written and as they are edited. With UPDATE_GOLDEN=1 the outputs are written
// anew, but for those shortened by a line of "…".
func TestAdminPage(t *testing.T) {
	const page = "../../docs/admin.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	file, err := filepath.Abs(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"NSCHECK_SOURCE", "NSCHECK_BINDINGS", "NSCHECK_PASSWORD", "NO_COLOR"} {
		t.Setenv(name, "")
	}
	t.Chdir(t.TempDir())
	p := &pageRunner{T: t}
	changed := fence.ReplaceAllStringFunc(string(text), func(block string) string {
		m := fence.FindStringSubmatch(block)
		switch {
		case m[1] == "console":
			return "```console\n" + p.console(m[3]) + "```"
		case m[1] == "diff":
			p.edit(m[2], m[3])
		case m[2] != "":
			p.file(m[2], m[3])
		}
		return block
	})
	if p.commands < 8 {
		t.Errorf("the page has only %d commands", p.commands)
	}
	if update && changed != string(text) {
		if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

type pageRunner struct {
	*testing.T
	commands int
	status   int
}

// console runs the commands of a block and compares what they print.
func (p *pageRunner) console(block string) string {
	p.Helper()
	var out strings.Builder
	for _, part := range strings.Split("\n"+block, "\n$ ")[1:] {
		command, want, _ := strings.Cut(strings.TrimRight(part, "\n")+"\n", "\n")
		got := p.run(command)
		p.commands++
		if shortened(want) {
			p.holds(command, want, got)
			got = want
		} else if !update && got != want {
			p.Errorf("$ %s\nprints\n%s\nand not\n%s", command, got, want)
		}
		fmt.Fprintf(&out, "$ %s\n%s", command, got)
	}
	return out.String()
}

func shortened(text string) bool {
	return slices.ContainsFunc(strings.Split(text, "\n"), func(l string) bool { return strings.TrimSpace(l) == "…" })
}

// holds finds the lines in the output in their order.
func (p *pageRunner) holds(command, want, got string) {
	p.Helper()
	lines := strings.Split(got, "\n")
	for line := range strings.SplitSeq(strings.TrimRight(want, "\n"), "\n") {
		if strings.TrimSpace(line) == "…" {
			continue
		}
		i := slices.Index(lines, line)
		if i < 0 {
			p.Errorf("$ %s\nprints no line %q, or not in this place:\n%s", command, line, got)
			return
		}
		lines = lines[i+1:]
	}
}

func (p *pageRunner) run(command string) string {
	p.Helper()
	args := words(command)
	switch args[0] {
	case "nscheck":
		var out bytes.Buffer
		p.status = run(args, &out, &out)
		return out.String()
	case "echo":
		return fmt.Sprintln(p.status)
	case "cat":
		text, err := os.ReadFile(args[1])
		if err != nil {
			p.Fatal(err)
		}
		return string(text)
	}
	p.Fatalf("the page has a command that this test does not know: %s", command)
	return ""
}

// words cuts a command as a shell does, as far as the page needs it.
func words(command string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`'([^']*)'|(\S+)`).FindAllStringSubmatch(command, -1) {
		out = append(out, m[1]+m[2])
	}
	return out
}

// file writes a file that the page shows; bindings must be good ones.
func (p *pageRunner) file(name, text string) {
	p.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
	if strings.HasSuffix(name, ".yaml") {
		if _, err := cmdb.ReadBindings(name); err != nil {
			p.Errorf("the page's %s: %v", name, err)
		}
	}
}

// edit changes lines of a file as a diff shows.
func (p *pageRunner) edit(name, diff string) {
	p.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		p.Fatal(err)
	}
	var from, to strings.Builder
	for line := range strings.Lines(diff) {
		switch line[0] {
		case '-':
			from.WriteString(line[1:])
		case '+':
			to.WriteString(line[1:])
		}
	}
	if strings.Count(string(text), from.String()) != 1 {
		p.Fatalf("%s does not hold once what the page edits:\n%s", name, from.String())
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(text), from.String(), to.String(), 1)), 0o600); err != nil {
		p.Fatal(err)
	}
}
