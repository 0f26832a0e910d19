package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// linkTitles are the links of the article's chain, by the hundreds of the
// positions at which their rules stand.
var linkTitles = []string{
	"Other", "Site and subnet", "Vendor policy", "Import", "Package server", "Policies", "Packages on client", "Run and scan", "Licence", "Client away",
}

// gridRows bounds how many sites the page draws.
const gridRows = 250

// grid shows the faults site by site: rows are sites, columns the links of
// the article's chain.
type grid struct {
	Links []gridLink
	Rows  []gridRow
	More  int // sites that are not drawn
	// Causeless says that clients without a known cause have a column.
	Causeless bool
}

// gridLink is a column.
type gridLink struct {
	Title string
	// Incomplete is the number of rules that were not evaluated, or not in full.
	Incomplete int
	index      int
}

// gridRow is a site, or all clients or objects that are in none.
type gridRow struct {
	Name    string
	GUID    string // empty where it is no site
	Clients int64
	Counted bool // whether Clients is known
	Held    int64
	Sure    int64 // of those held
	Cells   []gridCell
}

// gridCell is one link of the chain at one site.
type gridCell struct {
	Sure     int64 // clients that surely do not get past it
	Possible int64 // clients that possibly do not
	Faults   int64 // findings about the site's objects
	Waived   int64 // of the findings, those that a waiver covers
	Unsure   bool  // nothing found, but not all was evaluated
}

// State is the worst state of a cell.
func (c gridCell) State() string {
	switch {
	case c.Sure > 0:
		return "sure"
	case c.Possible > 0:
		return "possible"
	case c.Faults > c.Waived:
		return "fault"
	case c.Faults > 0:
		return "waived"
	case c.Unsure:
		return "unsure"
	}
	return "ok"
}

// Says is the text of a cell for screen readers.
func (c gridCell) Says() string {
	var parts []string
	if c.Sure > 0 {
		parts = append(parts, plural(c.Sure, "client")+" blocked")
	}
	if c.Possible > 0 {
		parts = append(parts, plural(c.Possible, "client")+" possibly blocked")
	}
	if n := c.Faults - c.Waived; n > 0 {
		parts = append(parts, plural(n, "finding"))
	}
	if c.Waived > 0 {
		parts = append(parts, plural(c.Waived, "waived finding"))
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, ", ")
	case c.Unsure:
		return "nothing found, not all evaluated"
	}
	return "nothing found"
}

// Held is the number of clients that do not get past the link, or may not.
func (c gridCell) Held() int64 { return c.Sure + c.Possible }

// gridder fills a grid finding by finding.
type gridder struct {
	links  []gridLink
	column []int // by hundred of the chain
	rules  map[string]result.RuleResult
	ends   map[string]bool
	causes map[string]string // rule by id of the cause
	rows   map[string]*gridRow
	sites  []result.Site
	last   result.Resource
}

// Rows that are no sites.
const (
	placeless = "\x00objects"
	noSite    = "\x00clients"
)

func newGridder(r *compare.Outcome) *gridder {
	g := &gridder{
		column: make([]int, len(linkTitles)), rules: map[string]result.RuleResult{}, ends: map[string]bool{},
		causes: map[string]string{}, rows: map[string]*gridRow{}, sites: r.Sites,
	}
	for _, e := range chainEnds(r.Rules) {
		g.ends[e.rule.ID] = true
	}
	for _, c := range r.Causes {
		g.causes[c.ID] = c.Rule
	}
	incomplete, used := map[int]int{}, map[int]bool{}
	for _, rule := range r.Rules {
		g.rules[rule.ID] = rule
		if rule.Chain == 0 || setAside(rule.Verdict) {
			continue
		}
		used[hundred(rule)] = true
		if partly(rule) {
			incomplete[hundred(rule)]++
		}
	}
	for i, title := range linkTitles {
		if used[i] {
			g.column[i] = len(g.links)
			g.links = append(g.links, gridLink{title, incomplete[i], i})
		}
	}
	for _, s := range r.Sites {
		g.row(s.GUID, s.Name, s.Clients)
	}
	return g
}

func hundred(r result.RuleResult) int {
	if n := r.Chain / 100; n < len(linkTitles) {
		return n
	}
	return 0
}

func (g *gridder) row(key, name string, clients int64) *gridRow {
	row := &gridRow{Name: name, GUID: key, Clients: clients, Counted: true, Cells: make([]gridCell, len(g.links)+1)}
	g.rows[key] = row
	return row
}

// at is the row of a site, or another one.
func (g *gridder) at(key string) *gridRow {
	if row := g.rows[key]; row != nil {
		return row
	}
	row := g.row(key, key, 0)
	row.Counted = false
	switch key {
	case placeless:
		row.Name, row.GUID = "Objects in no site", ""
	case noSite:
		row.Name, row.GUID = "Clients in no known site", ""
	}
	return row
}

// count adds a finding: of a client at the end of the chain, where its cause
// is; of the estate, where its rule is. Other findings of clients are the
// consequences of one of these.
func (g *gridder) count(f result.Finding) {
	r := g.rules[f.Rule]
	switch {
	case gone(f):
	case g.ends[f.Rule]:
		if f.Resource == g.last {
			return
		}
		g.last = f.Resource
		column := len(g.links) // no known cause
		if id := g.causes[f.Cause]; id != "" {
			column = g.column[hundred(g.rules[id])]
		}
		for _, key := range orOne(f.Sites, noSite) {
			row := g.at(key)
			row.Held++
			if f.Certainty == result.Possible {
				row.Cells[column].Possible++
			} else {
				row.Sure++
				row.Cells[column].Sure++
			}
		}
	case r.Scope == rule.EstateScope && r.Chain > 0:
		for _, key := range orOne(f.Sites, placeless) {
			cell := &g.at(key).Cells[g.column[hundred(r)]]
			cell.Faults++
			if f.Waiver != nil {
				cell.Waived++
			}
		}
	}
}

func orOne(list []string, other string) []string {
	if len(list) == 0 {
		return []string{other}
	}
	return list
}

// grid puts the sites of most trouble first. Without sites, or without a chain,
// there is nothing to draw.
func (g *gridder) grid() grid {
	out := grid{Links: g.links}
	if len(g.links) == 0 {
		return grid{}
	}
	for _, row := range g.rows {
		for i := range g.links {
			row.Cells[i].Unsure = g.links[i].Incomplete > 0
		}
		out.Causeless = out.Causeless || row.Cells[len(g.links)].Held() > 0
		out.Rows = append(out.Rows, *row)
	}
	if !out.Causeless {
		for i := range out.Rows {
			out.Rows[i].Cells = out.Rows[i].Cells[:len(g.links)]
		}
	}
	slices.SortFunc(out.Rows, func(a, b gridRow) int {
		return cmp.Or(cmp.Compare(b.Held, a.Held), cmp.Compare(b.faults(), a.faults()), strings.Compare(a.Name, b.Name), strings.Compare(a.GUID, b.GUID))
	})
	if len(out.Rows) > gridRows {
		out.More = len(out.Rows) - gridRows
		out.Rows = out.Rows[:gridRows]
	}
	return out
}

func (r gridRow) faults() int64 {
	var n int64
	for _, c := range r.Cells {
		n += c.Faults
	}
	return n
}
