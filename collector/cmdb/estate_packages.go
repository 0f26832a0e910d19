package cmdb

import (
	"slices"
	"strings"

	"github.com/nscheck/nscheck/snapshot"
)

// packageSections are about the required packages on the Notification Server.
var packageSections = []estateSection{
	{"packages", []column{{"guid", guidKind}, {"name", textKind}, {"role", textKind}, {"enabled", boolKind}, {"revision", textKind}}, fillPackages},
	{"packages.codebases", []column{{"guid", guidKind}, {"url", textKind}, {"snapshot", textKind}}, fillCodebases},
}

func fillPackages(e *estateBuilder, b *Binding, rows [][]cell) error {
	packages := []snapshot.Package{}
	for i, row := range rows {
		if row[0].known {
			if err := knownRole(b.Section, i, row[2].text, packageRoles...); err != nil {
				return err
			}
			packages = append(packages, snapshot.Package{
				GUID: row[0].guid.String(), Name: objectName(row), Role: row[2].text, Enabled: row[3].boolOrNil(), Revision: row[4].textOrNil(),
			})
		}
	}
	sortByName(packages, func(p *snapshot.Package) (string, string) { return p.Name, p.GUID })
	e.estate.Packages = packages
	e.packages = index(packages, func(p *snapshot.Package) string { return p.GUID })
	return nil
}

// fillCodebases keeps one entry a host: a host has a row for each protocol. A
// codebase that names no host, such as a local folder, serves no client.
func fillCodebases(e *estateBuilder, _ *Binding, rows [][]cell) error {
	for _, p := range e.packages {
		p.Codebases = []snapshot.Codebase{}
	}
	for _, row := range rows {
		p, host := e.packages[row[0].guid], codebaseHost(row[1].text)
		if p == nil || host == "" {
			continue
		}
		named := row[2].known
		at := slices.IndexFunc(p.Codebases, func(c snapshot.Codebase) bool { return c.Host == host })
		if at < 0 {
			p.Codebases = append(p.Codebases, snapshot.Codebase{Host: host, Snapshot: &named})
		} else if named {
			p.Codebases[at].Snapshot = &named
		}
	}
	for _, p := range e.packages {
		slices.SortFunc(p.Codebases, func(a, b snapshot.Codebase) int { return strings.Compare(a.Host, b.Host) })
	}
	return nil
}

// codebaseHost is the host of http://host:port/path, file://host/path or
// \\host\share, in lower case; empty where there is none.
func codebaseHost(address string) string {
	address = strings.ReplaceAll(address, `\`, "/")
	_, rest, ok := strings.Cut(address, "//")
	if !ok {
		return ""
	}
	if end := strings.IndexAny(rest, "/:?#"); end >= 0 {
		rest = rest[:end]
	}
	return strings.ToLower(strings.TrimSpace(rest))
}
