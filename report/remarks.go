package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
)

// remarkKinds are the kinds of remarks, in the order of their meaning.
var remarkKinds = []struct{ kind, id, title, help string }{
	{
		compare.RemarkAffected, "gate-newly-affected", "Clients are newly affected",
		"The finding affects clients that nothing affected as surely before the change, whether the finding itself is new or not. --allow-affected N and --allow-possibly-affected allow that.",
	},
	{
		compare.RemarkUncovered, "gate-uncovered-setting", "A changed setting is not covered by any rule",
		"No rule that was evaluated reads the setting, so the effect of the change is unknown. --fail-on-uncovered makes that a failure.",
	},
	{
		compare.RemarkUnknown, "gate-unknown-setting", "The change makes a setting unknown",
		"The setting was known before the change and is unknown after it, or the change removes the last object of its kind that is recognised, so the effect of the change is unknown. Write the value into the change, or keep the object.",
	},
	{
		compare.RemarkStopped, "gate-stopped-policy", "The change stops a plug-in install policy",
		"The policy worked before the change and is now gone, off, or without a target or a schedule. Computers that it would have given the plug-in to, now or later, depend on another policy. --allow-incomplete lets that pass.",
	},
	{
		compare.RemarkPolicy, "gate-let-pass", "Only the new configuration allows it",
		"By the configuration of the target branch (--policy-base) it fails; the configuration, waivers, parameters or rules of the change would allow it.",
	},
}

// remarkKind is the position of a kind of remark.
func remarkKind(kind string) int {
	for i := range remarkKinds {
		if remarkKinds[i].kind == kind {
			return i
		}
	}
	return 0
}

// remarkLevel is how bad a remark is, in the words of annotations.
func remarkLevel(r *compare.Remark) string {
	switch {
	case r.Fails:
		return "error"
	case r.Incomplete, r.Kind != compare.RemarkAffected:
		return "warning"
	}
	return "note"
}

// remarkText is a remark with the clients and the settings behind it.
func remarkText(r *compare.Remark) string {
	text := strings.TrimSuffix(r.Msg, ".") + "."
	if c := r.Clients; c != nil {
		text += " Clients: " + names(c.Sample, c.Sure+c.Possible) + "."
	}
	if r.Clients != nil && len(r.Settings) > 0 {
		behind := blameText(r.Settings, "because of ")
		text += " " + strings.ToUpper(behind[:1]) + behind[1:] + "."
	}
	return text
}

// remarkSubject identifies the subject of a remark among those of its kind.
func remarkSubject(r *compare.Remark) string {
	var parts []string
	if r.Rule != "" {
		parts = append(parts, r.Rule)
	}
	if r.Resource.Type != "" {
		parts = append(parts, objectName(r.Resource))
	}
	for _, part := range []string{r.Resource.GUID, r.Package, r.Path} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// remarkPrint identifies a remark across runs.
func remarkPrint(r *compare.Remark) string {
	sum := sha256.Sum256([]byte(r.Kind + "\x00" + remarkSubject(r)))
	return hex.EncodeToString(sum[:16])
}

// remarksOf are the remarks of a comparison; none if nothing was compared.
func remarksOf(d *compare.Difference) []compare.Remark {
	if d == nil {
		return nil
	}
	return d.Remarks
}

// remarks writes the remarks of a comparison for people.
func (w *writer) remarks(list []compare.Remark) {
	for i := range remarkKinds {
		began := 0
		for j := range list {
			r := &list[j]
			if r.Kind != remarkKinds[i].kind {
				continue
			}
			if began++; began == 1 {
				w.heading(strings.ToUpper(remarkKinds[i].title))
			}
			if began <= settingsShown {
				w.item(2, Message(remarkText(r)))
			}
		}
		if began > settingsShown {
			w.cut = true
			w.item(2, fmt.Sprintf("and %d more", began-settingsShown))
		}
	}
}
