package lint

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// folder is a source of rules with the text of its files.
type folder struct {
	source rule.Source
	files  []*file // by name
	byName map[string]*file
}

// file is a file of rules, tests, examples or settings.
type file struct {
	folder *folder
	name   string // in its folder
	shown  string // to people
	text   string
	// Of files of Rego:
	module *ast.Module // nil where it is none
	pkg    string      // its package, such as data.acme.site.x; empty where that is not known
	isTest bool
	isRule bool // whether it is meant to be a rule: it defines violation, or has an id
}

const (
	regoEnding = ".rego"
	paramsFile = "params.yaml"
)

func (f *file) isRego() bool { return path.Ext(f.name) == regoEnding }

// examplesKey is the one key of a file of worked examples.
var examplesKey = regexp.MustCompile(`(?m)^examples:`)

// isExamples reports whether a file has worked examples: it stands beside a rule,
// or looks like one that did. Other files of YAML may lie around.
func (f *file) isExamples() bool {
	if path.Ext(f.name) != ".yaml" || f.name == rule.PackFile || f.name == paramsFile {
		return false
	}
	return f.rule() != nil || examplesKey.MatchString(f.text)
}

// stem is the name of the rule that a file belongs to, with its folder.
func (f *file) stem() string {
	stem := strings.TrimSuffix(f.name, path.Ext(f.name))
	if f.isTest {
		stem = strings.TrimSuffix(stem, "_test")
	}
	return stem
}

// within reports whether a file is in one of some paths of its folder, or belongs to
// the same rule as one of them; no paths mean all.
func (f *file) within(paths []string) bool {
	if len(paths) == 0 {
		return true
	}
	return slices.ContainsFunc(paths, func(p string) bool {
		if p == "." || p == f.name || strings.HasPrefix(f.name, p+"/") {
			return true
		}
		named := f.folder.byName[p]
		return named != nil && path.Ext(p) != "" && named.stem() == f.stem() && (f.isRego() || f.isExamples())
	})
}

// rule is the file of the rule or library that a file belongs to; nil where
// there is none.
func (f *file) rule() *file { return f.folder.byName[f.stem()+regoEnding] }

// id is the rule's id, where the file has one.
func (f *file) id() string {
	if a := f.annotations(); a != nil {
		id, _ := a.Custom["id"].(string)
		return id
	}
	return ""
}

// annotations are those of the file's package; nil where it has none.
func (f *file) annotations() *ast.Annotations {
	if f == nil || f.module == nil {
		return nil
	}
	for _, a := range f.module.Annotations {
		if a.Scope == "package" {
			return a
		}
	}
	return nil
}

// top is the line of the file's package; 1 where that is not known.
func (f *file) top() int {
	if f.module == nil {
		return 1
	}
	return f.module.Package.Location.Row
}

// readFolder reads the files of a source.
func readFolder(src rule.Source) (*folder, error) {
	out := &folder{source: src, byName: map[string]*file{}}
	err := fs.WalkDir(src.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if ext := path.Ext(name); ext != regoEnding && ext != ".yaml" {
			return nil
		}
		if info, err := fs.Stat(src.FS, name); err != nil || info.IsDir() {
			return nil // a link, of which package evaluator tells
		}
		text, err := fs.ReadFile(src.FS, name)
		if err != nil {
			return err
		}
		out.add(name, rule.RegoText(text))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read rules from %s: %w", src.Name, err)
	}
	if !slices.ContainsFunc(out.files, (*file).isRego) {
		return nil, fmt.Errorf("there is no .rego file in %s; name a folder that holds rules", src.Name)
	}
	return out, nil
}

func (d *folder) add(name, text string) {
	shown := strings.TrimSuffix(strings.ReplaceAll(d.source.Name, `\`, "/"), "/") + "/" + name
	f := &file{folder: d, name: name, shown: shown, text: text}
	if f.isRego() {
		f.isTest = strings.HasSuffix(name, "_test"+regoEnding)
		f.parse()
	}
	d.files = append(d.files, f)
	d.byName[name] = f
}

// packageLine finds the package of a file that is no Rego.
var packageLine = regexp.MustCompile(`(?m)^package\s+([\w.]+)`)

func (f *file) parse() {
	m, err := ast.ParseModuleWithOpts(f.shown, f.text, ast.ParserOptions{ProcessAnnotation: true})
	if err != nil {
		if found := packageLine.FindStringSubmatch(f.text); found != nil {
			f.pkg = "data." + found[1]
		}
		return
	}
	f.module, f.pkg = m, m.Package.Path.String()
	f.isRule = !f.isTest && (f.id() != "" || slices.ContainsFunc(m.Rules, func(r *ast.Rule) bool {
		return r.Head.Ref()[0].String() == "violation"
	}))
}
