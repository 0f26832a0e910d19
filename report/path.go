package report

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/nscheck/nscheck/evaluator/result"
)

// repositoryVariables hold the folder of the checkout in pipelines, for jobs
// whose checkout has no .git.
var repositoryVariables = []string{"GITHUB_WORKSPACE", "BUILD_SOURCESDIRECTORY", "CI_PROJECT_DIR", "WORKSPACE"}

// RepositoryRoot returns the folder of the repository around a folder, or what
// the pipeline calls so. It is empty if unknown.
func RepositoryRoot(dir string) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for at := realPath(dir); ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return at
		}
		if filepath.Dir(at) == at {
			break
		}
	}
	for _, name := range repositoryVariables {
		if root := os.Getenv(name); root != "" && filepath.IsAbs(root) {
			if _, inside := relative(realPath(root), realPath(dir)); inside {
				return realPath(root)
			}
		}
	}
	return ""
}

// realPath resolves the symbolic links of the existing part of a path.
func realPath(name string) string {
	if real, err := filepath.EvalSymlinks(name); err == nil {
		return real
	}
	dir := filepath.Dir(name)
	if dir == name {
		return name
	}
	return filepath.Join(realPath(dir), filepath.Base(name))
}

// relative is a path as it is called in root.
func relative(root, name string) (string, bool) {
	rel, err := filepath.Rel(root, name)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// file is a file as the services behind the formats look for it: relative to the
// root of the repository, with slashes. A file outside of it stays as it is
// named, without what a path does not need, such as ./ at its beginning.
func (o Options) file(name string) string {
	if o.Root != "" {
		if abs, err := filepath.Abs(filepath.FromSlash(name)); err == nil {
			if rel, inside := relative(o.Root, realPath(abs)); inside {
				return rel
			}
		}
	}
	return path.Clean(filepath.ToSlash(name))
}

// place is a place with its file as the services look for it.
func (o Options) place(l *result.SourceLocation) *result.SourceLocation {
	if l == nil {
		return nil
	}
	at := *l
	at.File = o.file(l.File)
	return &at
}
