// Package evaluator judges a snapshot with a pack of Rego rules.
//
// A [Pack] comes in: rules with their metadata, compiled once. A snapshot
// comes in: its estate at once, its clients one by one. A [Result] goes out:
// a [Verdict] for every rule, the [Finding] values behind the verdicts, and
// the [Cause] values that explain the clients' findings.
//
// The order of work is fixed. Client rules run while clients stream by, and
// everything that estate rules may want to know about clients is counted in
// the same pass. Estate rules run last. Findings of clients wait in a spool
// until the estate's findings are known, for only then can they be attributed
// to causes. Nothing holds all clients or all findings in memory.
//
// OPA is the only judge: no rule is written in Go. What Go adds is what a
// rule cannot see from inside: which sections of the snapshot the rule needs
// and whether they were collected, lookup tables, and the attribution.
package evaluator
