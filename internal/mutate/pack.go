package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/ast"
)

// pack is a folder of rules with its tests, parsed.
type pack struct {
	fsys  fs.FS
	texts map[string]string // of all files of Rego
	rules map[string]*ast.Module
	tests map[string]*ast.Module // by the file that they test
	// By file: the files that define what it refers to, itself among them.
	needs map[string][]string
	// What the loader of packs wants: by file, the files of the rules that a rule
	// names in its metadata; the rules that count; files of parameters.
	explains map[string][]string
	counting []string
	params   fstest.MapFS
	ids      map[string]string // of the rules, by file
}

// readPack reads and parses all files of Rego.
func readPack(fsys fs.FS) (*pack, error) {
	p := &pack{fsys: fsys, texts: map[string]string{}, rules: map[string]*ast.Module{}, tests: map[string]*ast.Module{}}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".rego") {
			return err
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		module, err := ast.ParseModuleWithOpts(name, string(text), ast.ParserOptions{ProcessAnnotation: true})
		if err != nil {
			return err
		}
		p.texts[name] = string(text)
		if stem, isTest := strings.CutSuffix(name, "_test.rego"); isTest {
			p.tests[stem+".rego"] = module
		} else {
			p.rules[name] = module
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(p.rules) == 0 {
		return nil, fmt.Errorf("no file of Rego found")
	}
	p.follow()
	p.readMetadata()
	return p, p.readParams()
}

// readMetadata reads what the loader checks between rules.
func (p *pack) readMetadata() {
	p.ids = map[string]string{}
	byID, names := map[string]string{}, map[string][]any{}
	for file, module := range p.rules {
		for _, a := range module.Annotations {
			if id, ok := a.Custom["id"].(string); ok {
				byID[id], p.ids[file] = file, id
				names[file], _ = a.Custom["explains"].([]any)
			}
		}
		if defines(module, "tally") {
			p.counting = append(p.counting, file)
		}
	}
	p.explains = map[string][]string{}
	for file, ids := range names {
		for _, id := range ids {
			p.explains[file] = append(p.explains[file], byID[fmt.Sprint(id)])
		}
	}
}

// readParams reads the parameters of the rules and their schema.
func (p *pack) readParams() error {
	p.params = fstest.MapFS{}
	for _, name := range []string{"params.yaml", "schemas/params.json"} {
		data, err := fs.ReadFile(p.fsys, name)
		switch {
		case err == nil:
			p.params[name] = &fstest.MapFile{Data: data}
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	return nil
}

// follow finds the files that each file needs.
func (p *pack) follow() {
	byPackage := map[string]string{}
	for file, module := range p.rules {
		byPackage[module.Package.Path.String()] = file
	}
	var collect func(seen map[string]bool, module *ast.Module)
	collect = func(seen map[string]bool, module *ast.Module) {
		ast.WalkRefs(module, func(ref ast.Ref) bool {
			for n := 2; n <= len(ref); n++ {
				file, ok := byPackage[ref[:n].String()]
				if ok && !seen[file] {
					seen[file] = true
					collect(seen, p.rules[file])
				}
			}
			return false
		})
	}
	p.needs = map[string][]string{}
	for file, module := range p.rules {
		seen := map[string]bool{file: true}
		collect(seen, module)
		if tests := p.tests[file]; tests != nil {
			collect(seen, tests)
		}
		for name := range seen {
			p.needs[file] = append(p.needs[file], name)
		}
		slices.Sort(p.needs[file])
	}
}

// users returns the files whose tests can report a change of a file: the file itself
// first, then those that need it.
func (p *pack) users(file string) []string {
	var others []string
	for name, needs := range p.needs {
		if name != file && slices.Contains(needs, file) {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	return append([]string{file}, others...)
}

// files returns the names of all files with rules, sorted.
func (p *pack) files() []string { return slices.Sorted(maps.Keys(p.rules)) }

// isLibrary reports whether a file defines no rule of nscheck.
func (p *pack) isLibrary(file string) bool { return !defines(p.rules[file], "violation") }

// defines reports whether a module defines a name.
func defines(module *ast.Module, name ast.Var) bool {
	return slices.ContainsFunc(module.Rules, func(r *ast.Rule) bool { return r.Head.Name == name })
}
