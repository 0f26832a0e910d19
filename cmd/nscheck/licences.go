package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/collector"
	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/report"
	"github.com/nscheck/nscheck/snapshot"
)

func licencesCommand() *cli.Command {
	flags := append(sourceFlags(), snapshotFlag(),
		&cli.BoolFlag{Name: "json", Usage: "print JSON, one object a line"},
	)
	return &cli.Command{
		Name:  "licences",
		Usage: "list the holders of licences, as step 1 of the article asks",
		Description: "Prints one row per product and holder, with all columns of LicenseInUse, as the article's\n" +
			"script does; --product '%' lists all products. The script joins licences with the computers\n" +
			"that are Active, and so hides other holders. They are listed and marked here.\n" +
			"Snapshots and CSV files have the licences of one product and no columns of LicenseInUse.\n" +
			"Which columns show that a licence is valid is not public: a binding of licence_rows that\n" +
			"returns expires_at or trial adds them.",
		Flags:  append(flags, workFlags()...),
		Action: runLicences,
	}
}

// licenceRow is one holder of a licence.
type licenceRow struct {
	Product     string  `json:"product"`
	ProductGUID string  `json:"product_guid,omitempty"`
	Name        *string `json:"name"`
	Domain      *string `json:"domain"`
	Status      *string `json:"status"`
	GUID        string  `json:"guid"`
	// Hidden reports whether the article's own script leaves this holder out.
	Hidden bool `json:"hidden_by_article_query"`
	// LicenceInUse are the columns of LicenseInUse.
	LicenceInUse map[string]*string `json:"licence_in_use,omitempty"`
	ExpiresAt    *snapshot.Time     `json:"expires_at,omitempty"`
	Trial        *bool              `json:"trial,omitempty"`
	// Valid is nil if unknown: if the expiry is not bound or not known.
	Valid *bool `json:"valid"`

	values []*string // of the columns of LicenseInUse, in their order
}

func runLicences(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if c.String("snapshot") == "" {
		done, err := runLicenceRows(c)
		if done || err != nil {
			return err
		}
	}
	file, remove, err := snapshotOrSource(c)
	if err != nil {
		return err
	}
	defer remove()
	snap, err := openSnapshot(c.Context, file)
	if err != nil {
		return err
	}
	defer snap.Close()
	return listLicences(c.Context, snap, newLicenceList(c.App.Writer, c.Bool("json"), nil))
}

// runLicenceRows lists the licences from a database. It reports false if no
// source is a database, or if the database lacks the tables of the list.
func runLicenceRows(c *cli.Context) (done bool, err error) {
	in, err := parseInput(c)
	if err != nil {
		return false, fmt.Errorf("%w; or name a snapshot with --snapshot", err)
	}
	ctx, cancel := in.context(c)
	defer cancel()
	in.warn(c)
	src, err := collector.OpenAll(ctx, in.sources, in.access)
	if err != nil {
		return false, stopped(ctx, err)
	}
	defer src.Close()
	rows, err := collector.ListLicences(ctx, src, in.options)
	if cmdb.NotListed(err) {
		notice(c, "Note: %v; the licences are listed from the sections of a snapshot", err)
		return false, nil
	}
	if rows == nil || err != nil {
		return false, stopped(ctx, err)
	}
	for _, note := range rows.Notes {
		notice(c, "Note: %s", note)
	}
	return true, printLicenceRows(c.App.Writer, rows, c.Bool("json"), cmp.Or(in.options.Product, cmdb.DefaultProduct))
}

func printLicenceRows(out io.Writer, rows *cmdb.LicenceList, asJSON bool, product string) error {
	if len(rows.Products) == 0 {
		return fmt.Errorf("no product matches %q; give its name or GUID as vProduct has it with --product, or %% for all", product)
	}
	list := newLicenceList(out, asJSON, rows)
	for i := range rows.Rows {
		r := &rows.Rows[i]
		row := licenceRow{
			Product: r.Product, ProductGUID: r.ProductGUID, Name: r.Name, Domain: r.Domain, Status: r.Status,
			GUID: r.GUID, Hidden: !r.Active, ExpiresAt: r.ExpiresAt, Trial: r.Trial, values: r.Values,
		}
		row.Valid = validity(r, rows)
		if len(rows.Columns) > 0 {
			row.LicenceInUse = make(map[string]*string, len(rows.Columns))
			for j, name := range rows.Columns {
				row.LicenceInUse[name] = r.Values[j]
			}
		}
		if err := list.add(row); err != nil {
			return err
		}
	}
	return list.end()
}

// validity reports whether a licence has not expired; nil if that is unknown.
func validity(r *cmdb.LicenceRow, rows *cmdb.LicenceList) *bool {
	if r.ExpiresAt == nil {
		return nil
	}
	valid := r.ExpiresAt.After(rows.Now)
	return &valid
}

// listLicences lists the holders among the clients in the order of the
// snapshot, then those that are not computers.
func listLicences(ctx context.Context, snap *snapshot.Reader, list *licenceList) error {
	estate, _ := snap.Estate()
	if estate.Licences == nil {
		return noLicences(snap, "licences")
	}
	left := map[string]snapshot.LicenceHolder{}
	for _, h := range estate.Licences.InactiveHolders {
		left[h.GUID] = h
	}
	known := false
	for line, err := range snap.Clients() {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return fmt.Errorf("stopped after %s: %w", report.Count(int64(list.rows), "licence"), context.Cause(ctx))
		}
		client, err := line.Client()
		if err != nil {
			return err
		}
		known = known || client.Licence != nil
		if client.Licence == nil || client.Licence.InUse == nil || !*client.Licence.InUse {
			continue
		}
		delete(left, client.GUID)
		active := client.Status != nil && *client.Status == "Active"
		row := licenceRow{Product: estate.Licences.Product, Name: &client.Name, Domain: client.Domain, Status: client.Status, GUID: client.GUID, Hidden: !active}
		if err := list.add(row); err != nil {
			return err
		}
	}
	if !known {
		return noLicences(snap, "clients.licence")
	}
	for _, h := range estate.Licences.InactiveHolders {
		if _, ok := left[h.GUID]; !ok {
			continue
		}
		row := licenceRow{Product: estate.Licences.Product, Name: h.Name, Status: h.Status, GUID: h.GUID, Hidden: true}
		if err := list.add(row); err != nil {
			return err
		}
	}
	return list.end()
}

// noLicences is the error of a snapshot without a section, with the section's
// own error if the manifest has one.
func noLicences(snap *snapshot.Reader, section string) error {
	if m := snap.Manifest(); m != nil {
		for _, s := range m.Sections {
			if s.Name == section && s.Error != "" {
				return errors.New(s.Error)
			}
		}
	}
	return fmt.Errorf("the snapshot does not say who holds a licence: section %s was not collected", section)
}

// licenceList writes rows as a table or as JSON Lines.
type licenceList struct {
	out      io.Writer
	table    table.Writer      // nil for JSON Lines
	source   *cmdb.LicenceList // nil for a snapshot
	shown    []int             // positions of the columns of LicenseInUse in the table
	products map[string]bool
	rows     int
	hidden   int
	valid    int
	expired  int
	trials   int
}

func newLicenceList(out io.Writer, asJSON bool, source *cmdb.LicenceList) *licenceList {
	l := &licenceList{out: out, source: source, products: map[string]bool{}}
	if asJSON {
		return l
	}
	headings := []any{"product", "name", "domain", "status", "guid", "article's query"}
	if source != nil {
		for i, name := range source.Columns {
			if !strings.EqualFold(name, "ResourceGuid") { // the column guid
				headings, l.shown = append(headings, name), append(l.shown, i)
			}
		}
		if source.ExpiryBound {
			headings = append(headings, "expires at")
		}
		if source.TrialBound {
			headings = append(headings, "trial")
		}
	}
	l.table = newTable(out, headings...)
	return l
}

func (l *licenceList) add(r licenceRow) error {
	l.rows++
	l.products[r.Product+"\x00"+r.ProductGUID] = true
	switch {
	case r.Valid != nil && *r.Valid:
		l.valid++
	case r.Valid != nil:
		l.expired++
	}
	if r.Trial != nil && *r.Trial {
		l.trials++
	}
	note := ""
	if r.Hidden {
		l.hidden++
		note = "hides it"
	}
	if l.table == nil {
		return printJSONLine(l.out, r)
	}
	row := table.Row{report.Name(r.Product), shown(r.Name), shown(r.Domain), shown(r.Status), r.GUID, note}
	for _, i := range l.shown {
		row = append(row, shown(r.values[i]))
	}
	if l.source != nil && l.source.ExpiryBound {
		expires := "-"
		if r.ExpiresAt != nil {
			expires = r.ExpiresAt.Format("2006-01-02 15:04")
		}
		row = append(row, expires)
	}
	if l.source != nil && l.source.TrialBound {
		trial := "-"
		if r.Trial != nil {
			trial = map[bool]string{true: "yes", false: "no"}[*r.Trial]
		}
		row = append(row, trial)
	}
	l.table.AppendRow(row)
	return nil
}

func (l *licenceList) end() error {
	if l.table == nil {
		return nil
	}
	l.table.SortBy([]table.SortBy{{Number: 1}, {Number: 2}, {Number: 5}}) // as the article's query does
	l.table.Render()
	of := ""
	if n := len(l.products); n > 1 {
		of = fmt.Sprintf(" of %d products", n)
	}
	if _, err := fmt.Fprintf(l.out, "\n%d licences in use%s, of which the article's query hides %d.\n", l.rows, of, l.hidden); err != nil {
		return err
	}
	return l.endSource()
}

// endSource prints what the source has of a licence, and what was checked of
// its validity.
func (l *licenceList) endSource() error {
	if l.source == nil {
		_, err := fmt.Fprintln(l.out, "Whether they are valid was not checked: a snapshot has no columns of LicenseInUse.")
		return err
	}
	for _, p := range l.source.Products {
		if !slices.ContainsFunc(l.source.Rows, func(r cmdb.LicenceRow) bool { return r.Product == p.Name && r.ProductGUID == p.GUID }) {
			if _, err := fmt.Fprintf(l.out, "No licences in use: %s (%s).\n", report.Name(p.Name), p.GUID); err != nil {
				return err
			}
		}
	}
	if len(l.source.Columns) > 0 {
		names := make([]string, len(l.source.Columns))
		for i, name := range l.source.Columns {
			names[i] = report.Name(name)
		}
		if _, err := fmt.Fprintf(l.out, "Columns of LicenseInUse here: %s.\n", strings.Join(names, ", ")); err != nil {
			return err
		}
	}
	if l.source.TrialBound {
		if _, err := fmt.Fprintf(l.out, "Trial licences: %d.\n", l.trials); err != nil {
			return err
		}
	}
	if !l.source.ExpiryBound {
		_, err := fmt.Fprintln(l.out, "Whether they are valid was not checked: no column for their expiry is bound (licence_rows: expires_at, trial).")
		return err
	}
	_, err := fmt.Fprintf(l.out, "Not expired: %d; expired: %d; unknown: %d.\n", l.valid, l.expired, l.rows-l.valid-l.expired)
	return err
}

// shown is a text from a snapshot, or a dash if it is unknown.
func shown(s *string) string {
	if s == nil {
		return "-"
	}
	return report.Name(*s)
}
