package evaluator

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
