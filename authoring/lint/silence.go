package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/suggest"
)

// silencing is a comment that silences a lint in a file.
type silencing struct {
	file   *file
	line   int
	name   string
	reason string
	used   bool
}

var silencingForm = regexp.MustCompile(`^\s*#\s*nscheck:ignore\b\s*(\S*)\s*(.*?)\s*$`)

// silencings are the comments of a file that silence something.
func silencings(f *file) (out []*silencing) {
	if !f.isRego() && f.name != rule.PackFile {
		return nil
	}
	for i, line := range strings.Split(f.text, "\n") {
		if found := silencingForm.FindStringSubmatch(line); found != nil {
			out = append(out, &silencing{file: f, line: i + 1, name: found[1], reason: found[2]})
		}
	}
	return out
}

// silence sorts the problems into those that are reported and those that
// comments silence, and looks at the comments.
func (l *linter) silence(report *Report) {
	byFile := map[string][]*silencing{}
	var all []*silencing
	for _, folder := range l.folders {
		for _, f := range folder.files {
			byFile[f.shown] = silencings(f)
			all = append(all, byFile[f.shown]...)
		}
	}
	found := &Report{}
	found.add(l.problems)
	var loud []Problem
	for _, p := range found.Problems {
		if s := silenced(p, byFile[p.owner]); s != nil {
			report.Silenced = append(report.Silenced, Silenced{p, s.reason})
		} else {
			loud = append(loud, p)
		}
	}
	l.problems = nil
	for _, s := range all {
		l.check(s)
	}
	report.add(slices.DeleteFunc(append(loud, l.problems...), l.outside))
	report.Silenced = slices.DeleteFunc(report.Silenced, func(s Silenced) bool { return l.outside(s.Problem) })
}

// outside reports whether nobody asked for a problem.
func (l *linter) outside(p Problem) bool {
	f := l.file(p.File)
	return f != nil && !f.within(l.opts.Within[f.folder.source.Name])
}

// silenced finds the comment that silences a problem; errors cannot be silenced.
func silenced(p Problem, by []*silencing) (first *silencing) {
	if p.Severity == Error {
		return nil
	}
	for _, s := range by {
		if s.name == p.Name {
			s.used = true
			if first == nil {
				first = s
			}
		}
	}
	return first
}

// check finds what is wrong with a comment that silences.
func (l *linter) check(s *silencing) {
	lint, ok := named(s.name)
	switch {
	case s.name == "":
		l.on(s.file, ignoreUnknown, s.line, "name the lint to silence: # nscheck:ignore <name> <reason>")
	case !ok:
		message := fmt.Sprintf("there is no lint %q", s.name)
		if near := suggest.To(s.name, names()); near != "" {
			message += fmt.Sprintf("; did you mean %q?", near)
		}
		l.on(s.file, ignoreUnknown, s.line, "%s", message)
	case s.reason == "":
		l.on(s.file, ignoreReason, s.line, "say why %s is silenced: # nscheck:ignore %s <reason>", s.name, s.name)
	case lint.under(l.opts.Strict) == Error:
		l.on(s.file, ignoreUnused, s.line, "%s is an error, and errors cannot be silenced", s.name)
	case !s.used && l.looked(lint, s.file):
		l.on(s.file, ignoreUnused, s.line, "%s finds nothing here that would have to be silenced", s.name)
	}
}

// looked reports whether a lint looked at a file at all: some need rules that
// load, and some are for shared packs alone.
func (l *linter) looked(lint Lint, f *file) bool {
	if f.isRego() && f.module == nil {
		return false
	}
	switch lint.Name {
	case unusedHelper: // of a library that nothing uses, that alone is said
		return l.code != nil && !l.wholeUnused[f]
	case noUnknown, notRemembered, unusedLibrary, remediationGap, mixedTypes, versionAsText, noMembers, unknownValue:
		return l.code != nil
	}
	return lint.under(l.opts.Strict) != off
}
