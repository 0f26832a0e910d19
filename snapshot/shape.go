package snapshot

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// A shape is what a Go type looks like in JSON, as far as the reader needs it
// to complete a value that was written by hand.
type shape struct {
	kind     reflect.Kind // Struct, Slice, String, Bool, Int; of the value in JSON
	isTime   bool
	nullable bool              // null is allowed and stands for unknown
	fields   map[string]*shape // of a Struct
	element  *shape            // of a Slice
	order    []*member         // of a Struct: its fields as writers put them
	number   Field             // of a client's value; 0 elsewhere

	// For accepts.
	bit     uint64   // of a field among the fields of its Struct
	always  uint64   // of a Struct: the fields that a complete value has
	format  string   // of a String
	enum    []string // of a String
	minimum string   // of an Int: "0", "1" or none
}

// member is a field of a Struct with its name in JSON.
type member struct {
	name  string
	label string // the name as it stands before a value: "name":
	shape *shape
}

func shapeOf(t reflect.Type) *shape {
	switch {
	case t == reflect.TypeFor[Time]():
		return &shape{kind: reflect.String, isTime: true}
	case t.Kind() == reflect.Pointer:
		return shapeOf(t.Elem())
	case t.Kind() == reflect.Slice:
		return &shape{kind: reflect.Slice, element: shapeOf(t.Elem())}
	case t.Kind() == reflect.Struct:
		s := &shape{kind: reflect.Struct, fields: map[string]*shape{}}
		for field := range t.Fields() {
			name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			inner := shapeOf(field.Type)
			inner.applyTag(field.Tag.Get("jsonschema"))
			if inner.bit = 1 << len(s.fields); inner.bit == 0 {
				panic("snapshot: " + t.Name() + " has more fields than accepts can count")
			}
			if !strings.Contains(options, "omit") {
				inner.nullable = field.Type.Kind() == reflect.Pointer
				s.always |= inner.bit
			}
			s.fields[name] = inner
			s.order = append(s.order, &member{name, `"` + name + `":`, inner})
		}
		return s
	case t.Kind() == reflect.Int, t.Kind() == reflect.Int64:
		return &shape{kind: reflect.Int}
	}
	return &shape{kind: t.Kind()}
}

// complete makes a valid value uniform: a nullable field that was left out
// becomes null, so that rules see "unknown" and not nothing at all, and a time
// with another offset becomes UTC. It reports whether it changed anything, and
// calls bad for what the schema cannot see.
func (s *shape) complete(value any, path []string, bad func(path []string, message string)) (any, bool) {
	switch value := value.(type) {
	case map[string]any:
		return value, s.completeObject(value, path, bad)
	case []any:
		changed := false
		for i, item := range value {
			completed, differs := s.element.complete(item, append(path, strconv.Itoa(i)), bad)
			value[i] = completed
			changed = changed || differs
		}
		return value, changed
	case string:
		if !s.isTime {
			return value, false
		}
		t, err := ParseTime(value)
		if err != nil {
			bad(path, err.Error())
			return value, false
		}
		return t.String(), t.String() != value
	case json.Number:
		if _, err := strconv.ParseInt(value.String(), 10, 64); err != nil {
			bad(path, "must be a whole number written without fraction or exponent, not "+describe(value))
		}
	}
	return value, false
}

func (s *shape) completeObject(object map[string]any, path []string, bad func([]string, string)) bool {
	changed := false
	for name, field := range s.fields {
		value, present := object[name]
		if !present {
			if field.nullable {
				object[name] = nil
				changed = true
			}
			continue
		}
		completed, differs := field.complete(value, append(path, name), bad)
		object[name] = completed
		changed = changed || differs
	}
	return changed
}

// at returns the shape of the value at path, or nil.
func (s *shape) at(path []string) *shape {
	for _, step := range path {
		switch {
		case s == nil:
			return nil
		case s.kind == reflect.Slice:
			s = s.element
		default:
			s = s.fields[step]
		}
	}
	return s
}

// names returns the fields of an object.
func (s *shape) names() []string {
	if s == nil {
		return nil
	}
	names := make([]string, 0, len(s.fields))
	for name := range s.fields {
		names = append(names, name)
	}
	return names
}

// pathText writes a path as people do: clients[3].packages.plugin.
func pathText(root string, path []string, s *shape) string {
	var b strings.Builder
	b.WriteString(root)
	for _, step := range path {
		switch {
		case s != nil && s.kind == reflect.Slice:
			b.WriteString("[" + step + "]")
			s = s.element
			continue
		case !isPlainName(step):
			b.WriteString("[" + quote(step) + "]")
		case b.Len() == 0:
			b.WriteString(step)
		default:
			b.WriteString("." + step)
		}
		if s != nil {
			s = s.fields[step]
		}
	}
	return b.String()
}

func isPlainName(name string) bool {
	for _, r := range name {
		if r != '_' && r != '-' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}
