package pack

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type entry struct {
	name string
	kind byte
	text string
}

func file(name, text string) entry { return entry{name, tar.TypeReg, text} }

func tarball(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	gz := gzip.NewWriter(&out)
	w := tar.NewWriter(gz)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Typeflag: e.kind, Size: int64(len(e.text)), Mode: 0o644}
		if e.kind == tar.TypeXGlobalHeader {
			h = &tar.Header{Typeflag: e.kind, PAXRecords: map[string]string{"comment": e.text}}
		} else if e.kind == tar.TypeSymlink || e.kind == tar.TypeLink {
			h.Linkname, h.Size = e.text, 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			io.WriteString(w, e.text)
		}
	}
	w.Close()
	gz.Close()
	return out.Bytes()
}

func TestReadArchive(t *testing.T) {
	good := tarball(t, file("a.rego", "package a\n"))
	tests := []struct {
		name string
		data []byte
		want string // in the error; else the names of the files
	}{
		{"as OPA writes names", tarball(t, file("/site/a.rego", "x"), file("/.manifest", "{}")), "files: .manifest site/a.rego"},
		{"as tar writes names", tarball(t, entry{"./", tar.TypeDir, ""}, entry{"./site/", tar.TypeDir, ""}, file("./site/a.rego", "x")), "files: site/a.rego"},
		{"as git archive writes them", tarball(t, entry{"", tar.TypeXGlobalHeader, "0123"}, file("a.rego", "x")), "files: a.rego"},
		{"no archive", []byte("package a\n"), "no pack of rules (.tar.gz)"},
		{"nothing", nil, "no pack of rules (.tar.gz)"},
		{"no entry", tarball(t), "the pack is empty"},
		{"gzip of something else", gzipped([]byte(strings.Repeat("x", 1024))), "the pack is damaged: "},
		{"truncated", good[:len(good)/2], "the pack is truncated; get it again"},
		{"without its end", good[:len(good)-4], "the pack is truncated; get it again"},
		{"a bit changed", flipped(good, len(good)-6), "the pack is damaged: gzip: invalid checksum; get it again"},
		{"something behind it", append(bytes.Clone(good), good...), "something follows its end"},
		{"out of the folder", tarball(t, file("../a.rego", "x")), `an entry of the name "../a.rego", which is no path inside of a pack`},
		{"out of the folder by a way around", tarball(t, file("a/../../b.rego", "x")), "which is no path inside of a pack"},
		{"two slashes", tarball(t, file("//a.rego", "x")), "which is no path inside of a pack"},
		{"as Windows writes names", tarball(t, file(`site\a.rego`, "x")), "which is no path inside of a pack"},
		{"a symbolic link", tarball(t, entry{"a.rego", tar.TypeSymlink, "/etc/passwd"}), `the link "a.rego"; a pack holds files only`},
		{"a hard link", tarball(t, entry{"a.rego", tar.TypeLink, "/etc/passwd"}), `the link "a.rego"; a pack holds files only`},
		{"a device", tarball(t, entry{"a.rego", tar.TypeChar, ""}), `"a.rego", which is no regular file`},
		{"twice", tarball(t, file("a.rego", "x"), file("./a.rego", "y")), `"a.rego" twice`},
		{"a file and a folder", tarball(t, file("a", "x"), file("a/b.rego", "y")), `"a" both as a file and as a folder`},
		{"a folder and a file", tarball(t, file("a/b.rego", "y"), file("a", "x")), `"a" both as a file and as a folder`},
		{"a file and an empty folder", tarball(t, file("a", "x"), entry{"a/", tar.TypeDir, ""}), `"a" both as a file and as a folder`},
		{"signatures elsewhere", tarball(t, file("a/.signatures.json", "{}")), `"a/.signatures.json"; a .signatures.json stands at the top`},
		{"a delta bundle", tarball(t, file("patch.json", "{}")), "it is a delta bundle"},
		{"a large file", tarball(t, file("a.rego", strings.Repeat("x", maxFile+1))), `"a.rego", which has more than 16 MB`},
		{"large files", tarball(t, large(5)...), "holds more than 64 MB"},
		{"many files", tarball(t, many(maxFiles+1)...), "holds more than 10000 files"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files, err := readArchive(bytes.NewReader(tt.data))
			got := "files:"
			if err != nil {
				got = err.Error()
			} else {
				fs.WalkDir(files, ".", func(name string, d fs.DirEntry, _ error) error {
					if !d.IsDir() {
						got += " " + name
					}
					return nil
				})
			}
			if !strings.Contains(got, tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func gzipped(text []byte) []byte {
	var out bytes.Buffer
	gz := gzip.NewWriter(&out)
	gz.Write(text)
	gz.Close()
	return out.Bytes()
}

func flipped(data []byte, at int) []byte {
	data = bytes.Clone(data)
	data[at] ^= 1
	return data
}

func large(n int) []entry {
	var out []entry
	for i := range n {
		out = append(out, file(string(rune('a'+i))+".rego", strings.Repeat("x", maxFile)))
	}
	return out
}

func many(n int) []entry {
	var out []entry
	for i := range n {
		out = append(out, file(strings.Repeat("a", i%100+1)+"/"+strings.Repeat("b", i/100+1), ""))
	}
	return out
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if _, err := Open(filepath.Join(dir, "none")); err == nil || !os.IsNotExist(err) {
		t.Errorf("a file that is not there: %v", err)
	}
	broken := write("broken.tar.gz", tarball(t, file("pack.yaml", "name: 1x!\nversion: 1.0.0\n")))
	if _, err := Open(broken); err == nil || !strings.HasPrefix(err.Error(), broken+": pack.yaml: name ") {
		t.Errorf("a manifest that is wrong: %v", err)
	}
	named, err := Open(write("named.tar.gz", tarball(t, file("pack.yaml", "name: acme\nversion: 1.0.0\n"))))
	if err != nil || named.Manifest.Name != "acme" || !named.IsFile() {
		t.Errorf("got %+v, %v", named, err)
	}
	folder, err := Open(dir)
	if err != nil || folder.Manifest != nil || folder.IsFile() {
		t.Errorf("got %+v, %v", folder, err)
	}
}

// FuzzReadArchive makes sure that whatever is read is bounded and has names inside
// of the pack.
func FuzzReadArchive(f *testing.F) {
	for _, seed := range [][]byte{
		tarball(f, file("a.rego", "package a\n"), file("pack.yaml", "name: a\nversion: 1.0.0\n")),
		tarball(f, file("../a.rego", "x")),
		tarball(f, entry{"./site/", tar.TypeDir, ""}, file("./site/a.rego", "x")),
		tarball(f, entry{"a.rego", tar.TypeSymlink, "b"}),
		tarball(f, file("a", "x"), file("a/b", "y")),
		gzipped([]byte("x")),
		[]byte("\x1f\x8b"),
		nil,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		files, err := readArchive(bytes.NewReader(data))
		if err != nil {
			if err.Error() == "" || files != nil {
				t.Errorf("%q and %d files", err, len(files))
			}
			return
		}
		total := 0
		err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := fs.ReadFile(files, name)
			total += len(text)
			return err
		})
		if err != nil || total > maxTotal {
			t.Errorf("%d bytes, %v", total, err)
		}
	})
}
