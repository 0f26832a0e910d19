package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// testList is race.txt: the tests that run under the race detector, and the
// folders of the packages that have them.
type testList struct {
	names    []string
	packages []string
}

// args are those of "go test". SQLite is C translated to Go, without goroutines
// of its own and many times slower under the race detector, so it is built
// without. With -short fewer random estates are evaluated.
func (l testList) args() []string {
	return append([]string{"-race", "-gcflags=modernc.org/...=-race=false", "-short", "-timeout", "30m",
		"-run", "^(" + strings.Join(l.names, "|") + ")$"}, l.packages...)
}

var (
	testFunc = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	// parallel matches code that needs the race detector.
	parallel = regexp.MustCompile(`(?m)^\s+go |\.Go\(|sync\.(RW)?Mutex|<-`)
)

// racedTests reads race.txt and finds each of its tests in the module at root.
// An unknown name is an error, and so is a package with goroutines, channels or
// locks none of whose tests is named.
func racedTests(root string) (testList, error) {
	path := filepath.Join(root, "internal", "testrun", "race.txt")
	text, err := os.ReadFile(path)
	if err != nil {
		return testList{}, err
	}
	tests, needed, err := scanModule(root)
	if err != nil {
		return testList{}, err
	}
	return chooseTests(string(text), tests, needed)
}

func chooseTests(text string, tests map[string][]string, needed []string) (testList, error) {
	var l testList
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		for _, name := range strings.Fields(line) {
			dirs := tests[name]
			if len(dirs) == 0 {
				return l, fmt.Errorf("internal/testrun/race.txt:%d: no package has the test %s", i+1, name)
			}
			l.names = append(l.names, name)
			l.packages = append(l.packages, dirs...)
		}
	}
	slices.Sort(l.packages)
	l.packages = slices.Compact(l.packages)
	for _, dir := range needed {
		if !slices.Contains(l.packages, dir) {
			return l, fmt.Errorf("internal/testrun/race.txt: %s has goroutines, channels or locks; name its tests that use them", dir)
		}
	}
	return l, nil
}

// scanModule returns the folders that have a test of each name, and the folders
// whose code needs the race detector. Nested modules are left out.
func scanModule(root string) (tests map[string][]string, needed []string, err error) {
	tests = make(map[string][]string)
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipFolder(root, path, d.Name())
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		dir := "./" + filepath.ToSlash(rel)
		if !strings.HasSuffix(path, "_test.go") {
			if parallel.Match(text) && !slices.Contains(needed, dir) {
				needed = append(needed, dir)
			}
			return nil
		}
		for _, m := range testFunc.FindAllSubmatch(text, -1) {
			tests[string(m[1])] = append(tests[string(m[1])], dir)
		}
		return nil
	})
	return tests, needed, err
}

func skipFolder(root, path, name string) error {
	if path == root {
		return nil
	}
	if name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".") {
		return filepath.SkipDir
	}
	if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil {
		return filepath.SkipDir
	}
	return nil
}
