package main

import (
	"os"
	"strings"
	"testing"
)

// TestCustomRulesPage does what docs/custom-rules.md does, so that its readers can.
// The commands of its pipeline are run, too.
func TestCustomRulesPage(t *testing.T) {
	p := &pageRunner{T: t}
	p.wrote = func(name string) {
		if strings.HasSuffix(name, ".yml") {
			runPipeline(p, name)
		}
	}
	if p.follow("../../docs/custom-rules.md"); p.commands < 30 {
		t.Errorf("the page has only %d commands", p.commands)
	}
}

// runPipeline runs the steps of a pipeline that are commands of nscheck; all must
// succeed.
func runPipeline(p *pageRunner, name string) {
	p.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		p.Fatal(err)
	}
	steps := 0
	for line := range strings.Lines(string(text)) {
		command, ok := strings.CutPrefix(strings.TrimSpace(line), "- run: ")
		if !ok {
			continue
		}
		steps++
		if out := p.run(command); p.status != 0 {
			p.Errorf("%s: %s ends with %d:\n%s", name, command, p.status, out)
		}
	}
	if steps == 0 {
		p.Errorf("%s runs nothing", name)
	}
}
