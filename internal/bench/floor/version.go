package main

import "bytes"

// olderVersion tells whether version a is older than b, and whether both are
// versions: numbers with dots. A number that is missing is zero.
func olderVersion(a, b []byte) (older, known bool) {
	a, b = bytes.TrimSpace(a), bytes.TrimSpace(b)
	if !isVersion(a) || !isVersion(b) {
		return false, false
	}
	if bytes.Equal(a, b) {
		return false, true
	}
	for len(a) > 0 || len(b) > 0 {
		var x, y []byte
		x, a, _ = bytes.Cut(a, []byte("."))
		y, b, _ = bytes.Cut(b, []byte("."))
		x, y = bytes.TrimLeft(x, "0"), bytes.TrimLeft(y, "0")
		if len(x) != len(y) {
			return len(x) < len(y), true
		}
		if order := bytes.Compare(x, y); order != 0 {
			return order < 0, true
		}
	}
	return false, true
}

func isVersion(v []byte) bool {
	digits := 0
	for _, c := range v {
		switch {
		case c-'0' <= 9:
			digits++
		case c == '.' && digits > 0:
			digits = 0
		default:
			return false
		}
	}
	return digits > 0
}
