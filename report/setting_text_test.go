package report

import (
	"testing"

	"github.com/nscheck/nscheck/settings"
)

// TestSettingText: a setting is shown with what it was and what it is, also if one of
// them is false, empty or not known.
func TestSettingText(t *testing.T) {
	for want, s := range map[string]settings.Setting{
		"a[B].c true -> false":         {Change: settings.Changed, From: true, To: false},
		"a[B].c false -> true":         {Change: settings.Changed, From: false, To: true},
		"a[B].c not set -> 4":          {Change: settings.Changed, To: 4},
		"a[B].c 4 -> not set":          {Change: settings.Changed, From: 4},
		`a[B].c ["x"] -> []`:           {Change: settings.Changed, From: []any{"x"}, To: []any{}},
		"a[B].c old -> new (o.yaml:7)": {Change: settings.Changed, From: "old", To: "new", Source: &settings.Place{File: "o.yaml", Line: 7}},
		"a[B].c added":                 {Change: settings.Added, To: map[string]any{"x": 1}},
		"a[B].c removed":               {Change: settings.Removed, From: map[string]any{"x": 1}},
	} {
		s.Path = "a[B].c"
		if got := settingText(&s); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
