package cmdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// validityColumns are columns that a user's binding may add. It is not public whether
// and where LicenseInUse has them.
var validityColumns = []binding.Column{{Name: "expires_at", Kind: binding.Time}, {Name: "trial", Kind: binding.Bool}}

// LicenceList is the licences in use of all products that match.
type LicenceList struct {
	// Rows, ordered as the article's script orders them: by product, then by name.
	Rows []LicenceRow
	// Products that match, with or without licences.
	Products []LicensedProduct
	// Columns are the further columns of the query, LicenseInUse's own among
	// them, in the order of LicenceRow.Values.
	Columns []string
	// ExpiryBound and TrialBound report whether the binding gives the expiry of
	// a licence, and whether it is a trial.
	ExpiryBound, TrialBound bool
	// Now is the source's clock.
	Now time.Time
	// Notes are what was left out, and why.
	Notes []string
}

// LicensedProduct is a product that matches.
type LicensedProduct struct{ Name, GUID string }

// LicenceRow is a licence of one product that one resource holds.
type LicenceRow struct {
	Product, ProductGUID string
	GUID                 string
	Name, Domain, Status *string
	// Active reports whether vComputer lists the holder. The article's script
	// lists no others.
	Active bool
	// ExpiresAt and Trial are nil if they are unknown or not bound.
	ExpiresAt *snapshot.Time
	Trial     *bool
	// Values of the further columns; nil for NULL.
	Values []*string
}

// ListLicences runs the article's script, extended by the holders that it
// hides. It returns the licences of every product that the option Product
// matches, each under its own product.
func ListLicences(ctx context.Context, source Database, options Options) (*LicenceList, error) {
	c := newCollection(source, options)
	defer c.closeAll()
	if err := c.start(ctx); err != nil {
		return nil, err
	}
	builder := &estateBuilder{calendar: c.calendar}
	server := newEstateReading(c, "server", builder)
	if b := c.bindings["server"]; b != nil {
		_, _, err := c.attempts(ctx, "server", func() (int64, error) { return server.attempt(ctx, b) })
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			c.note("The server's version is not known, so bindings for certain versions are not used: %s", classify("server", err).message)
		}
	}
	c.chooseBindings(builder)
	b := c.bindings[binding.LicenceRows]
	if b == nil {
		return nil, &sectionError{snapshot.Missing, c.options.Bindings.OrShipped().WhyUnbound(binding.LicenceRows, c.version)}
	}
	list, err := c.listLicences(ctx, b)
	if err != nil && ctx.Err() == nil && statusOf(binding.LicenceRows, err) == snapshot.Denied && strings.Contains(b.Query, allOfLicenseInUse) {
		known := *b
		known.Query = strings.Replace(b.Query, allOfLicenseInUse, "", 1)
		if list, err = c.listLicences(ctx, &known); err == nil {
			c.note("The login may not read all columns of LicenseInUse, so only the holders are listed")
		}
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, classify(binding.LicenceRows, err)
	}
	list.Now, list.Notes = c.source.Now.UTC(), c.manifest.Source.Notes
	return list, nil
}

// NotListed reports whether an error of ListLicences is about a table or column
// that is absent or may not be read. Other sections may still have the licences.
func NotListed(err error) bool {
	var why *sectionError
	return errors.As(err, &why) && (why.status == snapshot.Missing || why.status == snapshot.Denied)
}

// allOfLicenseInUse is the part of the shipped query that returns all columns
// of LicenseInUse, which a login with rights on some columns is denied.
const allOfLicenseInUse = "    liu.*,\n"

func (c *collection) listLicences(ctx context.Context, b *binding.Binding) (list *LicenceList, err error) {
	_, _, err = c.attempts(ctx, binding.LicenceRows, func() (int64, error) {
		list = &LicenceList{}
		return c.readLicences(ctx, b, list)
	})
	return list, err
}

func (c *collection) readLicences(ctx context.Context, b *binding.Binding, list *LicenceList) (int64, error) {
	conn, err := c.session.connection(ctx)
	if err != nil {
		return 0, err
	}
	ctx, stop := c.session.withTimeout(ctx, c.session.timeout)
	defer stop()
	count, err := c.licenceRows(ctx, conn, b, list)
	return count, causeOf(ctx, err)
}

func (c *collection) licenceRows(ctx context.Context, conn *sql.Conn, b *binding.Binding, list *LicenceList) (count int64, err error) {
	args, err := c.session.arguments(b)
	if err != nil {
		return 0, err
	}
	rows, err := conn.QueryContext(ctx, b.Query, args...)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns := binding.ColumnsOf(binding.LicenceRows)
	cells, scanners := make([]cell, len(columns)), make([]sql.Scanner, len(columns))
	for i, column := range columns {
		cells[i].kind, scanners[i] = column.Kind, hidingScanner{&cells[i]}
	}
	targets, err := scanTargets(rows, b, columns, scanners)
	if err != nil {
		return 0, err
	}
	names, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	builder := licenceBuilder{list: list, calendar: c.calendar, cells: cells, seen: make(map[string]int)}
	builder.addTargets(names, targets)
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return count, unexpectedValue(b.Section, int(count)+1, err)
		}
		builder.addRow()
		if count++; count%progressEvery == 0 {
			c.progress(b.Section, count, "")
		}
	}
	return count, rows.Err()
}

// licenceBuilder makes a list of rows.
type licenceBuilder struct {
	list *LicenceList
	calendar
	cells         []cell
	expiry, trial *cell
	others        []anyValue
	seen          map[string]int // positions of rows of resources that are not Active
}

// addTargets puts a target in the place of each column that scanTargets left
// out. A column that only repeats a known one's name is one of them.
func (l *licenceBuilder) addTargets(names []string, targets []any) {
	l.others = make([]anyValue, 0, len(names)) // never grows: targets point into it
	for i, name := range names {
		if _, free := targets[i].(ignoredColumn); !free {
			continue
		}
		at := slices.IndexFunc(validityColumns, func(c binding.Column) bool { return strings.EqualFold(c.Name, name) })
		if at >= 0 {
			target := &cell{kind: validityColumns[at].Kind}
			if targets[i] = target; at == 0 {
				l.expiry, l.list.ExpiryBound = target, true
			} else {
				l.trial, l.list.TrialBound = target, true
			}
			continue
		}
		l.others = append(l.others, anyValue{})
		targets[i] = &l.others[len(l.others)-1]
		l.list.Columns = append(l.list.Columns, name)
	}
}

func (l *licenceBuilder) addRow() {
	product := LicensedProduct{Name: l.cells[0].text}
	if guid := l.cells[1].guidOrNil(); guid != nil {
		product.GUID = *guid
	}
	if !slices.Contains(l.list.Products, product) {
		l.list.Products = append(l.list.Products, product)
	}
	guid := l.cells[2].guidOrNil()
	if guid == nil {
		return // the product has no holders
	}
	row := LicenceRow{
		Product: product.Name, ProductGUID: product.GUID, GUID: *guid,
		Name: l.cells[3].textOrNil(), Domain: l.cells[4].textOrNil(), Status: l.cells[6].textOrNil(),
		Active: l.cells[5].known,
	}
	if row.Active { // vComputer lists no others (KB180417)
		active := "Active"
		row.Status = &active
	}
	if l.expiry != nil {
		row.ExpiresAt = l.timeOf(l.expiry)
	}
	if l.trial != nil {
		row.Trial = l.trial.boolOrNil()
	}
	var key strings.Builder
	fmt.Fprintf(&key, "%s\x00%s", row.ProductGUID, row.GUID)
	for _, v := range l.others {
		row.Values = append(row.Values, v.text)
		if v.text != nil {
			fmt.Fprintf(&key, "\x00%s", *v.text)
		}
	}
	// Several rows of a resource's status are no more licences.
	if at, ok := l.seen[key.String()]; ok {
		if before := &l.list.Rows[at]; !row.Active && !equal(before.Status, row.Status) {
			before.Status = nil
		}
		return
	}
	l.seen[key.String()] = len(l.list.Rows)
	l.list.Rows = append(l.list.Rows, row)
}

// anyValue reads a column of any type as text.
type anyValue struct{ text *string }

func (v *anyValue) Scan(src any) error {
	if src == nil {
		v.text = nil
		return nil
	}
	text := scanText(src)
	if raw, ok := src.([]byte); ok && len(raw) == 16 {
		if g, err := guid.FromWire(raw); err == nil {
			text = g.String()
		}
	}
	v.text = &text
	return nil
}
