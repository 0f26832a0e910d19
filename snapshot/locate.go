package snapshot

import (
	"bytes"
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// maxFlaws is after how many values of the wrong type a record is not looked at
// any further: only the first few are shown.
const maxFlaws = 1000

// misfits finds values of the wrong type, unknown fields and missing ones. It
// says the same of them as the schema does, and stops after maxFlaws.
func (s *shape) misfits(value any) []finding {
	var found []finding
	add := func(path []string, atKey bool, message string) bool {
		found = append(found, finding{slices.Clone(path), atKey, message})
		return len(found) < maxFlaws
	}
	s.compare(value, nil, add)
	return found
}

func (s *shape) compare(value any, path []string, add func(path []string, atKey bool, message string) bool) bool {
	if value == nil && s.nullable {
		return true
	}
	object, isObject := value.(map[string]any)
	array, isArray := value.([]any)
	switch {
	case s.kind == reflect.Struct && isObject:
		return s.compareFields(object, path, add)
	case s.kind == reflect.Slice && isArray:
		for i, item := range array {
			if !s.element.compare(item, append(path, strconv.Itoa(i)), add) {
				return false
			}
		}
		return true
	}
	want, fits := s.wants(value)
	if fits {
		return true
	}
	if s.nullable {
		want = append(want, "null")
	}
	return add(path, false, wrongType(want, value))
}

// wants is the type of a value as the schema has it.
func (s *shape) wants(value any) (want []string, fits bool) {
	switch s.kind {
	case reflect.Struct:
		return []string{"object"}, false
	case reflect.Slice:
		return []string{"array"}, false
	case reflect.String:
		_, fits = value.(string)
		return []string{"string"}, fits
	case reflect.Bool:
		_, fits = value.(bool)
		return []string{"boolean"}, fits
	}
	_, fits = value.(json.Number)
	return []string{"integer"}, fits
}

func (s *shape) compareFields(object map[string]any, path []string, add func([]string, bool, string) bool) bool {
	for _, m := range s.order {
		if value, ok := object[m.name]; ok && !m.shape.compare(value, append(path, m.name), add) {
			return false
		}
	}
	var unknown []string
	for name := range object {
		if s.fields[name] == nil {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		if !add(append(path, name), true, unknownField(name, s.names())) {
			return false
		}
	}
	return true
}

// wanted are the places that are looked for below one place.
type wanted struct {
	children map[string]*wanted
	values   []int // which paths end here
	keys     []int // which paths end at the key
}

// wantedPlaces puts the paths of findings together.
func wantedPlaces(findings []finding) *wanted {
	root := &wanted{}
	for i, f := range findings {
		w := root
		for _, step := range f.path {
			next := w.children[step]
			if next == nil {
				if w.children == nil {
					w.children = map[string]*wanted{}
				}
				next = &wanted{}
				w.children[step] = next
			}
			w = next
		}
		if f.atKey {
			w.keys = append(w.keys, i)
		} else {
			w.values = append(w.values, i)
		}
	}
	return root
}

// each calls put for all paths at or below w.
func (w *wanted) each(put func(i int)) {
	for _, i := range slices.Concat(w.values, w.keys) {
		put(i)
	}
	for _, child := range w.children {
		child.each(put)
	}
}

// locateAllJSON returns where the values of findings begin, or their keys, in
// one pass over the text. If a path leads nowhere, it is the nearest place on
// the way.
func locateAllJSON(text []byte, findings []finding) []int {
	at := make([]int, len(findings))
	d := jsonDecoder{text: text, dec: json.NewDecoder(bytes.NewReader(text))}
	d.dec.UseNumber()
	d.locate(wantedPlaces(findings), at)
	return at
}

// locate walks over one value. It returns false if the text ends too early.
func (d *jsonDecoder) locate(w *wanted, at []int) bool {
	start := d.start()
	w.each(func(i int) { at[i] = start })
	if len(w.children) == 0 {
		var skip json.RawMessage
		return d.dec.Decode(&skip) == nil
	}
	token, err := d.dec.Token()
	if err != nil {
		return false
	}
	if token != json.Delim('{') && token != json.Delim('[') {
		return true
	}
	for i := 0; d.dec.More(); i++ {
		key, name := d.start(), ""
		if token == json.Delim('{') {
			next, err := d.dec.Token()
			if err != nil {
				return false
			}
			name, _ = next.(string)
		} else {
			name = strconv.Itoa(i)
		}
		child := w.children[name]
		if child == nil {
			child = &wanted{}
		}
		if !d.locate(child, at) {
			return false
		}
		for _, i := range child.keys {
			at[i] = key
		}
	}
	_, err = d.dec.Token()
	return err == nil
}

// locateAllYAML is locateAllJSON for nodes.
func locateAllYAML(root *yaml.Node, findings []finding) []*yaml.Node {
	at := make([]*yaml.Node, len(findings))
	locateNodes(root, wantedPlaces(findings), at)
	return at
}

func locateNodes(node *yaml.Node, w *wanted, at []*yaml.Node) {
	w.each(func(i int) { at[i] = node })
	if len(w.children) == 0 {
		return
	}
	inner := resolve(node)
	seen := map[string]bool{}
	visit := func(step string, key, value *yaml.Node) {
		child := w.children[step]
		if child == nil || value == nil || seen[step] {
			return
		}
		seen[step] = true
		locateNodes(value, child, at)
		for _, i := range child.keys {
			if key != nil {
				at[i] = key
			}
		}
	}
	switch inner.Kind {
	case yaml.SequenceNode:
		for i, item := range inner.Content {
			visit(strconv.Itoa(i), nil, item)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(inner.Content); i += 2 {
			if key := inner.Content[i]; key.ShortTag() != "!!merge" {
				visit(key.Value, key, inner.Content[i+1])
			}
		}
		for step := range w.children {
			if !seen[step] { // perhaps merged
				key, value := child(inner, step, maxDepth)
				visit(step, key, value)
			}
		}
	}
}

// position is a line and a character in it, from 1.
type position struct{ line, column int }

// positions finds the lines and columns of offsets in one pass.
func positions(text []byte, offsets []int) []position {
	order := make([]int, len(offsets))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(offsets[a], offsets[b]) })
	out := make([]position, len(offsets))
	at, now := 0, position{1, 1}
	for _, i := range order {
		to := min(offsets[i], len(text))
		passed := text[at:to]
		if lines := bytes.Count(passed, []byte("\n")); lines > 0 {
			now.line += lines
			now.column = 1
			passed = passed[bytes.LastIndexByte(passed, '\n')+1:]
		}
		now.column += utf8.RuneCount(passed)
		at, out[i] = to, now
	}
	return out
}
