package cmdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/snapshot"
)

// ProbeStatus says how a section's binding fits the database.
type ProbeStatus string

// The statuses of a probed section.
const (
	Bound         ProbeStatus = "bound"
	Empty         ProbeStatus = "empty"          // everything is there, and no row comes
	ObjectMissing ProbeStatus = "object missing" // a table or view does not exist
	ColumnMissing ProbeStatus = "column missing" // it exists and lacks a column
	SelectDenied  ProbeStatus = "SELECT denied"  // the login may not read it
	NodeMissing   ProbeStatus = "node missing"   // no item's XML has any of the nodes
	NotBound      ProbeStatus = "not bound"      // no binding is for the server's version
	ProbeFailed   ProbeStatus = "failed"         // anything else
)

// Probed is what a probe has found out.
type Probed struct {
	// Source is the database.
	Source snapshot.Origin `json:"source"`
	// Version of the product, where it could be told.
	Version string `json:"version,omitempty"`
	// Sections in the order of reading.
	Sections []ProbedSection `json:"sections"`
	// Notes are what could not be looked at, and why.
	Notes []string `json:"notes,omitempty"`

	bindings map[string]*Binding
}

// ProbedSection is how one section's binding fits.
type ProbedSection struct {
	Name     string      `json:"name"`
	Fills    string      `json:"fills"`
	Status   ProbeStatus `json:"status"`
	Evidence string      `json:"evidence,omitempty"`
	// Message says what is wrong, or why it is right that nothing came.
	Message string `json:"message,omitempty"`
	// Expected says that no row is an ordinary answer.
	Expected bool `json:"empty_expected,omitempty"`
	// Objects in trouble.
	Objects []ProbedObject `json:"objects,omitempty"`
	// Candidates for what is missing, the likeliest first.
	Candidates []Candidate `json:"candidates,omitempty"`
}

// Good says whether the section can be collected as it is.
func (s *ProbedSection) Good() bool {
	return s.Status == Bound || s.Status == Empty && s.Expected
}

// ProbedObject is a table or view that a binding names and that is not as it
// says.
type ProbedObject struct {
	Name    string      `json:"name"`
	Status  ProbeStatus `json:"status"`
	Columns []string    `json:"columns,omitempty"` // in trouble, where not all are
}

// Good says whether every section can be collected.
func (p *Probed) Good() bool {
	return !slices.ContainsFunc(p.Sections, func(s ProbedSection) bool { return !s.Good() })
}

// prober is one probe.
type prober struct {
	*collection
	catalogue Catalogue
	checked   map[string]ProbedObject
	report    *Probed
}

// Probe tells section by section whether its binding fits the database, and
// where it does not, what could take the place of what is missing. It runs each
// query and stops at its first row. It fails where nothing can be had from the
// database at all and where ctx ends.
func Probe(ctx context.Context, source Database, catalogue Catalogue, options Options) (*Probed, error) {
	p := &prober{
		collection: newCollection(source, options),
		catalogue:  catalogue,
		checked:    make(map[string]ProbedObject),
		report:     &Probed{Sections: []ProbedSection{}},
	}
	defer p.session.close()
	if _, err := p.session.connection(ctx); err != nil {
		return nil, fmt.Errorf("probe: %w", because(ctx, err))
	}
	p.tellVersion(ctx)
	for _, name := range sectionNames() {
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
	p.report.Source = p.manifest.Source // with the notes of the session
	if g := p.session.guest; g != nil {
		p.report.Source.Isolation = g.level.String()
	}
	return p.report, nil
}

// tellVersion reads the section server, which tells which bindings apply.
func (p *prober) tellVersion(ctx context.Context) {
	builder := &estateBuilder{calendar: p.calendar}
	err := p.read(ctx, "server", func() error {
		server := &estateReading{collection: p.collection, section: estateSections[0], builder: builder}
		_, err := server.attempt(ctx, p.bindings["server"])
		return err
	})
	if err != nil {
		p.note("The server's version is not known, so that bindings for certain versions are not used: %s", classify("server", err).message)
	}
	p.chooseBindings(builder)
	p.report.Version = p.version
	p.report.bindings = p.bindings
}

func (p *prober) note(format string, args ...any) {
	p.report.Notes = append(p.report.Notes, fmt.Sprintf(format, args...))
}

func (p *prober) probeSection(ctx context.Context, name string) ProbedSection {
	b := p.bindings[name]
	if b == nil {
		return ProbedSection{Name: name, Fills: shipped()[name].Fills, Status: NotBound, Message: p.options.Bindings.orShipped().noBinding(name, p.version)}
	}
	s := ProbedSection{Name: name, Fills: b.Fills, Evidence: b.Evidence(), Status: Bound}
	if ownQuery := len(b.Objects) > 0 && len(b.Objects[0].Columns) == 0; ownQuery {
		p.ownQuery(ctx, b, &s)
		return s
	}
	for _, object := range b.Objects {
		if o := p.object(ctx, object); o.Status != Bound {
			s.Objects = append(s.Objects, o)
		}
	}
	if len(s.Objects) > 0 {
		s.judgeObjects()
		return s
	}
	p.firstRow(ctx, b, &s)
	if s.Status == Bound && len(b.XPaths) > 0 {
		p.nodes(ctx, b, &s)
	}
	return s
}

// ownQuery runs a user's query, and looks at its objects only where it fails:
// which columns it reads is not known, and it may call functions.
func (p *prober) ownQuery(ctx context.Context, b *Binding, s *ProbedSection) {
	p.firstRow(ctx, b, s)
	if s.Status == Bound && len(b.XPaths) > 0 {
		p.nodes(ctx, b, s)
	}
	if s.Status != ObjectMissing && s.Status != SelectDenied {
		return
	}
	for _, object := range b.Objects {
		if o := p.object(ctx, object); o.Status == s.Status {
			s.Objects = append(s.Objects, o)
		}
	}
	if len(s.Objects) > 0 {
		s.judgeObjects()
	}
}

// judgeObjects gives the section the worst of its objects' statuses.
func (s *ProbedSection) judgeObjects() {
	for _, status := range []ProbeStatus{ObjectMissing, ColumnMissing, SelectDenied, ProbeFailed} {
		var names []string
		for _, o := range s.Objects {
			switch {
			case o.Status != status:
			case status == ProbeFailed:
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

// errEnough ends a query of which the first rows were wanted.
var errEnough = errors.New("enough rows have been seen")

// read reads something as patiently as collecting does, from its start each
// time. That enough was seen is no error.
func (c *collection) read(ctx context.Context, section string, read func() error) error {
	_, _, err := c.attempts(ctx, section, func() (int64, error) {
		if err := read(); !errors.Is(err, errEnough) {
			return 0, err
		}
		return 0, nil
	})
	return err
}

// firstRow runs a section's query as collecting does, up to its first row.
func (p *prober) firstRow(ctx context.Context, b *Binding, s *ProbedSection) {
	found := false
	err := p.read(ctx, b.Section, func() error {
		_, err := p.session.each(ctx, b, sectionColumns()[b.Section], func([]cell) error {
			found = true
			return errEnough
		})
		return err
	})
	switch {
	case err != nil:
		s.Status = trouble(err)
		why := classify(b.Section, err)
		s.Message = strings.TrimPrefix(why.message, "collect "+b.Section+": ")
		if s.Status == ProbeFailed && why.status == snapshot.Missing {
			s.Status = ColumnMissing // of the query's own columns
		}
	case !found:
		s.Status, s.Expected = Empty, b.Empty != ""
		s.Message = b.Empty
		if b.Empty == "" {
			s.Message = "no row comes; another table may hold what this section needs"
		}
	}
}

// probedItems is how many items are looked at for nodes.
const probedItems = 100

// nodes looks whether any item has any of the nodes that a binding names. A
// single one may well be absent: not every policy has every setting.
func (p *prober) nodes(ctx context.Context, b *Binding, s *ProbedSection) {
	columns := sectionColumns()[b.Section]
	state := slices.IndexFunc(columns, func(c column) bool { return c.name == "state" })
	if state < 0 {
		return
	}
	seen, found := 0, false
	err := p.read(ctx, b.Section, func() error {
		seen = 0
		_, err := p.session.each(ctx, b, columns, func(cells []cell) error {
			found = found || hasNode(b, cells[state].text)
			if seen++; found || seen == probedItems {
				return errEnough
			}
			return nil
		})
		return err
	})
	if err != nil {
		s.Status, s.Message = ProbeFailed, classify(b.Section, err).message
		return
	}
	if !found {
		s.Status = NodeMissing
		s.Message = fmt.Sprintf("%d items were read and the XML of none has a node at any of the XPaths; nscheck probe --item NAME lists the nodes of an item", seen)
	}
}

// hasNode says whether an item has a node at one of a binding's XPaths.
func hasNode(b *Binding, state string) bool {
	settings := parseItem(b, state)
	if settings == nil {
		return false
	}
	for name, expression := range b.XPaths {
		nodes, err := settings.nodes(name, nil)
		if err == nil && strings.HasPrefix(expression, "/") && len(nodes) > 0 {
			return true
		}
	}
	return false
}
