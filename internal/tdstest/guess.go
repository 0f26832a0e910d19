package tdstest

import (
	"database/sql/driver"
	"math"
	"time"
)

// guessRows is how many rows are looked at for the types of columns that
// declare none.
const guessRows = 128

func known(columns []Column) bool {
	for _, c := range columns {
		if c.Type == "" {
			return false
		}
	}
	return true
}

// guessType chooses a type from the values of one column. complete says that
// these are all the values there are; else room is left for others.
func guessType(rows [][]any, i int, complete bool) string {
	best := ""
	for _, row := range rows {
		if i >= len(row) || row[i] == nil {
			continue
		}
		switch t := typeOf(row[i], complete); {
		case best == "" || best == t:
			best = t
		case best == "int" && t == "bigint" || best == "bigint" && t == "int":
			best = "bigint"
		case isNumber(best) && isNumber(t):
			best = "float"
		default:
			return "nvarchar(max)"
		}
	}
	if best == "" && complete {
		return "int" // what a server says of a bare NULL
	}
	if best == "" {
		return "nvarchar(max)"
	}
	return best
}

func isNumber(t string) bool { return t == "int" || t == "bigint" || t == "float" }

func typeOf(v any, complete bool) string {
	switch x := v.(type) {
	case int64, int, int32, int16, uint8:
		n, _ := asInt(x)
		if complete && n >= math.MinInt32 && n <= math.MaxInt32 {
			return "int"
		}
		return "bigint"
	case float64, float32:
		return "float"
	case bool:
		return "bit"
	case time.Time:
		return "datetime2"
	case []byte:
		return "varbinary(max)"
	case [16]byte:
		return "uniqueidentifier"
	case driver.Valuer:
		if out, ok := plainValue(x); ok {
			return typeOf(out, complete)
		}
	}
	return "nvarchar(max)"
}
