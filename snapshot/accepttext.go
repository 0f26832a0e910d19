package snapshot

import "github.com/nscheck/nscheck/internal/guid"

// anyText tells whether every text fits.
func (s *shape) anyText() bool { return !s.isTime && s.format == "" && s.enum == nil }

// allows checks a text without escapes against the shape's format or values.
func (s *shape) allows(text []byte) bool {
	switch {
	case s.enum != nil:
		for _, value := range s.enum {
			if string(text) == value {
				return true
			}
		}
		return false
	case s.isTime:
		if isPlainTime(text) {
			return true
		}
		t, err := ParseTime(string(text))
		return err == nil && t.String() == string(text)
	case s.format == "guid":
		return guid.IsCanonical(text)
	case s.format == "cidr":
		return checkCIDR(string(text)) == nil
	case s.format == "address":
		_, _, ok := IPv4Prefix(text)
		return ok || checkAddress(string(text)) == nil
	}
	return false
}

// isPlainTime accepts a time as nscheck writes it, of a day that all months have.
func isPlainTime(text []byte) bool {
	const like = "0000-00-00T00:00:00Z"
	if len(text) != len(like) {
		return false
	}
	for i, c := range text {
		if like[i] == '0' && !isDigit(c) || like[i] != '0' && like[i] != c {
			return false
		}
	}
	number := func(i int) int { return int(text[i]-'0')*10 + int(text[i+1]-'0') }
	year, month, day := number(0)*100+number(2), number(5), number(8)
	return year >= firstYear && year <= lastYear && month >= 1 && month <= 12 && day >= 1 && day <= 28 &&
		number(11) < 24 && number(14) < 60 && number(17) < 60
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isHex takes upper case only.
func isHex(c byte) bool { return isDigit(c) || c >= 'A' && c <= 'F' }
