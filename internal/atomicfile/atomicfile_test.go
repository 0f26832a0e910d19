package atomicfile

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// write writes text under a name and returns what went wrong.
func write(name, text string) error {
	f, err := Create(name)
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := io.WriteString(f, text); err != nil {
		return err
	}
	return f.Commit()
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// holds checks the names in a folder: nothing is left behind.
func holds(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s holds %q, want %q", dir, got, want)
	}
}

func TestWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "f")
	if err := write(name, "old"); err != nil {
		t.Fatal(err)
	}
	f, err := Create(name)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "half")
	if got := read(t, name); got != "old" {
		t.Errorf("before Commit it holds %q", got)
	}
	f.Abort()
	holds(t, dir, "f")
	if got := read(t, name); got != "old" {
		t.Errorf("after Abort it holds %q", got)
	}
	if err := f.Commit(); err == nil {
		t.Error("Commit after Abort succeeded")
	}
	if err := write(name, "new"); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, "f")
	if got := read(t, name); got != "new" {
		t.Errorf("after Commit it holds %q", got)
	}
}

func TestLinksAreFollowed(t *testing.T) {
	dir := t.TempDir()
	file, link, chain := filepath.Join(dir, "sub", "f"), filepath.Join(dir, "link"), filepath.Join(dir, "chain")
	os.Mkdir(filepath.Dir(file), 0o755)
	for at, to := range map[string]string{link: filepath.Join("sub", "f"), chain: "link"} {
		if err := os.Symlink(to, at); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	for _, text := range []string{"new", "newer"} { // first it dangles
		if err := write(chain, text); err != nil {
			t.Fatal(err)
		}
		if got := read(t, file); got != text {
			t.Errorf("the file holds %q, want %q", got, text)
		}
	}
	for _, l := range []string{link, chain} {
		if info, err := os.Lstat(l); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%s is a link no longer: %v, %v", l, info, err)
		}
	}
	holds(t, filepath.Dir(file), "f")
	circle := filepath.Join(dir, "circle")
	os.Symlink("circle", circle)
	if err := write(circle, "x"); err == nil || err.Error() != "its symbolic links lead in a circle" {
		t.Errorf("a circle: %v", err)
	}
}

func TestRefused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	os.WriteFile(file, nil, 0o644)
	for name, want := range map[string]string{
		"":                              "the file name is empty",
		dir:                             "it is a folder; name a file",
		filepath.Join(dir, "no", "f"):   "the folder " + filepath.Join(dir, "no") + " does not exist; create it first",
		filepath.Join(dir, "f", "file"): "",
	} {
		for what, err := range map[string]error{"Create": write(name, ""), "Check": Check(name)} {
			if err == nil || want != "" && err.Error() != want {
				t.Errorf("%s %q: %v, want %s", what, name, err, want)
			}
		}
	}
	holds(t, dir, "f")
}

func TestCheckLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := Check(filepath.Join(dir, "f")); err != nil {
		t.Fatal(err)
	}
	holds(t, dir)
}

func TestSame(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	os.WriteFile(at("f"), nil, 0o644)
	os.WriteFile(at("g"), nil, 0o644)
	os.Mkdir(at("sub"), 0o755)
	links := os.Symlink("f", at("link")) == nil && os.Symlink("sub", at("dir")) == nil && os.Symlink("none", at("dangling")) == nil
	for _, test := range []struct {
		a, b string
		want bool
		link bool
	}{
		{a: "f", b: "f", want: true},
		{a: "f", b: "g"},
		{a: "f", b: filepath.Join("sub", "..", "f"), want: true},
		{a: "f", b: "link", want: true, link: true},
		{a: filepath.Join("sub", "n"), b: filepath.Join("sub", "n"), want: true},
		{a: filepath.Join("sub", "n"), b: filepath.Join("dir", "n"), want: true, link: true},
		{a: "none", b: "dangling", want: true, link: true},
		{a: "f", b: "none"},
	} {
		if test.link && !links {
			continue
		}
		if got := Same(at(test.a), at(test.b)); got != test.want {
			t.Errorf("Same(%s, %s) = %v", test.a, test.b, got)
		}
	}
	if runtime.GOOS != "windows" && Same(os.DevNull, os.DevNull) {
		t.Error("two reports cannot both be thrown away")
	}
}
