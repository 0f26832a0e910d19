package cmdb

import (
	"fmt"
	"iter"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/snapshot"
)

var statusActive = "Active"

// assetStatus is an asset status. Its names are compared without regard to case,
// as the database does, and written as the database writes them.
func assetStatus(c *cell) *string {
	if status := snapshot.AssetStatus(c.text); c.known && status != c.text {
		return &status
	}
	return c.textOrNil()
}

// baseFiller keeps what the rows of a computer agree on. There are several if the
// computer has two asset statuses or a joined table lists it twice.
type baseFiller struct {
	last    []cell // of the row before
	doubted bool   // the last computer is among those that are counted
	repeats
	differ []bool // in which columns any computer's rows do
}

func beginBase(*binding.Binding) clientFiller {
	f := &baseFiller{differ: make([]bool, len(binding.ColumnsOf(binding.Clients)))}
	return clientFiller{observe: f.see, notes: f.notes, fill: fillBase}
}

// see compares a row with the one before: a computer's rows come together.
func (f *baseFiller) see(cells []cell) {
	if f.last != nil && f.last[0].guid == cells[0].guid {
		f.compare(cells)
	} else {
		f.doubted = false
	}
	f.last = append(f.last[:0], cells...)
}

func (f *baseFiller) compare(cells []cell) {
	for i := range cells {
		if compareCell(&cells[i], &f.last[i]) == 0 {
			continue
		}
		f.differ[i] = true
		if !f.doubted {
			f.doubted = true
			f.add(cells[0].guid, [2]int{}, nil)
		}
	}
}

func (f *baseFiller) notes() []string {
	if f.objects == 0 {
		return nil
	}
	var names []string
	for i, differs := range f.differ {
		if differs {
			names = append(names, binding.ColumnsOf(binding.Clients)[i].Name)
		}
	}
	return []string{fmt.Sprintf("section %q: %s rows that contradict each other in %s, the first %s; what is not clear from them is unknown",
		binding.Clients, f.countText("computer"), listed(names), f.guid)}
}

func fillBase(client *snapshot.Client, rows iter.Seq[[]cell]) {
	first := true
	var name cell
	for row := range rows {
		status := assetStatus(&row[3])
		if row[2].known && row[2].num != 0 {
			status = &statusActive
		}
		if first || compareCell(&row[0], &name) < 0 {
			name = row[0]
		}
		agreeOn(first, &client.Managed, row[1].boolOrNil())
		agreeOn(first, &client.Status, status)
		agreeOn(first, &client.Domain, row[4].textOrNil())
		agreeOn(first, &client.OSName, row[5].textOrNil())
		first = false
	}
	client.Name = nameOr(&name, client.GUID)
}

// agreeOn sets a value that all rows have; if one has another, the value is unknown.
func agreeOn[T comparable](first bool, field **T, value *T) {
	if first {
		*field = value
	} else if !equal(*field, value) {
		*field = nil
	}
}
