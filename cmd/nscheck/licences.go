package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/report"
	"github.com/nscheck/nscheck/snapshot"
)

func licencesCommand() *cli.Command {
	flags := append(sourceFlags(), snapshotFlag(),
		&cli.BoolFlag{Name: "json", Usage: "print JSON, one object a line"},
	)
	return &cli.Command{
		Name:  "licences",
		Usage: "list who holds a licence, as step 1 of the article asks",
		Description: "The article's own query joins licences with the computers that are Active, and so\n" +
			"hides the other holders. They are listed here too, and marked.",
		Flags:  append(flags, workFlags()...),
		Action: runLicences,
	}
}

// licenceRow is one holder of a licence.
type licenceRow struct {
	Product string  `json:"product"`
	Name    *string `json:"name"`
	Domain  *string `json:"domain"`
	Status  *string `json:"status"`
	GUID    string  `json:"guid"`
	// Hidden says that the article's own query does not list this holder.
	Hidden bool `json:"hidden_by_article_query"`
}

func runLicences(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
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
	return listLicences(c.Context, snap, newLicenceList(c.App.Writer, c.Bool("json")))
}

// listLicences lists the holders among the clients in the order of the
// snapshot, then those that are no computers at all.
func listLicences(ctx context.Context, snap *snapshot.Reader, list *licenceList) error {
	estate, _ := snap.Estate()
	if estate.Licences == nil {
		return errors.New("the snapshot does not say who holds a licence: section licences was not collected")
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
		if err := list.add(licenceRow{estate.Licences.Product, &client.Name, client.Domain, client.Status, client.GUID, !active}); err != nil {
			return err
		}
	}
	if !known {
		return errors.New("the snapshot does not say who holds a licence: section clients.licence was not collected")
	}
	for _, h := range estate.Licences.InactiveHolders {
		if _, ok := left[h.GUID]; !ok {
			continue
		}
		if err := list.add(licenceRow{estate.Licences.Product, h.Name, nil, h.Status, h.GUID, true}); err != nil {
			return err
		}
	}
	return list.end()
}

// licenceList writes rows as a table or as JSON Lines.
type licenceList struct {
	out    io.Writer
	table  table.Writer // nil for JSON Lines
	rows   int
	hidden int
}

func newLicenceList(out io.Writer, asJSON bool) *licenceList {
	l := &licenceList{out: out}
	if !asJSON {
		l.table = newTable(out, "product", "name", "domain", "status", "guid", "article's query")
	}
	return l
}

func (l *licenceList) add(r licenceRow) error {
	l.rows++
	note := ""
	if r.Hidden {
		l.hidden++
		note = "hides it"
	}
	if l.table == nil {
		return printJSONLine(l.out, r)
	}
	l.table.AppendRow(table.Row{report.Name(r.Product), shown(r.Name), shown(r.Domain), shown(r.Status), r.GUID, note})
	return nil
}

func (l *licenceList) end() error {
	if l.table == nil {
		return nil
	}
	l.table.SortBy([]table.SortBy{{Number: 1}, {Number: 2}, {Number: 5}}) // as the article's query does
	l.table.Render()
	_, err := fmt.Fprintf(l.out, "\n%d licences in use, of which the article's query hides %d.\n", l.rows, l.hidden)
	return err
}

// shown is a text from a snapshot, or a dash where it is unknown.
func shown(s *string) string {
	if s == nil {
		return "-"
	}
	return report.Name(*s)
}
