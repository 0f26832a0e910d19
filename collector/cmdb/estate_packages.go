package cmdb

import (
	"net/url"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/snapshot"
)

// packageSections are about the required packages on the Notification Server.
var packageSections = map[string]fillFunc{
	"packages":           fillPackages,
	"packages.codebases": fillCodebases,
}

func fillPackages(e *estateBuilder, b *binding.Binding, rows [][]cell) error {
	packages := []snapshot.Package{}
	for i, row := range rows {
		if !row[2].known {
			e.faults.add(row[0].line, "role", "it is empty, so it is unknown which package it is")
			continue
		}
		if err := knownRole(b.Section, i, row[2].text, packageRoles...); err != nil {
			return err
		}
		packages = append(packages, snapshot.Package{
			GUID: row[0].guid.String(), Name: objectName(row), Role: row[2].text, Enabled: row[3].boolOrNil(), Revision: row[4].textOrNil(),
		})
	}
	sortByName(packages, func(p *snapshot.Package) (string, string) { return p.Name, p.GUID })
	e.estate.Packages = packages
	e.packages = index(packages, func(p *snapshot.Package) string { return p.GUID })
	return nil
}

// fillCodebases keeps one entry a host: a host has a row for each protocol. The
// codebases of a package are unknown if the host of one cannot be read.
func fillCodebases(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	for _, p := range e.packages {
		p.Codebases = []snapshot.Codebase{}
	}
	unknown := make(map[*snapshot.Package]bool)
	for _, row := range rows {
		p, host := e.packages[row[0].guid], codebaseHost(row[1].text)
		if p == nil {
			e.dangling.add(row[0].line, "guid", "package %s is not in section packages", row[0].guid)
			continue
		}
		if host == "" {
			e.faults.add(row[0].line, "url", "%s, and a URL with a host such as http://server/path or a path such as \\\\server\\share is required", quoteCell(&row[1]))
			unknown[p] = true
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
	for p := range unknown {
		p.Codebases = nil
	}
	for _, p := range e.packages {
		slices.SortFunc(p.Codebases, func(a, b snapshot.Codebase) int { return strings.Compare(a.Host, b.Host) })
	}
	return nil
}

// codebaseHost returns the host of http://host:port/path, file://host/path or
// \\host\share in lower case; empty without a host.
func codebaseHost(address string) string {
	address = strings.ReplaceAll(strings.TrimSpace(address), `\`, "/")
	scheme, rest, ok := strings.Cut(address, "//")
	if !ok || scheme != "" && !strings.HasSuffix(scheme, ":") {
		return ""
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end] // paths hold signs that a URL must not
	}
	parsed, err := url.Parse("//" + rest)
	if err != nil || strings.ContainsFunc(parsed.Hostname(), func(r rune) bool { return r <= ' ' || strings.ContainsRune("%,;<>\"'", r) }) {
		return ""
	}
	return strings.ToLower(parsed.Hostname())
}
