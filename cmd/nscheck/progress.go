package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/nscheck/nscheck/snapshot"
)

// progress shows how a collection goes on: on a terminal one line that is
// written anew, elsewhere a plain line every few seconds, so that logs show
// that something happens and do not fill.
type progress struct {
	out      io.Writer
	terminal bool
	width    int
	now      func() time.Time

	mu      sync.Mutex
	section string
	began   time.Time // the section
	shown   time.Time // the last line, or the beginning
	dirty   bool      // a line stands on the terminal
}

// How often a line is written.
const (
	everyTerminal = 100 * time.Millisecond
	everyPlain    = 5 * time.Second
)

// newProgress shows nothing with --quiet.
func newProgress(c *cli.Context) *progress {
	if c.Bool("quiet") {
		return nil
	}
	p := &progress{out: c.App.ErrWriter, now: time.Now}
	if f, ok := c.App.ErrWriter.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.terminal = true
		if p.width, _, _ = term.GetSize(int(f.Fd())); p.width == 0 {
			p.width = 80
		}
	}
	p.shown = p.now()
	return p
}

// tell takes the rows of a section that have come so far, and at its end the
// status.
func (p *progress) tell(section string, rows int64, status snapshot.Status) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if section != p.section {
		p.section, p.began = section, now
	}
	every := everyPlain
	if p.terminal {
		every = everyTerminal
	}
	if now.Sub(p.shown) < every {
		return
	}
	p.shown = now
	line := progressLine(section, rows, now.Sub(p.began), status)
	if !p.terminal {
		fmt.Fprintln(p.out, line)
		return
	}
	if len(line) >= p.width {
		line = line[:p.width-1]
	}
	fmt.Fprintf(p.out, "\r%-*s", p.width-1, line)
	p.dirty = true
}

// clear takes the line off the terminal, so that something else can be written.
func (p *progress) clear() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dirty {
		fmt.Fprintf(p.out, "\r%s\r", strings.Repeat(" ", p.width-1))
		p.dirty = false
	}
}

func progressLine(section string, rows int64, elapsed time.Duration, status snapshot.Status) string {
	what, unit := "Reading "+section, "rows"
	if section == "merge" {
		what, unit = "Writing clients", "clients"
	}
	switch status {
	case "":
	case snapshot.Collected:
		what += ": done"
	default:
		what += ": " + strings.ReplaceAll(string(status), "_", " ")
	}
	line := fmt.Sprintf("%s, %s %s", what, thousands(rows), unit)
	if seconds := elapsed.Seconds(); seconds >= 1 {
		line += fmt.Sprintf(", %s a second, %s", thousands(int64(float64(rows)/seconds)), elapsed.Round(time.Second))
	}
	return line
}

// thousands writes a number with commas.
func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
