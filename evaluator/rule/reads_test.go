package rule

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/internal/acme"

	"github.com/nscheck/nscheck/snapshot"
)

// readsText is what a rule reads, in one line: the fields whose values matter,
// those of which only their being there matters with a question mark, and those
// that are computed. Where the client is taken as a whole it is the reason.
func readsText(r Reads) string {
	if r.Whole != "" {
		return "whole: " + r.Whole
	}
	values, presence := r.Fields()
	var out []string
	name := func(f snapshot.Field) string { return strings.Join(FieldPaths[f], ".") }
	for _, f := range values {
		out = append(out, name(f))
	}
	for _, f := range presence {
		out = append(out, name(f)+"?")
	}
	for _, f := range r.Computed {
		out = append(out, f.Object+"."+f.Name)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// readsOfText compiles a rule and a library beside it.
func readsOfText(t *testing.T, imports, body string) string {
	t.Helper()
	text := strings.Replace(acme.ClientRule, `violation contains {"msg": "X"} if input.name == "X"`, imports+"\n\n"+body, 1)
	p := mustPack(t, map[string]string{"a.rego": text, "lib.rego": acme.ReadsLibrary})
	r, _ := p.Rule("ACME-CLI-001")
	return readsText(p.ReadsOf(r.Package, r.Outputs))
}

// Every way in which rules mention a client is here, with what follows from it.
// What is not listed must not be able to change what the rule says.
func TestReads(t *testing.T) {
	const whole = "whole: it uses input as a whole"
	const unnamed = "whole: it reads a field of input whose name is not written in the rule"
	const packages = "packages.plugin packages.scan packages.tools"
	each := func(suffix string) string {
		return fmt.Sprintf("packages.plugin%s packages.scan%s packages.tools%[1]s", suffix, suffix)
	}
	violates := func(body string) string { return "violation contains {\"msg\": \"X\"} if {\n\t" + body + "\n}\n" }
	tests := []struct{ name, imports, body, want string }{
		{"a scalar", "", violates(`input.name == "X"`), "name"},
		{"a scalar by itself", "", violates(`input.managed`), "managed"},
		{"a scalar negated", "", violates(`not input.plugin.installed`), "plugin.installed"},
		{"a field in brackets", "", violates(`input["plugin"]["installed"]`), "plugin.installed"},
		{"an object by itself", "", violates(`input.packages.scan`), "packages.scan?"},
		{"an object negated", "", violates(`not input.packages.scan.last_run`), "packages.scan.last_run?"},
		{"an object compared", "", violates(`input.agent == {"version": null}`), "agent"},
		{"an object and a part of it", "", violates("input.agent\n\tinput.agent.version == null"), "agent.version agent?"},
		{"an object in full and a part of it", "", violates("input.agent.version == null\n\tcount(input.agent) == 1"), "agent"},
		{"a list", "", violates(`"A" in input.filters`), "filters"},
		{"an item of a list", "", violates(`input.addresses[0] == "10.0.0.1/8"`), "addresses"},
		{"any item of a list", "", violates(`input.addresses[_] == "10.0.0.1/8"`), "addresses"},
		{"a list by itself", "", violates(`input.addresses`), "addresses"},
		{"a list by an index of the client", "", violates(`input.filters[count(input.addresses)] == "A"`), "addresses filters"},

		{"a role in a variable", "", violates("some role in [\"scan\"]\n\tinput.packages[role].status == \"failed\""), each(".status")},
		{"any role", "", violates(`input.packages[_].status == "failed"`), each(".status")},
		{"any role by itself", "", violates(`input.packages[_]`), each("?")},
		{"any role's run by itself", "", violates(`input.packages[_].last_run`), each(".last_run?")},
		{"any role and any field", "", violates("some field in [\"status\"]\n\tinput.packages[_][field] == \"failed\""), each(".last_run") + " " + each(".status") + " " + each(".status_age_days")},
		{"any field by itself", "", violates(`input.packages.scan[_]`), "packages.scan.last_run? packages.scan.status packages.scan.status_age_days"},
		{"a role that the client names", "", violates(`input.packages[input.name].status == "failed"`), "name " + each(".status")},
		{"a role that a comprehension yields", "", violates(`input.packages[concat("", [x | x := input.name])].status == "failed"`), "name " + each(".status")},
		{"some key and value", "", violates("some role, p in input.packages\n\tp.status == \"failed\"\n\trole != \"x\""), each(".status") + " " + each("?")},
		{"some value in full", "", violates("some p in input.packages\n\tcount(p) == 0"), packages},
		{"some value in full and a part", "", violates("some p in input.packages\n\tp.status\n\tcount(p) == 1"), packages},
		{"a key of the client", "", violates(`input[_] == "X"`), unnamed},
		{"a key of the client that is a variable", "", violates("some k in [\"name\", \"domain\"]\n\tinput[k] == \"X\""), unnamed},
		{"a part of any key", "", violates("some k in [\"scan\"]\n\tinput[k].scan.status"), unnamed},
		{"some key of the client", "", violates("some k, v in input\n\tv == k"), unnamed},

		{"an alias", "", violates("p := input.packages.scan\n\tp.status == \"failed\""), "packages.scan.status packages.scan?"},
		{"an alias by unification", "", violates("some p\n\tp = input.packages.scan\n\tp.status == \"failed\""), "packages.scan.status packages.scan?"},
		{"an alias the other way round", "", violates("some p\n\tinput.packages.scan = p\n\tp.status == \"failed\""), "packages.scan.status packages.scan?"},
		{"an alias that is used nowhere else", "", violates("some p\n\tp = input.packages.scan"), "packages.scan?"},
		{"an alias whose part is tested", "", violates("p := input.packages.scan\n\tnot p.last_run"), "packages.scan.last_run? packages.scan?"},
		{"an alias with a key", "", violates("p := input.packages[_]\n\tsome field in [\"status\"]\n\tp[field] == \"failed\""), each(".last_run") + " " + each(".status") + " " + each(".status_age_days") + " " + each("?")},
		{"an alias of an alias", "", violates("p := input.packages\n\tq := p.scan\n\tq.status == \"failed\""), "packages.scan packages?"},
		{"an alias in an argument", "", violates("p := input.packages.scan\n\tp.status\n\tcount(p) == 2"), "packages.scan"},
		{"an alias in a term", "", violates("p := input.packages.scan\n\tx := {\"a\": p}\n\tx.a.status"), "packages.scan"},
		{"an alias as a key", "", violates("p := input.agent\n\tp.version\n\t{{\"version\": null}: 1}[p] == 1"), "agent"},
		{"an alias in the head", "", "violation contains {\"msg\": \"X\", \"actual\": p} if {\n\tp := input.agent\n\tp.version\n}\n", "agent"},
		{"an alias in a comprehension", "", violates("p := input.packages.scan\n\tcount([1 | p.status == \"failed\"]) == 1"), "packages.scan.status packages.scan?"},
		{"an alias in full in a comprehension", "", violates("p := input.packages.scan\n\tcount([p | p.status == \"failed\"]) == 1"), "packages.scan"},
		{"an alias made in a comprehension", "", violates(`count([1 | p := input.packages[_]; p.status == "failed"]) == 1`), each(".status") + " " + each("?")},
		{"an alias in nested comprehensions", "", violates(`count([1 | p := input.packages[_]; count({q | q := p.last_run}) == 0]) == 1`), each(".last_run") + " " + each("?")},
		{"an alias of a scalar", "", violates("s := input.packages.scan.status\n\ts == \"failed\""), "packages.scan.status"},
		{"an alias in every", "", violates("p := input.packages.scan\n\tevery s in [\"failed\"] {\n\t\tp.status == s\n\t}"), "packages.scan.status packages.scan?"},
		{"an alias in full in every", "", violates("p := input.packages.scan\n\tevery s in [{}] {\n\t\tp == s\n\t}"), "packages.scan"},
		{"an alias that a with puts somewhere", "", violates("p := input.packages.scan\n\tdata.acme.lib.licensed with data.estate as p"),
			"whole: it puts something in the place of data.estate by with"},
		{"an alias in a path of a head", "", "_by[p].found := true if p := input.agent\n\n" + violates("some p\n\t_by[p].found\n\tp.version == null"), "agent"},
		{"an alias in a head of sets", "", "_by[p] contains 1 if p := input.agent\n\n" + violates("some p\n\t_by[p][1]\n\tp.version == null"), "agent"},
		{"an alias in a head of objects", "", "_by[p] := 1 if p := input.agent\n\n" + violates("some p\n\t_by[p] == 1\n\tp.version == null"), "agent"},
		{"a field in a path of a head", "", "_by[input.domain].found := true\n\n" + violates(`_by.X.found`), "domain"},
		{"a field deep in a path of a head", "", "_by.a[input.domain][input.os_name] := true\n\n" + violates(`_by.a.X.Y`), "domain os_name"},
		{"a field in a path of a head of sets", "", "_by[input.domain] contains input.os_name\n\n" + violates(`_by.X.Y`), "domain os_name"},

		{"an array of fields", "", violates("[a, b] = [input.name, input.domain]\n\ta == b"), "domain name"},
		{"an array taken apart", "", violates("[a, b] := [input.agent, input.plugin]\n\ta.version == b.version"), "agent plugin"},
		{"an object taken apart", "", violates("{\"version\": v} = input.agent\n\tv == \"1\""), "agent"},
		{"an array of a list", "", violates("[a, _] = input.addresses\n\ta == \"x\""), "addresses"},
		{"a variable bound twice", "", violates("some p\n\tp = input.packages.scan\n\tp = input.packages.tools\n\tp.status"), "packages.scan packages.tools"},
		{"a variable bound in an array", "", violates("some p\n\t[p, 1] = [input.packages.scan, 1]\n\tp.status"), "packages.scan"},
		{"the client in a variable", "", violates("c := input\n\tc.name == \"X\""), whole},
		{"the client by itself", "import input as c", violates("c\n\tc.name == \"X\""), "name"},
		{"the client in an array", "", violates("[c] = [input]\n\tc.name == \"X\""), whole},
		{"the client compared", "", violates("some c\n\tc.name == \"X\"\n\tc = input"), whole},
		{"object.get of the client", "", violates(`object.get(input, "name", "") == "X"`), whole},
		{"object.get of an object", "", violates(`object.get(input.agent, "version", "") == "X"`), "agent"},
		{"walk of the client", "", violates("walk(input, [path, value])\n\tvalue == \"X\"\n\tcount(path) == 1"), whole},
		{"walk of an object", "", violates("walk(input.packages, [_, value])\n\tvalue == \"failed\""), "packages"},
		{"json.filter", "", violates(`json.filter(input.packages, ["scan/status"]) == {}`), "packages"},
		{"json.marshal of the client", "", violates(`contains(json.marshal(input), "X")`), whole},
		{"a set", "", violates(`{input.name, input.domain} == {"X"}`), "domain name"},
		{"an object as a key", "", violates(`{input.agent: 1}[{"version": null}] == 1`), "agent"},
		{"a set's member", "", violates(`{input.agent}[{"version": null}]`), "agent"},
		{"text with fields", "", violates(`$"{input.name} of {input.domain}" == "X of Y"`), "domain name"},
		{"text with an alias", "", violates("p := input.agent\n\t$\"{p}\" == \"X\"\n\tp.version"), "agent"},
		{"text with a part of an alias", "", violates("p := input.packages.scan\n\t$\"{p.status}\" == \"X\""), "packages.scan.status packages.scan?"},
		{"text with the client", "", violates(`$"{input}" == "X"`), whole},
		{"a test of a variable's domain", "", violates("every p in input.packages {\n\t\tp.status == \"failed\"\n\t}"), "packages"},
		{"every key", "", violates("every role, _ in input.packages {\n\t\trole == \"scan\"\n\t}"), "packages"},
		{"every item of the client", "", violates("every v in input {\n\t\tv == \"X\"\n\t}"), whole},
		{"a field in every", "", violates("every role in [\"scan\"] {\n\t\tinput.packages[role].status == \"failed\"\n\t}"), each(".status")},
		{"fields in comprehensions", "", violates(`count({k: v | some k, v in input.agent}) + count([x | x := input.filters[_]]) == 2`), "agent.version filters"},
		{"a comprehension with an index", "", violates("xs := {x | some x in input.filters}\n\tsome y in input.plugin_policies\n\tcount({z | some z in xs; z == y}) == 1"),
			"filters plugin_policies"},

		{"an import of the client", "import input as client", violates(`client.name == "X"`), "name"},
		{"an import of an object", "import input.packages.scan", violates("scan.status == \"failed\"\n\tnot scan.last_run"), "packages.scan.last_run? packages.scan.status"},
		{"an import, by itself and in full", "import input.packages.scan", violates("scan\n\tcount(scan) == 2"), "packages.scan"},
		{"an import, tested and used", "import input.packages", violates("packages.scan.last_run\n\tx := packages.scan.last_run\n\tcount(x) == 1"), "packages.scan.last_run"},
		{"an import, renamed, in an argument", "import input.agent as a", violates("a\n\tcount(a) == 1"), "agent"},
		{"the client's import in an argument", "import input as client", violates(`count(client) == 1`), whole},
		{"a key of the client's import", "import input as client", violates(`client[_] == "X"`), unnamed},

		{"a helper", "", "_named if input.name == \"X\"\n\n" + violates(`_named`), "name"},
		{"a helper with a default", "", "default _n := 0\n\n_n := count(input.filters)\n\n" + violates(`_n == 0`), "filters"},
		{"a helper's else", "", "_n := 1 if {\n\tinput.name == \"X\"\n} else := input.domain if {\n\tinput.managed\n} else := 2 if input.agent\n\n" + violates(`_n == 2`),
			"agent? domain managed name"},
		{"an else with the same local names", "", "_n := 1 if {\n\tp := input.packages.scan\n\tp.status == \"failed\"\n} else := 2 if {\n\tp := input.agent\n\tcount(p) == 1\n}\n\n" + violates(`_n == 2`),
			"agent packages.scan.status packages.scan?"},
		{"an else whose alias is in full", "", "_n := 1 if {\n\tp = input.packages.scan\n\tp.status == \"failed\"\n} else := p if {\n\tp = input.packages.tools\n}\n\n" + violates(`_n == 2`),
			"packages.scan packages.tools"},
		{"a function without input", "", "_f(x) := x.version\n\n" + violates(`_f(input.agent) == "1"`), "agent"},
		{"a function that takes apart", "", "_f({\"version\": v}) := v\n\n" + violates(`_f(input.agent) == "1"`), "agent"},
		{"a function of an alias", "", "_f(x) := x.version\n\n" + violates("a := input.agent\n\t_f(a) == \"1\"\n\ta.version"), "agent"},
		{"a function with input", "", "_f(x) if input.domain == x\n\n" + violates(`_f("X")`), "domain"},
		{"a function that returns the client", "", "_c(_) := input\n\n" + violates(`_c(1).name == "X"`), whole},
		{"a rule that is the client", "", "_c := input\n\n" + violates(`_c.name == "X"`), whole},
		{"a function of the client", "", "_f(c) := c.name\n\n" + violates(`_f(input) == "X"`), whole},
		{"a function with an alias of its argument's name", "", "_f(p) if {\n\tp = input.agent\n\tp.version\n}\n\n" + violates(`_f({"version": "1"})`), "agent"},
		{"a default function", "", "default _f(_) := 0\n\n_f(x) := x if input.managed\n\n" + violates(`_f(1) == 0`), "managed"},
		{"functions of other packages", "import data.acme.lib", violates("lib.named(\"X\")\n\tlib.status_of(\"scan\") == \"failed\""), "name " + each(".status")},
		{"a function that returns an object", "import data.acme.lib", violates(`lib.state_of("scan").status == "failed"`), packages},
		{"a function that only reads its argument", "import data.acme.lib", violates(`lib.version(input.agent) == "1"`), "agent"},
		{"a rule of another package", "import data.acme.lib", violates(`lib.licensed == false`), "licence.in_use"},
		{"one of two rules with a common name", "import data.acme.lib", violates(`lib.both.one == "X"`), "os_name"},
		{"two rules with a common name", "import data.acme.lib", violates(`lib.both == {}`), "managed os_name"},
		{"rules of another package by a variable", "import data.acme.lib", violates("some k in [\"domain\"]\n\tlib[k] == \"X\""), "domain licence.in_use managed name os_name " + packages},
		{"another package as a value", "import data.acme.lib", violates("x := lib\n\tx.domain == \"X\""), "domain licence.in_use managed name os_name " + packages},
		{"a partial object", "import data.acme.lib", violates(`lib.by_role.scan == "failed"`), each(".status") + " " + each("?")},
		{"a set of keys", "import data.acme.lib", violates(`"scan" in lib.roles`), each(".last_run?")},
		{"a rule called like a field", "", "_name := \"X\"\n\n" + violates(`_name == "X"`), ""},
		{"a tally alone", "", violates(`input.name == "X"`) + "\ntally contains [input.domain]\n", "domain name"},
		{"unknown alone", "", violates(`input.name == "X"`) + "\nunknown contains {\"msg\": input.os_name}\n", "name os_name"},
		{"a value in the head", "", "violation contains {\"msg\": \"X\", \"actual\": input.plugin.version}\n", "plugin.version"},
		{"an object in the head", "", "violation contains {\"msg\": \"X\", \"actual\": input.plugin}\n", "plugin"},
		{"nothing", "", violates(`data.index.sites[_].name == "X"`), ""},

		{"with", "", violates(`data.acme.lib.licensed with input as {}`), "whole: it puts something in the place of input by with"},
		{"with a part of the client", "", violates(`data.acme.lib.licensed with input.licence.in_use as input.managed`), "whole: it puts something in the place of input.licence.in_use by with"},
		{"with in a helper", "", "_l if data.acme.lib.licensed with input.managed as true\n\n" + violates(`_l`), "whole: it puts something in the place of input.managed by with"},
		{"with in a comprehension", "", violates(`count([1 | data.acme.lib.licensed with input.managed as true]) == 1`), "whole: it puts something in the place of input.managed by with"},
		{"with a function", "", "_zero(_) := 0\n\n" + violates(`count(input.filters) == 0 with count as _zero`), "whole: it puts something in the place of count by with"},

		{"a computed field", "", violates(`input.location.site == null`), "location.site"},
		{"a computed object", "", violates(`input.location`), "location.network location.site location.sites location.subnet"},
		{"a computed object in an alias", "", violates("l := input.location\n\tl.site == null"), "location.network location.site location.sites location.subnet"},
		{"a computed field by a variable", "", violates("some k in [\"site\"]\n\tinput.location[k] == null"), "location.network location.site location.sites location.subnet"},
		{"an item of a computed field", "", violates(`input.location.sites[_] == "X"`), "location.sites"},
		{"events", "", violates("input.events.undated\n\tinput.events.newest_age_days > 3"), "events.newest_age_days events.undated"},
		{"events as a value", "", violates(`count(input.events) == 2`), "events.newest_age_days events.undated"},
		{"a path that a variable continues", "", violates("some i\n\tinput.location.sites[i] == input.filters[i]"), "filters location.sites"},
		{"metadata of the rule", "", violates("count(rego.metadata.chain()) == 0\n\tinput.name"), "name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := strings.Split(tt.want, " ")
			if !strings.HasPrefix(tt.want, "whole: ") {
				slices.Sort(want)
			}
			if got := readsOfText(t, tt.imports, tt.body); got != strings.Join(want, " ") {
				t.Errorf("reads %s\nwant  %s\nof\n%s", got, strings.Join(want, " "), tt.body)
			}
		})
	}
}
