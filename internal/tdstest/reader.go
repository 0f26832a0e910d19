package tdstest

import (
	"encoding/binary"
	"fmt"
)

// reader takes a request's bytes apart. Past the end it gives zeros and
// remembers that it did, so that only the end of a parse needs a check.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) failure() error {
	if r.bad {
		return Message{Number: 4002, State: 2, Class: 16,
			Text: "The incoming tabular data stream (TDS) protocol stream is incorrect. The stream ended unexpectedly."}
	}
	return nil
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.bad = true
		r.b = nil
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u8() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) u16() uint16 {
	if b := r.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (r *reader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *reader) bVarchar() string { return decodeUCS2(r.take(2 * int(r.u8()))) }

func (r *reader) usVarchar() string { return decodeUCS2(r.take(2 * int(r.u16()))) }

// typeInfo reads TYPE_INFO of a parameter.
func (r *reader) typeInfo() (typeInfo, error) {
	t := typeInfo{id: r.u8()}
	switch t.id {
	case typeNull:
		t.fixed = true
	case typeInt1, typeBit:
		t.size, t.fixed = 1, true
	case typeInt2:
		t.size, t.fixed = 2, true
	case typeInt4, typeSmallDateTime, typeFlt4, typeSmallMoney:
		t.size, t.fixed = 4, true
	case typeMoney, typeDateTime, typeFlt8, typeInt8:
		t.size, t.fixed = 8, true
	case typeGUID, typeIntN, typeBitN, typeFltN, typeMoneyN, typeDateTimeN:
		t.size = int(r.u8())
	case typeDecimal, typeNumeric, typeDecimalN, typeNumericN:
		t.size, t.prec, t.scale = int(r.u8()), r.u8(), r.u8()
		if t.prec > 38 || t.scale > t.prec {
			return t, fmt.Errorf("a decimal of precision %d and scale %d", t.prec, t.scale)
		}
	case typeDate:
		t.size = 3
	case typeTime, typeDateTime2, typeDateTimeOffset:
		if t.scale = r.u8(); t.scale > 7 {
			return t, fmt.Errorf("a time of scale %d", t.scale)
		}
		t.size = timeTypeSize(t.id, t.scale)
	case typeNVarChar, typeNChar, typeVarChar, typeChar:
		t.size = int(r.u16())
		r.take(len(collation))
	case typeVarBinary, typeBinary:
		t.size = int(r.u16())
	case typeText, typeNText:
		t.size = int(r.u32())
		r.take(len(collation))
	case typeImage:
		t.size = int(r.u32())
	case typeXML:
		if t.size = maxSize; r.u8() != 0 {
			r.bVarchar()
			r.bVarchar()
			r.usVarchar()
		}
	default:
		return t, fmt.Errorf("data type %#x is not read here", t.id)
	}
	return t, nil
}

// data gives a value's bytes, and false for NULL.
func (r *reader) data(t typeInfo) ([]byte, bool) {
	switch {
	case t.id == typeNull:
		return nil, false
	case t.fixed:
		return r.take(t.size), true
	case t.plp():
		return r.plp()
	case t.id == typeText || t.id == typeNText || t.id == typeImage:
		n := int32(r.u32())
		if n < 0 {
			return nil, false
		}
		return r.take(int(n)), true
	case t.id >= typeVarBinary:
		n := r.u16()
		if n == 0xFFFF {
			return nil, false
		}
		return r.take(int(n)), true
	default:
		n := r.u8()
		return r.take(int(n)), n != 0
	}
}

func (r *reader) plp() ([]byte, bool) {
	if r.u64() == plpNull {
		return nil, false
	}
	out := []byte{}
	for !r.bad {
		n := r.u32()
		if n == 0 {
			return out, true
		}
		out = append(out, r.take(int(n))...)
	}
	return out, true
}
