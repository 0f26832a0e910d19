package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// watched is what a program prints, which can be waited for.
type watched struct {
	mu   sync.Mutex
	text strings.Builder
}

func (w *watched) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(b)
}

// await waits for a text and forgets all that came before its end.
func (w *watched) await(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		w.mu.Lock()
		all := w.text.String()
		if _, rest, ok := strings.Cut(all, text); ok {
			w.text.Reset()
			w.text.WriteString(rest)
			w.mu.Unlock()
			return
		}
		w.mu.Unlock()
		if time.Now().After(deadline) {
			t.Fatalf("%q never came; it printed\n%s", text, all)
		}
	}
}

func TestRuleTestWatch(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/script/rule_test.txtar")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	files := map[string]string{}
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
		save(t, f.Name, string(f.Data))
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &watched{}
	ended := make(chan error, 1)
	go func() {
		app := newApp(out, out)
		ended <- runApp(ctx, app, []string{"nscheck", "rule", "test", "--watch", "--no-builtin", "house"})
	}()
	const waiting = "Waiting for changes in house; Ctrl-C ends.\n"
	out.await(t, "5 passed, 0 failed, 0 skipped.\n"+waiting)

	rule := filepath.Join("house", "site", "crowded.rego")
	save(t, rule, strings.Replace(files["house/site/crowded.rego"], "n >", "n <", 1))
	out.await(t, "\n"+rule+" changed.\n")
	out.await(t, "2 failed, 0 skipped.\n"+waiting)

	save(t, rule, "package")
	out.await(t, "nscheck: house/site/crowded.rego:1:7: ")
	out.await(t, waiting)

	save(t, rule+".new", files["house/site/crowded.rego"]) // as editors do
	if err := os.Rename(rule+".new", rule); err != nil {
		t.Fatal(err)
	}
	out.await(t, "5 passed, 0 failed, 0 skipped.\n"+waiting)

	cancel()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func save(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
