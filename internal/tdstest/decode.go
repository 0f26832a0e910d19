package tdstest

import (
	"encoding/binary"
	"fmt"
	"math"
)

// param is one parameter of an RPC.
type param struct {
	name   string
	output bool
	value  any
}

// Status bits of a parameter.
const (
	paramByRef     = 0x01
	paramEncrypted = 0x08
)

func (r *reader) param() (param, error) {
	p := param{name: r.bVarchar()}
	status := r.u8()
	p.output = status&paramByRef != 0
	if status&paramEncrypted != 0 {
		return p, fmt.Errorf("parameter %q is encrypted, which is not read here", p.name)
	}
	t, err := r.typeInfo()
	if err != nil {
		return p, fmt.Errorf("parameter %q has %w", p.name, err)
	}
	data, ok := r.data(t)
	if r.bad || !ok {
		return p, r.failure()
	}
	if p.value, err = decodeValue(t, data); err != nil {
		return p, fmt.Errorf("parameter %q: %w", p.name, err)
	}
	return p, nil
}

// decodeValue gives the Go value that backends get.
func decodeValue(t typeInfo, b []byte) (any, error) {
	switch t.id {
	case typeIntN, typeInt1, typeInt2, typeInt4, typeInt8:
		return decodeInt(b)
	case typeBitN, typeBit:
		return len(b) > 0 && b[0] != 0, nil
	case typeFltN, typeFlt4, typeFlt8:
		switch len(b) {
		case 4:
			return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), nil
		case 8:
			return math.Float64frombits(binary.LittleEndian.Uint64(b)), nil
		}
		return nil, fmt.Errorf("float value has %d bytes and not 4 or 8", len(b))
	case typeDecimal, typeNumeric, typeDecimalN, typeNumericN:
		return decodeDecimal(b, t.scale), nil // b is never empty
	case typeMoneyN, typeMoney, typeSmallMoney:
		return decodeMoney(b)
	case typeGUID:
		if len(b) != 16 {
			return nil, fmt.Errorf("GUID has %d bytes and not 16", len(b))
		}
		return formatGUID(swapGUID([16]byte(b))), nil
	case typeDateTimeN, typeDateTime, typeSmallDateTime:
		return decodeDateTime(b)
	case typeDate, typeTime, typeDateTime2, typeDateTimeOffset:
		return decodeTimeType(t, b)
	case typeVarChar, typeChar, typeText:
		return decode1252(b), nil
	case typeNVarChar, typeNChar, typeNText, typeXML:
		return decodeUCS2(b), nil
	default:
		return append([]byte{}, b...), nil
	}
}

func decodeInt(b []byte) (int64, error) {
	switch len(b) {
	case 1:
		return int64(b[0]), nil
	case 2:
		return int64(int16(binary.LittleEndian.Uint16(b))), nil
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(b))), nil
	case 8:
		return int64(binary.LittleEndian.Uint64(b)), nil
	}
	return 0, fmt.Errorf("integer has %d bytes and not 1, 2, 4 or 8", len(b))
}
