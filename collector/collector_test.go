package collector

import (
	"bytes"
	"strings"
	"testing"

	"github.com/microsoft/go-mssqldb/msdsn"

	"github.com/nscheck/nscheck/snapshot"
)

// TestDemoIsTheSameEveryTime: the demo's snapshot does not depend on the clock,
// nor on whether the source was read before.
func TestDemoIsTheSameEveryTime(t *testing.T) {
	open := func() Source {
		source, err := Open(t.Context(), Demo)
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

func TestOpenRefuses(t *testing.T) {
	t.Setenv(PasswordVariable, "")
	for source, want := range map[string]string{
		"":                                       "a source is sqlserver://",
		"estate.jsonl":                           "a source is sqlserver://",
		"ftp://user:secret@host/x":               `there is no kind of source "ftp"`,
		"demo:other":                             "nothing may follow demo:",
		"sqlserver:server=x;password=secret":     "names no host",
		"sqlserver://":                           "names no host",
		"sqlserver://sa:secret@host":             "holds a password, which others can see on a command line; leave it out and put the password into the environment variable NSCHECK_PASSWORD",
		"sqlserver://sa@host?password=secret":    "holds a password",
		"sqlserver://sa@host?PWD=secret":         "holds a password",
		"sqlserver://sa@host":                    "there is no password for the login sa; put it into the environment variable NSCHECK_PASSWORD",
		"sqlserver://sa:secret@host:port/x":      "cannot be read",
		"sqlserver://sa:sec%zzret@host/x":        "cannot be read",
		"sqlserver://host?database=%zz":          "after ? cannot be read",
		"sqlserver://host?a=1;password=secret":   "after ? cannot be read",
		"sqlserver://host?encrypt=sometimes":     "cannot be used",
		"sqlserver://host?database=a&database=b": "cannot be used",
	} {
		opened, err := Open(t.Context(), source)
		if err == nil {
			opened.Close()
			t.Errorf("%s was opened", source)
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", source, err, want)
		}
		if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "sec%") {
			t.Errorf("%s: the message holds the password: %v", source, err)
		}
	}
}

func TestConnectionConfig(t *testing.T) {
	getenv := func(name string) string { return map[string]string{PasswordVariable: "secret"}[name] }
	config, err := connectionConfig("sqlserver://reader@cmdb.example.com:1444", getenv)
	if err != nil {
		t.Fatal(err)
	}
	if config.Host != "cmdb.example.com" || config.Port != 1444 || config.User != "reader" || config.Password != "secret" || config.Database != "Symantec_CMDB" {
		t.Errorf("host %s, port %d, user %s, database %s", config.Host, config.Port, config.User, config.Database)
	}
	if config.Encryption != msdsn.EncryptionRequired || config.TLSConfig == nil || config.TLSConfig.InsecureSkipVerify || !config.ReadOnlyIntent || config.AppName != "nscheck" {
		t.Errorf("encryption %v, read-only intent %t, application %q", config.Encryption, config.ReadOnlyIntent, config.AppName)
	}
	if config, err = connectionConfig("sqlserver://host/SQL2?Database=Altiris&Encrypt=strict", getenv); err != nil {
		t.Fatal(err)
	}
	if config.Database != "Altiris" || config.Encryption != msdsn.EncryptionStrict || config.Instance != "SQL2" || config.User != "" || config.Password != "" {
		t.Errorf("database %s, encryption %v, instance %s, user %q", config.Database, config.Encryption, config.Instance, config.User)
	}
	if config, err = connectionConfig("sqlserver://host?trustservercertificate=true", getenv); err != nil {
		t.Fatal(err)
	}
	if !config.TLSConfig.InsecureSkipVerify {
		t.Error("the URL's own choice was not kept")
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
	} {
		if got := Redact(source); got != want {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
}
