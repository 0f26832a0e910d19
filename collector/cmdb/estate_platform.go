package cmdb

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// platformSections are about the Notification Server, licences and the import
// of patch data.
var platformSections = map[string]fillFunc{
	"server":                                  fillServer,
	"server.read_committed_snapshot":          fillReadCommittedSnapshot,
	"licences":                                fillLicences,
	"licences.inactive_holders":               fillInactiveHolders,
	"licences.same_name":                      fillSameName,
	"patch_import":                            fillPatchImport,
	"patch_import.newest_bulletin_at":         fillNewestBulletin,
	"patch_import.bulletins_without_packages": fillBulletins,
}

func fillServer(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	var server *snapshot.Server
	var version, plugin newestVersion
	for _, row := range rows {
		guid := row[0].guidOrNil()
		if guid == nil {
			continue
		}
		name := nameOr(&row[1], *guid)
		if server != nil && *server.GUID != *guid {
			return &sectionError{snapshot.Failed, "collect server: several computers could be the Notification Server, " +
				server.Name + " and " + name + " among them; section \"server\" needs a query that finds the right one"}
		}
		if server == nil {
			server = &snapshot.Server{GUID: guid, Name: name}
		}
		switch row[2].text {
		case "core":
			version.add(&row[3])
		case "plugin":
			plugin.add(&row[3])
		}
		if !row[2].known && row[3].known {
			e.unread.add(row[0].line, "agent", "it is empty, and version %s belongs to some agent", row[3].text)
			version.unknown, plugin.unknown = true, true
		}
	}
	if server == nil {
		return &sectionError{snapshot.Failed, "collect server: no computer is its own Notification Server, so the server itself is not known; section \"server\" needs a query that finds it"}
	}
	server.Version, server.PluginVersion = version.orNil(), plugin.orNil()
	e.estate.Server = server
	return nil
}

func fillReadCommittedSnapshot(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	if len(rows) == 1 {
		e.estate.Server.ReadCommittedSnapshot = rows[0][0].boolOrNil()
	}
	return nil
}

func fillLicences(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	rows = slices.DeleteFunc(rows, func(row []cell) bool { return !row[0].known })
	if len(rows) == 0 {
		return noProduct("licences")
	}
	if len(rows) > 1 {
		var several products
		for _, row := range rows {
			several.add(&row[0], nil)
		}
		return severalProducts("licences", several)
	}
	e.estate.Licences = &snapshot.Licences{Product: rows[0][0].text, InUse: rows[0][1].intOrNil()}
	return nil
}

func noProduct(section string) error {
	return &sectionError{snapshot.Failed, "collect " + section + ": no product matches; set its name or GUID as in vProduct with --product, or with the key product in nscheck.yaml"}
}

// products are the names of products, by GUID, or by name if it is not known.
type products map[string]string

// add adds the product of a row. Its GUID may be nil.
func (p *products) add(name, id *cell) {
	key := ""
	switch {
	case id != nil && id.known:
		key = id.guid.String()
	case name.known:
		key = name.text
	default:
		return
	}
	if *p == nil {
		*p = make(products)
	}
	if _, ok := (*p)[key]; !ok && len(*p) < maxProducts {
		(*p)[key] = cmp.Or(name.text, key)
	}
}

// maxProducts is the largest number of products that are listed.
const maxProducts = 100

// severalProducts is the error of a section that has licences of more than one
// product. Their counts and holders mean nothing together.
func severalProducts(section string, found products) error {
	names := slices.Compact(slices.Sorted(maps.Values(found)))
	const shown = 10
	list, more := names, ""
	if len(names) > shown {
		list, more = names[:shown], fmt.Sprintf(" and %d more", len(names)-shown)
	}
	matches := "several products match: "
	if len(names) == 1 {
		matches = "several products of one name match, so only a GUID distinguishes them: "
	}
	return &sectionError{snapshot.Failed, "collect " + section + ": " + matches + strings.Join(list, ", ") + more +
		"; set the full name or GUID of one with --product, or with the key product in nscheck.yaml; in files keep the rows of one"}
}

func fillInactiveHolders(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	holders := []snapshot.LicenceHolder{}
	seen := make(map[guid.GUID]int)
	var doubtful []guid.GUID
	for _, row := range rows {
		status := assetStatus(&row[2])
		if at, ok := seen[row[0].guid]; ok {
			if !equal(holders[at].Status, status) {
				holders[at].Status = nil // two statuses contradict each other
				doubtful = insertOnce(doubtful, row[0].guid)
			}
			continue
		}
		seen[row[0].guid] = len(holders)
		holders = append(holders, snapshot.LicenceHolder{GUID: row[0].guid.String(), Name: row[1].textOrNil(), Status: status})
	}
	sortByName(holders, func(h *snapshot.LicenceHolder) (string, string) {
		if h.Name == nil {
			return "", h.GUID
		}
		return *h.Name, h.GUID
	})
	e.estate.Licences.InactiveHolders = holders
	e.contradicted("licences.inactive_holders", "status", doubtful)
	return nil
}

// fillSameName groups holders by name and domain without regard to case. A holder
// with an unknown domain may belong to any domain: then all holders of that name form
// one more group, without a domain.
func fillSameName(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	type key struct{ name, domain string }
	groups := make(map[key]*snapshot.SameName)
	add := func(k key, row []cell, domain *string) {
		group := groups[k]
		if group == nil {
			group = &snapshot.SameName{Name: row[1].text, Domain: domain, Holders: []string{}}
			groups[k] = group
		}
		group.Name = min(group.Name, row[1].text)
		if domain != nil && *domain < *group.Domain {
			group.Domain = domain
		}
		group.Holders = insertSorted(group.Holders, row[0].guid.String())
	}
	doubtful := make(map[string]bool)
	for _, row := range rows {
		if !row[1].known {
			e.faults.add(row[0].line, "name", isEmptyCell)
			continue
		}
		name := strings.ToLower(row[1].text)
		add(key{name, ""}, row, nil)
		if row[2].known {
			add(key{name, strings.ToLower(row[2].text)}, row, row[2].textOrNil())
		} else {
			doubtful[name] = true
		}
	}
	shared := []snapshot.SameName{}
	for k, group := range groups {
		if len(group.Holders) > 1 && (group.Domain != nil || doubtful[k.name]) {
			shared = append(shared, *group)
		}
	}
	sortByName(shared, func(s *snapshot.SameName) (string, string) {
		if s.Domain == nil {
			return s.Name, ""
		}
		return s.Name, *s.Domain
	})
	e.estate.Licences.SameName = shared
	return nil
}

// fillPatchImport reads the runs of the import. A run with neither date nor result
// has not ended. A run without a date may be the newest, so the last run and the last
// success are unknown. A run with an unknown result may be the last success if it is
// newer than the last known one.
func fillPatchImport(e *estateBuilder, b *binding.Binding, rows [][]cell) error {
	var state snapshot.PatchImport
	undated := false
	var unsure *snapshot.Time // of the newest run whose result is unknown
	for _, row := range rows {
		ended := e.timeOf(&row[0])
		if ended == nil {
			if row[1].known {
				undated = true
				e.unread.add(row[0].line, "ended_at", "the run has a result and no date that can be used")
			}
			continue
		}
		var succeeded *bool
		if outcome := b.Mapped("result", row[1].text); outcome != nil {
			ok := *outcome == "succeeded"
			succeeded = &ok
		} else if unsure == nil || ended.After(unsure.Time) {
			unsure = ended
		}
		if state.LastRunAt == nil || ended.After(state.LastRunAt.Time) {
			state.LastRunAt, state.LastRunSucceeded = ended, succeeded
		}
		if succeeded != nil && *succeeded && (state.LastSuccessAt == nil || ended.After(state.LastSuccessAt.Time)) {
			state.LastSuccessAt = ended
		}
	}
	if unsure != nil && (state.LastSuccessAt == nil || unsure.After(state.LastSuccessAt.Time)) {
		state.LastSuccessAt = nil
	}
	if undated {
		state = snapshot.PatchImport{}
	}
	state.LastSuccessAgeDays = e.ageInDays(state.LastSuccessAt)
	e.estate.PatchImport = &state
	return nil
}

func fillNewestBulletin(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	var newest cell
	for i, row := range rows {
		if !row[0].known && len(rows) > 1 {
			e.faults.add(row[0].line, "newest", isEmptyCell)
			return nil
		}
		if i == 0 || row[0].num > newest.num {
			newest = row[0]
		}
	}
	if newest := e.timeOf(&newest); newest != nil {
		e.estate.PatchImport.NewestBulletinAt = newest
		e.estate.PatchImport.NewestBulletinAgeDays = e.ageInDays(newest)
	}
	return nil
}

// fillBulletins lists enabled bulletins with updates that have no package. It first
// checks that the server has this data at all: if no bulletin is known to be enabled
// or disabled, or no update of any bulletin has a package, the data may be elsewhere.
func fillBulletins(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	bulletins := []snapshot.Bulletin{}
	var unknown []snapshot.UnknownBulletin
	switchable, packaged := false, false
	for _, row := range rows {
		switchable = switchable || row[2].known
		packaged = packaged || row[4].num > 0
		if row[2].known && row[2].num == 0 || row[3].known && row[3].num == 0 || row[3].known && row[4].known && row[4].num >= row[3].num {
			continue // it is off, or has no updates, or all of them have packages
		}
		missing := int(row[3].num - row[4].num)
		may := snapshot.UnknownBulletin{GUID: row[0].guid.String(), Name: objectName(row)}
		switch {
		case !row[2].known:
			e.unread.add(row[0].line, "enabled", "whether bulletin %s is enabled is unknown, and not all of its updates are known to have packages", objectName(row))
			unknown = append(unknown, may)
		case !row[3].known:
			e.unread.add(row[0].line, "updates", "it is empty for bulletin %s", objectName(row))
			unknown = append(unknown, may)
		case !row[4].known:
			e.unread.add(row[0].line, "packaged", "it is empty for bulletin %s", objectName(row))
			unknown = append(unknown, may)
		default:
			bulletins = append(bulletins, snapshot.Bulletin{GUID: row[0].guid.String(), Name: objectName(row), Updates: missing})
		}
	}
	const query = "section \"patch_import.bulletins_without_packages\" needs a query that reads this from its place on this server"
	switch {
	case len(rows) > 0 && !switchable:
		return &sectionError{snapshot.Failed, "collect patch_import.bulletins_without_packages: it is not known of any bulletin whether it is enabled; " + query}
	case len(rows) > 0 && !packaged:
		return &sectionError{snapshot.Failed, "collect patch_import.bulletins_without_packages: no update of any bulletin has a package, so packages may be elsewhere; " + query}
	}
	sortByName(bulletins, func(b *snapshot.Bulletin) (string, string) { return b.Name, b.GUID })
	e.estate.PatchImport.BulletinsWithoutPackages = bulletins
	sortByName(unknown, func(b *snapshot.UnknownBulletin) (string, string) { return b.Name, b.GUID })
	e.estate.PatchImport.BulletinsUnknown = unknown
	return nil
}

func equal[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
