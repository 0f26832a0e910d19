package evaluator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/snapshot"
)

// Object hashes tell whether an object is still what it was when a waiver for it
// was written. They are of settings: not of names, which may change, and not of
// states, which change by themselves, such as ages, counts and what arrived.
// docs/waivers.md says what goes into them.

// stateFields are fields of estate objects that are states, beside ages and times.
var stateFields = []string{"agent_folder", "fqdn", "has_target", "members", "name", "packages", "target_count"}

func isState(field string) bool {
	return slices.Contains(stateFields, field) || strings.HasSuffix(field, "_age_days") || strings.HasSuffix(field, "_at")
}

// objectHashes are the hashes of the estate's objects, by GUID.
type objectHashes map[string]string

// newObjectHashes takes the objects of all sections that are lists, and the
// server. With a site go the subnets assigned to it and its package servers: they
// are what is set for a site.
func newObjectHashes(estate *snapshot.Estate, doc map[string]any, nets *Networks) objectHashes {
	objects := map[string][]any{}
	add := func(object any) {
		settings, ok := object.(map[string]any)
		guid, _ := settings["guid"].(string)
		if !ok || guid == "" {
			return
		}
		settings = maps.Clone(settings)
		maps.DeleteFunc(settings, func(field string, _ any) bool { return isState(field) })
		objects[guid] = append(objects[guid], settings)
	}
	for _, section := range slices.Sorted(maps.Keys(doc)) {
		list, isList := doc[section].([]any)
		for _, object := range list {
			add(object)
		}
		if !isList {
			add(doc[section])
		}
	}
	for site, parts := range siteParts(estate, nets) {
		var with []string
		for _, guid := range parts {
			with = append(with, hashOf(objects[guid]))
		}
		slices.Sort(with)
		objects[site] = append(objects[site], with)
	}
	hashes := objectHashes{}
	for guid, parts := range objects {
		hashes[guid] = hashOf(parts)
	}
	return hashes
}

// siteParts are the GUIDs of the subnets and package servers of each site.
func siteParts(estate *snapshot.Estate, nets *Networks) map[string][]string {
	parts := map[string][]string{}
	for _, s := range estate.Sites {
		parts[s.GUID] = nil
	}
	add := func(sites []string, guid string) {
		for _, site := range sites {
			if _, ok := parts[site]; ok {
				parts[site] = append(parts[site], guid)
			}
		}
	}
	for _, s := range estate.Subnets {
		add(s.Sites, s.GUID)
	}
	for i := range estate.PackageServers {
		add(SitesOfServer(&estate.PackageServers[i], nets), estate.PackageServers[i].GUID)
	}
	return parts
}

// clientHash is that of a client as far as one rule goes: where the client is,
// which required packages are on it, and what the rule says is set, but for
// numbers, which are ages and counts.
func clientHash(rec *clientRecord, rule int) string {
	// A list without members may be absent in a record that was read back.
	parts := []any{append([]string{}, rec.Sites...), rec.Subnet, rec.Network, append([]string{}, rec.Arrived...)}
	for _, f := range rec.Findings {
		if f.Rule != rule {
			continue
		}
		parts = append(parts, result.SettingOf(f.Path))
		switch f.Actual.(type) {
		case string, bool:
			parts = append(parts, f.Actual)
		}
	}
	return hashOf(parts)
}

// hashOf is a short hash of a JSON value, whose objects are written in the order
// of their keys.
func hashOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic("evaluator: a value that came from JSON is none: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}
