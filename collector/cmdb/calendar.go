package cmdb

import (
	"time"

	"github.com/nscheck/nscheck/snapshot"
)

// calendar turns the server's local times into moments and ages.
type calendar struct {
	now    time.Time
	offset time.Duration
}

// timeOf returns the moment in a time cell; nil if it is unknown or not a moment.
func (k calendar) timeOf(c *cell) *snapshot.Time {
	if !c.known {
		return nil
	}
	return snapshot.NewTime(time.Unix(c.num, 0).Add(-k.offset))
}

// ageInDays returns the number of whole days since a moment, negative for the future.
func (k calendar) ageInDays(t *snapshot.Time) *int {
	if t == nil {
		return nil
	}
	const day = 24 * 60 * 60
	seconds := k.now.Unix() - t.Unix()
	days := int(seconds / day)
	if seconds%day < 0 {
		days--
	}
	return sharedInt(days)
}
