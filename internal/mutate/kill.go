package main

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/nscheck/nscheck/authoring/ruletest"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// outcome is what became of a mutant.
type outcome int

const (
	invalid outcome = iota // does not compile
	killed                 // a test or a worked example failed
	survived
)

func (o outcome) String() string { return [...]string{"invalid", "killed", "survived"}[o] }

// timeout bounds one test of a mutant.
const timeout = 10 * time.Second

// try runs what can report a mutant, until something fails: the Rego tests of the
// mutated file, then those of the files that need it, then the worked examples.
func (p *pack) try(ctx context.Context, m *mutant) (outcome, error) {
	text := m.apply(p.texts[m.File])
	module, err := ast.ParseModule(m.File, text)
	if err != nil || compile(p.modulesFor(m.File, module)).Failed() {
		return invalid, nil
	}
	users := p.users(m.File)
	for _, user := range users {
		failed, err := p.test(ctx, user, module)
		if err != nil {
			return invalid, err
		}
		if failed != "" {
			m.Killer = failed
			return killed, nil
		}
	}
	return p.tryExamples(ctx, users, m, text)
}

// check makes sure that the tests and examples of the mutated files pass without a
// change. Otherwise all mutants would seem to be killed.
func (p *pack) check(ctx context.Context, mutants []*mutant) error {
	checked := map[string]bool{}
	for _, m := range mutants {
		if checked[m.File] {
			continue
		}
		checked[m.File] = true
		unchanged := &mutant{place: place{File: m.File}}
		failed, err := p.test(ctx, m.File, p.rules[m.File])
		if err == nil && failed == "" {
			_, err = p.tryExamples(ctx, []string{m.File}, unchanged, p.texts[m.File])
			failed = unchanged.Killer
		}
		if err != nil {
			return err
		}
		if failed != "" {
			return fmt.Errorf("%s: a test fails without any change: %s", m.File, failed)
		}
	}
	return nil
}

// modulesFor returns what a file needs, with another module in the place of a
// changed one.
func (p *pack) modulesFor(file string, changed *ast.Module) map[string]*ast.Module {
	modules := map[string]*ast.Module{}
	for _, name := range p.needs[file] {
		modules[name] = p.rules[name]
	}
	modules[changed.Package.Location.File] = changed
	return modules
}

func compile(modules map[string]*ast.Module) *ast.Compiler {
	compiler := ast.NewCompiler()
	compiler.Compile(modules)
	return compiler
}

// test runs the Rego tests of a file with a changed module until one fails, and
// returns its name; "" if all pass.
func (p *pack) test(ctx context.Context, file string, changed *ast.Module) (failed string, err error) {
	tests := p.tests[file]
	if tests == nil {
		return "", nil
	}
	modules := p.modulesFor(file, changed)
	name := tests.Package.Location.File
	modules[name] = tests
	compiler := compile(modules)
	if compiler.Failed() {
		return name, nil // OPA's types report that it cannot pass
	}
	store := inmem.New()
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return "", err
	}
	defer store.Abort(ctx, txn)
	for _, rule := range tests.Rules {
		if !strings.HasPrefix(rule.Head.Name.String(), tester.TestPrefix) {
			continue
		}
		cancel := topdown.NewCancel()
		timer := time.AfterFunc(timeout, cancel.Cancel)
		query := ast.NewBody(ast.NewExpr(ast.NewTerm(rule.Ref())))
		results, err := topdown.NewQuery(query).WithCompiler(compiler).WithStore(store).WithTransaction(txn).
			WithCancel(cancel).WithStrictBuiltinErrors(true).Run(ctx)
		timer.Stop()
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		if err != nil || len(results) == 0 {
			return fmt.Sprintf("%s:%d", name, rule.Location.Row), nil
		}
	}
	return "", nil
}

// tryExamples runs the worked examples of rules with a changed file.
func (p *pack) tryExamples(ctx context.Context, users []string, m *mutant, text string) (outcome, error) {
	rules := slices.DeleteFunc(slices.Clone(users), p.isLibrary)
	if len(rules) == 0 {
		return survived, nil
	}
	files, err := p.exampleFiles(rules)
	if err != nil {
		return invalid, err
	}
	files[m.File] = &fstest.MapFile{Data: []byte(text)}
	source := rule.Source{Name: "mutant", FS: files}
	report, err := ruletest.Run(ctx, ruletest.Options{Targets: []ruletest.Target{{Source: source}}, Timeout: timeout, Parallel: 1})
	switch {
	case ctx.Err() != nil:
		return invalid, context.Cause(ctx)
	case err != nil:
		m.Killer = "the loader: " + err.Error()
		return killed, nil
	case !report.OK():
		i := slices.IndexFunc(report.Tests, func(t ruletest.Test) bool { return t.Outcome == ruletest.Failed || t.Outcome == ruletest.Errored })
		m.Killer = fmt.Sprintf("%s:%d", report.Tests[i].File, report.Tests[i].Line)
		return killed, nil
	}
	return survived, nil
}

// exampleFiles returns the smallest pack in which the worked examples of rules
// run: the rules with their examples, what they need, and the rules that these
// name or count with.
func (p *pack) exampleFiles(rules []string) (fstest.MapFS, error) {
	wanted := slices.Clone(rules)
	wanted = append(wanted, p.counting...)
	files := fstest.MapFS{}
	for i := 0; i < len(wanted); i++ {
		for _, name := range p.needs[wanted[i]] {
			if files[name] == nil {
				files[name] = &fstest.MapFile{Data: []byte(p.texts[name])}
				wanted = append(wanted, p.explains[name]...)
			}
		}
	}
	for _, rule := range rules {
		name := strings.TrimSuffix(rule, ".rego") + ".yaml"
		data, err := fs.ReadFile(p.fsys, name)
		if err != nil {
			return nil, err
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	maps.Copy(files, p.params)
	return files, nil
}
