package cmdb

import (
	"context"
	"errors"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb/tsql"
)

// object looks whether the login can read an object and those of its columns
// that are known, with a query that returns no row.
func (p *prober) object(ctx context.Context, object Object) ProbedObject {
	name, ok := tsql.ParseName(object.Name)
	if !ok {
		return ProbedObject{Name: object.Name, Status: Bound} // the query itself will tell
	}
	columns := make([]string, 0, len(object.Columns))
	for _, c := range object.Columns {
		columns = append(columns, c.Name)
	}
	key := name.String() + "\n" + strings.Join(columns, "\n")
	if known, ok := p.checked[key]; ok {
		return known
	}
	found := ProbedObject{Name: object.Name, Status: Bound}
	err := p.try(ctx, name, columns)
	switch found.Status = trouble(err); found.Status {
	case ColumnMissing, SelectDenied:
		for _, c := range columns {
			if status := trouble(p.try(ctx, name, []string{c})); status == found.Status {
				found.Columns = append(found.Columns, c)
			}
		}
		var server numbered
		if errors.As(err, &server) && server.SQLErrorNumber() == permissionDenied {
			found.Columns = nil // the object as a whole
		}
	case ProbeFailed:
		found.Columns = []string{strings.TrimPrefix(classify("object", err).message, "collect object: ")}
	}
	p.checked[key] = found
	return found
}

func (p *prober) try(ctx context.Context, name tsql.Name, columns []string) error {
	list := make([]string, 0, len(columns))
	for _, c := range columns {
		list = append(list, "o."+tsql.Quote(c))
	}
	if len(list) == 0 {
		list = []string{"1"}
	}
	query := "SELECT " + strings.Join(list, ", ") + " FROM " + name.String() + " o WHERE 1 = 0"
	return p.read(ctx, "object", func() error {
		_, err := p.session.each(ctx, &Binding{Section: "object", Query: query}, nil, func([]cell) error { return nil })
		return err
	})
}

// trouble tells what an error means for a probe.
func trouble(err error) ProbeStatus {
	if err == nil {
		return Bound
	}
	var server numbered
	if errors.As(err, &server) {
		switch server.SQLErrorNumber() {
		case invalidObject:
			return ObjectMissing
		case invalidColumn:
			return ColumnMissing
		case permissionDenied, columnDenied, databaseDenied:
			return SelectDenied
		}
		return ProbeFailed
	}
	switch {
	case liteObject.MatchString(err.Error()):
		return ObjectMissing
	case liteColumn.MatchString(err.Error()):
		return ColumnMissing
	}
	return ProbeFailed
}
