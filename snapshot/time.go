package snapshot

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Time is a moment in UTC, to the second: the precision that the CMDB's rows
// can be trusted to. In JSON it is RFC 3339 text such as
// "2024-03-01T06:30:00Z"; other offsets are read and turned into UTC.
type Time struct {
	time.Time
}

// A stored date before firstYear is a placeholder (0001, 1601, 1753, 1900), not
// a moment. Dates in the future are kept: clients' clocks are wrong at times.
const (
	firstYear = 1970
	lastYear  = 9999
)

var errNoTime = errors.New("the time is zero, which is no time; write null where it is unknown")

// NewTime returns t in UTC, to the second. It returns nil, that is unknown, for
// the zero time and for dates outside the years 1970 to 9999, which databases
// write for "never".
func NewTime(t time.Time) *Time {
	t = t.UTC().Truncate(time.Second)
	if checkTime(t) != nil {
		return nil
	}
	return &Time{t}
}

// ParseTime reads RFC 3339 text with any offset.
func ParseTime(text string) (Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return Time{}, fmt.Errorf("%s is not a time; write it as RFC 3339, for example 2024-03-01T06:30:00Z", quote(text))
	}
	t = t.UTC().Truncate(time.Second)
	if err := checkTime(t); err != nil {
		return Time{}, err
	}
	return Time{t}, nil
}

func checkTime(t time.Time) error {
	if t.IsZero() {
		return errNoTime
	}
	if y := t.Year(); y < firstYear || y > lastYear {
		return fmt.Errorf("the year %d is outside %d to %d; write null where the time is unknown", y, firstYear, lastYear)
	}
	return nil
}

// String returns the time as it stands in a snapshot.
func (t Time) String() string {
	return t.UTC().Format(time.RFC3339)
}

// MarshalJSON refuses a time that could not be read again.
func (t Time) MarshalJSON() ([]byte, error) {
	u := t.UTC().Truncate(time.Second)
	if err := checkTime(u); err != nil {
		return nil, err
	}
	return []byte(`"` + u.Format(time.RFC3339) + `"`), nil
}

// UnmarshalJSON reads RFC 3339 text with any offset.
func (t *Time) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf("a time must be text such as \"2024-03-01T06:30:00Z\", not %s", data)
	}
	parsed, err := ParseTime(text)
	if err != nil {
		return err
	}
	*t = parsed
	return nil
}

// MarshalText makes Time print the same wherever text is wanted.
func (t Time) MarshalText() ([]byte, error) {
	if err := checkTime(t.UTC()); err != nil {
		return nil, err
	}
	return []byte(t.String()), nil
}

// UnmarshalText is the counterpart of MarshalText.
func (t *Time) UnmarshalText(text []byte) error {
	parsed, err := ParseTime(string(text))
	if err != nil {
		return err
	}
	*t = parsed
	return nil
}
