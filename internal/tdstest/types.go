package tdstest

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Data types (MS-TDS 2.2.5.4).
const (
	typeNull                  = 0x1F
	typeImage                 = 0x22
	typeText                  = 0x23
	typeGUID                  = 0x24
	typeIntN                  = 0x26
	typeDate                  = 0x28
	typeTime                  = 0x29
	typeDateTime2             = 0x2A
	typeDateTimeOffset        = 0x2B
	typeInt1                  = 0x30
	typeBit                   = 0x32
	typeInt2                  = 0x34
	typeDecimal               = 0x37
	typeInt4                  = 0x38
	typeSmallDateTime         = 0x3A
	typeFlt4                  = 0x3B
	typeMoney                 = 0x3C
	typeDateTime              = 0x3D
	typeFlt8                  = 0x3E
	typeNumeric               = 0x3F
	typeNText                 = 0x63
	typeBitN                  = 0x68
	typeDecimalN              = 0x6A
	typeNumericN              = 0x6C
	typeFltN                  = 0x6D
	typeMoneyN                = 0x6E
	typeDateTimeN             = 0x6F
	typeSmallMoney            = 0x7A
	typeInt8                  = 0x7F
	typeVarBinary             = 0xA5
	typeVarChar               = 0xA7
	typeBinary                = 0xAD
	typeChar                  = 0xAF
	typeNVarChar              = 0xE7
	typeNChar                 = 0xEF
	typeXML                   = 0xF1
	maxSize                   = 0xFFFF // stands for (max) where a length is stated
	longTypeSize              = 0x7FFFFFFF
	plpNull            uint64 = 0xFFFFFFFFFFFFFFFF
	plpUnknown         uint64 = 0xFFFFFFFFFFFFFFFE
)

// Column is one column of a result.
type Column struct {
	Name string
	// Type is a T-SQL type such as "nvarchar(100)", "decimal(18,4)" or
	// "uniqueidentifier". When empty it is guessed from the first rows.
	Type string
	// NotNull sends the type in the form for columns that hold no NULL.
	NotNull bool
}

// typeInfo is a type as COLMETADATA and RPC parameters state it.
type typeInfo struct {
	id          byte
	size        int // bytes on the wire at most
	prec, scale byte
	fixed       bool // no length byte and no NULL
}

// simpleTypes have nothing in parentheses. fixed is the id of the form for
// columns that hold no NULL, where there is one.
var simpleTypes = map[string]struct {
	id    byte
	size  int
	fixed byte
}{
	"bit":              {typeBitN, 1, typeBit},
	"tinyint":          {typeIntN, 1, typeInt1},
	"smallint":         {typeIntN, 2, typeInt2},
	"int":              {typeIntN, 4, typeInt4},
	"integer":          {typeIntN, 4, typeInt4},
	"bigint":           {typeIntN, 8, typeInt8},
	"real":             {typeFltN, 4, typeFlt4},
	"float":            {typeFltN, 8, typeFlt8},
	"money":            {typeMoneyN, 8, typeMoney},
	"smallmoney":       {typeMoneyN, 4, typeSmallMoney},
	"datetime":         {typeDateTimeN, 8, typeDateTime},
	"smalldatetime":    {typeDateTimeN, 4, typeSmallDateTime},
	"uniqueidentifier": {typeGUID, 16, 0},
	"date":             {typeDate, 3, 0},
	"text":             {typeText, longTypeSize, 0},
	"ntext":            {typeNText, longTypeSize, 0},
	"image":            {typeImage, longTypeSize, 0},
	"xml":              {typeXML, maxSize, 0},
	"sysname":          {typeNVarChar, 256, 0},
	"timestamp":        {typeBinary, 8, 0},
	"rowversion":       {typeBinary, 8, 0},
}

// lengthTypes take a length; unit is the bytes of one character.
var lengthTypes = map[string]struct {
	id   byte
	unit int
	max  bool // whether (max) is a length of it
}{
	"nvarchar":  {typeNVarChar, 2, true},
	"nchar":     {typeNChar, 2, false},
	"varchar":   {typeVarChar, 1, true},
	"char":      {typeChar, 1, false},
	"varbinary": {typeVarBinary, 1, true},
	"binary":    {typeBinary, 1, false},
}

var timeTypes = map[string]byte{
	"time": typeTime, "datetime2": typeDateTime2, "datetimeoffset": typeDateTimeOffset,
}

// parseType reads a T-SQL type.
func parseType(decl string, notNull bool) (typeInfo, error) {
	name, args, err := splitType(decl)
	if err != nil {
		return typeInfo{}, err
	}
	if t, ok := simpleTypes[name]; ok {
		if notNull && t.fixed != 0 {
			return typeInfo{id: t.fixed, size: t.size, fixed: true}, nil
		}
		return typeInfo{id: t.id, size: t.size}, nil
	}
	if t, ok := lengthTypes[name]; ok {
		n := 1
		switch {
		case len(args) == 1 && args[0] == -1 && t.max:
			return typeInfo{id: t.id, size: maxSize}, nil
		case len(args) == 1:
			n = args[0]
		}
		if n < 1 || n*t.unit > 8000 || len(args) > 1 {
			return typeInfo{}, fmt.Errorf("type %q has a length that SQL Server does not have", decl)
		}
		return typeInfo{id: t.id, size: n * t.unit}, nil
	}
	if id, ok := timeTypes[name]; ok {
		scale := 7
		if len(args) == 1 {
			scale = args[0]
		}
		if scale < 0 || scale > 7 || len(args) > 1 {
			return typeInfo{}, fmt.Errorf("type %q has a scale outside 0 to 7", decl)
		}
		return typeInfo{id: id, scale: byte(scale), size: timeTypeSize(id, byte(scale))}, nil
	}
	if name == "decimal" || name == "numeric" || name == "dec" {
		return parseDecimalType(decl, name, args)
	}
	return typeInfo{}, fmt.Errorf("type %q is not known here", decl)
}

func parseDecimalType(decl, name string, args []int) (typeInfo, error) {
	prec, scale := 18, 0
	if len(args) > 0 {
		prec = args[0]
	}
	if len(args) > 1 {
		scale = args[1]
	}
	if prec < 1 || prec > 38 || scale < 0 || scale > prec || len(args) > 2 {
		return typeInfo{}, fmt.Errorf("type %q has a precision or scale that SQL Server does not have", decl)
	}
	id := byte(typeDecimalN)
	if name == "numeric" {
		id = typeNumericN
	}
	return typeInfo{id: id, prec: byte(prec), scale: byte(scale), size: decimalSize(prec)}, nil
}

// splitType takes "nvarchar(100)" apart; "max" is given as -1.
func splitType(decl string) (string, []int, error) {
	name, rest, found := strings.Cut(strings.ToLower(strings.TrimSpace(decl)), "(")
	name = strings.Trim(name, " []")
	if !found {
		return name, nil, nil
	}
	inner, _, closed := strings.Cut(rest, ")")
	if !closed {
		return "", nil, fmt.Errorf("type %q has an open parenthesis", decl)
	}
	var args []int
	for part := range strings.SplitSeq(inner, ",") {
		if part = strings.TrimSpace(part); part == "max" {
			args = append(args, -1)
			continue
		}
		n, err := strconv.Atoi(part)
		if err != nil {
			return "", nil, fmt.Errorf("type %q: %q is not a number", decl, part)
		}
		args = append(args, n)
	}
	return name, args, nil
}

// decimalSize is a sign byte and 4 to 16 bytes of integer.
func decimalSize(prec int) int {
	switch {
	case prec <= 9:
		return 5
	case prec <= 19:
		return 9
	case prec <= 28:
		return 13
	default:
		return 17
	}
}

// timeSize is the bytes of a time of day at a scale.
func timeSize(scale byte) int {
	switch {
	case scale <= 2:
		return 3
	case scale <= 4:
		return 4
	default:
		return 5
	}
}

func timeTypeSize(id, scale byte) int {
	switch id {
	case typeDateTime2:
		return timeSize(scale) + 3
	case typeDateTimeOffset:
		return timeSize(scale) + 5
	default:
		return timeSize(scale)
	}
}

// plp says whether values travel in chunks (partially length-prefixed).
func (t typeInfo) plp() bool { return t.id == typeXML || t.size == maxSize }

// appendTypeInfo writes TYPE_INFO.
func (t typeInfo) appendTypeInfo(b []byte) []byte {
	b = append(b, t.id)
	switch t.id {
	case typeGUID, typeIntN, typeBitN, typeFltN, typeMoneyN, typeDateTimeN:
		b = append(b, byte(t.size))
	case typeDecimalN, typeNumericN:
		b = append(b, byte(t.size), t.prec, t.scale)
	case typeTime, typeDateTime2, typeDateTimeOffset:
		b = append(b, t.scale)
	case typeNVarChar, typeNChar, typeVarChar, typeChar:
		b = binary.LittleEndian.AppendUint16(b, uint16(t.size))
		b = append(b, collation...)
	case typeVarBinary, typeBinary:
		b = binary.LittleEndian.AppendUint16(b, uint16(t.size))
	case typeText, typeNText:
		b = binary.LittleEndian.AppendUint32(b, uint32(t.size))
		b = append(b, collation...)
	case typeImage:
		b = binary.LittleEndian.AppendUint32(b, uint32(t.size))
	case typeXML:
		b = append(b, 0) // no schema
	}
	return b
}

// COLMETADATA column flags.
const (
	columnNullable          = 0x01
	columnUpdateableUnknown = 0x08
)

// colMetadata writes COLMETADATA.
func (w *tokenWriter) colMetadata(cols []column) {
	w.b = append(w.b, tokenColMetadata)
	w.b = binary.LittleEndian.AppendUint16(w.b, uint16(len(cols)))
	for _, c := range cols {
		flags := uint16(columnUpdateableUnknown)
		if !c.notNull {
			flags |= columnNullable
		}
		w.b = binary.LittleEndian.AppendUint32(w.b, 0) // user type
		w.b = binary.LittleEndian.AppendUint16(w.b, flags)
		w.b = c.appendTypeInfo(w.b)
		if c.id == typeText || c.id == typeNText || c.id == typeImage {
			w.b = append(w.b, 1) // parts of the table's name
			w.b = appendUSVarchar(w.b, "")
		}
		w.b = appendBVarchar(w.b, c.name)
	}
}
