package compare

import (
	"fmt"
	"strings"
	"time"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/snapshot"
)

// IncomparableError reports that two sides are not of one estate, or not in order.
type IncomparableError struct{ Problems []string }

func (e *IncomparableError) Error() string { return strings.Join(e.Problems, "; ") }

// sidesDiffer lists why two snapshots should not be compared.
func sidesDiffer(base, head *result.SnapshotInfo) []string {
	var out []string
	if s := otherServer(base.Server, head.Server); s != "" {
		out = append(out, s)
	}
	if b, h := base.Manifest, head.Manifest; b != nil && h != nil {
		out = append(out, older("the head", h.CollectedAt.Time, "the base", b.CollectedAt.Time)...)
	}
	return out
}

func otherServer(base, head *snapshot.Server) string {
	if base == nil || head == nil {
		return ""
	}
	same := strings.EqualFold(base.Name, head.Name)
	if base.GUID != nil && head.GUID != nil {
		same = strings.EqualFold(*base.GUID, *head.GUID)
	}
	if same {
		return ""
	}
	return fmt.Sprintf("the base is of the Notification Server %s, the head of %s", describeServer(base), describeServer(head))
}

func describeServer(s *snapshot.Server) string {
	if s.GUID == nil {
		return s.Name
	}
	return s.Name + " (" + *s.GUID + ")"
}

func older(head string, now time.Time, base string, before time.Time) []string {
	if !now.Before(before) {
		return nil
	}
	const layout = "2006-01-02 15:04:05Z"
	return []string{fmt.Sprintf("%s was collected on %s, before %s on %s", head, now.UTC().Format(layout), base, before.UTC().Format(layout))}
}

// lostClients says that the head has lost most clients of the base; empty if it
// has not.
func (d *Difference) lostClients() string {
	kept, base, head := d.Clients.Base-d.Clients.Gone, d.base.Snapshot.ActiveClients, d.head.Snapshot.ActiveClients
	switch {
	case d.sameClients:
	case d.Clients.Gone > kept:
		return fmt.Sprintf("the head has %d of the %s of the base", kept, result.Count(d.Clients.Base, "client record"))
	case head*2 < base:
		return fmt.Sprintf("the head has %s, the base %d", result.Count(head, "Active client"), base)
	}
	return ""
}
