// Package regotypes tells which values the terms of compiled rules can have.
//
// Compiled rules, and the documents that rules read with their schemas, come in:
// [New]. A [Value] goes out for each term of a rule: [Types.In]. Values are
// followed through variables, helpers, and functions and their arguments, of which
// all calls count. What is said of a value holds for every value that the term can
// have where the rules are given what the schemas say; a nil Value is one of which
// nothing is known. OPA's own type checker knows neither which texts there are nor
// what functions are called with, and takes what may be null for anything.
package regotypes
