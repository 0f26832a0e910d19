package evaluator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"
)

// rulesOfPack is how many random client rules a random pack has.
const rulesOfPack = 6

// randomPack makes a pack of random rules, and rules of scope estate that read
// what these count and explain what they find. Rules that do not compile are
// thrown away; refused says how many.
func randomPack(t *testing.T, g *randomEstate) (p *rule.Pack, text string, refused int) {
	t.Helper()
	files := map[string]string{"lib.rego": acme.ReadsLibrary, "estate.rego": explainingRule, "totals.rego": totalsRule}
	for i := range rulesOfPack {
		r := randomRule(g, i)
		alone := map[string]string{"lib.rego": acme.ReadsLibrary, "a.rego": r, "b.rego": emptyRule(i + 1)}
		if _, err := packtest.Load(alone); err != nil {
			if *showRefused {
				t.Logf("%v\n%s", err, r)
			}
			r = emptyRule(i)
			refused++
		}
		files[fmt.Sprintf("r%d.rego", i)] = r
		text += r + "\n"
	}
	return packtest.Must(t, files), text, refused
}

// emptyRule is a rule that compiles in the place of one that does not.
func emptyRule(number int) string {
	return strings.NewReplacer("ACME-CLI-001", fmt.Sprintf("ACME-R-%03d", number), "called_x", fmt.Sprintf("r%d", number)).Replace(acme.ClientRule)
}

const explainingRule = `# METADATA
# title: Sites harm
# description: Sites and one client are at fault.
# schemas: [{data.estate: schema.estate}]
# custom:
#   id: ACME-E-001
#   severity: low
#   scope: estate
#   step: "+"
#   chain: 10
#   explains: [ACME-R-000, ACME-R-001, ACME-R-002]
#   remediation: [{text: Mend it.}]
package acme.explains

violation contains {"msg": "S", "resource": {"type": "site", "guid": site.guid, "name": site.name}, "affects": [
	{"site": site.guid},
	{"client": "00000000-0000-0000-0000-000000000003", "certainty": "possible"},
	{"network": "10.1.0.0/24"},
]} if {
	some site in data.estate.sites
	site.name != "A"
}
`

const totalsRule = `# METADATA
# title: Totals
# description: All that is counted.
# schemas: [{data.estate: schema.estate}]
# custom:
#   id: ACME-E-002
#   severity: low
#   scope: estate
#   step: "+"
#   remediation: [{text: Mend it.}]
package acme.totals

violation contains {"msg": sprintf("%d, %v, %v, %v, %d, %v", [
	data.totals.clients, data.totals.sites, data.totals.subnets, data.totals.uncovered_networks,
	data.totals.unlocated_clients, data.totals.tally,
]), "resource": {"type": "server"}}
`

// rules makes the text of random rules.
type ruleMaker struct {
	*randomEstate
	vars    []string // values that were bound, to be shown
	helpers []string // texts of helper rules
	next    int
	depth   int
}

func randomRule(g *randomEstate, number int) string {
	m := &ruleMaker{randomEstate: g}
	header := emptyRule(number)
	if number == 0 {
		header = strings.Replace(header, "#   remediation", "#   explains: [ACME-R-001]\n#   chain: 20\n#   remediation", 1)
	}
	header, _, _ = strings.Cut(header, "violation contains")
	var b strings.Builder
	b.WriteString(header + "import data.acme.lib\nimport input as client\nimport input.packages\nimport input.packages.tools as tools_of\n\n")
	b.WriteString("_use if {\n\tlib.licensed\n\tclient.managed\n\tpackages.scan\n\ttools_of\n}\n\n")
	for range 1 + g.IntN(2) {
		body := m.body(1 + g.IntN(4))
		fmt.Fprintf(&b, "violation contains {\"msg\": sprintf(\"m %%v\", [%s])%s} if {\n%s}\n\n", m.shown(), m.extras(), body)
	}
	if g.chance(30) {
		body := m.body(1)
		fmt.Fprintf(&b, "unknown contains {\"msg\": sprintf(\"u %%v\", [%s])} if {\n%s}\n\n", m.shown(), body)
	}
	if g.chance(40) {
		body := m.body(1)
		fmt.Fprintf(&b, "tally contains [\"r%d\", sprintf(\"%%v\", [%s])] if {\n%s}\n\n", number, m.shown(), body)
	}
	return b.String() + strings.Join(m.helpers, "\n")
}

func (m *ruleMaker) name(prefix string) string {
	m.next++
	return fmt.Sprintf("%s%d", prefix, m.next)
}

// shown is a value for a finding, most often a bound one.
func (m *ruleMaker) shown() string {
	if len(m.vars) == 0 {
		return `"x"`
	}
	return m.vars[m.IntN(len(m.vars))]
}

// used mentions what was bound, for a variable without a use does not compile.
func used(vars []string, to string) string {
	var b strings.Builder
	for _, v := range vars {
		b.WriteString(to + v + " != 99")
	}
	return b.String()
}

func (m *ruleMaker) extras() string {
	out := ""
	if m.chance(30) {
		out += `, "actual": ` + m.shown()
	}
	if m.chance(20) {
		out += `, "expected": ` + m.scalarOf()
	}
	if m.chance(20) {
		out += `, "path": "packages.scan.status"`
	}
	return out
}

func (m *ruleMaker) body(statements int) string {
	m.vars = nil
	var b strings.Builder
	for range statements {
		for line := range strings.Lines(m.statement() + "\n") {
			b.WriteString("\t" + line)
		}
	}
	return b.String() + strings.TrimPrefix(used(m.vars, "\n\t"), "\n") + "\n"
}

func (m *ruleMaker) inner(statements int) string {
	vars := m.vars
	m.depth++
	lines := make([]string, statements)
	for i := range lines {
		lines[i] = strings.ReplaceAll(m.statement(), "\n", "; ")
	}
	m.depth--
	text := strings.Join(lines, "; ") + used(m.vars[len(vars):], "; ")
	m.vars = vars
	return text
}

func (m *ruleMaker) role() string {
	return pick(m.randomEstate, ".scan", ".tools", ".plugin", "[_]", `["scan"]`, `[input.domain]`)
}

func (m *ruleMaker) packageOf() string {
	return pick(m.randomEstate, "input.packages", "client.packages", "packages") + m.role()
}

func (m *ruleMaker) textOf() string {
	g := m.randomEstate
	return pick(g, "input.name", "client.domain", "input.status", "input.os_name", "input.agent.version", "input.plugin.version",
		m.packageOf()+".status", m.packageOf()+".last_run.started_at", "input.inventory.basic_at", "input.location.site",
		"input.location.network", "input.location.subnet", "input.addresses[0]", "input.filters[_]", "input.location.sites[_]", "lib.domain")
}

func (m *ruleMaker) numberOf() string {
	return pick(m.randomEstate, m.packageOf()+".status_age_days", m.packageOf()+".last_run.age_days", m.packageOf()+".last_run.return_code",
		"input.inventory.basic_age_days", "input.task_agent.registration_age_days", "input.events.newest_age_days", "input.scan_log.age_days")
}

func (m *ruleMaker) boolOf() string {
	return pick(m.randomEstate, "input.managed", "input.plugin.installed", "client.licence.in_use", m.packageOf()+".last_run.succeeded",
		"input.inventory.patch_returned", "input.events.undated", "lib.licensed", `lib.named("X")`)
}

func (m *ruleMaker) objectOf() string {
	return pick(m.randomEstate, "input.agent", "client.plugin", "input.packages", "packages", "tools_of", m.packageOf(), m.packageOf()+".last_run", "input.inventory",
		"input.location", "input.events", "input.task_agent", `lib.state_of("scan")`)
}

func (m *ruleMaker) listOf() string {
	return pick(m.randomEstate, "input.addresses", "input.filters", "client.plugin_policies", "input.location.sites")
}

func (m *ruleMaker) scalarOf() string {
	return pick(m.randomEstate, m.textOf(), m.numberOf(), m.boolOf())
}

func (m *ruleMaker) anyOf() string {
	return pick(m.randomEstate, m.scalarOf(), m.scalarOf(), m.objectOf(), m.listOf())
}

func (m *ruleMaker) constant() string {
	return pick(m.randomEstate, `"X"`, `"Active"`, `"failed"`, `"downloaded"`, `"7.5.3153"`, "null", "true", "false", "7", `"10.1.0.5/24"`)
}

// statement is a statement, or several that belong together.
func (m *ruleMaker) statement() string {
	makers := []func() string{m.comparison, m.comparison, m.test, m.test, m.bound, m.alias, m.alias, m.some, m.helper, m.call, m.odd}
	if m.depth < 2 {
		makers = append(makers, m.comprehension, m.comprehension, m.every)
	}
	return makers[m.IntN(len(makers))]()
}

func (m *ruleMaker) comparison() string {
	return pick(m.randomEstate,
		m.textOf()+pick(m.randomEstate, " == ", " != ")+m.constant(),
		m.numberOf()+" > "+pick(m.randomEstate, "0", "7", "-1"),
		m.scalarOf()+" != "+m.scalarOf(),
		m.textOf()+` in {"X", "failed", "Active", "corp"}`)
}

func (m *ruleMaker) test() string {
	return pick(m.randomEstate, "", "not ", "not ") + strings.ReplaceAll(pick(m.randomEstate, m.boolOf(), m.objectOf(), m.textOf(), m.listOf()), "[_]", ".scan")
}

func (m *ruleMaker) bound() string {
	v := m.name("v")
	line := v + " := " + m.anyOf()
	m.vars = append(m.vars, v)
	return line
}

// alias binds a part of the client and uses parts of it, or all of it.
func (m *ruleMaker) alias() string {
	v := m.name("p")
	bind := pick(m.randomEstate, v+" := "+m.packageOf(), fmt.Sprintf("some %s\n%[1]s = %s", v, m.packageOf()), fmt.Sprintf("some %s in input.packages", v))
	use := pick(m.randomEstate,
		v+".status"+pick(m.randomEstate, " == ", " != ")+m.constant(),
		"not "+v+".last_run",
		v+".last_run",
		fmt.Sprintf("some k%s in [\"status\", \"last_run\"]\n%s[k%[1]s]", v, v),
		fmt.Sprintf("count(%s) > 2", v),
		fmt.Sprintf("count([1 | %s.status == \"failed\"]) == %d", v, m.IntN(2)),
		fmt.Sprintf("count({x | x := %s; %[1]s.status}) == %d", v, m.IntN(2)),
		fmt.Sprintf("every s%s in [\"failed\", \"pending\"] { %[1]s.status != s%[1]s }", v),
		fmt.Sprintf("_%s(%[1]s)", v),
		v)
	if strings.HasPrefix(use, "_p") {
		m.helpers = append(m.helpers, fmt.Sprintf("_%s(x) if x.%s\n", v, pick(m.randomEstate, "status", "last_run", "last_run.succeeded")))
	}
	if m.depth == 0 && m.chance(20) {
		m.vars = append(m.vars, v)
	}
	if m.depth == 0 && m.chance(40) {
		m.vars = append(m.vars, v+".status")
	}
	return bind + "\n" + use
}

func (m *ruleMaker) some() string {
	k, v := m.name("k"), m.name("v")
	m.vars = append(m.vars, k, v)
	return fmt.Sprintf("some %s, %s in %s", k, v, pick(m.randomEstate, m.objectOf(), m.listOf(), "input", "lib.by_role", "client"))
}

func (m *ruleMaker) comprehension() string {
	x := m.name("x")
	of := pick(m.randomEstate, m.objectOf(), m.listOf(), "lib.roles")
	line := pick(m.randomEstate,
		fmt.Sprintf("count([%s | some %[1]s in %s; %s]) == %d", x, of, m.inner(1), m.IntN(3)),
		fmt.Sprintf("count({%[1]s | some %[1]s; %[2]s[%[1]s]; not %[1]s == %[3]s}) < %[4]d", x, of, m.constant(), m.IntN(4)),
		fmt.Sprintf("n%s := {k: v | some k, v in %s; %s}", x, of, m.inner(1)),
		fmt.Sprintf("n%s := [1 | %s]", x, m.inner(2)))
	if strings.HasPrefix(line, "n") {
		m.vars = append(m.vars, "n"+x)
	}
	return line
}

func (m *ruleMaker) every() string {
	x := m.name("x")
	return fmt.Sprintf("every %[1]s in %[2]s { %[1]s != %[3]s; %[4]s }", x, pick(m.randomEstate, m.listOf(), m.objectOf()), m.constant(), m.inner(1))
}

// helper makes a helper rule or function and uses it.
func (m *ruleMaker) helper() string {
	h := m.name("_h")
	body := func() string { return m.inner(1 + m.IntN(2)) }
	vars := m.vars
	defer func() { m.vars = vars }()
	text, use := "", h
	switch m.IntN(6) {
	case 0:
		text, use = fmt.Sprintf("%s if { %s }\n", h, body()), pick(m.randomEstate, "", "not ")+h
	case 1:
		text = fmt.Sprintf("default %s := 0\n\n%[1]s := 1 if { %s } else := %s if { %s } else := 3 if { %s }\n", h, body(), m.scalarOf(), body(), body())
		use = h + " != " + pick(m.randomEstate, "0", "1", "3")
	case 2:
		text = fmt.Sprintf("%s(x) := x.status if { x.last_run; %s }\n", h, body())
		use = fmt.Sprintf("%s(%s) != %s", h, m.packageOf(), m.constant())
	case 3:
		text = fmt.Sprintf("%s[k] := v if { some k, v in %s; %s }\n", h, m.objectOf(), body())
		use = h + "[_] != " + m.constant()
	case 4:
		text = fmt.Sprintf("%s[sprintf(\"%%v\", [%s])].%s contains %s if { %s }\n", h, m.anyOf(), "seen", m.scalarOf(), body())
		use = h + "[_].seen[_] != " + m.constant()
	case 5:
		text = fmt.Sprintf("%s(x) if %s == x\n", h, m.scalarOf())
		use = fmt.Sprintf("%s%s(%s)", pick(m.randomEstate, "", "not ", "not "), h, m.constant())
	}
	m.helpers = append(m.helpers, text)
	return use
}

func (m *ruleMaker) call() string {
	v := m.name("v")
	line := v + " := " + pick(m.randomEstate,
		fmt.Sprintf(`object.get(%s, "status", "none")`, m.objectOf()),
		`object.get(input, ["packages", "scan", "status"], "none")`,
		`object.get(client, "domain", 7)`,
		fmt.Sprintf("json.marshal(%s)", m.anyOf()),
		`json.filter(input, ["packages/scan", "managed"])`,
		fmt.Sprintf("$\"{%s} and {input.name}\"", pick(m.randomEstate, "input.agent", "packages.scan.status", "input.location.site", "tools_of")),
		fmt.Sprintf("[%s, %s]", m.anyOf(), m.scalarOf()),
		fmt.Sprintf(`{"a": %s, "b": {%s}}`, m.anyOf(), m.scalarOf()),
		fmt.Sprintf("{y | walk(%s, [_, y]); not is_object(y)}", pick(m.randomEstate, "input", m.objectOf())),
		fmt.Sprintf("lib.status_of(%s)", pick(m.randomEstate, `"scan"`, "input.domain", "_")),
		"data.index.sites[input.location.site].name",
		"data.index.subnet_sites[input.location.subnet]",
		fmt.Sprintf("lib[%s]", pick(m.randomEstate, `"domain"`, `"both"`, "input.name")),
		"count(data.estate.sites) + count("+m.listOf()+")")
	m.vars = append(m.vars, v)
	return line
}

// odd is what few rules do: built-ins that break on some clients, keys that are
// not written in the rule, another input.
func (m *ruleMaker) odd() string {
	g := m.randomEstate
	return pick(g,
		"to_number("+m.textOf()+") > 3",
		"startswith("+m.textOf()+`, "7")`,
		"10 / "+m.numberOf()+" > 1",
		fmt.Sprintf("some f in [\"name\", \"domain\", \"managed\"]\ninput[f] == %s", m.constant()),
		fmt.Sprintf("some f in [\"status\", \"status_age_days\"]\ninput.packages[_][f] == %s", m.constant()),
		"lib.licensed with input.licence.in_use as "+m.boolOf(),
		`lib.named("X") with input as {"name": input.domain}`,
		"lib.domain == \"X\" with input.domain as client.name",
		"[a, b] := [input.agent, input.domain]\na.version != b",
		"[a, _] = input.addresses\na != \"\"",
		"{\"version\": w} = input.agent\nw != null")
}
