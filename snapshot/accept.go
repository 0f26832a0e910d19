package snapshot

import (
	"reflect"
	"strings"
	"unicode/utf8"
)

// accepts tells whether a text surely is a JSON value of this shape that is
// valid, complete and without duplicate keys. It decodes nothing, so that the
// many good lines cost little; "no" only means that the text must be decoded
// and checked against the schema, which then finds the words for it. Whatever
// it accepts, the schema accepts too: a fuzz test holds it to that.
func (s *shape) accepts(text []byte) bool {
	if !utf8.Valid(text) {
		return false
	}
	a := acceptor{text: text}
	return a.value(s) && skipSpace(text, a.at) == len(text)
}

type acceptor struct {
	text []byte
	at   int
}

func (a *acceptor) space() { a.at = skipSpace(a.text, a.at) }

// take steps over a literal if it stands here.
func (a *acceptor) take(literal string) bool {
	if len(a.text)-a.at < len(literal) || string(a.text[a.at:a.at+len(literal)]) != literal {
		return false
	}
	a.at += len(literal)
	return true
}

func (a *acceptor) value(s *shape) bool {
	a.space()
	if s.nullable && a.take("null") {
		return true
	}
	switch s.kind {
	case reflect.Struct:
		return a.object(s)
	case reflect.Slice:
		return a.array(s.element)
	case reflect.String:
		text, plain, ok := a.string()
		return ok && (s.anyText() || plain && s.allows(text))
	case reflect.Bool:
		return a.take("true") || a.take("false")
	case reflect.Int:
		return a.integer(s)
	}
	return false
}

func (a *acceptor) object(s *shape) bool {
	if !a.take("{") {
		return false
	}
	var seen uint64
	a.space()
	for first := true; !a.take("}"); first = false {
		if !first && !a.take(",") {
			return false
		}
		a.space()
		name, plain, ok := a.string()
		if !ok || !plain {
			return false
		}
		field := s.fields[string(name)]
		if field == nil || seen&field.bit != 0 {
			return false
		}
		seen |= field.bit
		a.space()
		if !a.take(":") || !a.value(field) {
			return false
		}
		a.space()
	}
	return seen&s.always == s.always
}

func (a *acceptor) array(element *shape) bool {
	if !a.take("[") {
		return false
	}
	a.space()
	for first := true; !a.take("]"); first = false {
		if !first && !a.take(",") {
			return false
		}
		if !a.value(element) {
			return false
		}
		a.space()
	}
	return true
}

// string steps over a JSON string. plain is false where it holds escapes.
func (a *acceptor) string() (text []byte, plain, ok bool) {
	if !a.take(`"`) {
		return nil, false, false
	}
	start := a.at
	plain = true
	for a.at < len(a.text) {
		switch c := a.text[a.at]; {
		case c == '"':
			a.at++
			return a.text[start : a.at-1], plain, true
		case c < ' ':
			return nil, false, false
		case c == '\\':
			plain = false
			if !a.escape() {
				return nil, false, false
			}
		default:
			a.at++
		}
	}
	return nil, false, false
}

func (a *acceptor) escape() bool {
	rest := a.text[a.at+1:]
	if len(rest) == 0 {
		return false
	}
	if strings.IndexByte(`"\/bfnrt`, rest[0]) >= 0 {
		a.at += 2
		return true
	}
	if rest[0] != 'u' || len(rest) < 5 {
		return false
	}
	for _, c := range rest[1:5] {
		if !isHex(c) && (c < 'a' || c > 'f') {
			return false
		}
	}
	a.at += 6
	return true
}

// integer takes up to 18 digits, which fit 64 bits.
func (a *acceptor) integer(s *shape) bool {
	if negative := a.take("-"); negative && s.minimum != "" {
		return false
	}
	start := a.at
	for a.at < len(a.text) && isDigit(a.text[a.at]) {
		a.at++
	}
	digits := a.at - start
	if s.minimum == "1" && digits == 1 && a.text[start] == '0' {
		return false
	}
	return digits == 1 || digits > 1 && digits <= 18 && a.text[start] != '0'
}

// anyText tells whether every text fits.
func (s *shape) anyText() bool { return !s.isTime && s.format == "" && s.enum == nil }

// allows checks a text without escapes against the shape's format or values.
func (s *shape) allows(text []byte) bool {
	switch {
	case s.enum != nil:
		for _, value := range s.enum {
			if string(text) == value {
				return true
			}
		}
		return false
	case s.isTime:
		t, err := ParseTime(string(text))
		return err == nil && t.String() == string(text)
	case s.format == "guid":
		return isGUID(text)
	case s.format == "cidr":
		return checkCIDR(string(text)) == nil
	case s.format == "address":
		return checkAddress(string(text)) == nil
	}
	return false
}

// isGUID checks for upper-case canonical text.
func isGUID(text []byte) bool {
	const like = "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX"
	if len(text) != len(like) {
		return false
	}
	for i, c := range text {
		if like[i] == '-' && c != '-' || like[i] == 'X' && !isHex(c) {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isHex takes upper case only.
func isHex(c byte) bool { return isDigit(c) || c >= 'A' && c <= 'F' }

// applyTag reads the constraints of a field's jsonschema tag, which for lists
// are those of the elements.
func (s *shape) applyTag(tag string) {
	if s.kind == reflect.Slice {
		s = s.element
	}
	for _, option := range strings.Split(tag, ",") {
		key, value, _ := strings.Cut(option, "=")
		switch key {
		case "format":
			s.format = value
		case "enum":
			s.enum = append(s.enum, value)
		case "minimum":
			s.minimum = value
		case "":
		default:
			panic("snapshot: accepts does not know the schema tag " + option)
		}
	}
}
