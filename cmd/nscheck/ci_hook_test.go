package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// testGitHook commits with docs/ci/pre-commit in place. What counts is what is
// staged, whatever the working tree has.
func testGitHook(t *testing.T, s *sample) {
	hook := readDoc(t, "pre-commit")
	for i, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			folder := s.checkout(t, "main")
			if err := os.WriteFile(filepath.Join(folder, ".git", "hooks", "pre-commit"), hook, 0o755); err != nil {
				t.Fatal(err)
			}
			edit(t, folder, i)
			s.git(t, folder, "add", "estate.yaml")
			if err := os.WriteFile(filepath.Join(folder, "estate.yaml"), []byte("not: staged\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			out, status := runIn(t, folder, s.env([]string{s.bin}), "git", "commit", "-m", "Change")
			if (status == 0) != (c.status == 0) {
				t.Errorf("git commit exits with %d: %s", status, out)
			}
			checkTable(t, out, c.name)
		})
	}
	t.Run("other file", func(t *testing.T) {
		folder := s.checkout(t, "main")
		if err := os.WriteFile(filepath.Join(folder, ".git", "hooks", "pre-commit"), hook, 0o755); err != nil {
			t.Fatal(err)
		}
		out, status := runIn(t, folder, s.env([]string{s.bin}), "git", "commit", "--allow-empty", "-m", "Other")
		if status != 0 || strings.Contains(out, "finding") {
			t.Errorf("git commit exits with %d: %s", status, out)
		}
	})
}

// testPreCommit runs the entry of .pre-commit-hooks.yaml as pre-commit does,
// and holds the example's configuration to it.
func testPreCommit(t *testing.T, s *sample) {
	text, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	type hook struct {
		ID, Language, Entry, Files string
		PassFilenames              *bool `yaml:"pass_filenames"`
	}
	var hooks []hook
	decode(t, text, &hooks)
	var config struct {
		Repos []struct {
			Rev   string
			Hooks []hook
		}
	}
	decode(t, readDoc(t, "pre-commit-config.yaml"), &config)
	if len(hooks) != 1 || hooks[0].Language != "golang" || hooks[0].PassFilenames == nil || *hooks[0].PassFilenames {
		t.Fatalf("%+v", hooks)
	}
	if len(config.Repos) != 1 || config.Repos[0].Rev != "v"+version || len(config.Repos[0].Hooks) != 1 || config.Repos[0].Hooks[0].ID != hooks[0].ID {
		t.Errorf("%+v", config)
	}
	files := regexp.MustCompile(hooks[0].Files)
	for file, want := range map[string]bool{"estate.yaml": true, "base.jsonl.zst": true, "nscheck.yaml": true, "README.md": false, "old/estate.yaml": false} {
		if files.MatchString(file) != want {
			t.Errorf("%s: %v", file, !want)
		}
	}
	for _, c := range changes {
		out, status := runShell(t, s.checkout(t, c.name), s.env([]string{s.bin}), "-c", hooks[0].Entry)
		if status != c.status {
			t.Errorf("%s: exit status %d: %s", c.name, status, out)
		}
		checkTable(t, out, c.name)
	}
}
