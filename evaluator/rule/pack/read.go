package pack

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing/fstest"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/textfile"
)

// Bounds of a pack as a file; a pack of a thousand rules is far below them.
const (
	maxFile  = 16 << 20 // bytes of one file in it
	maxTotal = 64 << 20 // bytes of all, decompressed
	maxFiles = 10000
)

// Files of a bundle that are OPA's own.
const (
	manifestFile   = ".manifest"
	signaturesFile = ".signatures.json"
)

// Pack is a folder of rules, or a pack as a file.
type Pack struct {
	// Name as it was given: the path of a folder or of a file.
	Name string
	// FS holds the files. Those of a pack as a file are in memory.
	FS fs.FS
	// Manifest is what pack.yaml says; nil where there is none.
	Manifest *rule.PackManifest

	archive fstest.MapFS // nil for a folder
}

// IsFile tells a pack as a file from a folder.
func (p *Pack) IsFile() bool { return p.archive != nil }

// Source is what package evaluator loads.
func (p *Pack) Source() rule.Source { return rule.Source{Name: p.Name, FS: p.FS} }

// Open reads the pack of a name: a folder, or a file that [Build] or OPA wrote.
func Open(name string) (*Pack, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	p := &Pack{Name: name}
	if info.IsDir() {
		if _, err := os.ReadDir(name); err != nil { // later it would be called "."
			return nil, err
		}
		p.FS = textfile.DirFS(name)
	} else {
		if p.archive, err = readFile(name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		p.FS = p.archive
	}
	if p.Manifest, err = rule.ReadPackManifest(p.FS); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

func readFile(name string) (fstest.MapFS, error) {
	f, err := textfile.Open(name)
	if err != nil {
		return nil, cause(err)
	}
	defer f.Close()
	return readArchive(f)
}

// cause is an error without the name of the file, which is told once.
func cause(err error) error {
	var on *fs.PathError
	if errors.As(err, &on) {
		return on.Err
	}
	return err
}

var (
	errNoPack    = errors.New("it is a file, and no pack of rules (.tar.gz); name a folder of rules, or a file that \"nscheck pack build\" wrote")
	errTruncated = errors.New("the pack is truncated; get it again")
	errTooLarge  = fmt.Errorf("the pack holds more than %d MB; a pack holds rules and their examples only", maxTotal>>20)
)

// readArchive reads a gzip-compressed tar archive into memory.
func readArchive(r io.Reader) (fstest.MapFS, error) {
	in := bufio.NewReader(r)
	if magic, err := in.Peek(2); err != nil && !errors.Is(err, io.EOF) {
		return nil, cause(err)
	} else if !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return nil, errNoPack
	}
	gz, err := gzip.NewReader(in)
	if err != nil {
		return nil, damaged(err)
	}
	gz.Multistream(false)
	a := archive{files: fstest.MapFS{}, folders: map[string]bool{}}
	bounded := &boundedReader{gz, maxTotal}
	if err := a.read(tar.NewReader(bounded)); err != nil {
		return nil, damaged(err)
	}
	// To the end, for only there is the checksum; a tar archive may be filled up.
	if _, err := io.Copy(io.Discard, bounded); err != nil {
		return nil, damaged(err)
	}
	if _, err := in.Peek(1); err == nil {
		return nil, errors.New("the pack is damaged: something follows its end; get it again")
	}
	if len(a.files) == 0 {
		return nil, errors.New("the pack is empty")
	}
	return a.files, nil
}

// boundedReader fails behind a number of bytes.
type boundedReader struct {
	io.Reader
	left int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// archive is an archive while it is read.
type archive struct {
	files   fstest.MapFS
	folders map[string]bool
	total   int64
}

// refused is an error about an entry that is understood and not allowed.
type refused struct{ error }

func refuse(format string, args ...any) error { return refused{fmt.Errorf(format, args...)} }

// damaged says of errors of the formats what they mean.
func damaged(err error) error {
	var understood refused
	switch {
	case errors.Is(err, errTooLarge), errors.As(err, &understood):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errTruncated
	}
	return fmt.Errorf("the pack is damaged: %w; get it again", cause(err))
}

func (a *archive) read(r *tar.Reader) error {
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag == tar.TypeXGlobalHeader { // git archive writes one
			continue
		}
		name, err := entryName(h.Name)
		if err != nil {
			return err
		}
		switch h.Typeflag {
		case tar.TypeDir:
			err = a.addFolder(name)
		case tar.TypeReg:
			err = a.addFile(name, r)
		case tar.TypeSymlink, tar.TypeLink:
			err = refuse("the pack holds the link %q; a pack holds files only", name)
		default:
			err = refuse("the pack holds %q, which is no regular file; a pack holds files only", name)
		}
		if err != nil {
			return err
		}
	}
}

// entryName is the name of an entry as a path in the pack. OPA writes a slash
// before names, and tar a dot.
func entryName(name string) (string, error) {
	inner, dotted := strings.CutPrefix(name, "./")
	if !dotted {
		inner = strings.TrimPrefix(name, "/")
	}
	if inner = strings.TrimSuffix(inner, "/"); inner == "" {
		inner = "."
	}
	if !fs.ValidPath(inner) || strings.ContainsAny(inner, "\\\x00") {
		return "", refuse("the pack holds an entry of the name %q, which is no path inside of a pack", name)
	}
	return inner, nil
}

func (a *archive) addFolder(name string) error {
	if a.files[name] != nil {
		return refuse("the pack holds %q both as a file and as a folder", name)
	}
	for ; name != "."; name = path.Dir(name) {
		a.folders[name] = true
	}
	return a.bound()
}

func (a *archive) bound() error {
	if len(a.files)+len(a.folders) > maxFiles {
		return refuse("the pack holds more than %d files", maxFiles)
	}
	return nil
}

func (a *archive) addFile(name string, r io.Reader) error {
	base := path.Base(name)
	switch {
	case name == ".":
		return refuse("the pack holds a file without a name")
	case a.files[name] != nil:
		return refuse("the pack holds %q twice", name)
	case a.folders[name]:
		return refuse("the pack holds %q both as a file and as a folder", name)
	case (base == manifestFile || base == signaturesFile) && base != name:
		return refuse("the pack holds %q; a %s stands at the top", name, base)
	case base == "patch.json":
		return refuse("the pack holds %q; it is a delta bundle, which changes another one, and nscheck reads whole packs", name)
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if a.files[dir] != nil {
			return refuse("the pack holds %q both as a file and as a folder", dir)
		}
		a.folders[dir] = true
	}
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return err
	}
	if len(text) > maxFile {
		return refuse("the pack holds %q, which has more than %d MB", name, maxFile>>20)
	}
	if a.total += int64(len(text)); a.total > maxTotal { // holes in files are not read
		return errTooLarge
	}
	a.files[name] = &fstest.MapFile{Data: text, Mode: 0o644}
	return a.bound()
}
