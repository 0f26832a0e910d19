package main

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nscheck/nscheck/internal/tdstest"
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
		p.recordRows(section, rows, status)
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
	none.recordRows("sites", 1, snapshot.Collected)
	none.stop()
}

// TestProgressOfSilence: time goes on where no row comes.
func TestProgressOfSilence(t *testing.T) {
	c := newClock()
	var out bytes.Buffer
	p := &progress{out: &out, now: c.now, shown: c.time}
	seconds := func(n int) {
		for range n {
			c.forward(time.Second)
			p.tick(c.time)
		}
	}
	seconds(6) // nothing has begun
	p.recordRows("clients", 0, "")
	seconds(10)
	p.recordRows("clients", 1000, "")
	seconds(5)
	p.recordRows("clients", 1000, snapshot.Collected)
	seconds(6) // a section that is over takes no longer
	want := "Reading clients, 0 rows\nReading clients, 0 rows, 5s\nReading clients, 0 rows, 10s\nReading clients, 1,000 rows, 66 a second, 15s\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	out.Reset()
	p = &progress{out: &out, terminal: true, width: 30, now: c.now, shown: c.time}
	p.recordRows("sites", 0, "")
	seconds(3)
	if want := "\rReading sites, 0 rows, 1s    \rReading sites, 0 rows, 2s    \rReading sites, 0 rows, 3s    "; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// TestProgressTicks: what starts with a collection shows a silent server, and
// ends with it.
func TestProgressTicks(t *testing.T) {
	ticks, stopped := make(chan time.Time), 0
	real := newTicker
	defer func() { newTicker = real }()
	newTicker = func(time.Duration) (<-chan time.Time, func()) { return ticks, func() { stopped++ } }
	d := startDouble(t, smallEstate(t), nil)
	silent, wait := tdstest.Regexp("LicenseInUse"), sync.OnceFunc(func() {
		later := time.Now().Add(time.Hour)
		ticks <- later
		ticks <- later // it is taken when the one before has been shown
	})
	d.Fail(func(sql string) bool {
		if silent(sql) {
			wait()
		}
		return false
	}, tdstest.Fault{})
	o := collectRun(t, d)
	if want := regexp.MustCompile(`(?m)^Reading licences, 0 rows, 1h0m[0-9]+s$`); o.status != 0 || stopped != 1 || !want.MatchString(o.stderr) {
		t.Errorf("status %d, stopped %d times: %s", o.status, stopped, o.stderr)
	}
	stopped = 0
	if o := collectRun(t, d, "--quiet"); o.status != 0 || stopped != 0 || o.stderr != "" {
		t.Errorf("status %d, stopped %d times: %s", o.status, stopped, o.stderr)
	}
}
