package main

import (
	"context"
	"path/filepath"
	"testing"
)

// TestTryWatches saves a rule that passes, that does not compile, and that fails.
func TestTryWatches(t *testing.T) {
	dir := t.TempDir()
	rule, snap := filepath.Join(dir, "rule.rego"), filepath.Join(dir, "estate.yaml")
	const head = `# METADATA
# title: Site
# description: A site.
# schemas: [{data.estate: schema.estate}]
# custom: {id: ACME-001, severity: low, scope: estate, step: "+", remediation: [{text: Mend it.}]}
package acme.site

violation contains {"msg": "x", "resource": {"type": "site", "name": site.name}} if {
	some site in data.estate.sites
`
	save(t, snap, "estate: {sites: [{guid: 00000000-0000-0000-0000-000000000501, name: X}]}")
	save(t, rule, head+"\tsite.name == \"Y\"\n}\n")
	var out, stderr watched
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error)
	go func() {
		done <- runApp(ctx, newApp(&out, &stderr), []string{"nscheck", "rule", "try", rule, "--input", snap, "--watch"})
	}()
	waiting := "Waiting for changes in " + dir + "; Ctrl-C ends.\n"
	stderr.await(t, waiting)
	out.await(t, "Verdict   pass\n")
	save(t, rule, head+"\tsite.nam == \"X\"\n}\n")
	stderr.await(t, "rule.rego changed.")
	stderr.await(t, "rule.rego:10:")
	stderr.await(t, waiting)
	save(t, rule, head+"\tsite.name == \"X\"\n}\n")
	stderr.await(t, waiting)
	out.await(t, "Verdict   fail, 1 finding\n")
	cancel()
	if err := <-done; err != nil {
		t.Errorf("it ended with %v", err)
	}
}
