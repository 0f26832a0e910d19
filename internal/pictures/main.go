// Command pictures makes the README's pictures from the demo estate: what the
// terminal shows, and the page that -f html writes. Run it with "make pictures".
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/browser"
	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/report"
	"github.com/nscheck/nscheck/snapshot"
)

func main() {
	estate := flag.String("snapshot", "", "snapshot of the demo estate")
	out := flag.String("out", "docs/pictures", "folder for the pictures")
	flag.Parse()
	if err := run(context.Background(), *estate, *out); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, estate, out string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	result, err := judge(ctx, estate)
	if err != nil {
		return err
	}
	defer result.Close()
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	drawing, err := terminal(result)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "terminal.svg"), drawing, 0o644); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "nscheck-pictures-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	page, err := write(result, "html", report.Options{FailOn: rule.Medium})
	if err != nil {
		return err
	}
	file := filepath.Join(work, "report.html")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		return err
	}
	return photograph(ctx, file, filepath.Join(work, "profile"), out)
}

// judge judges a snapshot by the built-in rules.
func judge(ctx context.Context, file string) (*compare.Outcome, error) {
	pack, err := rule.LoadPack(rule.Source{Name: "builtin", FS: policies.FS})
	if err != nil {
		return nil, err
	}
	snap, err := snapshot.Open(file)
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	manifest := snap.Manifest()
	if manifest == nil {
		return nil, fmt.Errorf("%s has no manifest; collect it with nscheck collect --demo", file)
	}
	return compare.EvaluateAgainst(ctx, pack, snap, evaluator.Options{ToolVersion: manifest.Tool}, nil)
}

func write(r *compare.Outcome, format string, o report.Options) ([]byte, error) {
	f, err := report.Lookup(format)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = f.Write(&out, r, o)
	return out.Bytes(), err
}

// terminalLines is how much of the output the drawing shows: up to the second
// cause.
const terminalLines = 42

func terminal(r *compare.Outcome) ([]byte, error) {
	output, err := write(r, "table", report.Options{FailOn: rule.Medium, Color: true, Width: 96})
	if err != nil {
		return nil, err
	}
	lines := strings.SplitN(string(output), "\n", terminalLines+1)
	return Terminal("\x1b[1m$\x1b[0m nscheck scan --demo\n\n" + strings.Join(lines[:min(len(lines), terminalLines)], "\n")), nil
}

// photo is one picture of the page.
type photo struct {
	file   string
	scheme string
	height int64
	// to is the element that stands at the top; empty means the page's top.
	to string
	do string // JavaScript to run before
}

// The two pictures show different parts: what the page leads with, and what one
// looks things up in.
var photos = []photo{
	{file: "report.png", scheme: "light", height: 1130},
	{file: "report-dark.png", scheme: "dark", height: 1460, to: "sites", do: `
		document.querySelector('#severities [data-severity=critical]').click();
		document.querySelector('#severities [data-severity=medium]').click();
		document.querySelectorAll('#rows button.open')[0].click()`},
}

const (
	photoWidth = 1240
	// maxPhoto bounds a picture: the README is to load fast.
	maxPhoto = 300_000
)

func photograph(ctx context.Context, page, profile, out string) error {
	path, err := browser.Path()
	if err != nil {
		return fmt.Errorf("%w; get it with: %s", err, browser.Install)
	}
	address, err := browser.FileURL(page)
	if err != nil {
		return err
	}
	tab, cancel := browser.Open(ctx, path, profile, photoWidth, 1000)
	defer cancel()
	for _, p := range photos {
		picture, err := p.take(tab, address)
		if err != nil {
			return fmt.Errorf("%s: %w", p.file, err)
		}
		if len(picture) > maxPhoto {
			return fmt.Errorf("%s: %d bytes are more than %d", p.file, len(picture), maxPhoto)
		}
		if err := os.WriteFile(filepath.Join(out, p.file), picture, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (p photo) take(tab context.Context, address string) ([]byte, error) {
	_, err := chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: p.scheme}},
	})
	if err != nil {
		return nil, err
	}
	err = chromedp.Do(tab,
		chromedp.EmulateViewport(photoWidth, p.height),
		chromedp.Navigate(address),
		chromedp.WaitReady(chromedp.CSS("html[data-ready=yes]")),
		chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := chromedp.Evaluate[any](fmt.Sprintf("{%s}; document.getElementById(%q)?.scrollIntoView(); null", p.do, p.to))(ctx, t)
			return err
		}),
		chromedp.Sleep(200*time.Millisecond), // until it is painted
	)
	if err != nil {
		return nil, err
	}
	return chromedp.Run(tab, chromedp.CaptureScreenshot())
}
