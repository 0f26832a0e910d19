package evaluator

import (
	"github.com/nscheck/nscheck/snapshot"
)

// An Annotator adds to findings what is known of them besides the rules: the waiver
// that covers one, or whether an earlier result has it. It can serve several
// evaluations.
type Annotator interface {
	// Begin starts to annotate the findings of one evaluation, as of a day. The manifest
	// is nil for a document written by hand. An error ends the evaluation.
	Begin(pack *Pack, estate *snapshot.Estate, manifest *snapshot.Manifest, day Date) (Annotation, error)
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
	Prints []fingerprint
	// GUIDs of the sites of all clients that it affects; none if they are unknown.
	Sites []string
	// Why a waiver that is about it does not hold; set by the annotation of waivers.
	Lapsed string
}

// annotations are those of one evaluation, in order.
type annotations struct {
	list   []Annotation
	later  map[string]Date  // rules that do not count yet, by id
	waived map[string]int64 // findings, by rule id
}

// beginAnnotations starts the annotations of a run.
func (r *run) beginAnnotations() error {
	r.annotations = &annotations{later: map[string]Date{}, waived: map[string]int64{}}
	for _, rule := range r.pack.Rules {
		if rule.EffectiveOn > r.asOf {
			r.annotations.later[rule.ID] = rule.EffectiveOn
		}
	}
	for _, a := range r.opts.Annotators {
		annotation, err := a.Begin(r.pack, r.estate, r.snap.Manifest(), r.asOf)
		if err != nil {
			return err
		}
		r.annotations.list = append(r.annotations.list, annotation)
	}
	return nil
}

// idle reports whether there is nothing to annotate findings with.
func (a *annotations) idle() bool { return len(a.list) == 0 && len(a.later) == 0 }

func (a *annotations) annotate(f *Finding, id *FindingID, first bool) {
	f.EffectiveOn = a.later[f.Rule]
	for _, annotation := range a.list {
		annotation.Annotate(f, id, first)
	}
	if first && f.Waiver != nil {
		a.waived[f.Rule]++
	}
}

// annotateEstate identifies and annotates the findings of a rule of scope estate.
func (a *annotations) annotateEstate(rule *Rule, findings []Finding, hashes objectHashes) {
	seen := ordinals{}
	for i := range findings {
		f := &findings[i]
		n := seen.next(rule.ID, f.Resource, f.Package, f.Path)
		id := newIdentity(rule, f.Resource.Type, f.Package, f.Path, n)
		prints := id.under(objectOf(f.Resource, f.Package))
		f.Fingerprint, f.ObjectHash = prints[0].String(), hashes[f.Resource.GUID]
		a.annotate(f, &FindingID{Prints: prints, Sites: f.SitesAffected()}, true)
	}
}

// annotateClient annotates the findings of one client.
func (a *annotations) annotateClient(rec *clientRecord, findings []Finding, ids []identity, first bool) {
	if a.idle() {
		return
	}
	object := objectOf(rec.resource(), "")
	for i := range findings {
		a.annotate(&findings[i], &FindingID{Prints: ids[i].under(object), Sites: rec.Sites}, first)
	}
}

func (a *annotations) finish(r *Result) error {
	for _, annotation := range a.list {
		if err := annotation.Finish(r); err != nil {
			return err
		}
	}
	return nil
}
