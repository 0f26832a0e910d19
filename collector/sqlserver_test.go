package collector

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"

	"github.com/nscheck/nscheck/internal/tdstest"
)

func TestOpenRefuses(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	accept := Access{AcceptUnverifiedCertificate: true}
	for _, c := range []struct {
		source string
		access Access
		want   string
	}{
		{"", Access{}, "a source is sqlserver://"},
		{"estate.jsonl", Access{}, "a source is sqlserver://"},
		{"ftp://user:secret@host/x", Access{}, `unknown kind of source "ftp"`},
		{"demo:other", Access{}, "nothing but renamed may follow demo:"},
		{"sqlserver:server=x;password=secret", Access{}, "names no host"},
		{"sqlserver://", Access{}, "names no host"},
		{"sqlserver://sa:secret@host", Access{}, "contains a password, which others can see on a command line"},
		{"sqlserver://sa@host?password=secret", Access{}, "contains a password"},
		{"sqlserver://sa@host?PWD=secret", Access{}, "contains a password"},
		{"sqlserver://sa:secret@host:port/x", Access{}, "cannot be read"},
		{"sqlserver://sa:sec%zzret@host/x", Access{}, "cannot be read"},
		{"sqlserver://sa@host?database=%zz", Access{}, "after ? cannot be read"},
		{"sqlserver://sa@host?a=1;password=secret", Access{}, "after ? cannot be read"},
		{"sqlserver://sa@host?encrypt=sometimes", Access{}, "encrypt must be true or strict"},
		{"sqlserver://sa@host?encrypt=disable", Access{}, "add --accept-unencrypted-connection"},
		{"sqlserver://sa@host?encrypt=optional", Access{}, "add --accept-unencrypted-connection"},
		{"sqlserver://sa@host?database=a&database=b", Access{}, "has database twice"},
		{"sqlserver://sa@host?database=a&Database=b", Access{}, "has database twice"},
		{"sqlserver://sa@host?app+name=x", Access{}, "it is always nscheck/VERSION"},
		{"sqlserver://sa@host?user+id=x", Access{}, "contains the login; write it before the host"},
		{"sqlserver://sa@host?change+password=secret", Access{}, "contains a new password"},
		{"sqlserver://sa@host?log=63", Access{}, "a parameter that is not known here"},
		{"sqlserver://sa@host?trust+server+certificate=true", Access{}, "a parameter that is not known here"},
		{"sqlserver://sa@host?TrustServerCertificate=true", Access{}, "add --accept-unverified-certificate"},
		{"sqlserver://sa@host?TrustServerCertificate=maybe", Access{}, "must be true or false"},
		{"sqlserver://sa@host?encrypt=strict", accept, "encrypt=strict always verifies"},
		{"sqlserver://sa@host?certificate=ca.pem", accept, "exclude each other"},
		{"sqlserver://sa@host", Access{CAFile: empty}, "has no certificate in PEM or DER form"},
		{"sqlserver://sa@host", Access{CAFile: empty + "x"}, "read the authority's certificate"},
		{"sqlserver://sa@host?authenticator=ntlm", Access{}, "needs the account with its domain"},
		{"sqlserver://sa@host?authenticator=magic", Access{}, "authenticator must be ntlm, krb5"},
		{"sqlserver://sa@host,1444", Access{}, "write the port after a colon: sqlserver://USER@HOST:1433"},
		{"sqlserver://a,b@host,1444/x", Access{}, "write the port after a colon"},
		{"sqlserver://sa@host?packet+size=big", Access{}, "cannot be used"},
	} {
		c.access.Password = func(context.Context, string) (string, error) {
			return "", errors.New("no password was to be asked for")
		}
		opened, err := Open(t.Context(), c.source, c.access)
		if err == nil {
			opened.Close()
			t.Errorf("%s was opened", c.source)
			continue
		}
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", c.source, err, c.want)
		}
		if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "sec%") {
			t.Errorf("%s: the message holds the password: %v", c.source, err)
		}
	}
}

func configOf(t *testing.T, url string, access Access) (target, msdsn.Config) {
	t.Helper()
	to, err := parseTarget(url)
	if err != nil {
		t.Fatal(err)
	}
	config, _, err := to.config(access)
	if err != nil {
		t.Fatal(err)
	}
	return to, config
}

func TestConfig(t *testing.T) {
	to, c := configOf(t, "sqlserver://reader@cmdb.example.com:1444", Access{ToolVersion: "1.2.3"})
	if c.Host != "cmdb.example.com" || c.Port != 1444 || c.User != "reader" || c.Database != "Symantec_CMDB" || to.server() != "cmdb.example.com:1444" {
		t.Errorf("host %s, port %d, user %s, database %s", c.Host, c.Port, c.User, c.Database)
	}
	if c.Encryption != msdsn.EncryptionRequired || c.TLSConfig == nil || c.TLSConfig.InsecureSkipVerify || c.TLSConfig.ServerName != "cmdb.example.com" {
		t.Errorf("encryption %v, %+v", c.Encryption, c.TLSConfig)
	}
	if !c.ReadOnlyIntent || c.AppName != "nscheck/1.2.3" || c.ServerSPN != "MSSQLSvc/cmdb.example.com:1444" {
		t.Errorf("read-only intent %t, application %q, SPN %s", c.ReadOnlyIntent, c.AppName, c.ServerSPN)
	}
	to, c = configOf(t, "sqlserver://sa@host/SQL2?Database=Altiris&Encrypt=strict&HostNameInCertificate=db.example", Access{})
	if c.Database != "Altiris" || c.Encryption != msdsn.EncryptionStrict || c.Instance != "SQL2" || c.Port != 0 || to.server() != `host\SQL2` || c.TLSConfig.ServerName != "db.example" || c.ServerSPN != "MSSQLSvc/host:SQL2" {
		t.Errorf("database %s, encryption %v, instance %s, port %d, name %s", c.Database, c.Encryption, c.Instance, c.Port, c.TLSConfig.ServerName)
	}
	_, c = configOf(t, "sqlserver://sa@[::1]?applicationintent=ReadWrite", Access{AcceptUnverifiedCertificate: true})
	if c.Host != "::1" || c.ReadOnlyIntent || !c.TLSConfig.InsecureSkipVerify {
		t.Errorf("host %s, read-only intent %t", c.Host, c.ReadOnlyIntent)
	}
	_, c = configOf(t, "sqlserver://sa@host?encrypt=disable", Access{AcceptUnencryptedConnection: true})
	if c.Encryption != msdsn.EncryptionDisabled {
		t.Errorf("encryption %v", c.Encryption)
	}
	_, c = configOf(t, `sqlserver://CORP%5Creader@host?authenticator=ntlm`, Access{})
	if c.User != `CORP\reader` || c.Parameters["authenticator"] != "ntlm" || c.ServerSPN != "MSSQLSvc/host:1433" {
		t.Errorf("user %s", c.User)
	}
	configOf(t, `sqlserver://host?authenticator=krb5`, Access{})
	if _, err := parseTarget("sqlserver://host"); err != nil {
		t.Fatal(err)
	}
	_, _, err := target{host: "host", params: map[string]string{}}.config(Access{})
	if windows := runtime.GOOS == "windows"; (err == nil) != windows {
		t.Errorf("without a login: %v", err)
	}
}

// TestNotes: what is dangerous is recorded.
func TestNotes(t *testing.T) {
	for url, c := range map[string]struct {
		access Access
		want   string
	}{
		"sqlserver://sa@host":                 {Access{}, ""},
		"sqlserver://sa@host?encrypt=true":    {Access{AcceptUnverifiedCertificate: true}, "the server's certificate was not verified"},
		"sqlserver://sa@host?encrypt=disable": {Access{AcceptUnencryptedConnection: true}, "the connection was not encrypted"},
	} {
		to, err := parseTarget(url)
		if err != nil {
			t.Fatal(err)
		}
		_, notes, err := to.config(c.access)
		if err != nil || (len(notes) == 0) != (c.want == "") || !strings.Contains(strings.Join(notes, ""), c.want) {
			t.Errorf("%s: %q %v", url, notes, err)
		}
	}
}

// TestAuthorityForms reads an authority's certificate in both forms, whatever
// the file is called.
func TestAuthorityForms(t *testing.T) {
	srv := tdstest.Start(t, tdstest.Options{Encryption: tdstest.EncryptRequired})
	file := filepath.Join(t.TempDir(), "authority.crt")
	for name, text := range map[string][]byte{"PEM": srv.CertPEM(), "DER": derOf(t, srv.CertPEM())} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		source, err := Open(t.Context(), "sqlserver://reader@"+srv.Addr(), Access{CAFile: file, Password: readerPassword})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		source.Close()
	}
}

func readerPassword(context.Context, string) (string, error) { return "Reader-Passw0rd", nil }

func derOf(t *testing.T, text []byte) []byte {
	t.Helper()
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatal("there is no certificate")
	}
	return block.Bytes
}

// TestKerberosWithoutTicket: there is no domain to sign in to here, but the
// error must say what to do.
func TestKerberosWithoutTicket(t *testing.T) {
	srv := tdstest.Start(t, tdstest.Options{Encryption: tdstest.EncryptRequired})
	t.Setenv("KRB5CCNAME", "")
	t.Setenv("KRB5_KTNAME", "")
	_, err := Open(t.Context(), "sqlserver://"+srv.Addr()+"?authenticator=krb5&krb5-configfile=/nowhere", Access{CAFile: srv.CAFile()})
	if err == nil || !strings.Contains(err.Error(), "get a ticket with kinit") || !strings.Contains(err.Error(), "MSSQLSvc/127.0.0.1:") {
		t.Errorf("%v", err)
	}
}

// TestExplainHidesPassword: whatever a driver says, the password is not shown.
func TestExplainHidesPassword(t *testing.T) {
	to := target{host: "host", login: "reader", params: map[string]string{}}
	got := to.explain(fmt.Errorf("ntlm: %q did not work: %w", "hunter2", io.EOF), "hunter2").Error()
	if strings.Contains(got, "hunter2") || !strings.Contains(got, "closed the connection during the login") {
		t.Error(got)
	}
	if got := to.explain(mssql.Error{Number: 18456}, "wrong").Error(); !strings.Contains(got, "the password is wrong") {
		t.Error(got)
	}
}
