package evaluator

import (
	"fmt"
	"slices"
	"strings"
)

// count is a number with its noun, 1 client but 2 clients.
func count(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// plus adds to a count of few keys, which are made when they are needed.
func plus(m map[Severity]int64, s Severity, n int64) map[Severity]int64 {
	if m == nil {
		m = map[Severity]int64{}
	}
	m[s] += n
	return m
}

// sample keeps the first objects by name, which people can find again; the order
// of a snapshot means nothing to them.
func sample(list []Resource, r Resource) []Resource { return sampleOf(list, r, sampleSize) }

// sampleOf is sample for other sizes than the usual one.
func sampleOf(list []Resource, r Resource, size int) []Resource {
	if len(list) == size && compareNames(list[size-1], r) <= 0 {
		return list
	}
	i, _ := slices.BinarySearchFunc(list, r, compareNames)
	list = slices.Insert(list, i, r)
	return list[:min(len(list), size)]
}

// sampleSize is how many objects a summary names.
const sampleSize = 5

func compareNames(a, b Resource) int {
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return strings.Compare(a.GUID, b.GUID)
}
