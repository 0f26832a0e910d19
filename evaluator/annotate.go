package evaluator

import (
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// annotations are those of one evaluation, in order.
type annotations struct {
	list   []result.Annotation
	later  map[string]rule.Date // rules that do not count yet, by id
	waived map[string]int64     // findings, by rule id
}

// beginAnnotations starts the annotations of a run.
func (r *run) beginAnnotations() error {
	r.annotations = &annotations{later: map[string]rule.Date{}, waived: map[string]int64{}}
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

func (a *annotations) annotate(f *result.Finding, id *result.FindingID, first bool) {
	f.EffectiveOn = a.later[f.Rule]
	for _, annotation := range a.list {
		annotation.Annotate(f, id, first)
	}
	if first && f.Waiver != nil {
		a.waived[f.Rule]++
	}
}

// annotateEstate identifies and annotates the findings of a rule of scope estate.
func (a *annotations) annotateEstate(rule *rule.Rule, findings []result.Finding, hashes objectHashes) {
	seen := result.Ordinals{}
	for i := range findings {
		f := &findings[i]
		n := seen.Next(rule.ID, f.Resource, f.Package, f.Path)
		id := result.NewIdentity(rule, f.Resource.Type, f.Package, f.Path, n)
		prints := id.Fingerprints(result.ObjectOf(f.Resource, f.Package))
		f.Fingerprint, f.ObjectHash = prints[0].String(), hashes[f.Resource.GUID]
		a.annotate(f, &result.FindingID{Prints: prints, Sites: f.SitesAffected()}, true)
	}
}

// annotateClient annotates the findings of one client.
func (a *annotations) annotateClient(rec *clientRecord, findings []result.Finding, ids []result.Identity, first bool) {
	if a.idle() {
		return
	}
	object := result.ObjectOf(rec.resource(), "")
	for i := range findings {
		a.annotate(&findings[i], &result.FindingID{Prints: ids[i].Fingerprints(object), Sites: rec.Sites}, first)
	}
}

func (a *annotations) finish(r *result.Result) error {
	for _, annotation := range a.list {
		if err := annotation.Finish(r); err != nil {
			return err
		}
	}
	return nil
}
