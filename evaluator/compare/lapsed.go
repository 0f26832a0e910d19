package compare

import "github.com/nscheck/nscheck/evaluator/result"

// findWaived finds the findings of the head that waivers cover.
func (d *Difference) findWaived() error {
	if len(d.head.Waivers) == 0 {
		return nil
	}
	d.waived = map[result.Fingerprint]bool{}
	for f, err := range d.head.Findings() {
		if err != nil {
			return err
		}
		if print, ok := result.ParseFingerprint(f.Fingerprint); ok && f.Waiver != nil {
			d.waived[print] = true
		}
	}
	return nil
}

// findLapsed finds the waivers that covered a finding on the base and no longer
// cover it on the head.
func (d *Difference) findLapsed() error {
	if len(d.base.Waivers) == 0 {
		return nil
	}
	waived := map[result.Fingerprint]*result.WaiverUse{}
	for f, err := range d.base.Findings() {
		if err != nil {
			return err
		}
		if print, ok := result.ParseFingerprint(f.Fingerprint); ok && f.Waiver != nil {
			waived[print] = f.Waiver
		}
	}
	if len(waived) == 0 {
		return nil
	}
	d.lapsed = map[result.Fingerprint]*result.LapsedWaiver{}
	for f, err := range d.head.Findings() {
		if err != nil {
			return err
		}
		print, _ := result.ParseFingerprint(f.Fingerprint)
		if w := waived[print]; w != nil && f.Waiver == nil {
			d.lapsed[print] = &result.LapsedWaiver{WaiverUse: *w, Msg: d.whyLapsed(w.Place)}
		}
	}
	return nil
}

// whyLapsed says why the waiver at a place no longer covers a finding.
func (d *Difference) whyLapsed(place string) string {
	for i := range d.head.Waivers {
		if w := &d.head.Waivers[i]; w.Place == place && !w.Holds() && w.Msg != "" {
			return w.Msg
		}
	}
	return "it no longer covers the object of the finding"
}

// LapsedWaivers counts the findings whose waiver has lapsed.
func (d *Difference) LapsedWaivers() int64 { return int64(len(d.lapsed)) }
