package main

import (
	"strings"
	"testing"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
)

// TestAdminPage does what docs/admin.md does; bindings that it shows must be good
// ones.
func TestAdminPage(t *testing.T) {
	p := &pageRunner{T: t, wrote: func(name string) {
		if strings.HasSuffix(name, ".yaml") {
			if _, err := binding.ReadFile(name); err != nil {
				t.Errorf("the page's %s: %v", name, err)
			}
		}
	}}
	if p.follow("../../docs/admin.md"); p.commands < 8 {
		t.Errorf("the page has only %d commands", p.commands)
	}
}
