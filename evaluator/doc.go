// Package evaluator evaluates a snapshot with a pack of rules.
//
// It reads a [rule.Pack], the estate of a snapshot at once and its clients one by one,
// and returns a [result.Result]: a verdict for each rule, the findings, and the causes
// that explain the findings of clients.
//
// The order of work is fixed. Client rules run while clients stream by, and everything
// that estate rules may need to know about clients is counted in the same pass. Estate
// rules run last. Findings of clients wait in a spool until the findings of the estate
// are known, because only then can they be attributed to causes. Nothing holds all
// clients or all findings in memory.
//
// OPA evaluates all rules: none is written in Go. What Go adds is what a rule cannot see
// from inside: which sections of the snapshot the rule needs and whether they were
// collected, lookup tables, and the attribution of causes.
//
// A [result.Annotator] adds to findings what is known besides the rules, such as waivers;
// an [Observer] sees each client with the answers of the rules, as comparisons do.
package evaluator
