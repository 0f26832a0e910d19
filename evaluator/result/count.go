package result

import (
	"fmt"
	"github.com/nscheck/nscheck/evaluator/rule"
	"slices"
	"strings"
)

// Count is a number with its noun, 1 client but 2 clients.
func Count(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// AddCount adds to a count of few keys, which is made when it is needed.
func AddCount(m map[rule.Severity]int64, s rule.Severity, n int64) map[rule.Severity]int64 {
	if m == nil {
		m = map[rule.Severity]int64{}
	}
	m[s] += n
	return m
}

// AddSample keeps the first objects by name, which people can find again; the order
// of a snapshot means nothing to them.
func AddSample(list []Resource, r Resource) []Resource { return AddSampleOf(list, r, SampleSize) }

// AddSampleOf is AddSample for other sizes than the usual one.
func AddSampleOf(list []Resource, r Resource, size int) []Resource {
	if len(list) == size && CompareNames(list[size-1], r) <= 0 {
		return list
	}
	i, _ := slices.BinarySearchFunc(list, r, CompareNames)
	list = slices.Insert(list, i, r)
	return list[:min(len(list), size)]
}

// SampleSize is how many objects a summary names.
const SampleSize = 5

// CompareNames orders resources by name, then by GUID.
func CompareNames(a, b Resource) int {
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return strings.Compare(a.GUID, b.GUID)
}
