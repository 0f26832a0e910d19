package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/tdstest"
	"github.com/nscheck/nscheck/snapshot"
)

// section matches the query of a section.
func section(name string) tdstest.Match {
	for _, b := range binding.All() {
		if b.Section == name {
			return tdstest.Exact(b.Query)
		}
	}
	panic("no query is bound to " + name)
}

// TestFaults: whatever goes wrong with one section is recorded for that section
// alone, with a sentence that says what to do, and has exit status 3.
func TestFaults(t *testing.T) {
	all := []time.Duration{1 * time.Second, 3 * time.Second, 9 * time.Second}
	killed := tdstest.Raise(tdstest.Message{Number: 596, Class: 21, State: 1, Text: "Cannot continue the execution because the session is in the kill state."})
	for name, c := range map[string]struct {
		match    tdstest.Match
		fault    tdstest.Fault
		broken   []string // sections, the first of which is looked at
		status   snapshot.Status
		message  []string
		note     string
		waited   []time.Duration
		logins   int
		clients  int
		attended bool // the statement still ran, so it was cancelled on the server
	}{
		"denied on one object": {
			match: tdstest.Word("LicenseInUse"), fault: tdstest.Denied("LicenseInUse", "Symantec_CMDB"),
			broken: []string{"clients.licence", "licences", "licences.inactive_holders", "licences.same_name"},
			status: snapshot.Denied, message: []string{"on the object 'LicenseInUse'", "Grant the login SELECT on it"},
		},
		"object missing": {
			match: tdstest.Word("vRM_Site_Item"), fault: tdstest.NoObject("vRM_Site_Item"),
			broken: []string{"sites", "sites.prevent_downloads", "subnets.sites", "package_servers.sites"},
			status: snapshot.Missing, message: []string{`table or view "vRM_Site_Item" does not exist`},
		},
		"column missing": {
			match: section("clients.addresses"), fault: tdstest.NoColumn("IP Address"), broken: []string{"clients.addresses"},
			status: snapshot.Missing, message: []string{`column "IP Address" does not exist`},
		},
		"deadlock once": {
			match: section("clients.filters"), fault: tdstest.Deadlock().Once(),
			note: `section "clients.filters" was read at attempt 2`, waited: all[:1],
		},
		"deadlock always": {
			match: section("clients.filters"), fault: tdstest.Deadlock(), broken: []string{"clients.filters"},
			status: snapshot.Failed, message: []string{"victim of a deadlock (error 1205)", "tried 4 times"}, waited: all,
		},
		"deadlock after some rows": {
			match: section("clients.filters"), fault: tdstest.Deadlock().After(2), broken: []string{"clients.filters"},
			status: snapshot.Partial, message: []string{"victim of a deadlock", "after 2 rows, which are kept", "tried 4 times"}, waited: all,
		},
		"lock timeout": {
			match: section("policies"), fault: tdstest.LockTimeout(), broken: []string{"policies", "policies.targets", "policies.target_counts"},
			status: snapshot.TimedOut, message: []string{"held a lock for too long (error 1222)", "tried 4 times"}, waited: all,
		},
		"lock timeout twice": {
			match: section("policies"), fault: tdstest.LockTimeout().First(2),
			note: `section "policies" was read at attempt 3`, waited: all[:2],
		},
		"cut in the middle of a row, once": {
			match: section("clients.agents"), fault: tdstest.Cut(3).Once(),
			note: `section "clients.agents" was read at attempt 2`, waited: all[:1], logins: 2,
		},
		"cut in the middle of a row, always": {
			match: section("clients.agents"), fault: tdstest.Cut(3), broken: []string{"clients.agents"},
			status: snapshot.Partial, message: []string{"the connection to the server was lost", "tried 4 times"}, waited: all, logins: 5,
		},
		"cut in a section of the estate": {
			match: section("subnets"), fault: tdstest.Cut(1), broken: []string{"subnets", "subnets.sites"},
			status: snapshot.Failed, message: []string{"the connection to the server was lost", "collect again", "tried 4 times"}, waited: all, logins: 5,
		},
		"stall": {
			match: section("clients.inventory"), fault: tdstest.Stall(0), broken: []string{"clients.inventory"},
			status: snapshot.TimedOut, message: []string{"longer than it may", "--statement-timeout"}, attended: true,
		},
		"stall after some rows": {
			match: section("clients.inventory"), fault: tdstest.Stall(5), broken: []string{"clients.inventory"},
			status: snapshot.Partial, message: []string{"longer than it may", "after 5 rows, which are kept"}, attended: true,
		},
		"stall in the question for the order": {
			match: section("key_order"), fault: tdstest.Stall(0),
			broken: []string{"clients", "clients.agents", "clients.licence", "clients.addresses", "clients.filters", "clients.plugin_policies", "clients.packages", "clients.packages.last_run", "clients.inventory", "clients.task_agent"},
			status: snapshot.TimedOut, message: []string{"longer than it may"}, attended: true, clients: -1,
		},
		"a row in the wrong order": {
			match: section("clients.licence"), fault: tdstest.Swap(2), broken: []string{"clients.licence"},
			status: snapshot.Failed, message: []string{"out of order", "the query must order its rows by key"},
		},
		"killed by an administrator": {
			match: section("clients.task_agent"), fault: killed, broken: []string{"clients.task_agent"},
			status: snapshot.Failed, message: []string{"an administrator ended nscheck's session", "ask when it may run"},
		},
	} {
		t.Run(strings.NewReplacer(" ", "_", ",", "").Replace(name), func(t *testing.T) {
			d := startDouble(t, smallEstate(t), nil)
			d.allow(t, 0, 1)
			match := c.match
			if c.fault.Stall {
				match = deadline.overdue(match)
			}
			d.Fail(match, c.fault)
			o := collectRun(t, d)
			o.others(t, c.broken...)
			if c.clients == 0 && o.clients != smallClients {
				t.Errorf("%d clients, want %d", o.clients, smallClients)
			}
			if !slices.Equal(o.waited, c.waited) {
				t.Errorf("waited %v, want %v", o.waited, c.waited)
			}
			if want := max(c.logins, 1); len(d.Logins()) != want {
				t.Errorf("%d logins, want %d", len(d.Logins()), want)
			}
			if c.attended && !attentions(d) {
				t.Error("the statement was not cancelled on the server")
			}
			if !strings.Contains(o.notes(), c.note) || c.note == "" && o.notes() != "" {
				t.Errorf("notes %q", o.notes())
			}
			if len(c.broken) == 0 {
				if o.status != 0 {
					t.Errorf("status %d: %s", o.status, o.stderr)
				}
				return
			}
			s := o.section(t, c.broken[0])
			if o.status != 3 || s.Status != c.status {
				t.Errorf("status %d, section %s: %s", o.status, s.Status, s.Error)
			}
			for _, text := range c.message {
				if !strings.Contains(s.Error, text) || !strings.Contains(o.stderr, text) {
					t.Errorf("no %q in %q, or not in %q", text, s.Error, o.stderr)
				}
			}
			if !strings.Contains(o.stderr, fmt.Sprintf("Section %s: %s: collect %s: ", s.Name, s.Status, s.Name)) {
				t.Errorf("standard error does not name the section: %s", o.stderr)
			}
			if o := collectRun(t, d, "--allow-incomplete"); o.status != 0 {
				t.Errorf("status %d with --allow-incomplete", o.status)
			}
		})
	}
}

// attentions says whether a client asked for a statement to be cancelled.
func attentions(d *double) bool {
	return slices.ContainsFunc(d.Log(), func(e tdstest.Entry) bool { return e.Kind == tdstest.KindAttention })
}

// TestServerGoesAway: the server is gone for good in the middle. What was read
// before is kept, and each section after it says why it is not there.
func TestServerGoesAway(t *testing.T) {
	d := startDouble(t, smallEstate(t), nil)
	d.allow(t, 0, 1)
	d.Fail(func(sql string) bool {
		if !section("clients.inventory")(sql) {
			return false
		}
		d.FailLogin(tdstest.Fault{Cut: true})
		return true
	}, tdstest.Cut(2))
	o := collectRun(t, d)
	o.others(t, "clients.inventory", "clients.task_agent")
	if s := o.section(t, "clients.inventory"); o.status != 3 || s.Status != snapshot.Failed || !strings.Contains(s.Error, "the connection was lost and could not be restored") {
		t.Errorf("status %d, %s: %s", o.status, s.Status, s.Error)
	}
	if s := o.section(t, "clients.task_agent"); s.Status != snapshot.Failed || !strings.Contains(s.Error, "could not be restored") {
		t.Errorf("%s: %s", s.Status, s.Error)
	}
	if len(o.waited) != 3 {
		t.Errorf("waited %v; the sections after the one that found out need not try", o.waited)
	}
}

// TestNothingAtAll: where no section can be read there is no snapshot.
func TestNothingAtAll(t *testing.T) {
	d := startDouble(t, smallEstate(t), nil)
	d.Fail(section("server"), tdstest.Raise(tdstest.Message{Number: 596, Class: 21, State: 1, Text: "The session is in the kill state."}))
	o := collectRun(t, d)
	if o.status != 2 || o.manifest != nil || !strings.Contains(o.stderr, "nothing could be read: an administrator ended nscheck's session") {
		t.Errorf("status %d: %s", o.status, o.stderr)
	}
}

// TestDeadline: the time for the whole run is over. The running statement is
// cancelled, and nothing is written.
func TestDeadline(t *testing.T) {
	d := startDouble(t, smallEstate(t), nil)
	d.Fail(section("server"), tdstest.Stall(0))
	o := collectRun(t, d, "--timeout", "3s")
	if o.status != 2 || o.manifest != nil || !strings.Contains(o.stderr, "nothing was written: the time limit of --timeout, 3s, is over") || !attentions(d) {
		t.Errorf("status %d, cancelled %t: %s", o.status, attentions(d), o.stderr)
	}
}

// TestInterrupt: Ctrl-C while a statement runs.
func TestInterrupt(t *testing.T) {
	if os.Getenv("OS") == "Windows_NT" {
		t.Skip("a process cannot interrupt itself on Windows")
	}
	d := startDouble(t, smallEstate(t), nil)
	d.Fail(func(sql string) bool {
		if section("clients.filters")(sql) {
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Signal(os.Interrupt)
			}
			if err != nil {
				t.Error(err)
			}
			return true
		}
		return false
	}, tdstest.Stall(1))
	old := []byte("what stood there before")
	o := &outcome{}
	folder := t.TempDir()
	file := folder + "/estate.jsonl"
	if err := os.WriteFile(file, old, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(passwordVariable, plantedPassword)
	var stdout, stderr bytes.Buffer
	o.status = run([]string{"nscheck", "collect", "-o", file, "--source", d.url(), "--ca-file", d.CAFile()}, &stdout, &stderr)
	noGoroutines(t)
	if o.status != 2 || !strings.Contains(stderr.String(), "collection stopped, nothing was written: interrupt signal received") || !attentions(d) {
		t.Errorf("status %d, cancelled %t: %s", o.status, attentions(d), stderr.String())
	}
	if now, err := os.ReadFile(file); err != nil || !bytes.Equal(now, old) {
		t.Errorf("the file that was there is now %.100q, %v", now, err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 1 {
		t.Errorf("files: %v", entries)
	}
}
