// Package compare compares results: with the result of an earlier run (a baseline), or
// the two sides of a gate or a diff.
//
// [EvaluateAgainst] evaluates a snapshot and compares the findings with a [Baseline].
// [EvaluateSide] evaluates one side of a gate or a diff, and [Compare] returns the
// [Difference]: new and fixed findings, the clients that a change newly affects, and the
// settings that caused them. Both return an [Outcome] for reports, and decide the exit
// status.
package compare
