package snapshot

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// MaxText is how many bytes one text of a snapshot has at most when nscheck
// writes it. No name, version or message of a real server comes near.
const MaxText = 4096

// Cut shortens a text that is longer than MaxText and marks the place.
func Cut(text string) string {
	if len(text) <= MaxText {
		return text
	}
	mark := fmt.Sprintf("… [cut, %d bytes]", len(text))
	end := MaxText - len(mark)
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + mark
}

// cutTexts shortens the long texts in a value. Values are shared, so what is
// changed is copied.
func cutTexts(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if e := v.Elem(); e.Kind() == reflect.String {
			if e.Len() > MaxText {
				fresh := reflect.New(e.Type())
				fresh.Elem().SetString(Cut(e.String()))
				v.Set(fresh)
			}
			return
		}
		cutTexts(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Time]() {
			return
		}
		for i := range v.NumField() {
			cutTexts(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			cutTexts(v.Index(i))
		}
	case reflect.String:
		if v.Len() > MaxText {
			v.SetString(Cut(v.String()))
		}
	}
}

// Problem is why a value of an estate or a manifest could not be read again.
type Problem struct {
	// Path of the value, such as filters 3 members. Empty if the whole record
	// is too large.
	Path []string
	// Place is the path as errors show it.
	Place string
	// Message says what is wrong.
	Message string
}

// Conform cuts the long texts of an estate and returns what a reader of the
// snapshot would refuse in it, up to a few of each kind. Then the writer would
// refuse it too.
func Conform(e *Estate) []Problem {
	cutTexts(reflect.ValueOf(e))
	_, problems := conform(kindEstate, e, nil)
	return problems
}

// conform encodes a record and holds it to what the reader accepts.
func conform(kind string, record any, dst []byte) ([]byte, []Problem) {
	text, err := appendRecord(dst, record)
	if err != nil {
		return nil, []Problem{{Message: err.Error()}}
	}
	if len(text)-len(dst) >= maxText {
		return nil, []Problem{{Message: fmt.Sprintf("it takes %d MiB, and a record of a snapshot has at most %d", (len(text)-len(dst))>>20, maxText>>20)}}
	}
	value, fl := decodeJSON(text[len(dst):])
	if fl != nil {
		return nil, []Problem{{Message: fl.message}}
	}
	if object, ok := value.(map[string]any); ok {
		delete(object, "kind")
	}
	_, flaws := schemaValidator{}.validate(kind, value)
	var problems []Problem
	for _, f := range flaws {
		problems = append(problems, Problem{f.path, pathText("", f.place(), shapes[kind]), f.message})
	}
	return text, problems
}

// refusal is the error of a record that no reader would take.
func refusal(kind string, problems []Problem) error {
	p := problems[0]
	place := strings.TrimPrefix(kind+"."+p.Place, ".")
	if p.Place == "" {
		place = kind
	}
	return fmt.Errorf("%s: %s", place, p.Message)
}
