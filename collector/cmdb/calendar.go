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

// at is the moment of a time cell; nil where unknown or no moment.
func (k calendar) at(c *cell) *snapshot.Time {
	if !c.known {
		return nil
	}
	return snapshot.NewTime(time.Unix(c.num, 0).Add(-k.offset))
}

// age is the number of whole days since then, negative for the future.
func (k calendar) age(t *snapshot.Time) *int {
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
