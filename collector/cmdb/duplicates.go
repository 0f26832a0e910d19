package cmdb

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// objectColumns is the number of columns, for each section that lists objects or a
// number for each, that describe the object itself, its GUID first. All rows of one
// object must agree on them: if a join finds two rows instead of one, there is still
// one object.
var objectColumns = map[string]int{
	"patch_import.bulletins_without_packages": 5,
	"vendor_policies":                         4,
	"policies":                                5,
	"policies.target_counts":                  2,
	"filters":                                 2,
	"filters.members":                         2,
	"packages":                                5,
	"package_servers":                         4,
	"sites":                                   2,
	"subnets":                                 2,
}

// repeats are objects that came in several rows, and the first of them.
type repeats struct {
	objects int
	guid    guid.GUID
	rows    [2]int   // of the first object, from 1
	columns []string // in which these differ
}

func (r *repeats) add(g guid.GUID, rows [2]int, columns []string) {
	if r.objects == 0 {
		r.guid, r.rows, r.columns = g, [2]int{rows[0] + 1, rows[1] + 1}, columns
	}
	r.objects++
}

// countText returns the beginning of a sentence about them.
func (r *repeats) countText(noun string) string {
	if r.objects > 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s came in several", r.objects, noun)
}

// agree makes the rows of each object agree on what is of the object itself. Of
// rows that contradict each other the one with the least values is kept, so that
// it is the same in whatever order they come. Of rows that are equal, or have
// become so, one is kept.
func (r *estateReading) agree() (equal, different repeats) {
	own := objectColumns[r.section.Section]
	if own == 0 {
		return equal, different
	}
	places := make(map[guid.GUID][]int)
	for i, row := range r.rows {
		if row[0].known {
			places[row[0].guid] = append(places[row[0].guid], i)
		}
	}
	var kept [][]cell
	for i, row := range r.rows {
		g := row[0].guid
		switch {
		case !row[0].known, len(places[g]) == 1:
			kept = append(kept, row)
		case places[g][0] == i:
			kept = append(kept, r.agreed(places[g], own)...)
			if other := r.contradiction(places[g], own); other > 0 {
				different.add(g, [2]int{i, other}, r.differing(row, r.rows[other], own))
			} else if own == len(row) {
				equal.add(g, [2]int{i, places[g][1]}, nil)
			}
		}
	}
	r.rows = kept
	return equal, different
}

// agreed are an object's rows, with what is of the object itself from one of
// them.
func (r *estateReading) agreed(places []int, own int) [][]cell {
	least := r.rows[places[0]]
	for _, i := range places {
		if compareCells(r.rows[i][:own], least[:own]) < 0 {
			least = r.rows[i]
		}
	}
	var kept [][]cell
	for _, i := range places {
		row := slices.Concat(least[:own], r.rows[i][own:])
		if !slices.ContainsFunc(kept, func(k []cell) bool { return compareCells(k, row) == 0 }) {
			kept = append(kept, row)
		}
	}
	return kept
}

// contradiction returns the first of an object's rows that differs from its first
// row; 0 if none does.
func (r *estateReading) contradiction(places []int, own int) int {
	for _, i := range places {
		if compareCells(r.rows[i][:own], r.rows[places[0]][:own]) != 0 {
			return i
		}
	}
	return 0
}

func (r *estateReading) differing(a, b []cell, own int) []string {
	var names []string
	for i := range own {
		if compareCell(&a[i], &b[i]) != 0 {
			names = append(names, r.section.Columns[i].Name)
		}
	}
	return names
}

// repeated reports objects with several rows: as a note if the rows are equal, as an
// error if one of them had to be chosen.
func (r *estateReading) repeated() error {
	equal, different := r.agree()
	name := r.section.Section
	if equal.objects > 0 {
		r.noted = append(r.noted, fmt.Sprintf("section %q: %s equal rows, the first %s in rows %d and %d; one row of each is kept",
			name, equal.countText("object"), equal.guid, equal.rows[0], equal.rows[1]))
	}
	if different.objects == 0 {
		return nil
	}
	columns, wanted := listed(different.columns), "one row"
	if objectColumns[name] < len(r.section.Columns) {
		wanted = "one " + columns
	}
	return &sectionError{snapshot.Partial, fmt.Sprintf(
		"collect %s: %s rows that contradict each other, the first %s in rows %d and %d, which differ in %s; one row of each is kept; section %q needs a query that returns %s for each",
		name, different.countText("object"), different.guid, different.rows[0], different.rows[1], columns, name, wanted)}
}

// listed joins names with commas and "and".
func listed(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// compareCells orders rows by their values, unknown ones last.
func compareCells(a, b []cell) int {
	for i := range a {
		if c := compareCell(&a[i], &b[i]); c != 0 {
			return c
		}
	}
	return 0
}

func compareCell(a, b *cell) int {
	switch {
	case !a.known && !b.known:
		return 0
	case !a.known:
		return 1
	case !b.known:
		return -1
	}
	return cmp.Or(strings.Compare(a.text, b.text), cmp.Compare(a.num, b.num), slices.Compare(a.guid[:], b.guid[:]))
}
