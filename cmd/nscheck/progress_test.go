package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/nscheck/nscheck/snapshot"
)

// clock stands still until a test moves it.
type clock struct{ time time.Time }

func newClock() *clock                    { return &clock{time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)} }
func (c *clock) now() time.Time           { return c.time }
func (c *clock) forward(by time.Duration) { c.time = c.time.Add(by) }

func TestProgress(t *testing.T) {
	c := newClock()
	var out bytes.Buffer
	p := &progress{out: &out, now: c.now, shown: c.time}
	at := func(after time.Duration, section string, rows int64, status snapshot.Status) {
		c.forward(after)
		p.tell(section, rows, status)
	}
	at(0, "clients", 0, "")
	at(3*time.Second, "clients", 3000, "")
	at(2*time.Second, "clients", 1234567, "")
	at(time.Second, "clients", 2000000, snapshot.Collected)
	at(time.Second, "clients.licence", 0, "")
	at(5*time.Second, "clients.licence", 1000, snapshot.TimedOut)
	at(time.Second, "merge", 0, "")
	at(4*time.Second, "merge", 900, snapshot.Collected)
	p.clear()
	want := "Reading clients, 1,234,567 rows, 246,913 a second, 5s\n" +
		"Reading clients.licence: timed out, 1,000 rows, 200 a second, 5s\n" +
		"Writing clients: done, 900 clients, 225 a second, 4s\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	out.Reset()
	p = &progress{out: &out, terminal: true, width: 30, now: c.now, shown: c.time}
	at(10*time.Millisecond, "sites", 1, "")
	at(time.Second, "sites", 2, "")
	at(time.Second, "sites", 3000, "")
	p.clear()
	want = "\rReading sites, 2 rows, 2 a se\rReading sites, 3,000 rows, 1,\r" + strings.Repeat(" ", 29) + "\r"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	var none *progress
	none.tell("sites", 1, snapshot.Collected)
	none.clear()
}
