package snapshot

import (
	"fmt"
	"slices"
	"strconv"
)

// identities are the lists whose entries are told apart by a field, by the
// kind of record. Of two entries with one identity readers would see the last
// one only: a failed section behind a collected one, a site without its name.
var identities = map[string][]identity{
	kindManifest: {{"sections", "name"}},
	kindEstate: {
		{"sites", "guid"}, {"subnets", "guid"}, {"package_servers", "guid"},
		{"policies", "guid"}, {"filters", "guid"},
	},
}

type identity struct{ list, field string }

// duplicates finds the entries of a checked value that repeat an identity.
// Clients are compared in a document, which is in memory whole. In JSON Lines
// they are not, for that would take memory for all of them: collecting writes
// each of them once.
func duplicates(kind string, value any) []finding {
	if kind != kindDocument {
		return repeated(value, nil, identities[kind]...)
	}
	document, _ := value.(map[string]any)
	return slices.Concat(
		repeated(document["manifest"], []string{"manifest"}, identities[kindManifest]...),
		repeated(document["estate"], []string{"estate"}, identities[kindEstate]...),
		repeated(document, nil, identity{"clients", "guid"}),
	)
}

func repeated(value any, path []string, ids ...identity) []finding {
	object, _ := value.(map[string]any)
	var findings []finding
	for _, id := range ids {
		first := map[string]int{}
		entries, _ := object[id.list].([]any)
		for i, entry := range entries {
			fields, _ := entry.(map[string]any)
			key, _ := fields[id.field].(string)
			if earlier, ok := first[key]; ok {
				findings = append(findings, finding{
					path: append(slices.Clone(path), id.list, strconv.Itoa(i), id.field),
					message: fmt.Sprintf("%s is the %s of %s[%d] too; each of %s must have its own",
						quote(key), id.field, id.list, earlier, id.list),
				})
				continue
			}
			first[key] = i
		}
	}
	return findings
}
