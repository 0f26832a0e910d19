package main

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/nscheck/nscheck/internal/tdstest"
)

// TestConnectionFails: each way in which no connection can be made has exit
// status 2, a sentence that says what to do, and no file.
func TestConnectionFails(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for name, c := range map[string]struct {
		options func(*tdstest.Options)
		fault   *tdstest.Fault // of logins
		params  []string
		args    []string // besides the authority
		want    []string // in standard error
	}{
		"wrong password": {
			options: func(o *tdstest.Options) { o.Users = map[string]string{"reader": "another"} },
			want:    []string{"refused the login reader: the password is wrong", "error 18456"},
		},
		"login refused": {
			fault: &tdstest.Fault{Err: &tdstest.Message{}},
			want:  []string{"refused the login reader", "ask the database administrator"},
		},
		"unknown database": {
			params: []string{"database=Altiris"},
			want:   []string{`no database "Altiris", or the login reader has no right to open it`, "give the right name with database=", "error 4060"},
		},
		"locked out": {
			fault: &tdstest.Fault{Err: &tdstest.Message{Number: 18486, Class: 14, State: 1, Text: "Login failed."}},
			want:  []string{"the login reader is locked out"},
		},
		"unknown authority": {
			options: func(o *tdstest.Options) { o.UnknownCA = true },
			want:    []string{"signed by an unknown authority", "--ca-file"},
		},
		"unknown authority, strict": {
			options: func(o *tdstest.Options) { o.UnknownCA, o.Encryption = true, tdstest.EncryptStrict },
			params:  []string{"encrypt=strict"},
			want:    []string{"signed by an unknown authority"},
		},
		"certificate for another name": {
			params: []string{"hostnameincertificate=cmdb.example.com"},
			want:   []string{"for another name than 127.0.0.1", "valid for localhost, not cmdb.example.com", "hostnameincertificate="},
		},
		"certificate for another name, strict": {
			options: func(o *tdstest.Options) { o.Encryption = tdstest.EncryptStrict },
			params:  []string{"hostnameincertificate=cmdb.example.com", "encrypt=strict"},
			want:    []string{"for another name than 127.0.0.1"},
		},
		"no TLS": {
			options: func(o *tdstest.Options) { o.Encryption = tdstest.EncryptNotSupported },
			want:    []string{"the server offers no encryption; have a certificate configured on it"},
		},
		"any certificate in the URL": {
			params: []string{"trustservercertificate=true"},
			want:   []string{"add --accept-unverified-certificate"},
		},
		"no encryption in the URL": {
			params: []string{"encrypt=disable"},
			want:   []string{"add --accept-unencrypted-connection"},
		},
		"closed during the login": {
			fault: &tdstest.Fault{Cut: true},
			want:  []string{"closed the connection during the login"},
		},
		"a stall at the login": {
			fault: &tdstest.Fault{Stall: true},
			args:  []string{"--timeout", "300ms"},
			want:  []string{"nothing was written: the time limit of --timeout, 300ms, is over"},
		},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			d := startDouble(t, smallEstate(t), func(o *tdstest.Options) {
				if c.options != nil {
					c.options(o)
				}
			})
			if c.fault != nil {
				d.FailLogin(*c.fault)
			}
			o := collectInto(t, t.TempDir(), append([]string{"--source", d.url(c.params...), "--ca-file", d.CAFile()}, c.args...)...)
			refused(t, o, c.want...)
		})
	}
	for name, c := range map[string]struct{ source, want string }{
		"port closed":  {"sqlserver://reader@" + closed.Addr().String(), "its TCP port"},
		"host unknown": {"sqlserver://reader@cmdb.invalid", "cmdb.invalid"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			refused(t, collectInto(t, t.TempDir(), "--source", c.source), c.want)
		})
	}
}

// refused checks a run that could not connect.
func refused(t *testing.T, o *outcome, want ...string) {
	t.Helper()
	if o.status != 2 || o.manifest != nil || o.stdout != "" {
		t.Errorf("status %d, output %q, manifest %v", o.status, o.stdout, o.manifest)
	}
	for _, text := range want {
		if !strings.Contains(o.stderr, text) {
			t.Errorf("standard error lacks %q: %s", text, o.stderr)
		}
	}
	if strings.Count(o.stderr, "\n") != 1 || !strings.HasPrefix(o.stderr, "nscheck: ") {
		t.Errorf("not one sentence: %s", o.stderr)
	}
}

// TestSilentServer: a server that takes the connection and says nothing, in the
// part of the login in which the driver waits without end.
func TestSilentServer(t *testing.T) {
	for _, encrypt := range []string{"true", "strict"} {
		address := listen(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
		o := collectInto(t, t.TempDir(), "--source", "sqlserver://reader@"+address+"?encrypt="+encrypt, "--timeout", "200ms")
		refused(t, o, "the time limit of --timeout, 200ms, is over")
	}
}

// TestStrictWhereItIsNotThere: a server before SQL Server 2022 takes the first
// byte of TLS for nonsense and hangs up.
func TestStrictWhereItIsNotThere(t *testing.T) {
	address := listen(t, func(conn net.Conn) { _, _ = conn.Read(make([]byte, 4096)) })
	o := collectInto(t, t.TempDir(), "--source", "sqlserver://reader@"+address+"?encrypt=strict")
	refused(t, o, "does not support encrypt=strict, which SQL Server 2022 introduced; remove it from the URL")
}

// listen serves connections until the test ends.
func listen(t *testing.T, serve func(net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer conn.Close()
				serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
	})
	return l.Addr().String()
}

// TestConnects: each way to connect that there is.
func TestConnects(t *testing.T) {
	folder := t.TempDir()
	secret := filepath.Join(folder, "secret.txt")
	if err := os.WriteFile(secret, []byte(plantedPassword+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	windows := func(d *double) string {
		return strings.Replace(d.url("authenticator=ntlm"), "reader@", "CORP%5Creader@", 1)
	}
	for name, c := range map[string]struct {
		options func(*tdstest.Options)
		source  func(*double) string
		args    []string
		env     string // the password
		warning string
	}{
		"SQL login":     {env: plantedPassword},
		"password file": {args: []string{"--password-file", secret}, env: "wrong"},
		"strict":        {options: func(o *tdstest.Options) { o.Encryption = tdstest.EncryptStrict }, source: func(d *double) string { return d.url("encrypt=strict") }, env: plantedPassword},
		"NTLM":          {source: windows, env: plantedPassword},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Setenv(passwordVariable, c.env)
			d := startDouble(t, smallEstate(t), c.options)
			source := d.url()
			if c.source != nil {
				source = c.source(d)
			}
			o := collectInto(t, t.TempDir(), append([]string{"--source", source, "--ca-file", d.CAFile()}, c.args...)...)
			if o.status != 0 || o.clients != smallClients {
				t.Fatalf("status %d, %d clients: %s", o.status, o.clients, o.stderr)
			}
			logins := d.Logins()
			l := logins[len(logins)-1]
			if len(logins) != 1 || l.AppName != "nscheck/"+version || !l.ReadOnlyIntent || !l.Encrypted || l.Integrated != (name == "NTLM") || l.Database != "Symantec_CMDB" {
				t.Errorf("%d logins, the last %+v", len(logins), l)
			}
		})
	}
}

// TestDangerousSwitches: they work, are told on standard error even with
// --quiet, and stand in the manifest.
func TestDangerousSwitches(t *testing.T) {
	d := startDouble(t, smallEstate(t), func(o *tdstest.Options) { o.UnknownCA = true })
	o := collectInto(t, t.TempDir(), "--source", d.url(), "--accept-unverified-certificate", "--quiet")
	if o.status != 0 || !strings.HasPrefix(o.stderr, "WARNING: --accept-unverified-certificate: ") || !strings.Contains(o.notes(), "certificate was not verified") {
		t.Errorf("status %d, notes %q: %s", o.status, o.notes(), o.stderr)
	}
	o = collectRun(t, d, "--accept-unverified-certificate")
	if o.status != 2 || !strings.Contains(o.stderr, "exclude each other; leave one out") {
		t.Errorf("status %d: %s", o.status, o.stderr)
	}
	d = startDouble(t, smallEstate(t), func(o *tdstest.Options) { o.Encryption = tdstest.EncryptNotSupported })
	o = collectInto(t, t.TempDir(), "--source", d.url("encrypt=disable"), "--accept-unencrypted-connection", "--quiet")
	if o.status != 0 || !strings.HasPrefix(o.stderr, "WARNING: --accept-unencrypted-connection: ") || !strings.Contains(o.notes(), "connection was not encrypted") {
		t.Errorf("status %d, notes %q: %s", o.status, o.notes(), o.stderr)
	}
}

// TestDangerousSwitchesElsewhere: where nothing connects there is no danger.
func TestDangerousSwitchesElsewhere(t *testing.T) {
	o := collectInto(t, t.TempDir(), "--demo", "--accept-unverified-certificate", "--accept-unencrypted-connection")
	if o.status != 0 || o.stderr != "" {
		t.Errorf("status %d: %s", o.status, o.stderr)
	}
	o = collectInto(t, t.TempDir(), "--source", "csv:nowhere", "--source", "SQLServer://reader@127.0.0.1:1?x=y", "--accept-unverified-certificate")
	if o.status != 2 || !strings.HasPrefix(o.stderr, "WARNING: --accept-unverified-certificate: ") {
		t.Errorf("status %d: %s", o.status, o.stderr)
	}
}

// TestStatementTimeoutAtConnect: a server that stalls at the first statement of
// all is given up too.
func TestStatementTimeoutAtConnect(t *testing.T) {
	d := startDouble(t, smallEstate(t), nil)
	d.Fail(deadline.overdue(tdstest.Regexp("LOCK_TIMEOUT")), tdstest.Stall(0))
	refused(t, collectRun(t, d), "the statement took longer than it may")
}
