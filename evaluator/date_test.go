package evaluator

import (
	"testing"
	"time"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// TestAsOf: what is said goes before the present day, and that before the day of
// collection.
func TestAsOf(t *testing.T) {
	m := &snapshot.Manifest{CollectedAt: snapshot.Time{Time: time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)}}
	for _, c := range []struct {
		opts Options
		m    *snapshot.Manifest
		want rule.Date
	}{
		{Options{AsOf: "2026-03-01", Present: "2026-02-01"}, m, "2026-03-01"},
		{Options{Present: "2026-02-01"}, m, "2026-02-01"},
		{Options{Present: "2026-02-01"}, nil, "2026-02-01"},
		{Options{}, m, "2026-01-10"},
	} {
		if got := asOf(c.opts, c.m); got != c.want {
			t.Errorf("%+v: %s, want %s", c.opts, got, c.want)
		}
	}
}
