package pack

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// Build packs a folder. It needs a pack.yaml and rules that load together with
// those of the other sources. Left out are files and folders whose names begin
// with a dot, such as .git, and files that end in .tar.gz. The caller writes the
// bytes, which are the same whenever the files are.
func Build(folder *Pack, others []rule.Source) ([]byte, error) {
	switch {
	case folder.IsFile():
		return nil, fmt.Errorf("%s is a pack already; name the folder that it is built from", folder.Name)
	case folder.Manifest == nil:
		return nil, fmt.Errorf("%s has no %s, which gives the pack its name and its version; write one with the lines \"name: acme-house-rules\" and \"version: 1.0.0\"", folder.Name, rule.PackFile)
	}
	files, err := readFolder(folder.FS)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder.Name, err)
	}
	// What is checked is what was read, whatever becomes of the folder meanwhile.
	read := Pack{Name: folder.Name, FS: files, archive: files}
	if read.Manifest, err = rule.ReadPackManifest(files); err != nil {
		return nil, fmt.Errorf("%s: %w", folder.Name, err)
	}
	if _, err := rule.LoadPack(append(slices.Clone(others), read.Source())...); err != nil {
		return nil, err
	}
	manifest, err := newManifest(&read)
	if err != nil {
		return nil, err
	}
	files[manifestFile] = &fstest.MapFile{Data: manifest}
	var out bytes.Buffer
	if err := writeArchive(&out, files); err != nil {
		return nil, err
	}
	if _, err := readArchive(bytes.NewReader(out.Bytes())); err != nil {
		return nil, fmt.Errorf("%s: %w", folder.Name, err)
	}
	return out.Bytes(), nil
}

// readFolder reads what a pack takes of a folder.
func readFolder(folder fs.FS) (fstest.MapFS, error) {
	files, total := fstest.MapFS{}, 0
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		hidden := name != "." && strings.HasPrefix(path.Base(name), ".")
		switch {
		case err != nil:
			return err
		case hidden && d.IsDir():
			return fs.SkipDir
		case d.IsDir(), hidden, strings.HasSuffix(name, ".tar.gz"):
			return nil
		case !d.Type().IsRegular():
			return fmt.Errorf("%s is a link or no regular file; a pack holds files only, so put a copy there", name)
		}
		if err := checkBundleName(name); err != nil {
			return err
		}
		text, err := readBounded(folder, name)
		if err != nil {
			return err
		}
		if total += len(text); total > maxTotal {
			return errTooLarge
		}
		files[name] = &fstest.MapFile{Data: text}
		return nil
	})
	return files, err
}

func readBounded(folder fs.FS, name string) ([]byte, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s has more than %d MB; a pack holds rules and their examples only", name, maxFile>>20)
	}
	return text, err
}

// checkBundleName refuses files that OPA would take for something else.
func checkBundleName(name string) error {
	switch base := path.Base(name); {
	case base == "data.json", base == "data.yaml", base == "data.yml":
		return fmt.Errorf("%s would be data to OPA, and rules read no data of a pack; give it another name", name)
	case base == "patch.json", base == "policy.wasm", base == "plan.json", strings.HasSuffix(base, manifestFile), strings.HasSuffix(base, manifestFile+".pb"):
		return fmt.Errorf("%s has a name that means something else in a bundle of OPA; give it another name", name)
	case strings.Contains(name, `\`):
		return fmt.Errorf("%s has a backslash in its name, which not every system can read; give it another name", name)
	}
	return nil
}

// metadataKey is where the manifest of a bundle says what pack it is.
const metadataKey = "nscheck"

// newManifest is OPA's manifest of a pack.
func newManifest(p *Pack) ([]byte, error) {
	roots, err := rootsOf(p.FS)
	if err != nil {
		return nil, err
	}
	version := ast.RegoV1.Int()
	return json.Marshal(bundle.Manifest{
		Revision: p.Manifest.Version, Roots: &roots, RegoVersion: &version,
		Metadata: map[string]any{metadataKey: p.Manifest},
	})
}

// rootsOf are the first names of the packages, of tests too: what the bundle owns
// of OPA's data.
func rootsOf(files fs.FS) ([]string, error) {
	roots := map[string]bool{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".rego" {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		m, err := ast.ParseModuleWithOpts(name, string(text), ast.ParserOptions{RegoVersion: ast.RegoV1})
		if err != nil {
			return err
		}
		if len(m.Package.Path) > 1 {
			first, ok := m.Package.Path[1].Value.(ast.String)
			if !ok || strings.ContainsAny(string(first), "/") {
				return fmt.Errorf("%s: the package %v has no name that a bundle of OPA can own; choose another one", name, m.Package.Path)
			}
			roots[string(first)] = true
		}
		return nil
	})
	return slices.Sorted(maps.Keys(roots)), err
}

// writeArchive writes files sorted by name, with nothing of the system that they
// come from.
func writeArchive(w io.Writer, files fstest.MapFS) error {
	gz, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	out := tar.NewWriter(gz)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := files[name].Data
		h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(text)), Format: tar.FormatPAX}
		if err := out.WriteHeader(h); err != nil {
			return err
		}
		if _, err := out.Write(text); err != nil {
			return err
		}
	}
	return errors.Join(out.Close(), gz.Close())
}
