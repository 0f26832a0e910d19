// Package browser drives a headless Chromium, for tests of pages and for their
// pictures. What goes in is a file; what comes out is a context for chromedp.
package browser

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/chromedp/chromedp"
)

// Install says how to get what Path looks for.
const Install = "apt-get install chromium (or name it in NSCHECK_CHROMIUM)"

// Path is the Chromium of this machine.
func Path() (string, error) {
	name := os.Getenv("NSCHECK_CHROMIUM")
	if name == "" {
		name = "chromium"
	}
	return exec.LookPath(name)
}

// Open starts a browser with one tab of the given size; cancel ends it. Nothing
// is kept of it but what it writes into the profile, an empty folder.
func Open(ctx context.Context, path, profile string, width, height int) (tab context.Context, cancel context.CancelFunc) {
	options := append([]chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.UserDataDir(profile),
		chromedp.WindowSize(width, height),
	}, flags...)
	allocator, cancelAllocator := chromedp.NewExecAllocator(ctx, options...)
	tab, cancelTab := chromedp.NewContext(allocator)
	return tab, func() { cancelTab(); cancelAllocator() }
}

// flags let the browser run anywhere, and reach for no network.
var flags = []chromedp.ExecAllocatorOption{
	chromedp.Headless,
	chromedp.NoSandbox,
	chromedp.NoFirstRun,
	chromedp.NoDefaultBrowserCheck,
	chromedp.DisableGPU,
	chromedp.Flag("disable-quic", true),
	chromedp.Flag("disable-background-networking", true),
	chromedp.Flag("disable-component-update", true),
	chromedp.Flag("disable-sync", true),
	chromedp.Flag("disable-dev-shm-usage", true),
	chromedp.Flag("hide-scrollbars", true),
	chromedp.Flag("font-render-hinting", "none"),
	chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"),
}

// FileURL is the address of a file.
func FileURL(name string) (string, error) {
	name, err := filepath.Abs(name)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", name, err)
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(name)}).String(), nil
}
