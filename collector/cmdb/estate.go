package cmdb

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// fillFunc fills the estate from the rows of a section, or of a field of its objects.
// They are few enough to be in memory at once.
type fillFunc func(*estateBuilder, *binding.Binding, [][]cell) error

// estateFills are the sections of the estate.
var estateFills = mergeMaps(platformSections, policySections, packageSections, serverSections, siteSections)

func mergeMaps(all ...map[string]fillFunc) map[string]fillFunc {
	merged := make(map[string]fillFunc)
	for _, one := range all {
		maps.Copy(merged, one)
	}
	return merged
}

// estateBuilder collects the content of the sections.
type estateBuilder struct {
	calendar
	estate   snapshot.Estate
	policies map[guid.GUID]*snapshot.Policy
	filters  map[guid.GUID]*snapshot.Filter
	packages map[guid.GUID]*snapshot.Package
	servers  map[guid.GUID]*snapshot.PackageServer
	sites    map[guid.GUID]*snapshot.Site
	subnets  map[guid.GUID]*snapshot.Subnet
	networks map[guid.GUID]bool // GUIDs of all subnets, those of IPv6 and those left out too
	noted    []string           // notes on the section that is filled
	faults   faults             // cells that cannot be used; the section is partial
	unread   faults             // cells that make a value of their own object unknown; a note
	dangling faults             // references to objects of no other section; a remark in the manifest
}

// contradicted adds a note about objects with rows that contradict each other in a
// column, which then is unknown.
func (e *estateBuilder) contradicted(section, column string, objects []guid.GUID) {
	if len(objects) > 0 {
		r := repeats{objects: len(objects)}
		e.noted = append(e.noted, fmt.Sprintf("section %q: %s rows that contradict each other in %s, the first %s; it is unknown", section, r.countText("object"), column, objects[0]))
	}
}

// estate reads all sections of the estate.
func (c *collection) estate(ctx context.Context) (*snapshot.Estate, error) {
	builder := &estateBuilder{calendar: c.calendar}
	c.built = builder
	for _, section := range binding.Layouts() {
		if binding.AboutClients(section.Section) {
			continue
		}
		if _, err := c.section(ctx, section.Section, newEstateReading(c, section.Section, builder)); err != nil {
			return nil, err
		}
		if section.Section == "server" {
			c.chooseBindings(builder)
		}
	}
	c.doubtEstate(builder)
	return &builder.estate, nil
}

// chooseBindings chooses the bindings for the server's version. The section server is
// read first because it has the version.
func (c *collection) chooseBindings(builder *estateBuilder) {
	if server := builder.estate.Server; server != nil && server.Version != nil {
		c.version = *server.Version
	}
	c.bindings = c.options.Bindings.OrShipped().Choose(c.version)
}

// estateReading reads one section of the estate.
type estateReading struct {
	*collection
	section  binding.Layout
	fillRows fillFunc
	builder  *estateBuilder
	binding  *binding.Binding
	rows     [][]cell
	chosen   error    // of rows that contradict each other one was chosen
	noted    []string // notes
	file     string   // of the rows; empty for a database
}

func newEstateReading(c *collection, section string, builder *estateBuilder) *estateReading {
	return &estateReading{
		collection: c, section: binding.Layout{Section: section, Columns: binding.ColumnsOf(section)}, fillRows: estateFills[section], builder: builder,
	}
}

// attempt reads the section whole before it changes anything: half a list of
// subnets or servers would make findings that are not true.
func (r *estateReading) attempt(ctx context.Context, b *binding.Binding) (int64, error) {
	r.binding, r.rows, r.noted = b, nil, nil
	count, err := r.session.eachRow(ctx, b, r.section.Columns, func(cells []cell) error {
		r.rows = append(r.rows, slices.Clone(cells))
		if len(r.rows)%progressEvery == 0 {
			r.progress(r.section.Section, int64(len(r.rows)), "")
		}
		return nil
	})
	if err != nil {
		return count, err
	}
	r.file = r.session.file
	r.noted = append(r.noted, futureNote(r.section.Section, r.file, &r.session.future)...)
	if err := r.checkKeys(); err != nil {
		return count, err
	}
	r.chosen = r.repeated()
	return count, r.fill()
}

// checkKeys refuses rows without a key in sections that list objects or their fields,
// because it is unknown which object such a row is about.
func (r *estateReading) checkKeys() error {
	if r.section.Columns[0].Kind != binding.GUID {
		return nil
	}
	var f faults
	for _, row := range r.rows {
		if !row[0].known {
			f.add(row[0].line, r.section.Columns[0].Name, "it is empty; every row needs one")
		}
	}
	if f.count == 0 {
		return nil
	}
	return &sectionError{snapshot.Failed, fmt.Sprintf("collect %s: %s", r.section.Section, f.text(r.file))}
}

func (r *estateReading) fill() error {
	r.builder.noted, r.builder.faults, r.builder.unread, r.builder.dangling = nil, faults{}, faults{}, faults{}
	err := r.fillRows(r.builder, r.binding, r.rows)
	if unread := &r.builder.unread; unread.count > 0 {
		r.builder.noted = append(r.builder.noted, fmt.Sprintf("section %q: %s; what it is about is unknown", r.section.Section, unread.text(r.file)))
	}
	return joinPartial(r.section.Section, r.chosen, err, r.builder.faults.partial(r.section.Section, r.file))
}

func (r *estateReading) remark() string {
	if r.builder.dangling.count == 0 {
		return ""
	}
	return r.builder.dangling.text(r.file)
}

func (r *estateReading) notes() []string { return append(r.noted, r.builder.noted...) }

// finish adds nothing: without all rows nothing was filled.
func (r *estateReading) finish(_ int64, err error) error { return err }

func (r *estateReading) setAside() (back func()) {
	held := *r
	return func() {
		*r = held
		_ = r.fill() // its outcome is known
	}
}

// index makes a look-up table of objects by GUID. The objects must not move
// afterwards.
func index[T any](objects []T, id func(*T) string) map[guid.GUID]*T {
	table := make(map[guid.GUID]*T, len(objects))
	for i := range objects {
		if g, err := guid.Parse(id(&objects[i])); err == nil {
			table[g] = &objects[i]
		}
	}
	return table
}

// objectName returns the name of the object in a row of GUID, name and more.
func objectName(row []cell) string { return nameOr(&row[1], row[0].guid.String()) }

// nameOr returns a name, or the GUID if there is no name, so that readers can
// distinguish the objects of a finding.
func nameOr(name *cell, guid string) string {
	if !name.known {
		return guid
	}
	return name.text
}

// sortByName orders objects by name and then GUID, the same whatever order the
// server chose.
func sortByName[T any](objects []T, key func(*T) (name, guid string)) {
	slices.SortStableFunc(objects, func(a, b T) int {
		nameA, guidA := key(&a)
		nameB, guidB := key(&b)
		return cmp.Or(strings.Compare(nameA, nameB), strings.Compare(guidA, guidB))
	})
}

// insertSorted adds a text to a sorted list that does not have it yet.
func insertSorted(list []string, text string) []string {
	at, found := slices.BinarySearch(list, text)
	if found {
		return list
	}
	return slices.Insert(list, at, text)
}

// insertOnce adds a GUID to a list in the order of text that does not have it yet.
func insertOnce(list []guid.GUID, g guid.GUID) []guid.GUID {
	at, found := slices.BinarySearchFunc(list, g, func(a, b guid.GUID) int { return bytes.Compare(a[:], b[:]) })
	if found {
		return list
	}
	return slices.Insert(list, at, g)
}
