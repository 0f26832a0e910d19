package probe

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/fixtures"
	"github.com/nscheck/nscheck/internal/tdstest"
)

// queryOf matches the shipped query of a section. The server strips comments
// before faults see a statement, so that a fault cannot match on them.
func queryOf(section string) tdstest.Match { return tdstest.Exact(binding.Shipped()[section].Query) }

// TestProbeRetries: what passes by itself is no finding of a probe, wherever it
// comes.
func TestProbeRetries(t *testing.T) {
	for name, c := range map[string]struct {
		match  tdstest.Match
		fault  tdstest.Fault
		waited int
	}{
		"deadlock in the version":          {queryOf("server"), tdstest.Deadlock().Once(), 1},
		"lock timeouts in a query":         {queryOf("policies"), tdstest.LockTimeout().First(3), 3},
		"connection lost in a query":       {queryOf("clients"), tdstest.Cut(0).Once(), 1},
		"deadlock in a look at an object":  {tdstest.Regexp(`FROM \[vSiteServices\] o WHERE 1 = 0`), tdstest.Deadlock().Once(), 1},
		"deadlock in the list of tables":   {tdstest.Word("INFORMATION_SCHEMA"), tdstest.Deadlock().Once(), 1},
		"lock timeout in the list of uses": {tdstest.Word("sql_modules"), tdstest.LockTimeout().Once(), 1},
	} {
		server, source := sqlServerOf(t, renamedDemo(t))
		var waited []time.Duration
		options := cmdb.Options{Pause: func(_ context.Context, d time.Duration) error {
			waited = append(waited, d)
			return nil
		}}
		want := probeDB(t, source, SQLServer, options)
		server.Fail(c.match, c.fault)
		got := probeDB(t, source, SQLServer, options)
		if got.Draft() != want.Draft() || got.Version != want.Version || !slices.Equal(got.Notes, want.Notes) {
			t.Errorf("%s: the probe found something else: %v", name, got.Notes)
		}
		for i, s := range got.Sections {
			if s.Status != want.Sections[i].Status {
				t.Errorf("%s: %s: %s: %s", name, s.Name, s.Status, s.Message)
			}
		}
		if !slices.Equal(waited, []time.Duration{time.Second, 3 * time.Second, 9 * time.Second}[:c.waited]) {
			t.Errorf("%s: waited %v", name, waited)
		}
	}
}

func TestProbeItemRetries(t *testing.T) {
	server, source := sqlServerOf(t, openCMDB(t, fixtures.Demo()))
	options := cmdb.Options{Pause: func(context.Context, time.Duration) error { return nil }}
	server.Fail(tdstest.Regexp(`@item`), tdstest.Deadlock().First(2))
	items, err := Items(t.Context(), source, "Microsoft Vendor Policy", options)
	if err != nil || len(items) != 1 {
		t.Errorf("%d items, %v", len(items), err)
	}
	server.Fail(tdstest.Regexp(`@item`), tdstest.LockTimeout())
	_, err = Items(t.Context(), source, "Microsoft Vendor Policy", options)
	if err == nil || !strings.Contains(err.Error(), "(error 1222)") || !strings.HasSuffix(err.Error(), "; tried 4 times") {
		t.Error(err)
	}
}
