// Package version reads and compares versions of the product and of its agents.
package version

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// form is a version with up to three numbers that count. What follows, such as .0 or
// -RU3, is not part of what a range of versions names, and semver would treat -RU3 as
// a version before the release.
var form = regexp.MustCompile(`^[vV]?([0-9]+(?:\.[0-9]+){0,2})`)

// Parse reads the first three numbers of a version such as 8.5.3073.0 or
// 7.1 SP2 MP1.1; nil if it does not begin with a number.
func Parse(text string) *semver.Version {
	match := form.FindStringSubmatch(strings.TrimSpace(text))
	if match == nil {
		return nil
	}
	v, err := semver.NewVersion(match[1])
	if err != nil {
		return nil
	}
	return v
}

// Compare compares versions of any length part by part as numbers, so that 8.10 is
// newer than 8.9. Parts that are not numbers are ignored.
func Compare(a, b string) int {
	for a != "" || b != "" {
		var partA, partB string
		partA, a, _ = strings.Cut(a, ".")
		partB, b, _ = strings.Cut(b, ".")
		if c := compareNumbers(partA, partB); c != 0 {
			return c
		}
	}
	return 0
}

// compareNumbers compares digits of any length.
func compareNumbers(a, b string) int {
	a, b = digits(a), digits(b)
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

func digits(part string) string {
	end := strings.IndexFunc(part, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		part = part[:end]
	}
	return strings.TrimLeft(part, "0")
}
