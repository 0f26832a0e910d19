package collector

import (
	"context"
	"errors"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/collector/cmdb/probe"
)

// probeSource is a source that has tables: a CMDB.
type probeSource interface {
	// cmdb returns the database and the queries that list its tables.
	cmdb() (cmdb.Database, probe.Catalogue)
}

// probeSourceOf returns the source that has tables, if there is one.
func probeSourceOf(source Source) (probeSource, bool) {
	if s, ok := source.(*multiSource); ok {
		source = s.main
	}
	p, ok := source.(probeSource)
	return p, ok
}

// Probe checks the bindings against a source's database.
func Probe(ctx context.Context, source Source, options Options) (*probe.Report, error) {
	p, ok := probeSourceOf(source)
	if !ok {
		return nil, errNotProbable
	}
	database, catalogue := p.cmdb()
	return probe.Run(ctx, database, catalogue, options)
}

// ProbeItem lists the nodes of the items of that name or GUID.
func ProbeItem(ctx context.Context, source Source, item string, options Options) ([]probe.Item, error) {
	p, ok := probeSourceOf(source)
	if !ok {
		return nil, errNotProbable
	}
	database, _ := p.cmdb()
	return probe.Items(ctx, database, item, options)
}

var errNotProbable = errors.New("only a CMDB can be probed, so the source must be demo: or sqlserver://")

func (s *sqlServer) cmdb() (cmdb.Database, probe.Catalogue) {
	return s.database(), probe.SQLServer
}

func (d *demo) cmdb() (cmdb.Database, probe.Catalogue) {
	return d.database(), probe.SQLite
}
