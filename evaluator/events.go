package evaluator

import (
	"strconv"

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

// scannedEvents is eventsOf a client that was scanned.
func scannedEvents(scan *snapshot.ClientScan) *snapshot.Events {
	if !scan.Has(packagesField) {
		return nil
	}
	e := &snapshot.Events{}
	age := func(f snapshot.Field) *int {
		n, err := strconv.Atoi(string(scan.Text(f)))
		if err != nil { // it is null: the scan takes nothing else
			return nil
		}
		return &n
	}
	for _, p := range packageFields {
		known := func(f snapshot.Field) bool { return scan.Has(f) && !scan.Is(f, "null") }
		if known(p.status) || known(p.statusAge) {
			addEvent(e, age(p.statusAge))
		}
		if scan.Has(p.run) {
			addEvent(e, age(p.runAge))
		}
	}
	return e
}

// computed is an object that nscheck computes for every client, as rules see
// it; nil where what it is computed from was not collected.
func (c *streamed) computed(object string) (map[string]any, error) {
	if object == "location" {
		return c.place.doc, nil
	}
	e := scannedEvents(&c.scan)
	if e == nil {
		return nil, nil
	}
	doc, err := jsonDocument(e)
	fields, _ := doc.(map[string]any)
	return fields, err
}

// appendComputed appends a field of a computed object to a key: nothing where
// the object is not there, and at least null where it is.
func (c *streamed) appendComputed(key []byte, f computedField) []byte {
	if f.object == "location" {
		return append(key, c.place.texts[f.name]...)
	}
	e := scannedEvents(&c.scan)
	switch {
	case e == nil:
		return key
	case f.name == "undated":
		return strconv.AppendBool(key, e.Undated)
	case e.NewestAgeDays == nil:
		return append(key, "null"...)
	}
	return strconv.AppendInt(key, int64(*e.NewestAgeDays), 10)
}
