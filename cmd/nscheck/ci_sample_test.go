package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sample is a repository with the configuration of the demo estate, its snapshot,
// and a branch for each of changes.
type sample struct {
	bin   string // where the built program is
	tools string // where a go stands that installs the built program
	repo  string
	home  string
}

func newSample(t *testing.T) *sample {
	t.Helper()
	needShell(t)
	s := &sample{bin: buildProgram(t), tools: t.TempDir(), repo: t.TempDir(), home: t.TempDir()}
	s.fakeGo(t)
	base, estate := filepath.Join(s.repo, "base.jsonl.zst"), filepath.Join(s.repo, "estate.yaml")
	for _, args := range [][]string{
		{"collect", "--source", "demo:", "-o", base, "--quiet"},
		{"export", "--from", base, "-o", estate},
	} {
		var out bytes.Buffer
		if status := run(append([]string{"nscheck"}, args...), &out, &out); status != 0 {
			t.Fatal(out.String())
		}
	}
	s.git(t, s.repo, "init", "--quiet", "--initial-branch=main")
	s.git(t, s.repo, "add", ".")
	s.git(t, s.repo, "commit", "--quiet", "-m", "Export the estate")
	for i, c := range changes {
		s.git(t, s.repo, "checkout", "--quiet", "-b", c.name, "main")
		edit(t, s.repo, i)
		s.git(t, s.repo, "commit", "--quiet", "-a", "-m", "Set "+c.server)
	}
	return s
}

// fakeGo writes a go that knows one command: the one that users get nscheck by.
func (s *sample) fakeGo(t *testing.T) {
	t.Helper()
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	module := regexp.MustCompile(`(?m)^module (\S+)$`).FindSubmatch(mod)[1]
	script := fmt.Sprintf(`#!/bin/sh
[ "$*" = "install %s/cmd/nscheck@latest" ] || { echo "unexpected: go $*" >&2; exit 64; }
to=${GOBIN:-$GOPATH/bin}
mkdir -p "$to" && cp '%s/nscheck' "$to/"
`, module, s.bin)
	if err := os.WriteFile(filepath.Join(s.tools, "go"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
}

// edit makes the change of that number in a working tree.
func edit(t *testing.T, folder string, number int) {
	t.Helper()
	c, file := changes[number], filepath.Join(folder, "estate.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(string(text), "\n  "+c.server+":\n")
	changed := strings.Replace(after, "constrained: "+c.from, "constrained: "+c.to, 1)
	if changed == after {
		t.Fatalf("%s is not there, or not %s", c.server, c.from)
	}
	if err := os.WriteFile(file, []byte(before+"\n  "+c.server+":\n"+changed), 0o644); err != nil {
		t.Fatal(err)
	}
}

// env is an environment with folders first on the PATH, and nothing that the
// user has set.
func (s *sample) env(bin []string, more ...string) []string {
	path := strings.Join(append(bin, os.Getenv("PATH")), string(os.PathListSeparator))
	return append([]string{
		"PATH=" + path, "HOME=" + s.home, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@corp.example", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@corp.example",
	}, more...)
}

// checkout is a clone of the repository at a branch, as a system makes it.
func (s *sample) checkout(t *testing.T, branch string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "clone")
	s.git(t, s.repo, "clone", "--quiet", "--branch", branch, s.repo, folder)
	return folder
}

func (s *sample) git(t *testing.T, folder string, args ...string) {
	t.Helper()
	if out, status := runIn(t, folder, s.env(nil), "git", args...); status != 0 {
		t.Fatalf("git %v: %s", args, out)
	}
}
