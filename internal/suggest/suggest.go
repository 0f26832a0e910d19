// Package suggest finds the name that somebody meant and mistyped.
package suggest

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// most is how many letters may be wrong, and longest how long a name is that
// people type.
const (
	most    = 3
	longest = 200
)

// To is the known name that is nearest to a name, whatever the case of letters,
// and the first of several; empty where none is near.
func To(name string, known []string) string {
	best, distance := "", min(most, max(1, len(name)/2))+1
	for _, candidate := range known {
		if len(name) > longest || len(candidate) > longest {
			continue
		}
		d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(candidate))
		if d < distance && d < len(candidate) {
			best, distance = candidate, d
		}
	}
	return best
}
