// Package rule loads rules: Rego packages with metadata, parameters and tests.
//
// [LoadPack] reads and compiles the rules of all sources and returns a [Pack], or [Flaws]
// with file, line and column. From the code of each rule it derives what the rule reads:
// sections and fields of the snapshot ([Needs]), fields of a client ([Reads]) and the
// tallies of other rules. It limits what rules may call ([Capabilities]) and can switch
// rules off, change their severity and set parameters.
//
// It evaluates nothing; package evaluator does.
package rule
