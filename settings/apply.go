package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/snapshot"
)

// File is one file of a change: text that is an estate file or an overlay, or
// an item that was read from XML.
type File struct {
	Name string
	Text []byte
	Item *Item
}

// Item is what the XML of one item says.
type Item struct {
	GUID string
	Line int // of the GUID
	// Settings by section and field, as vendor_policies.package_assignment.type:
	// which of them count is told by the section in which the item is found.
	Settings map[string]ItemSetting
}

// ItemSetting is the value of a setting, as the JSON of a snapshot has it.
type ItemSetting struct {
	Value any
	Line  int
}

// Outcome is an estate after a change.
type Outcome struct {
	Estate *snapshot.Estate
	Raw    json.RawMessage
	// Settings are those that differ from the base; each knows where it stands.
	Settings []Setting
	// Idle is how many edits leave everything as it is.
	Idle int

	before, after *estate
}

// Apply applies a change to an estate. Files are read against the same base,
// so that their order does not matter, and none may contradict another.
func Apply(base json.RawMessage, files []File) (*Outcome, error) {
	before, err := parseEstate(base)
	if err != nil {
		return nil, err
	}
	var edits []edit
	var errs []*snapshot.Error
	for _, f := range files {
		more, wrong, err := readEdits(f, before)
		if err != nil {
			return nil, err
		}
		edits, errs = append(edits, more...), append(errs, wrong...)
	}
	if len(errs) == 0 {
		errs = contradictions(edits)
	}
	if len(errs) > 0 {
		return nil, joined(errs)
	}
	after, err := parseEstate(base)
	if err != nil {
		return nil, err
	}
	after.apply(edits)
	out, err := after.outcome()
	if err != nil {
		return nil, err
	}
	out.before, out.after = before, after
	if out.Settings, err = Diff(base, out.Raw); err != nil {
		return nil, err
	}
	out.locate(edits)
	return out, nil
}

// readEdits reads one file of a change.
func readEdits(f File, base *estate) ([]edit, []*snapshot.Error, error) {
	if f.Item != nil {
		edits, err := itemEdits(f, base)
		return edits, nil, err
	}
	parsed, err := parseFile(f.Name, f.Text)
	if err != nil {
		return nil, nil, err
	}
	read := readOverlay
	if parsed.mark == estateMark {
		read = readWhole
	}
	r := read(parsed, base)
	return r.edits, r.errs, nil
}

// itemEdits are the settings of the item that the base has.
func itemEdits(f File, base *estate) ([]edit, error) {
	at := Place{File: f.Name, Line: f.Item.Line}
	for _, name := range []string{"vendor_policies", "policies"} {
		s := sectionNamed(name)
		o := base.byID(name, f.Item.GUID)
		if o == nil {
			continue
		}
		var edits []edit
		for i := range s.fields {
			field := &s.fields[i]
			if setting, ok := f.Item.Settings[name+"."+field.name]; ok {
				edits = append(edits, edit{section: s, id: o.id, name: o.key, field: field, value: setting.Value, at: Place{File: f.Name, Line: setting.Line}})
			}
		}
		if len(edits) == 0 {
			return nil, at.errorf("%s: the item has none of the settings that nscheck reads of it; \"nscheck probe --item\" lists the nodes of an item's XML", o.path(""))
		}
		return edits, nil
	}
	if site, ok := f.Item.Settings["sites.prevent_downloads"]; ok {
		at.Line = site.Line
		return nil, at.errorf("these are the settings of a site, and the XML does not say of which one; write them into an overlay: sites: {SITE: {prevent_downloads: [%s]}}", strings.Join(texts(site.Value), ", "))
	}
	return nil, at.errorf("no policy in the base has the GUID %s of this item; settings are read of vendor policies and of the policies that bring the plug-in and the scan", f.Item.GUID)
}

// outcome checks the estate and puts it into its usual form.
func (e *estate) outcome() (*Outcome, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(map[string]any{"estate": e.doc}); err != nil {
		return nil, fmt.Errorf("write the changed estate: %w", err)
	}
	r, err := snapshot.NewReader(&text, "the changed estate")
	if err != nil {
		return nil, err
	}
	defer r.Close()
	out := &Outcome{}
	out.Estate, out.Raw = r.Estate()
	return out, nil
}

// locate tells each setting where it stands, and counts the edits that changed
// nothing.
func (o *Outcome) locate(edits []edit) {
	used := make([]bool, len(edits))
	for i := range o.Settings {
		s := &o.Settings[i]
		for j := range edits {
			if edits[j].makes(s) {
				used[j] = true
				if s.Source == nil {
					at := edits[j].at
					s.Source = &at
				}
			}
		}
	}
	for _, u := range used {
		if !u {
			o.Idle++
		}
	}
}

// makes reports whether an edit is behind a setting that differs.
func (e *edit) makes(s *Setting) bool {
	own := e.section.name == s.Section && e.id == s.id
	switch {
	case own && s.Change != Changed:
		return true // the object came or went, with all that is said of it
	case own:
		return e.field != nil && e.field.name == s.Field
	case e.op != withdrawal:
		return false
	}
	refers := strings.HasSuffix(s.Field, e.section.name) || e.section.name == "filters" && s.Field == "target_filters"
	return refers && slices.Contains(s.lost, e.id)
}
