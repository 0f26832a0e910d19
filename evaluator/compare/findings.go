package compare

import (
	"cmp"
	"iter"
	"strings"

	"github.com/nscheck/nscheck/evaluator/result"
)

// All yields the findings that are not on both sides: those of the estate by
// rule, then the new ones of clients, then those of clients that are gone, each
// in the order of its snapshot. It can be called again.
func (d *Difference) All() iter.Seq2[Compared, error] {
	return func(yield func(Compared, error) bool) {
		for _, c := range d.estate {
			if !yield(c, nil) {
				return
			}
		}
		for _, side := range []struct {
			result *Side
			states map[result.Fingerprint]result.BaselineState
		}{{d.head, d.came}, {d.base, d.went}} {
			if len(side.states) == 0 {
				continue
			}
			for f, err := range side.result.ClientFindings() {
				if err != nil {
					yield(Compared{}, err)
					return
				}
				print, _ := result.ParseFingerprint(f.Fingerprint)
				state := side.states[print]
				if state == "" {
					continue
				}
				c := d.compared(f, state)
				if c.Gone = side.result == d.base; !yield(c, nil) {
					return
				}
			}
		}
	}
}

// absent yields the findings that only the base has. What is a cause on the base
// is none on the head.
func (d *Difference) absent() iter.Seq2[result.Finding, error] {
	return func(yield func(result.Finding, error) bool) {
		for c, err := range d.All() {
			if err == nil && !c.Gone {
				continue
			}
			c.Cause, c.Certainty, c.Waiver = "", "", nil
			if !yield(c.Finding, err) || err != nil {
				return
			}
		}
	}
}

func (d *Difference) compared(f result.Finding, state result.BaselineState) Compared {
	c := Compared{Finding: f}
	c.BaselineState = state
	if state == result.Incomparable {
		c.Reason = "the other side could not judge the client"
		return c
	}
	if c.Settings = d.blame.of(&f); len(c.Settings) == 0 {
		c.Settings = d.settingsOfCause(&f, state)
	}
	c.Location = locationOf(c.Settings)
	return c
}

// SettingsOf are the settings that may have made a finding of the head.
func (d *Difference) SettingsOf(f result.Finding) []SettingRef {
	return d.compared(f, f.BaselineState).Settings
}

// settingsOfCause are the settings behind the cause of a client's finding, where
// that came or went together with it.
func (d *Difference) settingsOfCause(f *result.Finding, state result.BaselineState) []SettingRef {
	rule, rest, _ := strings.Cut(f.Cause, ":")
	object, _, _ := strings.Cut(rest, ":")
	for _, c := range d.estate {
		if c.Rule == rule && c.BaselineState == state && cmp.Or(c.Resource.GUID, c.Resource.Name) == object {
			return c.Settings
		}
	}
	return nil
}
