package main

import (
	"testing"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/evaluator/waiver"
)

func TestFirstDay(t *testing.T) {
	for _, c := range []struct {
		day, expires rule.Date
		limit        int
		want         rule.Date
	}{
		{"2026-05-01", "", 0, "2026-05-01"},
		{"2026-05-01", "2026-07-01", 0, "2026-05-01"},
		{"2026-05-01", "2026-07-01", 61, "2026-05-01"},
		{"2026-05-01", "2026-07-01", 60, "2026-06-01"},
		{"2026-05-01", "", 60, "2026-05-01"},
		{"2026-06-02", "", 0, "2026-06-01"},
		{"", "2026-07-01", 0, "2026-06-01"},
	} {
		w := &waiver.Waiver{Starts: "2026-06-01", Expires: c.expires}
		if got := firstDay(w, c.day, waiver.Settings{MaxLifetimeDays: c.limit}); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
