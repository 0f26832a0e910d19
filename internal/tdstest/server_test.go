package tdstest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"encoding/pem"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestLoginFailures(t *testing.T) {
	for _, c := range []struct {
		name    string
		params  []string
		numbers []int32 // all the errors, the last being the one shown
		text    string
	}{
		{"password", []string{"password=reader-passw0rd"}, []int32{18456}, "Login failed for user 'reader'."},
		{"user", []string{"user id=nobody"}, []int32{18456}, "Login failed for user 'nobody'."},
		{"database", []string{"database=nowhere"}, []int32{4060, 18456}, "Login failed for user 'reader'."},
	} {
		for _, mode := range modes {
			t.Run(c.name+"/"+mode, func(t *testing.T) {
				srv := Start(t, Options{})
				err := open(t, srv, append(c.params, "encrypt="+mode)...).Ping()
				last := c.numbers[len(c.numbers)-1]
				e := wantNumber(t, err, last)
				if e.Class != 14 || !strings.HasSuffix(e.Message, c.text) {
					t.Errorf("error is class %d %q; want class 14 %q", e.Class, e.Message, c.text)
				}
				var got []int32
				for _, one := range e.All {
					got = append(got, one.Number)
				}
				if len(got) != len(c.numbers) || got[0] != c.numbers[0] {
					t.Errorf("errors are %v; want %v", got, c.numbers)
				}
				if l := srv.Logins(); len(l) == 0 || l[0].Accepted || l[0].password != "" {
					t.Errorf("logins are %+v; want a refused one without its password", l)
				}
			})
		}
	}
}

func TestLoginSaysWhoConnects(t *testing.T) {
	srv := Start(t, Options{Users: map[string]string{"sa": `pä:ss@/?#"'`}, Databases: []string{"Other DB"}})
	db := open(t, srv, "database=other db", "app name=nscheck", "ApplicationIntent=ReadOnly", "workstation id=ws", "packet size=8192")
	if got := mustQuery(t, db, "SELECT DB_NAME(), SUSER_SNAME(), APP_NAME(), HOST_NAME()")[0]; got[0] != "Other DB" ||
		got[1] != "sa" || got[2] != "nscheck" || got[3] != "ws" {
		t.Errorf("the session says %v", got)
	}
	l := srv.Logins()[0]
	if l.Database != "other db" || !l.ReadOnlyIntent || !l.Accepted || l.PacketSize != 8192 || l.TDSVersion != version74 {
		t.Errorf("login is %+v", l)
	}
}

// TestEncryptionTable goes through what client and server may want.
func TestEncryptionTable(t *testing.T) {
	for _, c := range []struct {
		server        Encryption
		client        string
		fine, covered bool
	}{
		{EncryptOff, "disable", true, false},
		{EncryptOff, "false", true, false},
		{EncryptOff, "true", true, true},
		{EncryptOff, "strict", true, true},
		{EncryptNotSupported, "disable", true, false},
		{EncryptNotSupported, "false", true, false},
		{EncryptNotSupported, "true", false, false},
		{EncryptNotSupported, "strict", false, false},
		{EncryptRequired, "false", true, true},
		{EncryptRequired, "true", true, true},
		{EncryptRequired, "strict", true, true},
		{EncryptStrict, "disable", false, false},
		{EncryptStrict, "true", false, false},
		{EncryptStrict, "strict", true, true},
	} {
		srv := Start(t, Options{Encryption: c.server})
		err := open(t, srv, "encrypt="+c.client).Ping()
		if (err == nil) != c.fine {
			t.Errorf("server %d, client %s: error %v; want fine %v", c.server, c.client, err, c.fine)
			continue
		}
		if l := srv.Logins(); c.fine && l[0].Encrypted != c.covered {
			t.Errorf("server %d, client %s: encrypted is %v; want %v", c.server, c.client, l[0].Encrypted, c.covered)
		}
	}
}

func TestDSNFollowsTheServer(t *testing.T) {
	for _, e := range []Encryption{EncryptOff, EncryptNotSupported, EncryptRequired, EncryptStrict} {
		if err := open(t, Start(t, Options{Encryption: e})).Ping(); err != nil {
			t.Errorf("encryption %d: %v", e, err)
		}
	}
}

func TestUnknownCAIsRefused(t *testing.T) {
	for _, mode := range []string{"true", "strict"} {
		srv := Start(t, Options{UnknownCA: true})
		err := open(t, srv, "encrypt="+mode).Ping()
		if err == nil || !strings.Contains(err.Error(), "unknown authority") {
			t.Errorf("%s: error is %v; want an unknown authority", mode, err)
		}
		if len(srv.Logins()) != 0 {
			t.Errorf("%s: a login was sent to a server that is not trusted", mode)
		}
	}
	srv := Start(t, Options{UnknownCA: true})
	if err := open(t, srv, "encrypt=true", "TrustServerCertificate=true", "certificate=").Ping(); err != nil {
		t.Errorf("with verification off: %v", err)
	}
}

func TestCertificate(t *testing.T) {
	srv := Start(t, Options{Encryption: EncryptStrict})
	file, err := os.ReadFile(srv.CAFile())
	if err != nil || string(file) != string(srv.CertPEM()) {
		t.Fatalf("CAFile and CertPEM differ (%v)", err)
	}
	if block, _ := pem.Decode(file); block == nil {
		t.Fatal("CAFile holds no certificate")
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(file)
	for _, host := range []string{"localhost", "127.0.0.1"} {
		conn, err := tls.Dial("tcp", srv.Addr(), &tls.Config{RootCAs: pool, ServerName: host, NextProtos: []string{"tds/8.0"}})
		if err != nil {
			t.Fatalf("%s: %v", host, err)
		}
		conn.Close()
	}
	srv.Close()
	if _, err := os.Stat(srv.CAFile()); !os.IsNotExist(err) {
		t.Errorf("CAFile is there after Close: %v", err)
	}
}

func TestStrictNeedsItsProtocolName(t *testing.T) {
	srv := Start(t, Options{Encryption: EncryptStrict})
	conn, err := tls.Dial("tcp", srv.Addr(), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("a client without ALPN got an answer")
	}
}

func TestGarbageEndsTheConnection(t *testing.T) {
	srv := Start(t, Options{})
	for _, garbage := range []string{
		"GET / HTTP/1.1\r\n\r\n",
		"\x12\x01\x00\x08\x00\x00\x00\x00",                 // PRELOGIN without a terminator
		"\x10\x01\x00\x09\x00\x00\x00\x00x",                // LOGIN7 of one byte
		"\x12\x01\x00\x07\x00\x00\x00\x00",                 // shorter than its header
		"\x16\x03\x01\x00\x01x",                            // no ClientHello
		"\x01\x01\x00\x0c\x00\x00\x01\x00\x04\x00\x00\x00", // a batch without a login
	} {
		conn, err := net.Dial("tcp", srv.Addr())
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(5 * time.Second))
		io.WriteString(conn, garbage)
		conn.(*net.TCPConn).CloseWrite()
		if _, err := io.Copy(io.Discard, conn); err != nil && os.IsTimeout(err) {
			t.Errorf("%q leaves the connection open", garbage)
		}
		conn.Close()
	}
	mustQuery(t, open(t, srv), "SELECT 1")
}

// TestCloseLeavesNothing closes servers in the middle of everything.
func TestCloseLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, mode := range modes {
		srv, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		srv.Handle(Word("endless"), numbers(-1))
		srv.Fail(Word("stalled"), Stall(0))
		db, _ := sql.Open("sqlserver", srv.DSN("encrypt="+mode))
		endless, err := db.Query("SELECT n FROM endless")
		if err != nil {
			t.Fatal(err)
		}
		// Connections are made one after the other: with encrypt=strict the
		// driver writes to settings that they share.
		idle, err := db.Conn(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		busy, err := db.Conn(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		stalled := make(chan error)
		go func() {
			_, err := busy.ExecContext(context.Background(), "SELECT n FROM stalled")
			stalled <- err
		}()
		silent, err := net.Dial("tcp", srv.Addr())
		if err != nil {
			t.Fatal(err)
		}
		for len(srv.Log()) < 2 {
			time.Sleep(time.Millisecond)
		}
		srv.Close()
		srv.Close()
		if err := <-stalled; err == nil {
			t.Error("a stalled statement ended well")
		}
		endless.Close()
		idle.Close()
		busy.Close()
		silent.Close()
		db.Close()
	}
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<16)
			t.Fatalf("%d goroutines are left of %d:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

func TestDisconnect(t *testing.T) {
	srv := Start(t, Options{})
	db := open(t, srv)
	db.SetMaxOpenConns(1)
	before := mustQuery(t, db, "SELECT @@SPID")[0][0].(int64)
	srv.Disconnect()
	var after int64
	var err error
	for range 3 { // the pool may hand out the dead connection once
		if err = db.QueryRow("SELECT @@SPID").Scan(&after); err == nil {
			break
		}
	}
	if err != nil || before < 51 || after <= before {
		t.Errorf("session %d is followed by %d (%v)", before, after, err)
	}
}

func TestLoginFaults(t *testing.T) {
	srv := Start(t, Options{})
	db := open(t, srv)
	srv.FailLogin(Raise(Message{}).Once())
	wantNumber(t, db.Ping(), 18456)
	srv.FailLogin(Raise(Message{Number: 18488, Class: 14, State: 1, Text: "Login failed. The password must be changed."}).Once())
	wantNumber(t, db.Ping(), 18488)
	srv.FailLogin(Fault{Cut: true}.Once())
	if err := db.Ping(); err == nil {
		t.Error("a cut login succeeded")
	}
	srv.FailLogin(Fault{Stall: true}.Once())
	short := open(t, srv, "dial timeout=1", "connection timeout=1")
	if err := short.Ping(); err == nil {
		t.Error("a stalled login succeeded")
	}
	if err := db.Ping(); err != nil {
		t.Errorf("after the faults: %v", err)
	}
}
