package snapshot

import (
	"encoding/binary"
	"math/bits"
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
	text  []byte
	at    int
	spans []span // by Field; nil where nobody asks
}

// span is where a value stands in a text; its end is 0 where there is none.
type span struct{ start, end int32 }

func (a *acceptor) space() {
	if a.at < len(a.text) && a.text[a.at] <= ' ' {
		a.at = skipSpace(a.text, a.at)
	}
}

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
	start := a.at
	if !a.token(s) {
		return false
	}
	if a.spans != nil {
		a.spans[s.number] = span{int32(start), int32(a.at)}
	}
	return true
}

func (a *acceptor) token(s *shape) bool {
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
	a.space()
	return a.fields(s, true)
}

// fields steps over the fields of an object and its closing brace.
func (a *acceptor) fields(s *shape, first bool) bool {
	var seen uint64
	next := 0 // in s.order: fields mostly come as nscheck writes them
	for ; !a.take("}"); first = false {
		if !first && !a.take(",") {
			return false
		}
		a.space()
		field, at := a.label(s, next)
		if field == nil || seen&field.bit != 0 {
			return false
		}
		next = at + 1
		seen |= field.bit
		if !a.value(field) {
			return false
		}
		a.space()
	}
	return seen&s.always == s.always
}

// label steps over the name of a field of s and its colon. It tries the fields
// from next on before it looks the name up.
func (a *acceptor) label(s *shape, next int) (field *shape, at int) {
	for i := next; i < len(s.order); i++ {
		if a.take(s.order[i].label) {
			return s.order[i].shape, i
		}
	}
	name, plain, ok := a.string()
	if !ok || !plain {
		return nil, 0
	}
	a.space()
	if !a.take(":") {
		return nil, 0
	}
	return s.fields[string(name)], next - 1
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
	for {
		a.at = plainEnd(a.text, a.at)
		if a.at == len(a.text) {
			return nil, false, false
		}
		switch a.text[a.at] {
		case '"':
			a.at++
			return a.text[start : a.at-1], plain, true
		case '\\':
			plain = false
			if !a.escape() {
				return nil, false, false
			}
		default:
			return nil, false, false
		}
	}
}

// plainEnd is where the text of a JSON string stops to stand for itself: at a
// quote, a backslash or a control character. It looks at eight bytes at once.
func plainEnd(text []byte, at int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; at+8 <= len(text); at += 8 {
		w := binary.LittleEndian.Uint64(text[at:])
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		// A byte of found has its high bit where the byte of w is looked for.
		// Borrows may mark bytes above one that is, never below it.
		found := ((quote-ones)&^quote | (slash-ones)&^slash | (w-ones*' ')&^w) & highs
		if found != 0 {
			return at + bits.TrailingZeros64(found)/8
		}
	}
	for at < len(text) && text[at] != '"' && text[at] != '\\' && text[at] >= ' ' {
		at++
	}
	return at
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
		case "", "example":
		default:
			panic("snapshot: accepts does not know the schema tag " + option)
		}
	}
}
