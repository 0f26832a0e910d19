package binding

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/antchfx/xpath"
	"github.com/google/go-cmp/cmp"
)

// statement is a query without comments and text literals.
func statement(query string) string {
	query = regexp.MustCompile(`(?m)--.*$`).ReplaceAllString(query, "")
	return regexp.MustCompile(`'[^']*'`).ReplaceAllString(query, "''")
}

// allowedFunctions exist on SQL Server and SQLite and mean the same.
var allowedFunctions = []string{"COUNT", "MIN", "MAX", "COALESCE", "LOWER", "IN"}

var forbidden = regexp.MustCompile(`(?i)\b(INSERT|UPDATE|DELETE|MERGE|DROP|ALTER|CREATE|TRUNCATE|EXEC|EXECUTE|GRANT|DENY|INTO|TOP|LIMIT|OFFSET|FETCH|NOLOCK|WITH|CAST|CONVERT|PRAGMA|ATTACH|DECLARE|SET|USE|WAITFOR|OPENROWSET)\b|\*\s|\|\||\+|;|"|` + "`" + `|/\*|\bUser\b`)

// TestShippedQueries holds every query to what runs unchanged on both engines,
// and every head comment to its query.
func TestShippedQueries(t *testing.T) {
	bracketed := regexp.MustCompile(`\[([^\]]+)\]`)
	call := regexp.MustCompile(`([A-Za-z_]+)\s*\(`)
	output := regexp.MustCompile(`AS \[([^\]]+)\]`)
	object := regexp.MustCompile(`(?:FROM|JOIN) ((?:\[[^\]]+\]\.)?\[[^\]]+\])`)
	parameter := regexp.MustCompile(`@(\w+)`)
	for _, b := range All() {
		text := statement(b.Query)
		if b.Section != "key_order" && strings.Count(text, "SELECT") != 1+strings.Count(text, "(\n        SELECT")+strings.Count(text, "(\n    SELECT") {
			t.Errorf("%s: it is not one SELECT", b.Section)
		}
		if !strings.HasPrefix(strings.TrimSpace(text), "SELECT") {
			t.Errorf("%s: it does not begin with SELECT", b.Section)
		}
		if b.Section == LicenceRows { // the article's script shows all columns of this table
			text = strings.Replace(text, "    liu.*,\n", "", 1)
		}
		if m := forbidden.FindString(text); m != "" {
			t.Errorf("%s: it uses %q", b.Section, m)
		}
		for _, m := range call.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(allowedFunctions, m[1]) && !slices.Contains([]string{"FROM", "AND", "OR", "WHERE"}, m[1]) {
				t.Errorf("%s: it calls %s", b.Section, m[1])
			}
		}
		for _, line := range strings.Split(b.Query, "\n") {
			if len(line) > 200 || strings.TrimRight(line, " \t") != line || strings.Contains(line, "\t") {
				t.Errorf("%s: this line is too long or has stray blanks: %s", b.Section, line)
			}
		}

		objects, known := []string{}, map[string]bool{}
		for _, o := range b.Objects {
			objects = append(objects, o.Name)
			for _, part := range strings.Split(o.Name, ".") {
				known[part] = true
			}
			for _, c := range o.Columns {
				known[c.Name] = true
				if !strings.Contains(text, "["+c.Name+"]") {
					t.Errorf("%s: the head comment names column %s of %s, which the query does not read", b.Section, c.Name, o.Name)
				}
			}
		}
		for _, m := range object.FindAllStringSubmatch(text, -1) {
			if name := strings.NewReplacer("[", "", "]", "").Replace(m[1]); !slices.Contains(objects, name) {
				t.Errorf("%s: the head comment does not name object %s", b.Section, name)
			}
		}
		outputs := []string{}
		for _, m := range output.FindAllStringSubmatch(text, -1) {
			known[m[1]] = true
			if !slices.Contains(outputs, m[1]) {
				outputs = append(outputs, m[1])
			}
		}
		for _, m := range bracketed.FindAllStringSubmatch(text, -1) {
			if !known[m[1]] {
				t.Errorf("%s: the head comment does not name %s", b.Section, m[1])
			}
		}
		for _, name := range b.Columns {
			if !slices.Contains(outputs, name) {
				t.Errorf("%s: the query returns no column %s", b.Section, name)
			}
		}
		parameters := []string{}
		for _, m := range parameter.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(parameters, m[1]) {
				parameters = append(parameters, m[1])
			}
		}
		if diff := cmp.Diff(parameters, append([]string{}, b.Parameters...)); diff != "" {
			t.Errorf("%s: parameters (-query +head comment):\n%s", b.Section, diff)
		}
		for name, expression := range b.XPaths {
			if _, err := xpath.Compile(expression); err != nil {
				t.Errorf("%s: XPath %s: %v", b.Section, name, err)
			}
		}
		for _, v := range b.Values {
			if text := v.Text; regexp.MustCompile(`^[0-9A-F-]{36}$`).MatchString(text) && !strings.Contains(b.Query, "'"+text+"'") {
				t.Errorf("%s: the head comment names value %s, which the query does not use", b.Section, text)
			}
		}
		if strings.HasPrefix(b.Section, "clients") && !regexp.MustCompile(`\nORDER BY \w+\.\[\w+\]\n$`).MatchString(b.Query) {
			t.Errorf("%s: it does not end with an order by its key", b.Section)
		}
	}
}

// TestEverySectionHasItsBinding in both directions.
func TestEverySectionHasItsBinding(t *testing.T) {
	bindings := Shipped()
	for _, name := range AllNames() {
		b := bindings[name]
		if b == nil {
			t.Errorf("section %s has no binding", name)
			continue
		}
		wanted := []string{}
		for _, c := range ColumnsOf(name) {
			wanted = append(wanted, c.Name)
		}
		if diff := cmp.Diff(wanted, b.Columns); diff != "" {
			t.Errorf("columns of %s (-read +bound):\n%s", name, diff)
		}
	}
	for name := range bindings {
		if ColumnsOf(name) == nil {
			t.Errorf("binding %s fills no section", name)
		}
	}
}

func TestParseBinding(t *testing.T) {
	b, err := ParseQuery(`-- section: sites
-- fills: the sites
-- column: guid: the site
-- column: name: its name
-- parameter: product: a product
-- object: vSite: Guid (P); Name, Site Code (R)
-- value: Leeds, York (A): two sites
-- value: a site is a site (I)
-- xpath: servers (R): //servers/@n
-- map: status (P): Not Ready = not_ready, Ready=ready
SELECT 1 -- section: not a head comment
`)
	if err != nil {
		t.Fatal(err)
	}
	if b.Section != "sites" || b.Fills != "the sites" || b.Evidence() != "R, I, P, A" {
		t.Errorf("%+v, evidence %s", b, b.Evidence())
	}
	want := []Object{{"vSite", []ObjectColumn{{"Guid", 'P'}, {"Name", 'R'}, {"Site Code", 'R'}}}}
	if diff := cmp.Diff(want, b.Objects); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Value{{"Leeds, York", 'A', "two sites"}, {"a site is a site", 'I', ""}}, b.Values); diff != "" {
		t.Error(diff)
	}
	if got := b.XPaths["servers"]; got != "//servers/@n" {
		t.Errorf("XPath %q", got)
	}
	if got := b.Mapped("status", " NOT READY "); got == nil || *got != "not_ready" {
		t.Errorf("mapped to %v", got)
	}
	if got := b.Mapped("status", "staging"); got != nil {
		t.Errorf("an unknown value was mapped to %s", *got)
	}
}

func TestParseBindingRefuses(t *testing.T) {
	const good = "-- section: s\n-- column: c: text\n-- object: o: c (P)\n"
	if _, err := ParseQuery(good + "SELECT 1"); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"SELECT 1":                       "must name a section",
		good + "-- free text\n":          `line 4 of the head comment: "free text" is not of the form`,
		good + "-- column: c\n":          "has no meaning",
		good + "-- object: o2\n":         "names no columns",
		good + "-- object: o2: c\n":      "no evidence mark",
		good + "-- object: o2: c (X)\n":  "no evidence mark",
		good + "-- value: v\n":           "needs an evidence mark",
		good + "-- xpath: x: //a\n":      "needs an evidence mark",
		good + "-- xpath: x (R)\n":       "needs an evidence mark and a meaning",
		good + "-- xpath: x (R): //[\n":  `xpath x: "//[" is not an XPath`,
		good + "-- map: m (R): a\n":      "is not of the form",
		good + "-- colour: red (R): x\n": `unknown key "colour"`,
	} {
		if _, err := ParseQuery(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error with %q", text, err, want)
		}
	}
}
