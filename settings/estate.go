package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// estate is an estate as JSON values, and its objects.
type estate struct {
	doc     map[string]any
	objects map[string][]*object // by section; absent where that was not collected
}

// object is one object that has settings.
type object struct {
	section *section
	id      string // the GUID; with a number behind it where that stands there twice
	guid    string
	name    string // value of the section's key
	key     string // what files call it
	fields  map[string]any
}

// parseEstate reads the JSON text of an estate, which a reader has checked.
func parseEstate(raw json.RawMessage) (*estate, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	doc := map[string]any{}
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("read the estate: %w", err)
	}
	delete(doc, "kind")
	e := &estate{doc: doc}
	e.index()
	return e, nil
}

// index lists the objects anew.
func (e *estate) index() {
	e.objects = map[string][]*object{}
	for i := range sections {
		s := &sections[i]
		if value, ok := e.doc[s.name]; ok {
			e.objects[s.name] = objectsOf(s, value)
		}
	}
}

func objectsOf(s *section, value any) []*object {
	list, _ := value.([]any)
	if s.single {
		list = []any{value}
	}
	out := []*object{}
	ids, names := map[string]int{}, map[string]int{}
	for _, item := range list {
		fields, ok := item.(map[string]any)
		if !ok {
			continue
		}
		o := &object{section: s, fields: fields}
		o.guid, _ = fields["guid"].(string)
		o.name, _ = fields[s.key].(string)
		if o.id = o.guid; o.id == "" {
			o.id = s.name
		}
		if ids[o.id]++; ids[o.id] > 1 {
			o.id = fmt.Sprintf("%s#%d", o.id, ids[o.id])
		}
		names[o.name]++
		out = append(out, o)
	}
	for _, o := range out {
		o.key = o.name
		if names[o.name] > 1 || o.name == "" || hasID(o.name) {
			o.key = strings.TrimPrefix(fmt.Sprintf("%s {%s}", o.name, o.id), " ")
		}
	}
	return out
}

var idSuffix = regexp.MustCompile(`(?:^| )\{([0-9A-F-]{36}(?:#[0-9]+)?)\}$`)

// hasID reports whether a name looks like one that was made unique.
func hasID(name string) bool { return idSuffix.MatchString(name) }

// nameOf is the name in a key of an object, whose identity may stand behind it.
func nameOf(key, id string) string {
	if key == "{"+id+"}" {
		return ""
	}
	return strings.TrimSuffix(key, " {"+id+"}")
}

// byID finds an object of a section.
func (e *estate) byID(section, id string) *object {
	i := slices.IndexFunc(e.objects[section], func(o *object) bool { return o.id == id })
	if i < 0 {
		return nil
	}
	return e.objects[section][i]
}

// find finds an object by what a file calls it: its key, or its GUID.
func (e *estate) find(section, called string) *object {
	for _, o := range e.objects[section] {
		if o.key == called {
			return o
		}
	}
	if id := strings.ToUpper(strings.Trim(called, "{}")); guidForm.MatchString(id) {
		return e.byID(section, id)
	}
	return nil
}

var guidForm = regexp.MustCompile(`^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$`)

// keys are what the objects of a section are called.
func (e *estate) keys(section string) []string {
	var out []string
	for _, o := range e.objects[section] {
		out = append(out, o.key)
	}
	return out
}

// keyOf is what a reference is called: the object's key, or its GUID where
// there is no such object.
func (e *estate) keyOf(section, guid string) string {
	if o := e.byID(section, guid); o != nil {
		return o.key
	}
	return guid
}

// path is a setting as people write it: package_servers[LDS-PS01].constrained.
func (o *object) path(field string) string {
	p := o.section.name
	if !o.section.single {
		p += "[" + o.key + "]"
	}
	if field != "" {
		p += "." + field
	}
	return p
}

// get is the value of a setting, and whether the object has it.
func (o *object) get(name string) (any, bool) {
	fields := o.fields
	for {
		head, rest, deep := strings.Cut(name, ".")
		value, ok := fields[head]
		if !deep || !ok {
			return value, ok
		}
		if fields, ok = value.(map[string]any); !ok {
			return nil, false
		}
		name = rest
	}
}

// set gives a setting a value.
func (o *object) set(name string, value any) {
	fields := o.fields
	for {
		head, rest, deep := strings.Cut(name, ".")
		if !deep {
			fields[head] = value
			return
		}
		inner, ok := fields[head].(map[string]any)
		if !ok {
			inner = map[string]any{}
			fields[head] = inner
		}
		fields, name = inner, rest
	}
}

// texts are the texts in a list.
func texts(value any) []string {
	list, _ := value.([]any)
	out := make([]string, 0, len(list))
	for _, item := range list {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// anyList is the opposite of texts.
func anyList(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// same compares two values of a setting; sets are the same in any order.
func (f *field) same(a, b any) bool {
	if f.kind == words || f.kind == refs {
		first, isList := a.([]any)
		second, both := b.([]any)
		if isList != both || !isList {
			return isList == both
		}
		return slices.Equal(sorted(texts(first)), sorted(texts(second)))
	}
	first, _ := json.Marshal(a)
	second, _ := json.Marshal(b)
	return bytes.Equal(first, second)
}

func sorted(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}
