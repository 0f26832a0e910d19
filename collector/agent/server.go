package agent

import (
	"slices"
	"strings"

	"github.com/nscheck/nscheck/internal/guid"
)

// readServerPackages compares the two folders of a package server.
func (r *folderReader) readServerPackages() {
	f := r.found
	if !f.hasServer && !f.hasStatus {
		return
	}
	r.readStatuses()
	r.readSnapshots()
	switch {
	case !f.hasStatus:
		r.notes.addIncomplete("there is no folder PackageStatus, so packages without a status are unknown")
		return
	case !f.hasServer:
		r.notes.addIncomplete("there is no folder Package Delivery, so packages without a status are unknown")
		return
	}
	r.report.Orphans = []string{}
	for g := range f.delivery {
		if _, known := f.status[g]; !known {
			r.report.Orphans = append(r.report.Orphans, g.String())
		}
	}
	slices.Sort(r.report.Orphans)
}

// readStatuses notes statuses that cannot be read, and packages that are marked as
// deleted: their content will be removed.
func (r *folderReader) readStatuses() {
	var deleted []string
	for _, g := range sortedKeys(r.found.status) {
		name, ok := r.child(r.found.status[g], "PackageStatus.xml")
		if !ok {
			r.notes.add("%s has no PackageStatus.xml", r.found.status[g])
			continue
		}
		s, err := readFile(r.fs, name, readStatus)
		if err != nil {
			r.notes.add("%s: %v", name, withoutPath(err))
		}
		if s.deleted() {
			text := g.String()
			if since := s.since(); since != "" {
				text += " (since " + since + ")"
			}
			deleted = append(deleted, text)
		}
	}
	if len(deleted) > 0 {
		r.notes.add("marked Deleted in PackageStatus.xml: %s", strings.Join(deleted, ", "))
	}
}

// readSnapshots notes packages on the server with a missing or broken snapshot.xml,
// without which they cannot be served.
func (r *folderReader) readSnapshots() {
	var without []string
	for _, g := range sortedKeys(r.found.delivery) {
		name, ok := r.child(r.content(r.found.delivery[g]), "snapshot.xml")
		if !ok {
			without = append(without, g.String())
			continue
		}
		guids, err := readFile(r.fs, name, readSnapshot)
		if err != nil {
			r.notes.add("%s: %v", name, withoutPath(err))
		} else if len(guids) > 0 && !guids[g] {
			r.notes.add("%s names other packages than that of its folder", name)
		}
	}
	if len(without) > 0 {
		r.notes.add("packages in Package Delivery without snapshot.xml: %s", strings.Join(without, ", "))
	}
}

func sortedKeys(m map[guid.GUID]string) []guid.GUID {
	keys := make([]guid.GUID, 0, len(m))
	for g := range m {
		keys = append(keys, g)
	}
	slices.SortFunc(keys, func(a, b guid.GUID) int { return strings.Compare(string(a[:]), string(b[:])) })
	return keys
}
