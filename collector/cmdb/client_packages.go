package cmdb

import (
	"cmp"
	"iter"
	"slices"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/snapshot"
)

// clientPackage returns a client's package of a role, and creates it if necessary.
func clientPackage(client *snapshot.Client, role string) *snapshot.ClientPackage {
	if client.Packages == nil {
		var all struct {
			snapshot.ClientPackages
			plugin, scan, tools snapshot.ClientPackage
		}
		client.Packages = &all.ClientPackages
		client.Packages.Plugin, client.Packages.Scan, client.Packages.Tools = &all.plugin, &all.scan, &all.tools
	}
	return *client.Packages.ForRole(role)
}

var packageRoles = snapshot.PackageRoles()

// downloadFiller keeps the newest download event of each package.
type downloadFiller struct {
	calendar
	binding *binding.Binding
	newest  [3]newestRow
	faults  faults
}

func (c *collection) beginDownloads(b *binding.Binding) clientFiller {
	f := &downloadFiller{calendar: c.calendar, binding: b}
	return clientFiller{fill: f.fill, observe: f.faults.emptyReference("role"), faults: &f.faults}
}

// newestRow is the newest event of one package. Its place is used again for the
// next client.
type newestRow struct {
	cells   []cell
	known   bool
	rows    int
	undated bool // some event has no time, so it may be the newest
	differ  bool // the events do not agree
}

func (n *newestRow) addRow(row []cell, time int, compare func(a, b []cell) int) {
	n.rows++
	n.undated = n.undated || !row[time].known
	n.differ = n.differ || n.known && compareCells(row[time+1:], n.cells[time+1:]) != 0
	if !n.known || compare(row, n.cells) > 0 {
		n.cells, n.known = append(n.cells[:0], row...), true
	}
}

// unsure reports whether the newest event is not known, although there are
// events.
func (n *newestRow) unsure() bool { return n.undated && n.rows > 1 }

// takeNewest finds the newest event of each package. An event of an unknown
// package may be the newest of any: then it reports false.
func findNewest(newest *[3]newestRow, rows iter.Seq[[]cell], compare func(a, b []cell) int) (known bool) {
	for i := range newest {
		newest[i] = newestRow{cells: newest[i].cells}
	}
	known = true
	for row := range rows {
		known = known && row[0].known
		if at := slices.Index(packageRoles, row[0].text); at >= 0 {
			newest[at].addRow(row, 1, compare)
		}
	}
	return known
}

func (f *downloadFiller) fill(client *snapshot.Client, rows iter.Seq[[]cell]) {
	known := findNewest(&f.newest, rows, compareDownloads)
	for i, role := range packageRoles {
		p, newest := clientPackage(client, role), &f.newest[i]
		row := newest.cells
		if !newest.known || !known || newest.unsure() && newest.differ {
			continue
		}
		p.Status = f.binding.Mapped("status", row[2].text)
		if !newest.unsure() {
			p.StatusAgeDays = f.ageInDays(f.timeOf(&row[1]))
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
	faults faults
}

func (c *collection) beginRuns(*binding.Binding) clientFiller {
	f := &runFiller{calendar: c.calendar}
	return clientFiller{fill: f.fill, observe: f.faults.emptyReference("role"), faults: &f.faults}
}

func (f *runFiller) fill(client *snapshot.Client, rows iter.Seq[[]cell]) {
	known := findNewest(&f.newest, rows, compareRuns)
	for i, role := range packageRoles {
		p := clientPackage(client, role)
		row := f.newest[i].cells
		if !known || f.newest[i].unsure() && f.newest[i].differ {
			p.LastRun = &snapshot.Run{} // a run without known data
			continue
		}
		if !f.newest[i].known {
			continue
		}
		started := f.timeOf(&row[2])
		p.LastRun = &snapshot.Run{StartedAt: started, AgeDays: f.ageInDays(started), ReturnCode: row[3].intOrNil()}
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
