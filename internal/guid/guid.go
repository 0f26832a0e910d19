// Package guid reads and writes GUIDs.
package guid

import (
	"encoding/hex"
	"errors"
)

// GUID holds an identifier in the order of its text: the first byte is the first
// two digits. SQL Server sends the first three groups the other way round.
type GUID [16]byte

var errNoGUID = errors.New("it is not a GUID")

// String writes the GUID in its canonical form, as in snapshots: upper case, no braces.
func (g GUID) String() string {
	const digits = "0123456789ABCDEF"
	text := make([]byte, 0, 36)
	for i, b := range g {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			text = append(text, '-')
		}
		text = append(text, digits[b>>4], digits[b&15])
	}
	return string(text)
}

// wireOrder is the position of each byte of the text in SQL Server's sixteen bytes.
var wireOrder = [16]int{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}

// FromWire reads the sixteen bytes that SQL Server sends.
func FromWire(raw []byte) (GUID, error) {
	var g GUID
	if len(raw) != len(g) {
		return g, errNoGUID
	}
	for i, from := range wireOrder {
		g[i] = raw[from]
	}
	return g, nil
}

// Parse reads a GUID with or without braces, in either case.
func Parse[T string | []byte](text T) (GUID, error) {
	var g GUID
	if len(text) == 38 && text[0] == '{' && text[37] == '}' {
		text = text[1:37]
	}
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return g, errNoGUID
	}
	var packed [32]byte
	n := 0
	for i := range len(text) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			continue
		}
		packed[n] = text[i]
		n++
	}
	if _, err := hex.Decode(g[:], packed[:]); err != nil {
		return g, errNoGUID
	}
	return g, nil
}

// IsCanonical reports whether a text is a GUID in its canonical form.
func IsCanonical[T string | []byte](text T) bool {
	const like = "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX"
	if len(text) != len(like) {
		return false
	}
	for i := range len(text) {
		c := text[i]
		if like[i] == '-' && c != '-' || like[i] == 'X' && (c < '0' || c > '9') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}
