package lint

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/caret"
)

// Options say what rules are held to.
type Options struct {
	// Strict holds them to what packs are held to that others use.
	Strict bool
	// Beside are rules that are loaded too and not linted, such as the built-in ones.
	Beside []rule.Source
	// Within are the paths of which problems are reported, by the name of the source:
	// folders, or files with what belongs to the same rule. All are where none is named.
	Within map[string][]string
	// Shipped tells that the linted rules are part of nscheck, so that they have
	// neither a pack.yaml nor a version of their own.
	Shipped bool
}

// linter lints folders.
type linter struct {
	opts     Options
	folders  []*folder
	beside   []*folder
	pack     *rule.Pack // nil where it does not load
	refused  error      // why it does not, where no flaws tell
	code     *code      // nil where it does not compile
	problems []Problem
	// Libraries that nothing uses.
	wholeUnused map[*file]bool
}

// Run lints sources of rules together.
func Run(ctx context.Context, sources []rule.Source, opts Options) (*Report, error) {
	l := &linter{opts: opts, wholeUnused: map[*file]bool{}}
	for _, part := range []struct {
		sources []rule.Source
		to      *[]*folder
	}{{opts.Beside, &l.beside}, {sources, &l.folders}} {
		for _, src := range part.sources {
			f, err := readFolder(src)
			if err != nil {
				return nil, err
			}
			*part.to = append(*part.to, f)
		}
	}
	steps := []func() error{
		func() error { return l.load(append(append([]rule.Source{}, opts.Beside...), sources...)) },
		l.compile,
		l.tests,
	}
	for _, step := range steps {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err := step(); err != nil {
			return nil, err
		}
	}
	for _, folder := range l.folders {
		l.manifest(folder)
		for _, f := range folder.files {
			l.parts(f)
			l.examples(f)
			l.metadata(f)
			l.formatting(f)
		}
	}
	l.otherRefusal()
	if err := l.followCode(); err != nil {
		return nil, err
	}
	report := &Report{Strict: opts.Strict, Problems: []Problem{}, Silenced: []Silenced{}}
	l.silence(report)
	return report, nil
}

// load finds what keeps the rules from being loaded.
func (l *linter) load(sources []rule.Source) error {
	pack, err := rule.LoadPack(sources...)
	var flaws rule.Flaws
	switch {
	case err == nil:
		l.pack = pack
	case errors.As(err, &flaws):
		l.flaws(flaws)
	default:
		l.refused = err
	}
	var unread *rule.UnreadFile
	if errors.As(err, &unread) { // not a consequence of anything else
		l.report(Problem{Name: doesNotLoad, File: unread.File, Message: unread.Error()})
	}
	return nil
}

// otherRefusal reports why the rules do not load, where nothing else said so.
func (l *linter) otherRefusal() {
	if l.refused == nil || slices.ContainsFunc(l.problems, func(p Problem) bool { return p.Severity == Error }) {
		return
	}
	message := l.refused.Error()
	for _, folder := range l.folders {
		message = strings.TrimPrefix(message, "load rules from "+folder.source.Name+": ")
	}
	l.report(Problem{Name: doesNotLoad, File: l.fileIn(message, l.folders[0].source.Name), Message: message})
}

// fileIn is the linted file that a message begins with or names; otherwise other.
func (l *linter) fileIn(message, other string) string {
	for _, folder := range l.folders {
		for _, f := range folder.files {
			if strings.Contains(message, f.shown+":") {
				return f.shown
			}
		}
	}
	return other
}

// flaws reports what package evaluator found.
func (l *linter) flaws(flaws rule.Flaws) {
	for _, f := range flaws {
		l.report(Problem{Name: string(f.Kind), File: f.File, Line: f.Row, Column: f.Col, Message: f.Msg})
	}
}

// report notes a problem, where the lint looks for it.
func (l *linter) report(p Problem) {
	lint, ok := named(p.Name)
	if !ok {
		panic("there is no lint " + p.Name)
	}
	if p.Severity = lint.under(l.opts.Strict); p.Severity == off {
		return
	}
	p.Help = lint.Help
	p.owner = p.File
	if f := l.file(p.File); f != nil {
		if p.Line > 0 {
			p.Source = caret.Line(f.text, p.Line)
		}
		if rule := f.rule(); rule != nil {
			p.Rule = rule.id()
			if !f.isRego() {
				p.owner = rule.shown
			}
		}
	}
	l.problems = append(l.problems, p)
}

// on reports a problem of a file, at a line where there is one.
func (l *linter) on(f *file, name string, line int, message string, args ...any) {
	p := Problem{Name: name, File: f.shown, Line: line, Message: fmt.Sprintf(message, args...)}
	if line > 0 {
		p.Column = 1
	}
	l.report(p)
}

// at reports a problem at a place in a file of Rego.
func (l *linter) at(loc *ast.Location, name, message string, args ...any) {
	l.report(Problem{Name: name, File: loc.File, Line: loc.Row, Column: loc.Col, Message: fmt.Sprintf(message, args...)})
}

// file finds a linted file by the name that is shown to people.
func (l *linter) file(shown string) *file {
	for _, folder := range l.folders {
		for _, f := range folder.files {
			if f.shown == shown {
				return f
			}
		}
	}
	return nil
}

// each calls something for each file of Rego, of the linted rules and of those
// beside them.
func (l *linter) each(do func(f *file, linted bool)) {
	for i, folders := range [][]*folder{l.beside, l.folders} {
		for _, folder := range folders {
			for _, f := range folder.files {
				if f.isRego() {
					do(f, i == 1)
				}
			}
		}
	}
}
