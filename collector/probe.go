package collector

import (
	"context"
	"errors"

	"github.com/nscheck/nscheck/collector/cmdb"
)

// probable is a source that has tables: a CMDB.
type probable interface {
	// cmdb is the database, and where it lists its tables.
	cmdb() (cmdb.Database, cmdb.Catalogue)
}

// theCMDB is the one among several sources that has tables.
func theCMDB(source Source) (probable, bool) {
	if s, ok := source.(*several); ok {
		source = s.main
	}
	p, ok := source.(probable)
	return p, ok
}

// Probe tells how the bindings fit a source's database.
func Probe(ctx context.Context, source Source, options Options) (*cmdb.Probed, error) {
	p, ok := theCMDB(source)
	if !ok {
		return nil, errNotProbable
	}
	database, catalogue := p.cmdb()
	return cmdb.Probe(ctx, database, catalogue, options)
}

// ProbeItem lists the nodes of the items of that name or GUID.
func ProbeItem(ctx context.Context, source Source, item string, options Options) ([]cmdb.ProbedItem, error) {
	p, ok := theCMDB(source)
	if !ok {
		return nil, errNotProbable
	}
	database, _ := p.cmdb()
	return cmdb.ProbeItem(ctx, database, item, options)
}

var errNotProbable = errors.New("only a CMDB can be probed, so the source must be demo: or sqlserver://")

func (s *sqlServer) cmdb() (cmdb.Database, cmdb.Catalogue) {
	return s.database(), cmdb.SQLServerCatalogue
}

func (d *demo) cmdb() (cmdb.Database, cmdb.Catalogue) {
	return d.database(), cmdb.SQLiteCatalogue
}
