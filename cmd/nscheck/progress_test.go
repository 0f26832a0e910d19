package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	now := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	var out bytes.Buffer
	p := &progress{out: &out, now: func() time.Time { return now }, shown: now}
	at := func(after time.Duration, section string, rows int64, done bool) {
		now = now.Add(after)
		p.tell(section, rows, done)
	}
	at(0, "clients", 0, false)
	at(3*time.Second, "clients", 3000, false)
	at(2*time.Second, "clients", 1234567, false)
	at(time.Second, "clients", 2000000, true)
	at(time.Second, "merge", 0, false)
	at(4*time.Second, "merge", 900, true)
	p.clear()
	want := "Reading clients, 1,234,567 rows, 246,913 a second, 5s\nWriting clients: done, 900 clients, 225 a second, 4s\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	out.Reset()
	p = &progress{out: &out, terminal: true, width: 30, now: func() time.Time { return now }, shown: now}
	at(10*time.Millisecond, "sites", 1, false)
	at(time.Second, "sites", 2, false)
	at(time.Second, "sites", 3000, false)
	p.clear()
	want = "\rReading sites, 2 rows, 2 a se\rReading sites, 3,000 rows, 1,\r" + strings.Repeat(" ", 29) + "\r"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	var none *progress
	none.tell("sites", 1, true)
	none.clear()
}
