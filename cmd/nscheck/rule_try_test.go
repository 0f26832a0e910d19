package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// lockedBuffer is a buffer that one goroutine writes and another one looks at.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// take waits for a text, and takes what stands before it out of the buffer.
func (l *lockedBuffer) take(t *testing.T, text string) string {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		l.mu.Lock()
		before, _, found := strings.Cut(l.b.String(), text)
		if found {
			l.b.Next(len(before) + len(text))
		}
		l.mu.Unlock()
		if found {
			return before
		}
	}
	t.Fatalf("%q did not come; there is %q", text, l.b.String())
	return ""
}

// TestTryWatches saves a rule that passes, that does not compile, and that fails.
func TestTryWatches(t *testing.T) {
	dir := t.TempDir()
	rule, snap := filepath.Join(dir, "rule.rego"), filepath.Join(dir, "estate.yaml")
	save := func(file, text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const head = `# METADATA
# title: Site
# description: A site.
# schemas: [{data.estate: schema.estate}]
# custom: {id: ACME-001, severity: low, scope: estate, step: "+", remediation: [{text: Mend it.}]}
package acme.site

violation contains {"msg": "x", "resource": {"type": "site", "name": site.name}} if {
	some site in data.estate.sites
`
	save(snap, "estate: {sites: [{guid: 00000000-0000-0000-0000-000000000501, name: X}]}")
	save(rule, head+"\tsite.name == \"Y\"\n}\n")
	var out, stderr lockedBuffer
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error)
	go func() {
		done <- runApp(ctx, newApp(&out, &stderr), []string{"nscheck", "rule", "try", rule, "--input", snap, "--watch"})
	}()
	const waiting = "Waiting for a file to be saved; Ctrl+C ends it.\n"
	stderr.take(t, waiting)
	out.take(t, "Verdict   pass\n")
	save(rule, head+"\tsite.nam == \"X\"\n}\n")
	if said := stderr.take(t, waiting); !strings.Contains(said, "1 file saved") || !strings.Contains(said, "rule.rego:10: undefined ref: site.nam") {
		t.Errorf("of a rule that does not compile it says %q", said)
	}
	save(rule, head+"\tsite.name == \"X\"\n}\n")
	stderr.take(t, waiting)
	out.take(t, "Verdict   fail, 1 finding\n")
	cancel()
	if err := <-done; err != nil {
		t.Errorf("it ended with %v", err)
	}
}
