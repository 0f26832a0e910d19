// Package probe checks bindings against a database. It reports section by section what
// is missing, names candidates to replace it, and drafts bindings.
package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/snapshot"
)

// Status describes how a section's binding fits the database.
type Status string

// The statuses of a probed section.
const (
	Bound         Status = "bound"
	Empty         Status = "empty"          // everything is there, and no row comes
	ObjectMissing Status = "object missing" // a table or view does not exist
	ColumnMissing Status = "column missing" // it exists and lacks a column
	SelectDenied  Status = "SELECT denied"  // the login may not read it
	NodeMissing   Status = "node missing"   // no item's XML has any of the nodes
	NotBound      Status = "not bound"      // no binding is for the server's version
	Failed        Status = "failed"         // anything else
)

// Report is the result of a probe.
type Report struct {
	// Source is the database.
	Source snapshot.Origin `json:"source"`
	// Version of the product; empty if unknown.
	Version string `json:"version,omitempty"`
	// Sections in the order of reading.
	Sections []Section `json:"sections"`
	// Notes list what could not be checked, and why.
	Notes []string `json:"notes,omitempty"`

	bindings map[string]*binding.Binding
}

// Section describes how one section's binding fits.
type Section struct {
	Name     string `json:"name"`
	Fills    string `json:"fills"`
	Status   Status `json:"status"`
	Evidence string `json:"evidence,omitempty"`
	// Message explains what is wrong, or why an answer without rows is right.
	Message string `json:"message,omitempty"`
	// Expected is set if an answer without rows is normal.
	Expected bool `json:"empty_expected,omitempty"`
	// Objects with a fault.
	Objects []Object `json:"objects,omitempty"`
	// Candidates to replace what is missing, the most likely first.
	Candidates []Candidate `json:"candidates,omitempty"`
}

// Good reports whether the section can be collected as it is.
func (s *Section) Good() bool {
	return s.Status == Bound || s.Status == Empty && s.Expected
}

// Object is a table or view that does not match a binding.
type Object struct {
	Name    string   `json:"name"`
	Status  Status   `json:"status"`
	Columns []string `json:"columns,omitempty"` // with a fault, if not all have one
}

// Good reports whether every section can be collected.
func (p *Report) Good() bool {
	return !slices.ContainsFunc(p.Sections, func(s Section) bool { return !s.Good() })
}

// prober is one probe.
type prober struct {
	*cmdb.Connection
	catalogue Catalogue
	set       *binding.Set
	checked   map[string]Object
	report    *Report
}

// Run checks section by section whether its binding fits the database. If it does
// not, the report names candidates to replace what is missing. It runs each query and
// stops at its first row. It fails if nothing can be read from the database at all or
// if ctx ends.
func Run(ctx context.Context, source cmdb.Database, catalogue Catalogue, options cmdb.Options) (*Report, error) {
	connection, err := cmdb.Connect(ctx, source, options)
	if err != nil {
		return nil, fmt.Errorf("probe: %w", err)
	}
	defer connection.Close()
	p := &prober{
		Connection: connection,
		catalogue:  catalogue,
		set:        options.Bindings.OrShipped(),
		checked:    make(map[string]Object),
		report:     &Report{Sections: []Section{}},
	}
	p.report.Version, p.report.bindings, err = p.ChooseBindings(ctx)
	if err != nil {
		_, why := cmdb.Explain("server", err)
		p.note("The server's version is not known, so bindings for certain versions are not used: collect server: %s", why)
	}
	for _, name := range binding.SectionNames() {
		section := p.probeSection(ctx, name)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("probe %s: %w", name, context.Cause(ctx))
		}
		p.report.Sections = append(p.report.Sections, section)
	}
	p.findCandidates(ctx)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("probe: %w", context.Cause(ctx))
	}
	p.report.Source = p.Origin()
	return p.report, nil
}

func (p *prober) note(format string, args ...any) {
	p.report.Notes = append(p.report.Notes, fmt.Sprintf(format, args...))
}

func (p *prober) probeSection(ctx context.Context, name string) Section {
	b := p.report.bindings[name]
	if b == nil {
		return Section{Name: name, Fills: binding.Shipped()[name].Fills, Status: NotBound, Message: p.set.WhyUnbound(name, p.report.Version)}
	}
	s := Section{Name: name, Fills: b.Fills, Evidence: b.Evidence(), Status: Bound}
	if ownQuery := len(b.Objects) > 0 && len(b.Objects[0].Columns) == 0; ownQuery {
		p.checkOwnQuery(ctx, b, &s)
		return s
	}
	for _, object := range b.Objects {
		if o := p.checkObject(ctx, object); o.Status != Bound {
			s.Objects = append(s.Objects, o)
		}
	}
	if len(s.Objects) > 0 {
		s.summariseObjects()
		return s
	}
	p.checkFirstRow(ctx, b, &s)
	if s.Status == Bound && len(b.XPaths) > 0 {
		p.checkNodes(ctx, b, &s)
	}
	return s
}

// checkOwnQuery runs a user's query, and checks its objects only if it fails. Which
// of their columns it reads is unknown, and it may call functions.
func (p *prober) checkOwnQuery(ctx context.Context, b *binding.Binding, s *Section) {
	p.checkFirstRow(ctx, b, s)
	if s.Status == Bound && len(b.XPaths) > 0 {
		p.checkNodes(ctx, b, s)
	}
	if s.Status != ObjectMissing && s.Status != SelectDenied {
		return
	}
	for _, object := range b.Objects {
		if o := p.checkObject(ctx, object); o.Status == s.Status {
			s.Objects = append(s.Objects, o)
		}
	}
	if len(s.Objects) > 0 {
		s.summariseObjects()
	}
}

// summariseObjects sets the section's status to the worst of its objects.
func (s *Section) summariseObjects() {
	for _, status := range []Status{ObjectMissing, ColumnMissing, SelectDenied, Failed} {
		var names []string
		for _, o := range s.Objects {
			switch {
			case o.Status != status:
			case status == Failed:
				names = append(names, o.Name+": "+o.Columns[0])
			case len(o.Columns) > 0:
				names = append(names, o.Name+": "+strings.Join(o.Columns, ", "))
			default:
				names = append(names, o.Name)
			}
		}
		if len(names) > 0 {
			s.Status, s.Message = status, strings.Join(names, "; ")
			return
		}
	}
}

// checkFirstRow runs a section's query as collecting does, up to its first row.
func (p *prober) checkFirstRow(ctx context.Context, b *binding.Binding, s *Section) {
	rows, err := p.ReadRows(ctx, b, binding.ColumnsOf(b.Section), 1)
	switch {
	case err != nil:
		s.Status = statusOfError(err)
		status, message := cmdb.Explain(b.Section, err)
		s.Message = message
		if s.Status == Failed && status == snapshot.Missing {
			s.Status = ColumnMissing // of the query's own columns
		}
	case len(rows) == 0:
		s.Status, s.Expected = Empty, b.Empty != ""
		s.Message = b.Empty
		if b.Empty == "" {
			s.Message = "it returns no rows; another table may have the data of this section"
		}
	}
}

// probedItems is the number of items that are searched for nodes.
const probedItems = 100

// checkNodes checks whether any item has any of the nodes that a binding names. A
// single node may be absent, because not every policy has every setting.
func (p *prober) checkNodes(ctx context.Context, b *binding.Binding, s *Section) {
	columns := binding.ColumnsOf(b.Section)
	state := slices.IndexFunc(columns, func(c binding.Column) bool { return c.Name == "state" })
	if state < 0 {
		return
	}
	rows, err := p.ReadRows(ctx, b, columns, probedItems)
	if err != nil {
		_, message := cmdb.Explain(b.Section, err)
		s.Status, s.Message = Failed, "collect "+b.Section+": "+message
		return
	}
	if !slices.ContainsFunc(rows, func(row []string) bool { return hasNode(b, row[state]) }) {
		s.Status = NodeMissing
		s.Message = fmt.Sprintf("%d items were read and the XML of none has a node at any of the XPaths; nscheck probe --item NAME lists the nodes of an item", len(rows))
	}
}

// hasNode reports whether an item has a node at one of a binding's XPaths.
func hasNode(b *binding.Binding, state string) bool {
	settings, _ := binding.ReadItem(b, state)
	if settings == nil {
		return false
	}
	for name, expression := range b.XPaths {
		if strings.HasPrefix(expression, "/") && len(settings.Nodes(name, nil)) > 0 {
			return true
		}
	}
	return false
}
