package lint

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	opaformat "github.com/open-policy-agent/opa/v1/format"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/atomicfile"
	"github.com/nscheck/nscheck/internal/textfile"
)

const (
	byteOrderMark = "\ufeff"
	windowsEnd    = "\r\n"
)

// formatted is a file as "opa fmt" writes it; lines end as the first one does.
// It is an error where the file is no Rego.
func formatted(name, text string) (string, error) {
	first, _, _ := strings.Cut(text, "\n")
	plain := strings.ReplaceAll(strings.TrimPrefix(text, byteOrderMark), windowsEnd, "\n")
	out, err := opaformat.SourceWithOpts(name, []byte(plain), opaformat.Opts{RegoVersion: ast.RegoV1})
	if err != nil {
		return "", err
	}
	if strings.HasSuffix(first, "\r") {
		return strings.ReplaceAll(string(out), "\n", windowsEnd), nil
	}
	return string(out), nil
}

// formatting finds files that are not formatted.
func (l *linter) formatting(f *file) {
	if !f.isRego() || f.module == nil {
		return
	}
	want, err := formatted(f.shown, f.text)
	if err != nil || want == f.text {
		return
	}
	wants, has := strings.Split(want, "\n"), strings.Split(f.text, "\n")
	line := 1
	for line <= len(wants) && line <= len(has) && wants[line-1] == has[line-1] {
		line++
	}
	l.on(f, format, min(line, len(has)), "it is not formatted from here on")
}

// Fix formats the files of Rego in a folder, or in some paths of it, and returns
// the names of those that it rewrote. What is no Rego stays as it is.
func Fix(dir string, within ...string) (fixed []string, err error) {
	d, err := readFolder(rule.Source{Name: dir, FS: os.DirFS(dir)})
	if err != nil {
		return nil, err
	}
	for _, f := range d.files {
		if !f.isRego() || !f.within(within) {
			continue
		}
		text, err := formatted(f.shown, f.text)
		if err != nil || text == f.text {
			continue
		}
		name := filepath.Join(dir, filepath.FromSlash(f.name))
		if err := write(name, f.text, text); err != nil {
			return fixed, fmt.Errorf("format %s: %w", f.shown, err)
		}
		fixed = append(fixed, f.shown)
	}
	return fixed, nil
}

// write replaces the text of a file, unless somebody else has changed it.
func write(name, before, after string) error {
	now, err := textfile.Read(name)
	if err != nil {
		return err
	}
	if rule.RegoText(now) != before {
		return fmt.Errorf("the file changed meanwhile; run it once more")
	}
	out, err := atomicfile.Create(name)
	if err != nil {
		return err
	}
	defer out.Abort()
	if _, err := out.WriteString(after); err != nil {
		return err
	}
	return out.Commit()
}
