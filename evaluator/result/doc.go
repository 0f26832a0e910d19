// Package result holds what an evaluation returns and what files of results contain:
// verdicts, findings, causes, waiver states and exit statuses. It is data, with no engine
// behind it.
//
// [Result] yields findings one by one, because there may be millions. [File] reads a
// result that an earlier run wrote as JSON. A fingerprint identifies a finding from one
// run to the next.
package result
