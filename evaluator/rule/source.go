package rule

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"golang.org/x/sync/errgroup"

	"github.com/nscheck/nscheck/policies"
)

// Source is a folder of rules.
type Source struct {
	// Name shown to people: builtin, or the folder's path.
	Name string
	// FS holds .rego files in any depth, and params.yaml at its root. It may
	// hold schemas/params.json, which then says which values parameters take.
	FS fs.FS
	// KeyID names the key by which the source's signature was verified; empty where
	// none was asked for.
	KeyID string
}

// isBuiltin tells the built-in rules from a folder that has their name.
func (s Source) isBuiltin() bool { return s.FS == fs.FS(policies.FS) }

// file is how errors name a file of the source.
func (s Source) file(name string) string {
	return strings.TrimSuffix(strings.ReplaceAll(s.Name, `\`, "/"), "/") + "/" + name
}

// checkSources refuses sources that nobody could tell apart in a report.
func checkSources(sources []Source) error {
	seen := map[string]bool{}
	for _, s := range sources {
		name := path.Clean(strings.ReplaceAll(s.Name, `\`, "/"))
		switch {
		case !s.isBuiltin() && s.Name == "builtin":
			return errors.New(`the folder builtin has the name of the built-in rules; call it ./builtin`)
		case s.isBuiltin():
			name = "\x00builtin"
		}
		if seen[name] {
			return fmt.Errorf("the rules in %s are named twice; name each folder once", s.Name)
		}
		seen[name] = true
	}
	return nil
}

// module is one file of rules. Modules are kept by source and file, for two
// sources may hold files of one name.
type module struct {
	source Source
	file   string
	text   string // until the pack is loaded
	parsed *ast.Module
	// The annotations of its package, nil where it has none, and the schemas in
	// them before others are added.
	annotations *ast.Annotations
	schemas     []*ast.SchemaAnnotation
}

func definesRule(m module) bool { return slices.Contains(definedOutputs(m.parsed), "violation") }

// readSource reads all rules and parameters of one source.
func (p *Pack) readSource(src Source, sum io.Writer) error {
	before := len(p.modules)
	if err := p.readManifest(src); err != nil {
		return fmt.Errorf("load rules from %s: %w", src.Name, err)
	}
	params := maps.Clone(p.defaults)
	err := fs.WalkDir(src.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if err := checkFile(src, name, d); err != nil {
			return err
		}
		isRule := path.Ext(name) == ".rego" && !strings.HasSuffix(name, "_test.rego")
		if !isRule && name != paramsFile {
			return nil
		}
		data, err := fs.ReadFile(src.FS, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
		if name == paramsFile {
			return p.readParams(src, data)
		}
		p.modules = append(p.modules, module{source: src, file: src.file(name), text: RegoText(data)})
		return nil
	})
	if err != nil {
		return fmt.Errorf("load rules from %s: %w", src.Name, err)
	}
	if len(p.modules) == before {
		return fmt.Errorf("load rules from %s: there is no .rego file in it", src.Name)
	}
	if err := p.parseModules(before); err != nil {
		return fmt.Errorf("load rules from %s: %w", src.Name, err)
	}
	own := map[string]bool{}
	for name := range p.defaults {
		_, earlier := params[name]
		own[name] = !earlier
	}
	if err := p.readParamsSchema(src, own); err != nil {
		return fmt.Errorf("load rules from %s: %w", src.Name, err)
	}
	if err := p.checkDefaults(src, own); err != nil {
		return fmt.Errorf("load rules from %s: %w", src.Name, err)
	}
	return nil
}

// readManifest notes which pack a source is, where it says so.
func (p *Pack) readManifest(src Source) error {
	m, err := ReadPackManifest(src.FS)
	var unread *UnreadFile
	if errors.As(err, &unread) {
		unread.File = src.file(unread.File)
	}
	if m == nil || err != nil {
		return err
	}
	for _, other := range p.Info.Packs {
		if other.Name == m.Name {
			return fmt.Errorf("it is the pack %s, and so is %s; name one of them", m.Name, other.Source)
		}
	}
	p.Info.Packs = append(p.Info.Packs, PackVersion{Name: m.Name, Version: m.Version, Source: src.Name, KeyID: src.KeyID})
	return nil
}

// parseModules parses the texts of the modules from one onwards. Those that are
// no Rego are left out, each with a flaw.
func (p *Pack) parseModules(from int) error {
	modules := p.modules[from:]
	errs := make([]error, len(modules))
	var parsing errgroup.Group
	parsing.SetLimit(runtime.GOMAXPROCS(0))
	for i := range modules {
		parsing.Go(func() error {
			m := &modules[i]
			m.parsed, errs[i] = ast.ParseModuleWithOpts(m.file, m.text, ast.ParserOptions{ProcessAnnotation: true, Capabilities: Known()})
			return nil
		})
	}
	parsing.Wait() // none returns an error
	parsed := p.modules[:from]
	for i, m := range modules {
		flaws, err := ParseFlaws(m.file, m.text, errs[i])
		if err != nil {
			return err
		}
		p.flaw(flaws...)
		if len(flaws) == 0 {
			parsed = append(parsed, m)
		}
	}
	p.modules = parsed
	return nil
}

// checkFile refuses what its author surely meant to be read and what is not.
func checkFile(src Source, name string, d fs.DirEntry) error {
	base, ext := strings.ToLower(path.Base(name)), path.Ext(name)
	switch {
	case d.Type()&fs.ModeSymlink != 0:
		if info, err := fs.Stat(src.FS, name); err == nil && info.IsDir() {
			return fmt.Errorf("%s is a link to a folder, and links to folders are not followed; name that folder as one of the sources", src.file(name))
		}
	case strings.EqualFold(ext, ".rego") && ext != ".rego":
		return &UnreadFile{src.file(name), "write its ending as .rego"}
	}
	isParams := slices.Contains([]string{"params.yaml", "params.yml"}, base) || name == "params.json"
	if isParams && name != paramsFile {
		return &UnreadFile{src.file(name), fmt.Sprintf("parameters stand in %s at the top of the folder", paramsFile)}
	}
	return nil
}

// reservedPackage and reservedID belong to the built-in rules.
const (
	reservedPackage = "nscheck"
	reservedID      = "NS-"
)

// documents are what nscheck gives rules below data. A package of such a name would
// hide from all rules what is in it.
var documents = []string{"estate", "index", "params", "totals"}

// packageRoot is the first name of a module's package; empty where it is no text.
func packageRoot(m *ast.Module) string {
	if len(m.Package.Path) < 2 {
		return ""
	}
	root, _ := m.Package.Path[1].Value.(ast.String)
	return string(root)
}

// IsReservedID tells whether an id, in letters of any size, can only be of a
// built-in rule.
func IsReservedID(id string) bool { return strings.HasPrefix(strings.ToUpper(id), reservedID) }

// checkOwners makes sure that no source changes what another one defines: a
// package belongs to one source, and what is called after nscheck belongs to
// the built-in rules. Where they are left out, a copy of them may take their
// place.
func (p *Pack) checkOwners(builtin bool) {
	owner := map[string]module{}
	for _, m := range p.modules {
		pkg := m.parsed.Package.Path.String()
		name := strings.TrimPrefix(pkg, "data.")
		at := m.parsed.Package.Location
		first, ok := owner[pkg]
		switch root := packageRoot(m.parsed); {
		case slices.Contains(documents, root):
			p.flaw(flawAt(FlawReserved, at, "the package %s would take the place of what was collected, for data.%s is a document of nscheck; choose a package that does not begin with %s", name, root, root))
		case builtin && root == reservedPackage && !m.source.isBuiltin():
			p.flaw(flawAt(FlawReserved, at, "the package %s belongs to the built-in rules; choose one that does not begin with nscheck", name))
		case ok && first.source.Name != m.source.Name:
			p.flaw(flawAt(FlawPackage, at, "%s and %s share the package %s; a package belongs to one source of rules", first.file, m.file, name))
		case ok && (definesRule(first) || definesRule(m)):
			p.flaw(flawAt(FlawPackage, at, "%s and %s share the package %s; one rule, one package, one file", first.file, m.file, name))
		}
		if !ok || definesRule(m) {
			owner[pkg] = m
		}
	}
	packages := map[string]bool{}
	for pkg := range owner {
		packages[pkg] = true
	}
	for _, m := range p.modules {
		p.flaw(checkReach(m.parsed, packages)...)
	}
}
