package rule

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// EstateSections are the sections of a snapshot's estate.
var EstateSections = []string{
	"filters", "licences", "package_servers", "packages", "patch_import",
	"policies", "server", "sites", "subnets", "vendor_policies",
}

// ClientSections tells which section of the manifest fills which field of a
// client. Fields that are not listed come with the client itself.
var ClientSections = map[string]string{
	"agent":           "clients.agents",
	"plugin":          "clients.agents",
	"licence":         "clients.licence",
	"addresses":       "clients.addresses",
	"location":        "clients.addresses",
	"events":          "clients.packages",
	"filters":         "clients.filters",
	"plugin_policies": "clients.plugin_policies",
	"scan_log":        "clients.scan_log",
	"packages":        "clients.packages",
	"inventory":       "clients.inventory",
	"task_agent":      "clients.task_agent",
}

// IndexSources tells which sections each table of data.index is made of.
var IndexSources = map[string][]string{
	"sites":                    {"sites"},
	"subnets":                  {"subnets"},
	"package_servers":          {"package_servers"},
	"packages":                 {"packages"},
	"several_packages":         {"packages"},
	"filters":                  {"filters"},
	"names":                    {}, // a name may be missing; see checkNames
	"site_package_servers":     {"sites", "subnets", "package_servers"},
	"package_server_sites":     {"subnets", "package_servers"},
	"unplaced_package_servers": {"subnets", "package_servers"},
	"address_sites":            {"subnets", "package_servers"},
	"subnet_sites":             {"subnets"}, // sites are only asked which of them exist
	"partial_sections":         {},
}

// TotalSources tells which estate sections and client fields each entry of
// data.totals is made of.
var TotalSources = map[string]struct{ estate, client []string }{
	"clients":              {[]string{"package_servers"}, nil},
	"sites":                {[]string{"package_servers", "sites", "subnets"}, []string{"addresses"}},
	"subnets":              {[]string{"package_servers", "subnets"}, []string{"addresses"}},
	"uncovered_networks":   {[]string{"package_servers", "subnets"}, []string{"addresses"}},
	"perhaps_empty":        {[]string{"package_servers", "subnets"}, []string{"addresses"}},
	"unlocated_clients":    {nil, []string{"addresses"}},
	"uncounted_clients":    {nil, nil},
	"unrecognised_servers": {nil, nil},
	"not_counted":          {nil, nil},
	"tally":                {nil, nil},
}

// optionalFields of a client are not demanded of rules that read a client as a
// whole: the scan log is only there where the client's folder was read, and the
// others follow from fields that are demanded.
var optionalFields = []string{"scan_log", "location", "events"}

// Needs is what a rule reads, derived from its compiled code.
type Needs struct {
	estate map[string]bool // estate sections
	Client map[string]bool // top-level fields of a client
	Totals bool            // whether clients must have been counted
	Tally  TallyKeys       // what of other rules' tallies is read
	params map[string]bool // parameters
	Fields fieldReads      // places in the documents, derived by following values
}

func (n *Needs) add(o Needs) {
	for s := range o.estate {
		n.need(&n.estate, s)
	}
	for s := range o.Client {
		n.need(&n.Client, s)
	}
	n.Totals = n.Totals || o.Totals
	n.read(o.Fields)
}

func (n *Needs) read(fields fieldReads) {
	if n.Fields == nil {
		n.Fields = fieldReads{}
	}
	maps.Copy(n.Fields, fields)
}

func (n *Needs) need(set *map[string]bool, names ...string) {
	if *set == nil {
		*set = map[string]bool{}
	}
	for _, name := range names {
		(*set)[name] = true
	}
}

// Sections are the names in the manifest of all that is needed.
func (n *Needs) Sections() []string {
	out := slices.Collect(maps.Keys(n.estate))
	if n.Totals || len(n.Client) > 0 {
		out = append(out, "clients")
	}
	for f := range n.Client {
		if s, ok := ClientSections[f]; ok {
			out = append(out, s)
		}
	}
	for s := range n.Fields.Subsections() {
		out = append(out, s)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// needsOf are the needs of some outputs of a rule.
func (p *Pack) needsOf(r *Rule, outputs []string) (Needs, error) {
	var n Needs
	var all Flaws
	for _, output := range outputs {
		var flaws Flaws
		if err := p.AddNeeds(&n, r, OutputRef(r.Package, output)); errors.As(err, &flaws) {
			all = append(all, flaws...)
		} else if err != nil {
			return n, err
		}
	}
	return n, all.Err()
}

// AddNeeds follows the references of a part of the rule's code, through helpers
// and functions, down to the documents that the host provides. A reference to a
// document that the host does not provide would be undefined, and so "no
// violation": it is an error here.
func (p *Pack) AddNeeds(n *Needs, r *Rule, code any) error {
	refs, err := p.baseRefs(code)
	if err != nil {
		return err
	}
	var flaws Flaws
	for _, ref := range refs {
		if flaw := p.addRef(n, r, ref); flaw != nil {
			flaw.Msg = r.ID + ": " + flaw.Msg // it may stand in a library
			flaws = append(flaws, flaw)
		}
	}
	if len(flaws) == 0 {
		n.read(p.dependsOn(code))
	}
	return flaws.Err()
}

// refuse notes why a rule's needs cannot be derived.
func (p *Pack) refuse(r *Rule, err error) {
	var flaws Flaws
	switch {
	case err == nil:
	case errors.As(err, &flaws):
		p.flaw(flaws...)
	default:
		p.flaw(flawOn(FlawWrongDocument, r.File, "%s: %v", r.ID, err))
	}
}

// deriveAsides derives the needs of what a rule says beside its verdict.
func (p *Pack) deriveAsides(r *Rule) (affects, applies error) {
	if slices.Contains(r.Outputs, AffectsOutput) {
		r.AffectedNeeds, affects = p.affectsNeeds(r)
	}
	if slices.Contains(r.Outputs, NotApplicableOutput) {
		r.ApplyingNeeds, applies = p.askedFirst(r, NotApplicableOutput)
	}
	if slices.Contains(r.Outputs, NoSourceOutput) && applies == nil {
		r.SourcingNeeds, applies = p.askedFirst(r, NoSourceOutput)
	}
	r.VerdictNeeds.add(r.ApplyingNeeds) // a rule that may not be for this platform cannot pass
	return affects, applies
}

// describeNeeds tells people what a rule reads.
func (r *Rule) describeNeeds() {
	r.Needs = r.VerdictNeeds.Sections()
	r.AffectsNeeds = slices.DeleteFunc(r.AffectedNeeds.Sections(), func(s string) bool { return slices.Contains(r.Needs, s) })
	params := map[string]bool{}
	for _, n := range []Needs{r.VerdictNeeds, r.AffectedNeeds, r.ApplyingNeeds} {
		maps.Copy(params, n.params)
	}
	r.Params = slices.Sorted(maps.Keys(params))
	r.Reads = r.VerdictNeeds.Fields.paths()
	r.AffectsReads = slices.DeleteFunc(r.AffectedNeeds.Fields.paths(), func(path string) bool { return slices.Contains(r.Reads, path) })
}

func (p *Pack) addRef(n *Needs, r *Rule, ref ast.Ref) *Flaw {
	path := constantPath(ref)
	switch path[0] {
	case "input":
		if r.Scope == EstateScope {
			return flawAt(FlawWrongDocument, ref[0].Location, "a rule of scope estate has no input; read data.estate")
		}
		addInput(n, path)
		return nil
	case "data":
		if len(path) == 1 {
			return flawAt(FlawWrongDocument, ref[0].Location, "it reads all of data; name the document, such as data.estate.sites")
		}
		return p.addData(n, r, ref, path)
	}
	return flawAt(FlawWrongDocument, ref[0].Location, "it reads %v, which nscheck does not provide", ref)
}

func addInput(n *Needs, path []string) {
	if len(path) == 1 {
		// Nobody knows which fields are read, and any that is absent would be
		// undefined and so "no violation": the rule needs them all.
		for field := range ClientSections {
			if !slices.Contains(optionalFields, field) {
				n.need(&n.Client, field)
			}
		}
		return
	}
	n.need(&n.Client, path[1])
	if path[1] == "location" {
		n.need(&n.estate, "subnets")
	}
}

func (p *Pack) addData(n *Needs, r *Rule, ref ast.Ref, path []string) *Flaw {
	table := ""
	if len(path) > 2 {
		table = path[2]
	}
	switch path[1] {
	case "estate":
		if table == "" {
			n.need(&n.estate, EstateSections...)
		} else {
			n.need(&n.estate, table)
		}
	case "index":
		sections, ok := IndexSources[table]
		if !ok {
			return unknownTable(ref, "data.index", table, slices.Sorted(maps.Keys(IndexSources)))
		}
		n.need(&n.estate, sections...)
	case "totals":
		if r.Scope == ClientScope {
			return flawAt(FlawWrongDocument, ref[0].Location, "a rule of scope client cannot read data.totals, which are known only after the last client")
		}
		src, ok := TotalSources[table]
		if !ok {
			return unknownTable(ref, "data.totals", table, slices.Sorted(maps.Keys(TotalSources)))
		}
		n.need(&n.estate, src.estate...)
		n.need(&n.Client, src.client...)
		n.Totals = true
		if table == "tally" {
			return p.addTally(n, ref, path)
		}
	case "params":
		if _, ok := p.defaults[table]; !ok {
			return unknownTable(ref, "data.params", table, slices.Sorted(maps.Keys(p.defaults)))
		}
		n.need(&n.params, table)
	default:
		return p.unknownData(ref, path)
	}
	return nil
}

// checkNames refuses code that looks into the names and not at one by
// object.get: an object without a name would be undefined, and so "no
// violation", and the names tell nothing of which objects there are.
func (p *Pack) checkNames() {
	names := ast.MustParseRef("data.index.names")
	for _, file := range slices.Sorted(maps.Keys(p.Compiler.Modules)) {
		ast.WalkRefs(p.Compiler.Modules[file], func(ref ast.Ref) bool {
			if len(ref) > len(names) && ref.HasPrefix(names) {
				p.flaw(flawAt(FlawWrongDocument, ref[0].Location,
					"data.index.names is for messages, and an object may have no name there; write object.get(data.index.names, guid, otherwise)"))
			}
			return false
		})
	}
}

// constantPath is the part of ref before its first variable.
func constantPath(ref ast.Ref) []string {
	path := []string{ref[0].String()}
	for _, t := range ref[1:] {
		s, ok := t.Value.(ast.String)
		if !ok {
			break
		}
		path = append(path, string(s))
	}
	return path
}

// affectsNeeds are the needs of a rule's affects.
func (p *Pack) affectsNeeds(r *Rule) (Needs, error) {
	if r.Scope != EstateScope {
		return Needs{}, errors.New("only rules of scope estate have affects")
	}
	n, err := p.needsOf(r, []string{AffectsOutput})
	if err == nil && n.Totals {
		err = errors.New("affects cannot read data.totals: whom a fault harms does not rest on how many there are")
	}
	return n, err
}

// askedFirst derives the needs of a rule's not_applicable or no_source, which are
// asked once and before any client is read.
func (p *Pack) askedFirst(r *Rule, output string) (Needs, error) {
	n, err := p.needsOf(r, []string{output})
	switch {
	case err != nil:
	case len(n.Client) > 0 && output == NotApplicableOutput:
		err = errors.New("not_applicable cannot read input: it says of a platform, and not of a client, why the rule is not for it")
	case len(n.Client) > 0:
		err = errors.New("no_source cannot read input: it is about all sources, and not about one client")
	case n.Totals:
		err = fmt.Errorf("%s cannot read data.totals, which are known only after the last client", output)
	}
	return n, err
}

// ReadsPlaces reports whether a rule reads which sites, subnets or networks have
// clients, and not which of them have one that may be the Notification Server.
func (r *Rule) ReadsPlaces() bool {
	return !r.ReadsTotals("perhaps_empty") &&
		(r.ReadsTotals("sites") || r.ReadsTotals("subnets") || r.ReadsTotals("uncovered_networks"))
}

// ReadsTotals reports whether a rule reads a table of data.totals.
func (r *Rule) ReadsTotals(table string) bool {
	for n := range r.VerdictNeeds.Fields {
		if n.path == "totals."+table {
			return true
		}
	}
	return false
}
