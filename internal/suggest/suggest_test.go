package suggest

import (
	"strings"
	"testing"
)

func TestTo(t *testing.T) {
	known := []string{"installed", "version", "guid", "name", "os"}
	for name, want := range map[string]string{
		"instaled":                "installed",
		"Installed":               "installed",
		"nme":                     "name",
		"uuid":                    "guid",
		"colour":                  "",
		"x":                       "",
		"":                        "",
		"so":                      "",
		strings.Repeat("a", 1000): "",
	} {
		if got := To(name, known); got != want {
			t.Errorf("%.20s: got %q, want %q", name, got, want)
		}
	}
	if got := To("ab", []string{"abc", "abd"}); got != "abc" {
		t.Errorf("of two that are as near: %q", got)
	}
	if got := To("ab", nil); got != "" {
		t.Errorf("where there are none: %q", got)
	}
}
