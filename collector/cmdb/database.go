package cmdb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/snapshot"
)

// Connection runs statements on a database as Collect does: one after another, as
// a considerate guest, within the time limit, and again after a fault that passes.
type Connection struct{ collection *collection }

// Connect connects to a database.
func Connect(ctx context.Context, source Database, options Options) (*Connection, error) {
	c := newCollection(source, options)
	if _, err := c.session.connection(ctx); err != nil {
		return nil, causeOf(ctx, err)
	}
	return &Connection{c}, nil
}

// Close closes the connection.
func (c *Connection) Close() { c.collection.session.close() }

// Origin describes the database, with the isolation level and the notes of the
// session so far.
func (c *Connection) Origin() snapshot.Origin {
	origin := c.collection.manifest.Source
	if g := c.collection.session.options; g != nil {
		origin.Isolation = g.level.String()
	}
	return origin
}

// ChooseBindings reads the version of the product and returns it with the bindings
// for it. If the version cannot be read it is empty, and the error says why.
func (c *Connection) ChooseBindings(ctx context.Context) (version string, bindings map[string]*binding.Binding, err error) {
	builder := &estateBuilder{calendar: c.collection.calendar}
	_, _, err = c.collection.attempts(ctx, "server", func() (int64, error) {
		return newEstateReading(c.collection, "server", builder).attempt(ctx, c.collection.bindings["server"])
	})
	c.collection.chooseBindings(builder)
	return c.collection.version, c.collection.bindings, err
}

// errEnough ends a query of which only the first rows are wanted.
var errEnough = errors.New("enough rows were read")

// ReadRows runs a query and returns its first rows, or all if limit is 0. A row is
// the text of each column, empty if its value is unknown.
func (c *Connection) ReadRows(ctx context.Context, b *binding.Binding, columns []binding.Column, limit int) (rows [][]string, err error) {
	_, _, err = c.collection.attempts(ctx, b.Section, func() (int64, error) {
		rows = nil
		count, err := c.collection.session.eachRow(ctx, b, columns, func(cells []cell) error {
			row := make([]string, len(cells))
			for i := range cells {
				row[i] = cells[i].String()
			}
			if rows = append(rows, row); len(rows) == limit {
				return errEnough
			}
			return nil
		})
		if errors.Is(err, errEnough) {
			err = nil
		}
		return count, err
	})
	return rows, err
}

// String writes the value of a cell as text; empty if it is unknown.
func (c *cell) String() string {
	switch {
	case !c.known:
		return ""
	case c.kind == binding.Text:
		return c.text
	case c.kind == binding.GUID:
		return c.guid.String()
	}
	return fmt.Sprint(c.num)
}

// Refusal is the reason why a database did not run a query.
type Refusal int

// The reasons that a binding or a right can fix.
const (
	OtherRefusal Refusal = iota
	UnknownObject
	UnknownColumn
	DatabaseDenied
	ObjectDenied
	ColumnDenied
)

// RefusalOf returns why a query was refused.
func RefusalOf(err error) Refusal {
	var server numbered
	if errors.As(err, &server) {
		switch server.SQLErrorNumber() {
		case invalidObject:
			return UnknownObject
		case invalidColumn:
			return UnknownColumn
		case databaseDenied:
			return DatabaseDenied
		case permissionDenied:
			return ObjectDenied
		case columnDenied:
			return ColumnDenied
		}
		return OtherRefusal
	}
	switch {
	case liteObject.MatchString(err.Error()):
		return UnknownObject
	case liteColumn.MatchString(err.Error()):
		return UnknownColumn
	}
	return OtherRefusal
}

// Explain returns what an error means for a section, and a sentence that says what
// to do about it.
func Explain(section string, err error) (status snapshot.Status, message string) {
	why := classify(section, err)
	return why.status, strings.TrimPrefix(why.message, "collect "+section+": ")
}
