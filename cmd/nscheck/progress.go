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
// rewritten, elsewhere a plain line every few seconds, so that logs show
// that something happens and do not fill. Where the server is silent, the time
// goes on.
type progress struct {
	out      io.Writer
	terminal bool
	width    int
	now      func() time.Time
	end      func() // the ticker

	mu      sync.Mutex
	section string
	rows    int64
	total   int64           // of the rows, where it is known; else 0
	status  snapshot.Status // empty while the section is read
	began   time.Time       // the section
	shown   time.Time       // the last line, or the beginning
	dirty   bool            // a line is on the terminal
}

// How often a line is written at most, and how often while no row comes.
const (
	everyTerminal = 100 * time.Millisecond
	everyPlain    = 5 * time.Second
	everyTick     = time.Second
)

// newTicker ticks when progress may be shown; tests replace it.
var newTicker = func(d time.Duration) (ticks <-chan time.Time, stop func()) {
	t := time.NewTicker(d)
	return t.C, t.Stop
}

// startProgress shows nothing with --quiet. What it starts ends with stop.
func startProgress(c *cli.Context) *progress {
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
	p.start()
	return p
}

func (p *progress) start() {
	ticks, stop := newTicker(everyTick)
	ended := make(chan struct{})
	var ticking sync.WaitGroup
	ticking.Go(func() {
		for {
			select {
			case now := <-ticks:
				p.tick(now)
			case <-ended:
				return
			}
		}
	})
	p.end = func() {
		stop()
		close(ended)
		ticking.Wait()
	}
}

// stop ends the showing, so that something else can be written.
func (p *progress) stop() {
	if p != nil {
		p.end()
		p.clear()
	}
}

// recordRows records the rows of a section that have come so far, and at its end the
// status.
func (p *progress) recordRows(section string, rows int64, status snapshot.Status) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if section != p.section {
		p.section, p.began = section, now
	}
	p.rows, p.status = rows, status
	p.show(now)
}

// recordClients records the clients evaluated so far, of a total that is 0 where
// it is not known.
func (p *progress) recordClients(clients, total int64) {
	if p == nil {
		return
	}
	p.mu.Lock()
	p.total = total
	p.mu.Unlock()
	p.recordRows(judgingSection, clients, "")
}

// judgingSection stands for the work after collecting.
const judgingSection = "judging"

// tick shows that a section is still being read.
func (p *progress) tick(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.section != "" && p.status == "" {
		p.show(now)
	}
}

// show writes a line where the last one is old enough.
func (p *progress) show(now time.Time) {
	every := everyPlain
	if p.terminal {
		every = everyTerminal
	}
	if now.Sub(p.shown) < every {
		return
	}
	p.shown = now
	line := progressLine(p.section, p.rows, p.total, now.Sub(p.began), p.status)
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

// clear takes the line off the terminal.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dirty {
		fmt.Fprintf(p.out, "\r%s\r", strings.Repeat(" ", p.width-1))
		p.dirty = false
	}
}

func progressLine(section string, rows, total int64, elapsed time.Duration, status snapshot.Status) string {
	what, unit := "Reading "+section, "rows"
	switch section {
	case "merge":
		what, unit = "Writing clients", "clients"
	case judgingSection:
		what, unit = "Judging", "clients"
	}
	switch status {
	case "":
	case snapshot.Collected:
		what += ": done"
	default:
		what += ": " + strings.ReplaceAll(string(status), "_", " ")
	}
	count := thousands(rows)
	if total > 0 {
		count += " of " + thousands(total)
	}
	line := fmt.Sprintf("%s, %s %s", what, count, unit)
	if elapsed < time.Second {
		return line
	}
	if rows > 0 {
		line += fmt.Sprintf(", %s a second", thousands(int64(float64(rows)/elapsed.Seconds())))
	}
	line = fmt.Sprintf("%s, %s", line, elapsed.Round(time.Second))
	if rows > 0 && total > rows {
		left := time.Duration(float64(elapsed) / float64(rows) * float64(total-rows))
		line += fmt.Sprintf(", %s left", left.Round(time.Second))
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
