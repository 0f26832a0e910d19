package collector

import (
	"context"
	"slices"

	"github.com/nscheck/nscheck/collector/cmdb"
)

// ListLicences lists the licences in use of all products that match, as the
// article's script does. It returns nil if the source is no database, or if
// files named before it have the licences: then a snapshot has them.
func ListLicences(ctx context.Context, source Source, options Options) (*cmdb.LicenceList, error) {
	if s, ok := source.(*multiSource); ok {
		for _, files := range s.before {
			if slices.ContainsFunc([]string{"licences", "clients.licence"}, files.Database().Has) {
				return nil, nil
			}
		}
	}
	p, ok := probeSourceOf(source)
	if !ok {
		return nil, nil
	}
	database, _ := p.cmdb()
	return cmdb.ListLicences(ctx, database, options)
}
