package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits on what a record or document may be. They are far beyond any real
// snapshot and keep a hostile one from taking memory or time.
const (
	maxText   = 64 << 20 // bytes of one line or of one document
	maxDepth  = 64       // levels of nesting
	maxValues = 4 << 20  // values in one record or document, aliases expanded
)

// A flaw is something that makes a text unreadable, at a place in it.
type flaw struct {
	offset       int // in bytes, for JSON
	line, column int // for YAML
	path         []string
	message      string
}

// decodeJSON reads one JSON value into what package json makes of it, with
// json.Number for numbers. Unlike package json it refuses duplicate keys and
// text that is not UTF-8, of which other readers of the file would see
// something else.
func decodeJSON(text []byte) (any, *flaw) {
	if at := invalidUTF8(text); at >= 0 {
		return nil, &flaw{offset: at, message: "not valid UTF-8; save the file as UTF-8"}
	}
	d := jsonDecoder{text: text, dec: json.NewDecoder(bytes.NewReader(text))}
	d.dec.UseNumber()
	value, fl := d.value(nil)
	if fl != nil {
		return nil, fl
	}
	if end := int(d.dec.InputOffset()); skipSpace(text, end) != len(text) {
		return nil, d.syntax(nil)
	}
	return value, nil
}

// invalidUTF8 returns where text stops being UTF-8, or -1.
func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

type jsonDecoder struct {
	text   []byte
	dec    *json.Decoder
	values int
}

// start returns where the next token begins.
func (d *jsonDecoder) start() int {
	i := int(d.dec.InputOffset())
	for i < len(d.text) && strings.IndexByte(" \t\r\n,:", d.text[i]) >= 0 {
		i++
	}
	return i
}

// syntax finds out where and why the text is not JSON. The decoder's own
// account of it counts from varying places.
func (d *jsonDecoder) syntax(path []string) *flaw {
	var raw json.RawMessage
	var syntax *json.SyntaxError
	if err := json.Unmarshal(d.text, &raw); errors.As(err, &syntax) {
		at := max(int(syntax.Offset)-1, 0)
		if strings.HasPrefix(syntax.Error(), "unexpected end") {
			at = len(d.text)
		}
		return &flaw{offset: at, path: path, message: "not valid JSON: " + syntax.Error()}
	}
	return &flaw{offset: d.start(), path: path, message: "not valid JSON"}
}

func (d *jsonDecoder) value(path []string) (any, *flaw) {
	start := d.start()
	if d.values++; d.values > maxValues {
		return nil, &flaw{offset: start, path: path, message: fmt.Sprintf("more than %d values in one record", maxValues)}
	}
	token, err := d.dec.Token()
	if err != nil {
		return nil, d.syntax(path)
	}
	switch token := token.(type) {
	case json.Delim:
		if len(path) == maxDepth {
			return nil, &flaw{offset: start, message: fmt.Sprintf("nested deeper than %d levels", maxDepth)}
		}
		if token == '{' {
			return d.object(path)
		}
		if token == '[' {
			return d.array(path)
		}
		return nil, d.syntax(path)
	case json.Number:
		if message := checkNumber(token.String()); message != "" {
			return nil, &flaw{offset: start, path: path, message: message}
		}
	}
	return token, nil
}

func (d *jsonDecoder) object(path []string) (any, *flaw) {
	object := map[string]any{}
	for d.dec.More() {
		start := d.start()
		token, err := d.dec.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return nil, d.syntax(path)
		}
		if _, double := object[key]; double {
			return nil, &flaw{offset: start, path: path, message: fmt.Sprintf("the key %s is repeated; remove one", quote(key))}
		}
		value, fl := d.value(append(path, key))
		if fl != nil {
			return nil, fl
		}
		object[key] = value
	}
	if _, err := d.dec.Token(); err != nil {
		return nil, d.syntax(path)
	}
	return object, nil
}

func (d *jsonDecoder) array(path []string) (any, *flaw) {
	array := []any{}
	for d.dec.More() {
		value, fl := d.value(append(path, strconv.Itoa(len(array))))
		if fl != nil {
			return nil, fl
		}
		array = append(array, value)
	}
	if _, err := d.dec.Token(); err != nil {
		return nil, d.syntax(path)
	}
	return array, nil
}

// checkNumber refuses numbers that would take much time or memory to compare:
// 1e1000000000 is short text.
func checkNumber(text string) string {
	_, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	if len(text) > 64 || len(strings.TrimLeft(exponent, "+-0")) > 2 {
		return fmt.Sprintf("the number %s is out of range", clip(text))
	}
	return ""
}

func clip(text string) string {
	if len(text) > quotedLength {
		return text[:quotedLength] + "…"
	}
	return text
}

// locateJSON returns where the value at path begins, or its key. Errors are
// rare, so places are looked up again and not kept for every value.
func locateJSON(text []byte, path []string, wantKey bool) int {
	d := jsonDecoder{text: text, dec: json.NewDecoder(bytes.NewReader(text))}
	d.dec.UseNumber()
	at := d.start()
	for depth, step := range path {
		token, err := d.dec.Token()
		if err != nil {
			return at
		}
		found := false
		for i := 0; d.dec.More(); i++ {
			key, name := d.start(), strconv.Itoa(i)
			if token == json.Delim('{') {
				next, err := d.dec.Token()
				if err != nil {
					return at
				}
				name, _ = next.(string)
			}
			if name == step {
				at = d.start()
				if wantKey && depth == len(path)-1 {
					at = key
				}
				found = true
				break
			}
			var skip json.RawMessage
			if d.dec.Decode(&skip) != nil {
				return at
			}
		}
		if !found {
			return at
		}
	}
	return at
}
