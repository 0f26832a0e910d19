package probe

import (
	"context"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/collector/cmdb/tsql"
)

// checkObject checks whether the login can read an object and those of its columns
// that are known, with a query that returns no row.
func (p *prober) checkObject(ctx context.Context, object binding.Object) Object {
	name, ok := tsql.ParseName(object.Name)
	if !ok {
		return Object{Name: object.Name, Status: Bound} // the query itself will show it
	}
	columns := make([]string, 0, len(object.Columns))
	for _, c := range object.Columns {
		columns = append(columns, c.Name)
	}
	key := name.String() + "\n" + strings.Join(columns, "\n")
	if known, ok := p.checked[key]; ok {
		return known
	}
	found := Object{Name: object.Name, Status: Bound}
	err := p.selectColumns(ctx, name, columns)
	switch found.Status = statusOfError(err); found.Status {
	case ColumnMissing, SelectDenied:
		for _, c := range columns {
			if status := statusOfError(p.selectColumns(ctx, name, []string{c})); status == found.Status {
				found.Columns = append(found.Columns, c)
			}
		}
		if cmdb.RefusalOf(err) == cmdb.ObjectDenied {
			found.Columns = nil // the object as a whole
		}
	case Failed:
		_, message := cmdb.Explain("object", err)
		found.Columns = []string{message}
	}
	p.checked[key] = found
	return found
}

func (p *prober) selectColumns(ctx context.Context, name tsql.Name, columns []string) error {
	list := make([]string, 0, len(columns))
	for _, c := range columns {
		list = append(list, "o."+tsql.Quote(c))
	}
	if len(list) == 0 {
		list = []string{"1"}
	}
	query := "SELECT " + strings.Join(list, ", ") + " FROM " + name.String() + " o WHERE 1 = 0"
	_, err := p.ReadRows(ctx, binding.NewQuery("object", query, nil), nil, 0)
	return err
}

// statusOfError returns what an error means for a probe.
func statusOfError(err error) Status {
	if err == nil {
		return Bound
	}
	switch cmdb.RefusalOf(err) {
	case cmdb.UnknownObject:
		return ObjectMissing
	case cmdb.UnknownColumn:
		return ColumnMissing
	case cmdb.DatabaseDenied, cmdb.ObjectDenied, cmdb.ColumnDenied:
		return SelectDenied
	}
	return Failed
}
