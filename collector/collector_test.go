package collector

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/snapshot"
)

// TestDemoIsTheSameEveryTime: the demo's snapshot does not depend on the clock,
// nor on whether the source was read before.
func TestDemoIsTheSameEveryTime(t *testing.T) {
	open := func() Source {
		source, err := Open(t.Context(), Demo, Access{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := source.Close(); err != nil {
				t.Error(err)
			}
		})
		return source
	}
	collect := func(source Source) string {
		var file bytes.Buffer
		w := snapshot.NewWriter(&file)
		m, err := Collect(t.Context(), source, w, Options{ToolVersion: "1.2.3", TempDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if m.Tool != "1.2.3" || m.Source.Kind != "demo" || m.Source.Server != "NS01" {
			t.Errorf("%+v", m)
		}
		return file.String()
	}
	source := open()
	first := collect(source)
	if collect(source) != first {
		t.Error("two snapshots of one source differ")
	}
	if collect(open()) != first {
		t.Error("snapshots of two sources differ")
	}
}

func TestRedact(t *testing.T) {
	for source, want := range map[string]string{
		"demo:":                                  "demo:",
		"estate":                                 "estate",
		"sqlserver://sa:secret@host/x":           "sqlserver://sa@host/x",
		"sqlserver://sa@host?password=secret":    "sqlserver://sa@host",
		"sqlserver:server=host;password=secret":  "sqlserver:…",
		"sqlserver://sa:sec%zzret@host":          "sqlserver:…",
		"sqlserver://host:1433?database=Altiris": "sqlserver://host:1433",
		"demo:renamed":                           "demo:renamed",
		"server=host;password=secret":            "…",
		"secret@host":                            "…",
		"password=secret;server=tcp:host":        "…:…",
		"password=secret;server=tcp:":            "…:",
	} {
		if got := Redact(source); got != want {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
}

// TestOpenShowsNoPassword: whatever is written in place of a source, a password
// in it does not come back in the error.
func TestOpenShowsNoPassword(t *testing.T) {
	access := Access{Password: func(context.Context, string) (string, error) { return "given", nil }}
	for _, source := range []string{
		"server=host;user id=sa;password=hunter2",
		"password=hunter2;server=tcp:host",
		"hunter2@host",
		"sa:hunter2@host",
		"sqlserver:server=host;password=hunter2",
		"sqlserver://sa@host.invalid;password=hunter2",
		"sqlserver://sa@host.invalid/INSTANCE;password=hunter2",
		"sqlserver://sa;password=hunter2@host.invalid",
		"sqlserver://sa@host.invalid/password=hunter2",
	} {
		opened, err := Open(t.Context(), source, access)
		if err == nil {
			_ = opened.Close()
			t.Errorf("%s was opened", source)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "connect to") {
			t.Errorf("%s: %v", source, err)
		}
	}
}
