// Package acme holds the rules and objects of a made-up house, for tests.
package acme

import "strings"

// Rule is a rule of scope estate that loads; tests replace parts of it.
const Rule = `# METADATA
# title: Site is called X
# description: Sites called X confuse people.
# schemas: [{data.estate: schema.estate}]
# custom:
#   id: ACME-SITE-001
#   severity: low
#   scope: estate
#   step: "+"
#   remediation: [{text: Rename it.}]
package acme.site.called_x

violation contains {"msg": "X", "resource": {"type": "site", "name": site.name}} if {
	some site in data.estate.sites
	site.name == "X"
}
`

// ClientRule is a rule of scope client that loads.
const ClientRule = `# METADATA
# title: Client is called X
# description: Clients called X confuse people.
# schemas: [{input: schema.client}]
# custom:
#   id: ACME-CLI-001
#   severity: medium
#   scope: client
#   step: "+"
#   remediation: [{text: Rename it.}]
package acme.client.called_x

violation contains {"msg": "X"} if input.name == "X"
`

// ActiveRule is a rule of scope client that finds every Active client.
var ActiveRule = strings.Replace(ClientRule, `input.name == "X"`, `input.status == "Active"`, 1)

// Objects that the rules find, X, and others.
const (
	GUIDSiteX = "00000000-0000-0000-0000-000000000501"

	SiteX   = "{guid: 00000000-0000-0000-0000-000000000501, name: X}"
	SiteY   = "{guid: 00000000-0000-0000-0000-000000000502, name: Y}"
	ClientX = "{guid: 00000000-0000-0000-0000-000000000001, name: X, status: Active}"
	ClientY = "{guid: 00000000-0000-0000-0000-000000000002, name: Y, status: Active}"
)

// EvidenceLibrary says that packages arrived on clients of some domains.
const EvidenceLibrary = `package nscheck.lib.evidence

arrived contains "scan" if input.domain in {"SCAN", "BOTH"}

arrived contains "tools" if input.domain == "BOTH"

default reached := 0

reached := 600 if input.domain == "BOTH"
`

// ReadsLibrary is a library of functions and values that read clients in many ways.
const ReadsLibrary = `# METADATA
# schemas: [{input: schema.client}]
package acme.lib

named(name) if input.name == name

status_of(role) := input.packages[role].status

state_of(role) := input.packages[role]

version(agent) := agent.version

default licensed := false

licensed := input.licence.in_use

domain := input.domain

both.one := input.os_name

both.two := input.managed

by_role[role] := p.status if some role, p in input.packages

roles contains role if input.packages[role].last_run
`
