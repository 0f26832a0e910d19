package settings

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/snapshot"
)

// Place is where a setting stands in a file of a change.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column,omitempty"`
}

func (p Place) errorf(format string, args ...any) *snapshot.Error {
	return &snapshot.Error{File: p.File, Line: p.Line, Column: p.Column, Message: fmt.Sprintf(format, args...)}
}

// operation is what an edit does.
type operation int

const (
	set        operation = iota // gives a setting a value
	include                     // puts an element into a list
	exclude                     // takes one out
	addition                    // adds an object
	withdrawal                  // removes one
)

// edit is one thing that a change says.
type edit struct {
	op      operation
	section *section
	id      string // of the object
	name    string // of the object, for messages and new ones
	field   *field // nil where the object itself comes or goes
	value   any
	at      Place
}

// target is what several edits may be about.
type target struct{ section, id, field string }

func (e *edit) target() target {
	t := target{section: e.section.name, id: e.id}
	if e.field != nil {
		t.field = e.field.name
	}
	return t
}

func (e *edit) String() string {
	o := &object{section: e.section, key: e.name}
	if e.field == nil {
		return o.path("")
	}
	return o.path(e.field.name)
}

func (e *edit) where() string { return fmt.Sprintf("%s line %d", e.at.File, e.at.Line) }

// contradictions finds edits that cannot all be meant.
func contradictions(edits []edit) []*snapshot.Error {
	var errs []*snapshot.Error
	earlier := map[target][]*edit{}
	gone := map[target]*edit{}
	for i := range edits {
		e := &edits[i]
		t := e.target()
		for _, other := range earlier[t] {
			if message := contradicts(other, e); message != "" {
				errs = append(errs, e.at.errorf("%s: %s in %s", e, message, other.where()))
				break
			}
		}
		earlier[t] = append(earlier[t], e)
		if e.op == withdrawal {
			gone[t] = e
		}
	}
	for i := range edits {
		e := &edits[i]
		if e.op == withdrawal {
			continue
		}
		if other := gone[target{e.section.name, e.id, ""}]; other != nil {
			errs = append(errs, e.at.errorf("%s: the %s is removed in %s", e, e.section.title(), other.where()))
			continue
		}
		if e.field == nil || e.field.kind != refs || e.op == exclude {
			continue
		}
		for _, guid := range texts(listOf(e.value)) {
			if other := gone[target{e.field.of, guid, ""}]; other != nil {
				errs = append(errs, e.at.errorf("%s names %q, which is removed in %s", e, other.name, other.where()))
			}
		}
	}
	return errs
}

func listOf(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	return []any{value}
}

// contradicts says how two edits of one thing contradict each other.
func contradicts(a, b *edit) string {
	same := encoded(a.value) == encoded(b.value)
	switch {
	case a.op == set && b.op == set && !same:
		return "contradicts the value"
	case (a.op == set) != (b.op == set) && a.op <= exclude && b.op <= exclude:
		return "a list is either replaced or added to and removed from; it is edited otherwise"
	case same && (a.op == include && b.op == exclude || a.op == exclude && b.op == include):
		return "is both added and removed; the other one stands"
	case a.op == addition && b.op == addition:
		return "is added twice, first"
	}
	return ""
}

func encoded(value any) string {
	text, _ := json.Marshal(value)
	return string(text)
}

// apply makes the edits. What they leave as it was is no change.
func (e *estate) apply(edits []edit) {
	order := []operation{addition, set, include, exclude, withdrawal}
	for _, op := range order {
		for i := range edits {
			if edits[i].op == op {
				e.applyOne(&edits[i])
			}
		}
	}
	e.index()
}

func (e *estate) applyOne(ed *edit) {
	switch ed.op {
	case addition:
		list, _ := e.doc[ed.section.name].([]any)
		e.doc[ed.section.name] = append(list, map[string]any{"guid": ed.id, ed.section.key: ed.name})
		e.index()
		return
	case withdrawal:
		e.remove(ed)
		return
	}
	o := e.byID(ed.section.name, ed.id)
	if ed.op == set {
		if current, ok := o.get(ed.field.name); !ok || !ed.field.same(current, ed.value) {
			o.set(ed.field.name, ed.value)
		}
		return
	}
	current, _ := o.get(ed.field.name)
	list := slices.Clone(listOf(current))
	if current == nil {
		list = []any{}
	}
	at := slices.Index(list, ed.value)
	switch {
	case ed.op == include && at < 0:
		list = append(list, ed.value)
	case ed.op == exclude && at >= 0:
		list = slices.Delete(list, at, at+1)
	default:
		return
	}
	if ed.field.kind == refs {
		list = anyList(sorted(texts(list)))
	}
	o.set(ed.field.name, list)
}

// remove takes an object out, and out of what refers to it.
func (e *estate) remove(ed *edit) {
	list, _ := e.doc[ed.section.name].([]any)
	gone := e.byID(ed.section.name, ed.id)
	e.doc[ed.section.name] = slices.DeleteFunc(slices.Clone(list), func(item any) bool {
		fields, ok := item.(map[string]any)
		return ok && len(gone.fields) > 0 && encoded(fields) == encoded(gone.fields)
	})
	for i := range sections {
		for j := range sections[i].fields {
			f := &sections[i].fields[j]
			if f.kind != refs || f.of != ed.section.name {
				continue
			}
			for _, o := range e.objects[sections[i].name] {
				if value, _ := o.get(f.name); slices.Contains(texts(value), gone.guid) {
					o.set(f.name, anyList(slices.DeleteFunc(texts(value), func(s string) bool { return s == gone.guid })))
				}
			}
		}
	}
	e.index()
}

// newGUID is the GUID of an object that a change adds: always the same one for
// the same object, so that the answer is.
func newGUID(section, name string) string {
	sum := sha256Of("nscheck:" + section + ":" + name)
	sum[6], sum[8] = sum[6]&0x0F|0x80, sum[8]&0x3F|0x80 // version 8: of one's own making
	return strings.ToUpper(fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16]))
}
