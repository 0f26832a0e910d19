package collector

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/collector/agent"
	"github.com/nscheck/nscheck/snapshot"
)

// TestMarkDownloaded_keepsStatus: the content of a package on the client shows its arrival only
// if the server has no download event. What the server knows is newer or worse.
func TestMarkDownloaded_keepsStatus(t *testing.T) {
	three, nine := 3, 9
	for _, status := range []string{"failed", "pending", "downloaded"} {
		c := &snapshot.Client{Packages: &snapshot.ClientPackages{Scan: &snapshot.ClientPackage{Status: &status, StatusAgeDays: &three}}}
		markDownloaded(c, "scan", &nine)
		if got := c.Packages.Scan; *got.Status != status || *got.StatusAgeDays != 3 {
			t.Errorf("%s, 3 days old, becomes %s, %d days old", status, *got.Status, *got.StatusAgeDays)
		}
	}
	for name, packages := range map[string]*snapshot.ClientPackages{
		"no event": {Scan: &snapshot.ClientPackage{}}, "no package": {}, "nothing": nil,
	} {
		c := &snapshot.Client{Packages: packages}
		markDownloaded(c, "scan", &nine)
		if got := c.Packages.Scan; got.Status == nil || *got.Status != "downloaded" || *got.StatusAgeDays != 9 {
			t.Errorf("%s becomes %+v", name, got)
		}
		if c.Packages.Tools != nil && c.Packages.Tools.Status != nil {
			t.Errorf("%s: another package arrived too", name)
		}
	}
}

// TestLogErrors_newest: the age is that of the newest error about a package, in
// whatever order they come.
func TestLogErrors_newest(t *testing.T) {
	now := time.Date(2014, 3, 3, 6, 0, 0, 0, time.UTC)
	ago := func(days int) *time.Time {
		at := now.AddDate(0, 0, -days)
		return &at
	}
	m := newMerge(&snapshot.Manifest{CollectedAt: snapshot.Time{Time: now}}, &matcher{estate: &snapshot.Estate{}})
	two := 2
	want := []snapshot.LogErrors{{Package: "scan", Count: 6, AgeDays: &two}}
	for _, ages := range [][]*time.Time{{ago(9), ago(2), nil}, {ago(2), ago(9), nil}, {nil, ago(2), ago(9)}} {
		r := &agent.Report{Errors: []agent.ErrorGroup{}}
		for i, at := range ages {
			r.Errors = append(r.Errors, agent.ErrorGroup{Roles: []string{"scan"}, Count: i + 1, Newest: at})
		}
		if diff := cmp.Diff(want, m.logErrors(r)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", ages, diff)
		}
	}
}

// TestFinishPackages: folders complete a section that was read, and are a part of one
// that was not. They never make it complete, and never lose what was counted.
func TestFinishPackages(t *testing.T) {
	for _, c := range []struct {
		before, after snapshot.Status
		rows          int64
	}{
		{snapshot.Collected, snapshot.Collected, 40},
		{snapshot.Partial, snapshot.Partial, 40},
		{snapshot.Failed, snapshot.Partial, 2},
		{snapshot.Missing, snapshot.Partial, 2},
	} {
		m := &merge{manifest: &snapshot.Manifest{Sections: []snapshot.Section{
			{Name: "sites", Status: snapshot.Failed, Rows: 1},
			{Name: packagesSection, Status: c.before, Rows: 40, Note: "before"},
		}}}
		m.finishPackages(&part{sources: []string{"agent:a", "agent:b"}, rows: 2})
		if other := m.manifest.Sections[0]; other.Status != snapshot.Failed || other.Rows != 1 || other.Note != "" {
			t.Errorf("%s: another section becomes %+v", c.before, other)
		}
		got := m.manifest.Sections[1]
		if got.Status != c.after || got.Rows != c.rows {
			t.Errorf("%s becomes %s with %d rows, want %s with %d", c.before, got.Status, got.Rows, c.after, c.rows)
		}
		if !strings.HasPrefix(got.Note, "before; for 2 of the computers") || !strings.HasSuffix(got.Note, "agent:a, agent:b") {
			t.Errorf("%s: note %q", c.before, got.Note)
		}
	}
}
