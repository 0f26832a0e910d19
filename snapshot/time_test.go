package snapshot_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/nscheck/nscheck/snapshot"
)

func TestTime(t *testing.T) {
	for in, want := range map[string]string{
		`"2024-03-01T06:30:00Z"`:          "2024-03-01T06:30:00Z",
		`"2024-03-01T07:30:00.999+01:00"`: "2024-03-01T06:30:00Z",
		`"2098-01-01T00:00:00-12:00"`:     "2098-01-01T12:00:00Z",
		`"0001-01-01T00:00:00Z"`:          "error: the time is zero, which is no time; write null where it is unknown",
		`"1900-01-01T00:00:00Z"`:          "error: the year 1900 is outside 1970 to 9999; write null where the time is unknown",
		`"9999-12-31T23:59:59-01:00"`:     "error: the year 10000 is outside 1970 to 9999; write null where the time is unknown",
		`"2024-03-01 06:30"`:              `error: "2024-03-01 06:30" is not a time; write it as RFC 3339, for example 2024-03-01T06:30:00Z`,
		`5`:                               `error: a time must be text such as "2024-03-01T06:30:00Z", not 5`,
	} {
		var got snapshot.Time
		text := ""
		if err := json.Unmarshal([]byte(in), &got); err != nil {
			text = "error: " + err.Error()
		} else {
			text = got.String()
		}
		if text != want {
			t.Errorf("%s: got %s, want %s", in, text, want)
		}
	}
	if snapshot.NewTime(time.Time{}) != nil || snapshot.NewTime(time.Date(1753, 1, 1, 0, 0, 0, 0, time.UTC)) != nil {
		t.Error("a placeholder was taken for a time")
	}
	local := time.Date(2024, 3, 1, 7, 30, 0, 5, time.FixedZone("", 3600))
	if got := snapshot.NewTime(local).String(); got != "2024-03-01T06:30:00Z" {
		t.Errorf("got %s", got)
	}
}
