// Package report writes an evaluator's result for people and programs.
//
// A [evaluator.Result] comes in, bytes of one format go out. Every format is
// one [Format] in a file of its own. Formats neither evaluate nor filter: what
// they leave out they count. Same result, same bytes.
package report
