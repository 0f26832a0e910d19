package snapshot

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

// A clientEncoder writes clients as JSON. There may be a million of them, and
// package encoding/json takes several times as long; a test holds the two to
// the same text, field by field.
type clientEncoder struct {
	out []byte
	err error
}

func (e *clientEncoder) client(c *Client) {
	e.raw(`{"kind":"client","guid":`)
	e.text(c.GUID)
	e.raw(`,"name":`)
	e.text(c.Name)
	e.textField(`,"domain":`, c.Domain)
	e.textField(`,"status":`, c.Status)
	e.boolField(`,"managed":`, c.Managed)
	e.textField(`,"os_name":`, c.OSName)
	if a := c.Agent; a != nil {
		e.textField(`,"agent":{"version":`, a.Version)
		e.raw(`}`)
	}
	if p := c.Plugin; p != nil {
		e.boolField(`,"plugin":{"installed":`, p.Installed)
		e.textField(`,"version":`, p.Version)
		e.raw(`}`)
	}
	if l := c.Licence; l != nil {
		e.boolField(`,"licence":{"in_use":`, l.InUse)
		e.raw(`}`)
	}
	e.listField(`,"addresses":`, c.Addresses)
	e.listField(`,"filters":`, c.Filters)
	e.listField(`,"plugin_policies":`, c.PluginPolicies)
	e.packages(c.Packages)
	e.history(c)
	e.raw(`}`)
}

func (e *clientEncoder) packages(p *ClientPackages) {
	if p == nil {
		return
	}
	e.raw(`,"packages":`)
	comma := `{`
	for _, one := range []struct {
		name string
		p    *ClientPackage
	}{{`"plugin":{"status":`, p.Plugin}, {`"scan":{"status":`, p.Scan}, {`"tools":{"status":`, p.Tools}} {
		if one.p == nil {
			continue
		}
		e.raw(comma)
		comma = `,`
		e.textField(one.name, one.p.Status)
		e.intField(`,"status_age_days":`, one.p.StatusAgeDays)
		if r := one.p.LastRun; r != nil {
			e.timeField(`,"last_run":{"started_at":`, r.StartedAt)
			e.intField(`,"age_days":`, r.AgeDays)
			e.intField(`,"return_code":`, r.ReturnCode)
			e.boolField(`,"succeeded":`, r.Succeeded)
			e.raw(`}`)
		}
		e.raw(`}`)
	}
	if comma == `{` {
		e.raw(comma)
	}
	e.raw(`}`)
}

// history is what a client has reported, and when.
func (e *clientEncoder) history(c *Client) {
	if i := c.Inventory; i != nil {
		e.timeField(`,"inventory":{"basic_at":`, i.BasicAt)
		e.intField(`,"basic_age_days":`, i.BasicAgeDays)
		e.timeField(`,"patch_at":`, i.PatchAt)
		e.intField(`,"patch_age_days":`, i.PatchAgeDays)
		e.boolField(`,"patch_returned":`, i.PatchReturned)
		e.raw(`}`)
	}
	if t := c.TaskAgent; t != nil {
		e.timeField(`,"task_agent":{"registered_at":`, t.RegisteredAt)
		e.intField(`,"registration_age_days":`, t.RegistrationAgeDays)
		e.raw(`}`)
	}
	if s := c.ScanLog; s != nil {
		e.boolField(`,"scan_log":{"completed":`, s.Completed)
		e.intField(`,"age_days":`, s.AgeDays)
		e.raw(`}`)
	}
}

func (e *clientEncoder) raw(text string) { e.out = append(e.out, text...) }

func (e *clientEncoder) textField(name string, value *string) {
	e.raw(name)
	if value == nil {
		e.raw(`null`)
		return
	}
	e.text(*value)
}

func (e *clientEncoder) boolField(name string, value *bool) {
	e.raw(name)
	if value == nil {
		e.raw(`null`)
		return
	}
	e.out = strconv.AppendBool(e.out, *value)
}

func (e *clientEncoder) intField(name string, value *int) {
	e.raw(name)
	if value == nil {
		e.raw(`null`)
		return
	}
	e.out = strconv.AppendInt(e.out, int64(*value), 10)
}

func (e *clientEncoder) timeField(name string, value *Time) {
	e.raw(name)
	if value == nil {
		e.raw(`null`)
		return
	}
	moment := value.UTC().Truncate(time.Second)
	if err := checkTime(moment); err != nil && e.err == nil {
		e.err = err
	}
	e.raw(`"`)
	e.out = moment.AppendFormat(e.out, time.RFC3339)
	e.raw(`"`)
}

// listField leaves out a list that is not known; an empty one is written.
func (e *clientEncoder) listField(name string, values []string) {
	if values == nil {
		return
	}
	e.raw(name)
	e.raw(`[`)
	for i, value := range values {
		if i > 0 {
			e.raw(`,`)
		}
		e.text(value)
	}
	e.raw(`]`)
}

// text writes plain text as it is, and leaves all other to encoding/json.
func (e *clientEncoder) text(value string) {
	value = Cut(value)
	for i := range len(value) {
		if c := value[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			e.escaped(value)
			return
		}
	}
	e.raw(`"`)
	e.raw(value)
	e.raw(`"`)
}

func (e *clientEncoder) escaped(value string) {
	w := sliceWriter{e.out}
	enc := json.NewEncoder(&w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil && e.err == nil {
		e.err = err
	}
	e.out = bytes.TrimSuffix(w.buf, []byte("\n"))
}
