package main

import "testing"

// TestCustomRulesPage does what docs/custom-rules.md does, so that its readers can.
func TestCustomRulesPage(t *testing.T) {
	p := &pageRunner{T: t}
	if p.follow("../../docs/custom-rules.md"); p.commands < 20 {
		t.Errorf("the page has only %d commands", p.commands)
	}
}
