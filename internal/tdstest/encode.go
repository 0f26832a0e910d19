package tdstest

import (
	"encoding/binary"
	"fmt"
	"math"
)

// column is a Column whose type has been read and whose encoder is chosen.
type column struct {
	typeInfo
	name    string
	notNull bool
	encode  encoder
}

// encoder appends a value that is not NULL, its length included.
type encoder func(t *typeInfo, b []byte, v any) ([]byte, error)

func newColumn(c Column) (column, error) {
	t, err := parseType(c.Type, c.NotNull)
	if err != nil {
		return column{}, fmt.Errorf("column %q: %w", c.Name, err)
	}
	return column{typeInfo: t, name: c.Name, notNull: c.NotNull, encode: encoderOf(t)}, nil
}

func encoderOf(t typeInfo) encoder {
	switch t.id {
	case typeNVarChar, typeNChar, typeVarChar, typeChar, typeXML:
		if t.plp() {
			return encodePLP
		}
		return encodeShortText
	case typeVarBinary, typeBinary:
		if t.plp() {
			return encodePLP
		}
		return encodeShortBytes
	case typeText, typeNText, typeImage:
		return encodeLong
	case typeDecimalN, typeNumericN:
		return encodeDecimal
	case typeMoneyN, typeMoney, typeSmallMoney:
		return encodeMoney
	case typeIntN, typeInt1, typeInt2, typeInt4, typeInt8:
		return encodeInt
	case typeBitN, typeBit:
		return encodeBit
	case typeFltN, typeFlt4, typeFlt8:
		return encodeFloat
	case typeGUID:
		return encodeGUID
	default:
		return encodeTime
	}
}

// row appends a ROW token, or an NBCROW token when there are NULLs and the
// client reads those. The row is encoded whole before a byte of it is sent, so
// that a value that does not fit leaves nothing behind.
func (w *tokenWriter) row(cols []column, values []any, nbc bool) error {
	start := len(w.b)
	if len(values) != len(cols) {
		return Message{Number: 50000, State: 1, Class: 16,
			Text: fmt.Sprintf("The answer has %d columns and a row of %d values.", len(cols), len(values))}
	}
	nulls := false
	for _, v := range values {
		if v == nil {
			nulls = true
			break
		}
	}
	if nulls && nbc {
		w.b = append(w.b, tokenNBCRow)
		at := len(w.b)
		for range (len(cols) + 7) / 8 {
			w.b = append(w.b, 0)
		}
		for i, v := range values {
			if v == nil {
				w.b[at+i/8] |= 1 << (i % 8)
			}
		}
	} else {
		w.b = append(w.b, tokenRow)
		nbc = false
	}
	for i := range cols {
		c := &cols[i]
		b, err := w.b, error(nil)
		switch {
		case values[i] != nil:
			b, err = c.encode(&c.typeInfo, w.b, values[i])
		case c.notNull:
			err = Message{Number: 515, State: 2, Class: 16, Text: fmt.Sprintf("Column '%s' does not allow nulls.", c.name)}
		case !nbc:
			b = c.appendNull(w.b)
		}
		if err != nil {
			w.b = w.b[:start]
			return err
		}
		w.b = b
	}
	return nil
}

// appendNull writes NULL as the type's length says it.
func (t *typeInfo) appendNull(b []byte) []byte {
	switch {
	case t.plp():
		return binary.LittleEndian.AppendUint64(b, plpNull)
	case t.id >= typeVarBinary: // the types with two bytes of length
		return append(b, 0xFF, 0xFF)
	default:
		return append(b, 0)
	}
}

// encodeShortText writes text with two bytes of length before it.
func encodeShortText(t *typeInfo, b []byte, v any) ([]byte, error) {
	s, err := asString(v)
	if err != nil {
		return b, err
	}
	at := len(b) + 2
	b = append(b, 0, 0)
	if t.id == typeNVarChar || t.id == typeNChar {
		b = appendUCS2(b, s)
	} else {
		b = append1252(b, s)
	}
	if len(b)-at > t.size {
		return b, truncated(s)
	}
	if t.id == typeNChar || t.id == typeChar {
		b = pad(b, at+t.size, t.id == typeNChar)
	}
	binary.LittleEndian.PutUint16(b[at-2:], uint16(len(b)-at))
	return b, nil
}

// pad fills a char or nchar column with blanks.
func pad(b []byte, to int, wide bool) []byte {
	for len(b) < to {
		b = append(b, ' ')
		if wide {
			b = append(b, 0)
		}
	}
	return b
}

func encodeShortBytes(t *typeInfo, b []byte, v any) ([]byte, error) {
	data, err := asBytes(v)
	if err != nil {
		return b, err
	}
	if len(data) > t.size {
		return b, truncated(fmt.Sprintf("%x", data))
	}
	n := len(data)
	if t.id == typeBinary {
		n = t.size
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(n))
	b = append(b, data...)
	for range n - len(data) {
		b = append(b, 0)
	}
	return b, nil
}

func truncated(s string) Message {
	if len(s) > 40 {
		s = s[:40]
	}
	return Message{Number: 2628, State: 1, Class: 16,
		Text: fmt.Sprintf("String or binary data would be truncated. Truncated value: '%s'.", s)}
}

// content gives a (max), xml or long value's bytes, appended to b.
func (t *typeInfo) content(b []byte, v any) ([]byte, error) {
	if t.id == typeVarBinary || t.id == typeImage {
		data, err := asBytes(v)
		return append(b, data...), err
	}
	s, err := asString(v)
	if t.id == typeVarChar || t.id == typeText {
		return append1252(b, s), err
	}
	return appendUCS2(b, s), err
}

// plpChunk is the bytes of one chunk; real servers cut at their packet size.
const plpChunk = 32 << 10

func encodePLP(t *typeInfo, b []byte, v any) ([]byte, error) {
	if s, ok := v.(string); ok && t.id != typeVarChar && t.id != typeVarBinary && 2*len(s) > plpChunk {
		return appendChunks(b, s), nil
	}
	at := len(b)
	b = append(b, make([]byte, 12)...)
	b, err := t.content(b, v)
	if err != nil {
		return b, err
	}
	n := len(b) - at - 12
	binary.LittleEndian.PutUint64(b[at:], uint64(n))
	binary.LittleEndian.PutUint32(b[at+8:], uint32(n))
	if n == 0 {
		return b[:at+12], nil // the length of the chunk is the terminator
	}
	return append(b, 0, 0, 0, 0), nil
}

// appendChunks writes a long text in chunks that end between characters.
func appendChunks(b []byte, s string) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(ucs2Len(s)))
	for len(s) > 0 {
		n := min(len(s), plpChunk/2)
		for n < len(s) && s[n]&0xC0 == 0x80 {
			n++
		}
		at := len(b) + 4
		b = appendUCS2(append(b, 0, 0, 0, 0), s[:n])
		binary.LittleEndian.PutUint32(b[at-4:], uint32(len(b)-at))
		s = s[n:]
	}
	return append(b, 0, 0, 0, 0)
}

// encodeLong writes text, ntext and image: a text pointer and a timestamp that
// nobody reads any more, then the length.
func encodeLong(t *typeInfo, b []byte, v any) ([]byte, error) {
	b = append(b, 16)
	b = append(b, "dummy textptr   dummyTS\x00"...)
	at := len(b) + 4
	b, err := t.content(append(b, 0, 0, 0, 0), v)
	if err != nil {
		return b, err
	}
	binary.LittleEndian.PutUint32(b[at-4:], uint32(len(b)-at))
	return b, nil
}

// begin writes the length byte of types that have one.
func (t *typeInfo) begin(b []byte) []byte {
	if t.fixed {
		return b
	}
	return append(b, byte(t.size))
}

func encodeInt(t *typeInfo, b []byte, v any) ([]byte, error) {
	n, err := asInt(v)
	if err != nil {
		return b, err
	}
	low, high := int64(math.MinInt64)>>(64-8*t.size), int64(math.MaxInt64)>>(64-8*t.size)
	if t.size == 1 {
		low, high = 0, 255 // tinyint has no sign
	}
	if n < low || n > high {
		return b, Message{Number: 8115, State: 2, Class: 16,
			Text: fmt.Sprintf("Arithmetic overflow error converting expression to data type %s.", intNames[t.size])}
	}
	b = t.begin(b)
	for i := range t.size {
		b = append(b, byte(n>>(8*i)))
	}
	return b, nil
}

var intNames = map[int]string{1: "tinyint", 2: "smallint", 4: "int", 8: "bigint"}

func encodeBit(t *typeInfo, b []byte, v any) ([]byte, error) {
	n, err := asInt(v)
	if n != 0 {
		n = 1
	}
	return append(t.begin(b), byte(n)), err
}

func encodeFloat(t *typeInfo, b []byte, v any) ([]byte, error) {
	f, err := asFloat(v)
	if err != nil {
		return b, err
	}
	if t.size == 4 {
		return binary.LittleEndian.AppendUint32(t.begin(b), math.Float32bits(float32(f))), nil
	}
	return binary.LittleEndian.AppendUint64(t.begin(b), math.Float64bits(f)), nil
}

func encodeGUID(t *typeInfo, b []byte, v any) ([]byte, error) {
	g, err := asGUID(v)
	if err != nil {
		return b, err
	}
	return appendGUID(append(b, 16), g), nil
}
