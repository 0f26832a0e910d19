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
)

// fence is a fenced block of a page: its language, what stands behind that, and
// its text.
var fence = regexp.MustCompile("(?ms)^```([a-z]+)(?: ([^\n]+))?\n(.*?)^```$")

// pageRunner does what a page does, from top to bottom and in a folder of its own,
// and holds the page to what comes out: commands with their output and exit
// status, files as they are written and as they are edited.
//
//   - A block of the language console has commands, each behind "$ ", and what they
//     print. A line of "…" stands for what is left out.
//   - A block of the language diff with a file's name edits that file: the lines with
//   - must stand in it once, in a row, and those with + take their place. Lines that begin with a
//     blank tell where that is.
//   - Any other block with a file's name is that file.
//
// With UPDATE_GOLDEN=1 the outputs are written anew into the page, but for those that
// are shortened.
type pageRunner struct {
	*testing.T
	wrote    func(name string) // looks at a file that the page shows; may be nil
	commands int
	status   int
}

// follow does what a page does.
func (p *pageRunner) follow(page string) {
	p.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		p.Fatal(err)
	}
	file, err := filepath.Abs(page)
	if err != nil {
		p.Fatal(err)
	}
	for _, name := range []string{"NSCHECK_SOURCE", "NSCHECK_BINDINGS", "NSCHECK_PASSWORD", "NSCHECK_POLICY", "NSCHECK_CONFIG", "NO_COLOR"} {
		p.Setenv(name, "")
	}
	p.Chdir(p.TempDir())
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
	if update && changed != string(text) {
		if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
			p.Fatal(err)
		}
	}
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
	case "cd":
		if err := os.Chdir(args[1]); err != nil {
			p.Fatal(err)
		}
		return ""
	}
	p.Fatalf("the page has a command that this test does not know: %s", command)
	return ""
}

// words cuts a command as a shell does, as far as pages need it.
func words(command string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`'([^']*)'|(\S+)`).FindAllStringSubmatch(command, -1) {
		out = append(out, m[1]+m[2])
	}
	return out
}

// file writes a file that the page shows.
func (p *pageRunner) file(name, text string) {
	p.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
	if p.wrote != nil {
		p.wrote(name)
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
		case ' ':
			from.WriteString(line[1:])
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
