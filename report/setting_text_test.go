package report

import (
	"testing"

	"github.com/nscheck/nscheck/change"
)

// TestSettingText: a setting is shown with what it was and what it is, also if one of
// them is false, empty or not known.
func TestSettingText(t *testing.T) {
	for want, s := range map[string]change.Setting{
		"a[B].c true -> false":         {Change: change.Changed, From: true, To: false},
		"a[B].c false -> true":         {Change: change.Changed, From: false, To: true},
		"a[B].c not set -> 4":          {Change: change.Changed, To: 4},
		"a[B].c 4 -> not set":          {Change: change.Changed, From: 4},
		`a[B].c ["x"] -> []`:           {Change: change.Changed, From: []any{"x"}, To: []any{}},
		"a[B].c old -> new (o.yaml:7)": {Change: change.Changed, From: "old", To: "new", Source: &change.Place{File: "o.yaml", Line: 7}},
		"a[B].c added":                 {Change: change.Added, To: map[string]any{"x": 1}},
		"a[B].c removed":               {Change: change.Removed, From: map[string]any{"x": 1}},
	} {
		s.Path = "a[B].c"
		if got := settingText(&s); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
