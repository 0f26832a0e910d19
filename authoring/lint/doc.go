// Package lint says what is wrong with folders of rules, and what could be
// better: everything that can be found together, and not just the first.
//
// Folders of rules come in: [evaluator.Source]. A [Report] goes out: a [Problem]
// for each place where a [Lint] found something, by file and line, and what was
// silenced by a comment in a rule's file. [Fix] formats the files of a folder.
//
// What keeps rules from being loaded is found by package evaluator, which says so
// to all commands; here is what matters to authors alone: problems behind the
// first ones, tests, worked examples, formatting, unused code, silencing.
// docs/lints.md has a section about each lint.
package lint
