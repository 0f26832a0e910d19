package main

import (
	"testing"

	"github.com/nscheck/nscheck/evaluator"
)

func TestFirstDay(t *testing.T) {
	for _, c := range []struct {
		day, expires evaluator.Date
		limit        int
		want         evaluator.Date
	}{
		{"2026-05-01", "", 0, "2026-05-01"},
		{"2026-05-01", "2026-07-01", 0, "2026-05-01"},
		{"2026-05-01", "2026-07-01", 61, "2026-05-01"},
		{"2026-05-01", "2026-07-01", 60, "2026-06-01"},
		{"2026-05-01", "", 60, "2026-05-01"},
		{"2026-06-02", "", 0, "2026-06-01"},
		{"", "2026-07-01", 0, "2026-06-01"},
	} {
		w := &evaluator.Waiver{Starts: "2026-06-01", Expires: c.expires}
		if got := firstDay(w, c.day, evaluator.WaiverSettings{MaxLifetimeDays: c.limit}); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
