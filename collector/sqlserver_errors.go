package collector

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	mssql "github.com/microsoft/go-mssqldb"
)

// explain returns an error that says why no connection could be made: what was being
// done, and what to do. It keeps the error for errors.As, but never the password in
// its text.
func (t target) explain(err error, secret string) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	if text := err.Error(); secret != "" && strings.Contains(text, secret) {
		err = &explainedError{strings.ReplaceAll(text, secret, "…"), err}
	}
	return &explainedError{fmt.Sprintf("connect to %s, database %s: %s", t.server(), t.database(), t.reason(err)), err}
}

// explainedError has a text of its own for an error.
type explainedError struct {
	text string
	err  error
}

func (e *explainedError) Error() string { return e.text }
func (e *explainedError) Unwrap() error { return e.err }

func (t target) reason(err error) string {
	for _, explain := range []func(error) string{t.reasonOfServer, t.reasonOfTLS, t.reasonOfNetwork, t.reasonOfSignIn} {
		if said := explain(err); said != "" {
			return said
		}
	}
	return fmt.Sprintf("%v", err)
}

// reasonOfServer explains what the server itself answered.
func (t target) reasonOfServer(err error) string {
	for _, answer := range serverAnswers(err) {
		switch answer.Number {
		case 4060:
			return fmt.Sprintf("the server has no database %q, or the login %s has no right to open it; give the right name with database= in the URL, or ask for CONNECT on it (error 4060)", t.database(), t.loginName())
		case 18452:
			return "the server does not accept Windows accounts from this domain or this computer; use a SQL login, or Kerberos with authenticator=krb5 (error 18452)"
		case 18470:
			return fmt.Sprintf("the login %s is disabled; ask the database administrator (error 18470)", t.loginName())
		case 18486:
			return fmt.Sprintf("the login %s is locked out; ask the database administrator (error 18486)", t.loginName())
		case 18487, 18488:
			return fmt.Sprintf("the password of the login %s has expired; have it changed (error %d)", t.loginName(), answer.Number)
		case 18456:
			return fmt.Sprintf("the server refused the login %s: the password is wrong, the login does not exist, or the server accepts Windows accounts only; check the password that nscheck was given, and ask the database administrator for the reason in the server's log (error 18456)", t.loginName())
		}
	}
	return ""
}

func (t target) loginName() string {
	if t.login == "" {
		return "of your Windows account"
	}
	return t.login
}

// shownNumber finds the numbers in the driver's text for errors that it passes
// on as text only.
var shownNumber = regexp.MustCompile(`mssql: .*?\((\d+)\)`)

// serverAnswers returns a server's errors, the most specific first. For an unknown
// database the server returns 4060 and then a failed login.
func serverAnswers(err error) []mssql.Error {
	var last mssql.Error
	if errors.As(err, &last) {
		return append(last.All[:len(last.All):len(last.All)], last)
	}
	var answers []mssql.Error
	for _, m := range shownNumber.FindAllStringSubmatch(err.Error(), -1) {
		if n, err := strconv.ParseInt(m[1], 10, 32); err == nil {
			answers = append(answers, mssql.Error{Number: int32(n)})
		}
	}
	return answers
}

// reasonOfTLS explains why no encrypted connection could be made. The driver passes
// on some of these errors as text only.
func (t target) reasonOfTLS(err error) string {
	text := err.Error()
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	const pin = "get the certificate of its authority and name it with --ca-file"
	switch {
	case errors.As(err, &name), strings.Contains(text, "certificate is valid for"), strings.Contains(text, "cannot validate certificate for"),
		strings.Contains(text, "certificate is not valid for any names"), strings.Contains(text, "relies on legacy Common Name"):
		return fmt.Sprintf("the server's certificate is for another name than %s (%s); use the name in the certificate, or set hostnameincertificate= in the URL", t.host, lastPart(text))
	case errors.As(err, &unknown), strings.Contains(text, "certificate signed by unknown authority"):
		return fmt.Sprintf("the server's certificate is signed by an unknown authority; %s. SQL Server makes such a certificate itself if it was given none; --accept-unverified-certificate accepts any certificate, also that of an attacker between here and the server", pin)
	case errors.As(err, &invalid), strings.Contains(text, "certificate has expired"):
		return fmt.Sprintf("the server's certificate is not valid (%s); have it renewed", lastPart(text))
	case strings.Contains(text, "server does not support encryption"):
		return "the server offers no encryption; have a certificate configured on it, or, if you must, connect without encryption by encrypt=disable in the URL and --accept-unencrypted-connection"
	case t.strict() && (errors.As(err, &record) || errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || strings.Contains(text, "no application protocol")):
		return "the server does not support encrypt=strict, which SQL Server 2022 introduced; remove it from the URL"
	case strings.Contains(text, "tls: "):
		return fmt.Sprintf("no encrypted connection could be made (%s); old servers know TLS 1.0 only and need an update", lastPart(text))
	}
	return ""
}

func (t target) strict() bool { return strings.EqualFold(t.params["encrypt"], "strict") }

// lastPart returns the end of a chain of causes.
func lastPart(text string) string {
	for _, mark := range []string{"x509: ", "tls: "} {
		if at := strings.LastIndex(text, mark); at >= 0 {
			return text[at:]
		}
	}
	return text
}

// reasonOfNetwork explains errors between this computer and the server.
func (t target) reasonOfNetwork(err error) string {
	var dns *net.DNSError
	var network net.Error
	text := err.Error()
	switch {
	case strings.Contains(text, "no instance matching"):
		return fmt.Sprintf("the instance %s does not exist, or the host's SQL Server Browser does not answer (UDP port 1434); give the instance's TCP port instead: sqlserver://USER@%s:PORT", t.instance, t.host)
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("unknown host %s; check its name, or use its address", t.host)
	case errors.As(err, &dns):
		return fmt.Sprintf("the name %s could not be looked up (%v); check name resolution here", t.host, dns.Err)
	case errors.Is(err, syscall.ECONNREFUSED), strings.Contains(text, "actively refused"):
		return fmt.Sprintf("its TCP port %s is closed; check the port, and that SQL Server is running with TCP/IP enabled", t.tcpPort())
	case errors.Is(err, errConnectTimeout), errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return fmt.Sprintf("it does not answer on TCP port %s (%v); check the name, the port, and that no firewall is in between", t.tcpPort(), err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), strings.Contains(text, "EOF"):
		return fmt.Sprintf("it closed the connection during the login (%v); check that a SQL Server listens on TCP port %s, and that it is not shutting down", err, t.tcpPort())
	}
	return ""
}

func (t target) tcpPort() string {
	if t.port == "" {
		return "1433"
	}
	return t.port
}

// reasonOfSignIn explains errors of Kerberos.
func (t target) reasonOfSignIn(err error) string {
	if t.params["authenticator"] != signInKerberos {
		return ""
	}
	return fmt.Sprintf("Kerberos sign-in failed (%v); get a ticket with kinit, or name a keytab and realm with krb5-keytabfile= and krb5-realm= in the URL; the server is known to Kerberos as %s, which serverspn= changes", err, t.spn())
}
