package cmdb

import (
	"cmp"
	"iter"
	"slices"

	"github.com/nscheck/nscheck/snapshot"
)

// clientPackage finds, and makes where needed, the package of a role.
func clientPackage(client *snapshot.Client, role string) *snapshot.ClientPackage {
	if client.Packages == nil {
		var all struct {
			snapshot.ClientPackages
			plugin, scan, tools snapshot.ClientPackage
		}
		client.Packages = &all.ClientPackages
		client.Packages.Plugin, client.Packages.Scan, client.Packages.Tools = &all.plugin, &all.scan, &all.tools
	}
	switch role {
	case "plugin":
		return client.Packages.Plugin
	case "scan":
		return client.Packages.Scan
	case "tools":
		return client.Packages.Tools
	}
	return nil
}

var packageRoles = []string{"plugin", "scan", "tools"}

// downloadFiller keeps the newest download event of each package.
type downloadFiller struct {
	calendar
	binding *Binding
	newest  [3]newestRow
}

func (c *collection) beginDownloads(b *Binding) clientFiller {
	return clientFiller{fill: (&downloadFiller{calendar: c.calendar, binding: b}).fill}
}

// newestRow is the newest event of one package. Its place is used again for the
// next client.
type newestRow struct {
	cells []cell
	known bool
}

func (n *newestRow) take(row []cell, compare func(a, b []cell) int) {
	if !n.known || compare(row, n.cells) > 0 {
		n.cells, n.known = append(n.cells[:0], row...), true
	}
}

func (f *downloadFiller) fill(client *snapshot.Client, rows iter.Seq[[]cell]) {
	for i := range f.newest {
		f.newest[i].known = false
	}
	for row := range rows {
		if at := slices.Index(packageRoles, row[0].text); at >= 0 {
			f.newest[at].take(row, compareDownloads)
		}
	}
	for i, role := range packageRoles {
		p := clientPackage(client, role)
		if row := f.newest[i].cells; f.newest[i].known {
			p.Status = f.binding.mapped("status", row[2].text)
			p.StatusAgeDays = f.age(f.at(&row[1]))
		}
	}
}

// compareDownloads orders events by time; those of the same time by status, so
// that the choice does not depend on the order of rows.
func compareDownloads(a, b []cell) int {
	return cmp.Or(compareTimes(&a[1], &b[1]), cmp.Compare(a[2].text, b[2].text))
}

// compareTimes puts unknown times before all others.
func compareTimes(a, b *cell) int {
	if a.known != b.known {
		if a.known {
			return 1
		}
		return -1
	}
	return cmp.Compare(a.num, b.num)
}

// runFiller keeps the newest run of each package.
type runFiller struct {
	calendar
	newest [3]newestRow
}

func (c *collection) beginRuns(*Binding) clientFiller {
	return clientFiller{fill: (&runFiller{calendar: c.calendar}).fill}
}

func (f *runFiller) fill(client *snapshot.Client, rows iter.Seq[[]cell]) {
	for i := range f.newest {
		f.newest[i].known = false
	}
	for row := range rows {
		if at := slices.Index(packageRoles, row[0].text); at >= 0 {
			f.newest[at].take(row, compareRuns)
		}
	}
	for i, role := range packageRoles {
		p := clientPackage(client, role)
		row := f.newest[i].cells
		if !f.newest[i].known {
			continue
		}
		started := f.at(&row[2])
		p.LastRun = &snapshot.Run{StartedAt: started, AgeDays: f.age(started), ReturnCode: row[3].intOrNil()}
		if row[3].known {
			p.LastRun.Succeeded = sharedBool(slices.Contains(successCodes, row[3].num))
		}
	}
}

// successCodes are the exit codes of success, with and without a restart.
var successCodes = []int64{0, 1641, 3010}

func compareRuns(a, b []cell) int {
	return cmp.Or(compareTimes(&a[1], &b[1]), compareTimes(&a[2], &b[2]), cmp.Compare(a[3].num, b[3].num))
}
