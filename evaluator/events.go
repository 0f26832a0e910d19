package evaluator

import (
	"encoding/json"
	"strconv"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// eventsOf sums up the dates of a client's downloads and runs; nil where its
// packages were not collected.
func eventsOf(p *snapshot.ClientPackages) *snapshot.Events {
	if p == nil {
		return nil
	}
	e := &snapshot.Events{}
	for _, one := range []*snapshot.ClientPackage{p.Plugin, p.Scan, p.Tools} {
		if one == nil {
			continue
		}
		// Without a download event there is neither a status nor an age.
		if one.Status != nil || one.StatusAgeDays != nil {
			addEvent(e, one.StatusAgeDays)
		}
		if one.LastRun != nil {
			addEvent(e, one.LastRun.AgeDays)
		}
	}
	return e
}

func addEvent(e *snapshot.Events, age *int) {
	switch {
	case age == nil:
		e.Undated = true
	case e.NewestAgeDays == nil || *age < *e.NewestAgeDays:
		e.NewestAgeDays = age
	}
}

// packageFields are the fields of each required package of a client.
var packageFields = func() (all []packageField) {
	for _, n := range snapshot.ClientFields.Child("packages").Children {
		run := n.Child("last_run")
		all = append(all, packageField{
			n.Child("status").Field, n.Child("status_age_days").Field, run.Field, run.Child("age_days").Field,
		})
	}
	return all
}()

type packageField struct{ status, statusAge, run, runAge snapshot.Field }

var packagesField = snapshot.ClientFields.Child("packages").Field

// dates are what the events of a scanned client show together.
type dates struct {
	collected bool // whether the packages were
	dated     bool // whether newest is known
	newest    int64
	undated   bool
}

// scannedDates is eventsOf a client that was scanned.
func scannedDates(scan *snapshot.ClientScan) dates {
	d := dates{collected: scan.Has(packagesField)}
	if !d.collected {
		return d
	}
	for _, p := range packageFields {
		if isKnown(scan.Text(p.status)) || isKnown(scan.Text(p.statusAge)) {
			d.add(scan.Text(p.statusAge))
		}
		if scan.Has(p.run) {
			d.add(scan.Text(p.runAge))
		}
	}
	return d
}

// isKnown tells whether a field is there and not null.
func isKnown(text []byte) bool { return len(text) > 0 && text[0] != 'n' }

func (d *dates) add(age []byte) {
	if !isKnown(age) {
		d.undated = true
		return
	}
	if n := integer(age); !d.dated || n < d.newest {
		d.newest, d.dated = n, true
	}
}

// integer reads a number that a scan has accepted: a whole one of few digits.
func integer(text []byte) int64 {
	negative := text[0] == '-'
	if negative {
		text = text[1:]
	}
	var n int64
	for _, c := range text {
		n = n*10 + int64(c-'0')
	}
	if negative {
		return -n
	}
	return n
}

// computed is an object that nscheck computes for every client, as rules see
// it; nil where what it is computed from was not collected.
func (c *streamed) computed(object string) (map[string]any, error) {
	if object == "location" {
		return c.place.doc()
	}
	d := scannedDates(&c.scan)
	if !d.collected {
		return nil, nil
	}
	doc := map[string]any{"newest_age_days": nil, "undated": d.undated}
	if d.dated {
		doc["newest_age_days"] = json.Number(strconv.FormatInt(d.newest, 10))
	}
	return doc, nil
}

// appendComputed appends a field of a computed object to a key: nothing where
// the object is not there, and at least null where it is.
func (c *streamed) appendComputed(key []byte, f rule.ComputedField) []byte {
	if f.Object == "location" {
		return append(key, c.place.text(f.Name)...)
	}
	d := scannedDates(&c.scan)
	switch {
	case !d.collected:
		return key
	case f.Name == "undated":
		return strconv.AppendBool(key, d.undated)
	case !d.dated:
		return append(key, "null"...)
	}
	return strconv.AppendInt(key, d.newest, 10)
}
