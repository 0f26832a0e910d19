package tdstest

import (
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// The conversions from the Go values of a row to what a column's type needs.
// The first cases of each switch are the usual ones.

// converting is SQL Server's complaint about a value that is not of its type.
func converting(v any, to string) error {
	number := int32(245)
	if to == "uniqueidentifier" {
		return Message{Number: 8169, State: 2, Class: 16,
			Text: "Conversion failed when converting from a character string to uniqueidentifier."}
	}
	if to == "date and/or time" {
		return Message{Number: 241, State: 1, Class: 16,
			Text: "Conversion failed when converting date and/or time from character string."}
	}
	text := fmt.Sprint(v)
	if len(text) > 100 {
		text = text[:100]
	}
	return Message{Number: number, State: 1, Class: 16,
		Text: fmt.Sprintf("Conversion failed when converting the %s value '%s' to data type %s.", valueType(v), text, to)}
}

func valueType(v any) string {
	switch v.(type) {
	case string:
		return "nvarchar"
	case []byte:
		return "varbinary"
	default:
		return fmt.Sprintf("%T", v)
	}
}

// plainValue unwraps types with a Value method, such as those of database/sql.
func plainValue(v any) (any, bool) {
	if valuer, ok := v.(driver.Valuer); ok {
		if out, err := valuer.Value(); err == nil && out != nil {
			return out, true
		}
	}
	return v, false
}

func asInt(v any) (int64, error) {
	switch n := v.(type) {
	case int64:
		return n, nil
	case int:
		return int64(n), nil
	case int32:
		return int64(n), nil
	case int16:
		return int64(n), nil
	case uint8:
		return int64(n), nil
	case bool:
		if n {
			return 1, nil
		}
		return 0, nil
	case float64:
		if n == float64(int64(n)) {
			return int64(n), nil
		}
	case string:
		if i, err := strconv.ParseInt(strings.TrimSpace(n), 10, 64); err == nil {
			return i, nil
		}
		if strings.EqualFold(n, "true") {
			return 1, nil
		}
		if strings.EqualFold(n, "false") {
			return 0, nil
		}
	default:
		if out, ok := plainValue(v); ok {
			return asInt(out)
		}
	}
	return 0, converting(v, "int")
}

func asFloat(v any) (float64, error) {
	switch f := v.(type) {
	case float64:
		return f, nil
	case float32:
		return float64(f), nil
	case string:
		if out, err := strconv.ParseFloat(strings.TrimSpace(f), 64); err == nil {
			return out, nil
		}
		return 0, converting(v, "float")
	}
	if out, ok := plainValue(v); ok {
		return asFloat(out)
	}
	n, err := asInt(v)
	if err != nil {
		return 0, converting(v, "float")
	}
	return float64(n), nil
}

func asString(v any) (string, error) {
	switch s := v.(type) {
	case string:
		return s, nil
	case []byte:
		return string(s), nil
	case bool:
		if s {
			return "1", nil
		}
		return "0", nil
	case time.Time:
		return s.Format("2006-01-02 15:04:05.9999999"), nil
	case [16]byte:
		return formatGUID(s), nil
	case int64, int, int32, int16, uint8, float64, float32:
		return fmt.Sprint(s), nil
	}
	if out, ok := plainValue(v); ok {
		return asString(out)
	}
	return "", converting(v, "nvarchar")
}

func asBytes(v any) ([]byte, error) {
	switch s := v.(type) {
	case []byte:
		return s, nil
	case string:
		return []byte(s), nil
	case [16]byte:
		return s[:], nil
	}
	if out, ok := plainValue(v); ok {
		return asBytes(out)
	}
	return nil, converting(v, "varbinary")
}

// asGUID takes a GUID's text, or its sixteen bytes in the order of the text.
func asGUID(v any) ([16]byte, error) {
	switch s := v.(type) {
	case [16]byte:
		return s, nil
	case string:
		return parseGUID(s)
	case []byte:
		if len(s) == 16 {
			return [16]byte(s), nil
		}
		return parseGUID(string(s))
	}
	// A driver's own GUID type gives its bytes in wire order from Value and
	// its text from String; the text cannot be misread.
	if s, ok := v.(fmt.Stringer); ok {
		return parseGUID(s.String())
	}
	return [16]byte{}, converting(v, "uniqueidentifier")
}

func parseGUID(s string) (g [16]byte, err error) {
	t := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(s), "{"), "}")
	if len(t) != 36 || t[8] != '-' || t[13] != '-' || t[18] != '-' || t[23] != '-' {
		return g, converting(s, "uniqueidentifier")
	}
	at := 0
	for _, part := range [...]string{t[:8], t[9:13], t[14:18], t[19:23], t[24:]} {
		n, err := hex.Decode(g[at:], []byte(part))
		if err != nil {
			return g, converting(s, "uniqueidentifier")
		}
		at += n
	}
	return g, nil
}

// formatGUID writes a GUID as SQL Server prints it, in upper case.
func formatGUID(g [16]byte) string {
	return fmt.Sprintf("%X-%X-%X-%X-%X", g[:4], g[4:6], g[6:8], g[8:10], g[10:])
}

// appendGUID writes a GUID in wire order: its first three groups are integers,
// low byte first; the rest stands as it reads.
func appendGUID(b []byte, g [16]byte) []byte {
	return append(b, g[3], g[2], g[1], g[0], g[5], g[4], g[7], g[6],
		g[8], g[9], g[10], g[11], g[12], g[13], g[14], g[15])
}

// swapGUID gives the text order of a GUID in wire order, and the reverse.
func swapGUID(b [16]byte) [16]byte {
	return [16]byte(appendGUID(nil, b))
}

// timeForms are the texts that stand for times, as fixtures write them.
var timeForms = []string{
	"2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02T15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999 -07:00",
	"2006-01-02 15:04",
	"2006-01-02",
	"15:04:05.999999999",
}

func asTime(v any) (time.Time, error) {
	switch t := v.(type) {
	case time.Time:
		return t, nil
	case []byte:
		return asTime(string(t))
	case string:
		for _, form := range timeForms {
			if out, err := time.Parse(form, strings.TrimSpace(t)); err == nil {
				return out, nil
			}
		}
		return time.Time{}, converting(v, "date and/or time")
	}
	if out, ok := plainValue(v); ok {
		return asTime(out)
	}
	return time.Time{}, converting(v, "date and/or time")
}

// asDecimal gives v times ten to the scale, rounded half away from zero.
func asDecimal(v any, scale int) (*big.Int, error) {
	if n, ok := v.(int64); ok && scale == 0 {
		return big.NewInt(n), nil
	}
	text, err := asString(v)
	// A fraction such as 1/3 is read by SetString too, and is no number here.
	if err != nil || len(text) > 100 || strings.Contains(text, "/") {
		return nil, converting(v, "numeric")
	}
	r, ok := new(big.Rat).SetString(strings.TrimSpace(text))
	if !ok {
		return nil, converting(v, "numeric")
	}
	r.Mul(r, new(big.Rat).SetInt(pow10(scale)))
	half := big.NewRat(1, 2)
	if r.Sign() < 0 {
		half.Neg(half)
	}
	r.Add(r, half)
	return new(big.Int).Quo(r.Num(), r.Denom()), nil
}

func pow10(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}
