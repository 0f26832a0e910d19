package report

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/nscheck/nscheck/internal/browser"
)

// tab is a page in a browser.
type tab struct {
	*testing.T
	ctx context.Context

	mu        sync.Mutex
	complaint []string // of the browser's console
}

// openPage opens a page, and fails the test in the end for whatever the
// browser complains of, such as what the page's policy refused.
func openPage(t *testing.T, page []byte) *tab {
	t.Helper()
	path, err := browser.Path()
	if err != nil {
		if os.Getenv("CI") != "" || os.Getenv("NSCHECK_REQUIRE_CLIENTS") != "" {
			t.Fatalf("Chromium is missing; get it with: %s", browser.Install)
		}
		t.Skipf("Chromium is missing; get it with: %s", browser.Install)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		t.Fatal(err)
	}
	address, err := browser.FileURL(file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(stop)
	tabContext, cancel := browser.Open(ctx, path, filepath.Join(t.TempDir(), "profile"), 1280, 900)
	t.Cleanup(cancel)
	b := &tab{T: t, ctx: tabContext}
	if err := chromedp.Listen(b.ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Navigate(address), chromedp.WaitReady(chromedp.CSS("html.script")))
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, c := range b.complaint {
			t.Errorf("the browser complains: %s", c)
		}
	})
	return b
}

func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.complaint = append(b.complaint, fmt.Sprintf("%+v", e.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		b.complaint = append(b.complaint, fmt.Sprintf("console.%s", e.Type))
	case *log.EventEntryAdded:
		b.complaint = append(b.complaint, e.Entry.Text)
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

// text evaluates an expression that yields text.
func (b *tab) text(js string) string {
	b.Helper()
	out, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("String("+js+")"))
	if err != nil {
		b.Fatalf("%s: %v", js, err)
	}
	return out
}

func (b *tab) press(keys ...string) {
	b.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

// strike strikes a printing key as a keyboard does: it writes the character only
// where nothing on the page takes the key for itself.
func (b *tab) strike(key string) {
	b.Helper()
	_, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Text: key})
	if err != nil {
		b.Fatal(err)
	}
}

// want waits until an expression yields what it should: the page answers input
// a moment later.
func (b *tab) want(what, js, want string) {
	b.Helper()
	got := ""
	for range 200 {
		if got = b.text(js); got == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.Errorf("%s: %q, want %q", what, got, want)
}

// What the tests look at.
const (
	ready   = `document.documentElement.dataset.ready`
	status  = `document.getElementById("status").textContent`
	rows    = `document.querySelectorAll("#rows tr[data-index]").length`
	objects = `[...document.querySelectorAll("#rows .object bdi")].map(e => e.textContent).join("|")`
	active  = `document.activeElement.closest("tr")?.querySelector(".object bdi").textContent ?? document.activeElement.id`
	detail  = `document.getElementById("detail")?.textContent ?? ""`
)
