package cmdb

import (
	"cmp"
	"strings"
)

// compareVersions compares versions part by part as numbers, so that 8.10 is
// newer than 8.9. What is no number weighs nothing.
func compareVersions(a, b string) int {
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

// newer is the newer of two versions, either of which may be unknown.
func newer(a, b *string) *string {
	if a == nil || b != nil && compareVersions(*b, *a) > 0 {
		return b
	}
	return a
}

// newestVersion gathers the versions of one program in several rows. A row
// without a version may be of the newest, so then it is unknown.
type newestVersion struct {
	version *string
	unknown bool
}

func (n *newestVersion) add(c *cell) {
	n.unknown = n.unknown || !c.known
	n.version = newer(n.version, c.textOrNil())
}

func (n *newestVersion) orNil() *string {
	if n.unknown {
		return nil
	}
	return n.version
}
