package tdstest

import (
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// appendUCS2 appends s in UTF-16, little-endian.
func appendUCS2(b []byte, s string) []byte {
	at := len(b)
	b = slices.Grow(b, 2*len(s))[:at+2*len(s)]
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			return appendRunes(b[:at+2*i], s[i:])
		}
		b[at+2*i], b[at+2*i+1] = c, 0
	}
	return b
}

func appendRunes(b []byte, s string) []byte {
	for _, r := range s {
		if r >= 0x10000 {
			hi, lo := utf16.EncodeRune(r)
			b = append(b, byte(hi), byte(hi>>8), byte(lo), byte(lo>>8))
			continue
		}
		b = append(b, byte(r), byte(r>>8))
	}
	return b
}

// ucs2Len is how many bytes appendUCS2 appends.
func ucs2Len(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			for _, r := range s[i:] {
				if n += 2; r >= 0x10000 {
					n += 2
				}
			}
			return n
		}
		n += 2
	}
	return n
}

// decodeUCS2 reads UTF-16; an odd last byte is left out.
func decodeUCS2(b []byte) string {
	out := make([]byte, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(b[i]) | rune(b[i+1])<<8
		if r < utf8.RuneSelf {
			out = append(out, byte(r))
			continue
		}
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if i+3 < len(b) {
				low = rune(b[i+2]) | rune(b[i+3])<<8
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += 2
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

// appendBVarchar appends text with its length in characters in one byte, cut
// to what the byte can say.
func appendBVarchar(b []byte, s string) []byte {
	return appendCounted(b, s, 1, 0xFF)
}

// appendUSVarchar does it with two bytes of length. Texts of messages are kept
// well below the token's own limit of 64 KiB.
func appendUSVarchar(b []byte, s string) []byte {
	return appendCounted(b, s, 2, 4000)
}

func appendCounted(b []byte, s string, width, limit int) []byte {
	at := len(b) + width
	b = appendUCS2(append(b, 0, 0)[:at], s)
	if len(b)-at > 2*limit {
		b = b[:at+2*limit]
	}
	n := (len(b) - at) / 2
	b[at-width] = byte(n)
	if width == 2 {
		b[at-1] = byte(n >> 8)
	}
	return b
}

// windows1252 gives the characters of bytes 0x80 to 0x9F; all others stand for
// themselves.
var windows1252 = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8D, 'Ž', 0x8F,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9D, 'ž', 'Ÿ',
}

// append1252 appends s in code page 1252; what it lacks becomes a question
// mark, as in a real varchar column.
func append1252(b []byte, s string) []byte {
	for _, r := range s {
		if r < 0x80 || r >= 0xA0 && r <= 0xFF {
			b = append(b, byte(r))
		} else if i := slices.Index(windows1252[:], r); i >= 0 {
			b = append(b, byte(0x80+i))
		} else {
			b = append(b, '?')
		}
	}
	return b
}

func decode1252(b []byte) string {
	out := make([]rune, len(b))
	for i, c := range b {
		if out[i] = rune(c); c >= 0x80 && c < 0xA0 {
			out[i] = windows1252[c-0x80]
		}
	}
	return string(out)
}
