package cmdb

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/nscheck/nscheck/snapshot"
)

// fieldSections are the sections that fill fields of objects and are not called
// like them.
var fieldSections = map[string]string{
	"policies.target_filters": "policies.targets",
	"policies.has_target":     "policies.targets",
	"policies.target_count":   "policies.target_counts",
}

// conform removes what no snapshot can hold from the estate and records it with the
// section that it came from. Otherwise eval would refuse the whole file. The fill
// functions refuse such values themselves, with their row; conform is for those that
// they miss.
func (c *collection) conform(e *snapshot.Estate) {
	for range len(estateFills) {
		problems := snapshot.Conform(e)
		if len(problems) == 0 {
			return
		}
		p := problems[0]
		if len(p.Path) == 0 {
			p.Path = []string{largestSection(e)}
		}
		section, path := sectionOf(p.Path)
		blank(reflect.ValueOf(e).Elem(), path)
		message := p.Message
		if p.Place != "" {
			message = p.Place + " " + message
		}
		c.markFailed(section, fmt.Sprintf("collect %s: %s, which no snapshot can hold; the section was left out", section, message))
	}
}

// markFailed records that a section was not collected, whatever its entry says.
func (c *collection) markFailed(section, message string) {
	for i := range c.manifest.Sections {
		if s := &c.manifest.Sections[i]; s.Name == section {
			s.Status, s.Error, s.Rows = snapshot.Failed, message, 0
			return
		}
	}
	c.manifest.Sections = append(c.manifest.Sections, snapshot.Section{Name: section, Status: snapshot.Failed, Error: message})
}

// sectionOf returns the section that a value came from, and the path of the fields
// that it fills.
func sectionOf(path []string) (section string, fields []string) {
	for _, step := range path {
		if step[0] < '0' || step[0] > '9' { // a place in a list is no field
			fields = append(fields, step)
		}
	}
	if len(fields) > 1 {
		name := fields[0] + "." + fields[1]
		if known, ok := fieldSections[name]; ok {
			return known, fields[:2]
		}
		if estateFills[name] != nil {
			return name, fields[:2]
		}
	}
	return fields[0], fields[:1]
}

// blank makes a field of all objects unknown.
func blank(v reflect.Value, fields []string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			blank(v.Elem(), fields)
		}
	case reflect.Slice:
		for i := range v.Len() {
			blank(v.Index(i), fields)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if name != fields[0] {
				continue
			}
			if len(fields) == 1 {
				v.Field(i).SetZero()
			} else {
				blank(v.Field(i), fields[1:])
			}
		}
	}
}

// largestSection returns the section of the estate with the most objects.
func largestSection(e *snapshot.Estate) string {
	v := reflect.ValueOf(e).Elem()
	largest, most := "sites", -1
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice && weight(f) > most {
			largest, _, _ = strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			most = weight(f)
		}
	}
	return largest
}

// weight estimates the size of a value.
func weight(v reflect.Value) (n int) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return weight(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			n += weight(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			n += 16 + weight(v.Field(i))
		}
	case reflect.String:
		return v.Len()
	}
	return n
}
