package result

import (
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// An Annotator adds to findings what is known of them besides the rules: the waiver
// that covers one, or whether an earlier result has it. It can serve several
// evaluations.
type Annotator interface {
	// Begin starts to annotate the findings of one evaluation, as of a day. The manifest
	// is nil for a document written by hand. An error ends the evaluation.
	Begin(pack *rule.Pack, estate *snapshot.Estate, manifest *snapshot.Manifest, day rule.Date) (Annotation, error)
}

// Annotation annotates the findings of one evaluation.
type Annotation interface {
	// Annotate sets fields of a finding. Findings of clients are not kept but made again
	// each time that they are read; first is true once for each finding.
	Annotate(f *Finding, id *FindingID, first bool)
	// Finish adds to the result what became of all findings, once the rules have verdicts.
	Finish(r *Result) error
}

// FindingID is what a finding is recognised by.
type FindingID struct {
	// Its fingerprints: the present one first, then those under earlier ids of the rule.
	Prints []Fingerprint
	// GUIDs of the sites of all clients that it affects; none if they are unknown.
	Sites []string
	// Why a waiver that is about it does not hold; set by the annotation of waivers.
	Lapsed string
}
