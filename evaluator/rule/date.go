package rule

import (
	"fmt"
	"strings"
	"time"
)

// Date is a day as 2026-01-31, in UTC. Dates compare as texts do; the empty one
// is no date.
type Date string

// ParseDate reads a day as people write it.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, strings.TrimSpace(text))
	if err != nil {
		return "", fmt.Errorf("%q is not a date such as 2026-01-31", text)
	}
	return DateOf(t), nil
}

// Today is the present day.
func Today() Date { return DateOf(time.Now()) }

// DateOf returns the day of a time, in UTC.
func DateOf(t time.Time) Date { return Date(t.UTC().Format(time.DateOnly)) }

// DaysUntil is the number of days from d to another date.
func (d Date) DaysUntil(other Date) int {
	from, _ := time.Parse(time.DateOnly, string(d)) // made by ParseDate or dateOf
	to, _ := time.Parse(time.DateOnly, string(other))
	return int(to.Sub(from) / (24 * time.Hour))
}
