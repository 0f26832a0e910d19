package tdstest

import (
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say what kind of server there is. The zero value is a server with
// the database Symantec_CMDB, the login "reader" and no data.
type Options struct {
	// Backend answers what nothing else does; without one such statements fail
	// with error 208.
	Backend Backend
	// Database is the database of logins that name none.
	Database string
	// Databases are the others that exist, besides master.
	Databases []string
	// Users are the SQL logins with their passwords.
	Users map[string]string
	// WindowsUsers are the accounts for NTLM, as DOMAIN\name, with their
	// passwords.
	WindowsUsers map[string]string
	Encryption   Encryption
	// UnknownCA signs the server's certificate by an authority that is not the
	// one in CertPEM and CAFile.
	UnknownCA bool
	// PacketSize is the largest packet the server agrees to; 32767 when zero.
	PacketSize int
	// Version is the product's version, "16.0.4135.4" when empty.
	Version string
	// Now is the server's clock, in the server's zone.
	Now func() time.Time
}

// Defaults for Options.
const (
	defaultDatabase = "Symantec_CMDB"
	defaultUser     = "reader"
	defaultPassword = "Reader-Passw0rd"
	defaultVersion  = "16.0.4135.4"
	serverName      = "TDSTEST"
)

// loginTimeout bounds how long a connection may take to log in.
const loginTimeout = 30 * time.Second

// Server is a running server. Its methods may be called at any time, from
// several goroutines.
type Server struct {
	opts      Options
	version   [4]byte
	listener  net.Listener
	tlsConfig *tls.Config
	caPEM     []byte
	caFile    string

	ctx    context.Context // ends when the server closes
	cancel context.CancelFunc
	wg     sync.WaitGroup
	rowNBC bool // send NBCROW where the client reads it; off only in tests

	mu          sync.Mutex
	closed      bool
	sessions    map[*session]struct{}
	lastSPID    uint16
	handlers    []handler
	faults      []*armed
	loginFaults []*armed
	log         []Entry
	logins      []Login
}

type handler struct {
	match   Match
	backend Backend
}

// TB is what Start needs of a test.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// Start runs a server until the test ends.
func Start(tb TB, opts Options) *Server {
	tb.Helper()
	srv, err := New(opts)
	if err != nil {
		tb.Fatalf("start the SQL Server double: %v", err)
	}
	tb.Cleanup(srv.Close)
	return srv
}

// New runs a server on a free port of 127.0.0.1 until Close.
func New(opts Options) (*Server, error) {
	opts.setDefaults()
	srv := &Server{opts: opts, sessions: map[*session]struct{}{}, lastSPID: 50, rowNBC: true}
	var major, minor, build int
	if _, err := fmt.Sscanf(opts.Version, "%d.%d.%d", &major, &minor, &build); err != nil {
		return nil, fmt.Errorf("read the version %q: %w", opts.Version, err)
	}
	srv.version = [4]byte{byte(major), byte(minor), byte(build >> 8), byte(build)}
	var err error
	if srv.tlsConfig, srv.caPEM, err = newTLS(opts.UnknownCA); err != nil {
		return nil, fmt.Errorf("make the server's certificate: %w", err)
	}
	if srv.caFile, err = writeTemp(srv.caPEM); err != nil {
		return nil, fmt.Errorf("write the authority's certificate: %w", err)
	}
	if srv.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		os.Remove(srv.caFile)
		return nil, err
	}
	srv.ctx, srv.cancel = context.WithCancel(context.Background())
	srv.wg.Go(srv.accept)
	return srv, nil
}

func (o *Options) setDefaults() {
	if o.Database == "" {
		o.Database = defaultDatabase
	}
	if len(o.Users) == 0 {
		o.Users = map[string]string{defaultUser: defaultPassword}
	}
	if o.PacketSize == 0 {
		o.PacketSize = maxPacketSize
	}
	if o.Version == "" {
		o.Version = defaultVersion
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

func writeTemp(data []byte) (string, error) {
	f, err := os.CreateTemp("", "tdstest-ca-*.pem")
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return f.Name(), err
}

func (srv *Server) accept() {
	for {
		conn, err := srv.listener.Accept()
		if err != nil {
			return
		}
		s := newSession(srv, conn)
		srv.mu.Lock()
		if srv.closed {
			srv.mu.Unlock()
			conn.Close()
			return
		}
		// Session numbers start at 51 as on a real server, where lower ones
		// are its own.
		srv.lastSPID = max(srv.lastSPID+1, 51)
		s.spid = srv.lastSPID
		srv.sessions[s] = struct{}{}
		srv.wg.Go(s.serve)
		srv.mu.Unlock()
	}
}

func (srv *Server) forget(s *session) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	delete(srv.sessions, s)
}

// Close ends all connections and waits until nothing of the server runs.
func (srv *Server) Close() {
	srv.mu.Lock()
	srv.closed = true
	srv.mu.Unlock()
	srv.listener.Close()
	srv.Disconnect()
	srv.cancel()
	srv.wg.Wait()
	os.Remove(srv.caFile)
}

// Disconnect closes the connections there are, as a restart of the server would.
func (srv *Server) Disconnect() {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	for s := range srv.sessions {
		s.conn.Close()
	}
}

// Addr is where the server listens, as host:port.
func (srv *Server) Addr() string { return srv.listener.Addr().String() }

// CertPEM is the certificate of the authority that clients should trust.
func (srv *Server) CertPEM() []byte { return slices.Clone(srv.caPEM) }

// CAFile is a file with CertPEM, there until Close.
func (srv *Server) CAFile() string { return srv.caFile }

// DSN is a sqlserver:// URL for go-mssqldb: the first user by name, the default
// database, encryption as the server has it, and its authority pinned. Each
// parameter, "key=value", is added or replaces one; "user id" and "password"
// replace the login, and an empty value leaves the parameter out.
func (srv *Server) DSN(params ...string) string {
	user := slices.Sorted(maps.Keys(srv.opts.Users))[0]
	password := srv.opts.Users[user]
	q := url.Values{"database": {srv.opts.Database}, "certificate": {srv.caFile}}
	switch srv.opts.Encryption {
	case EncryptNotSupported:
		q.Set("encrypt", "disable")
	case EncryptRequired:
		q.Set("encrypt", "true")
	case EncryptStrict:
		q.Set("encrypt", "strict")
	default:
		q.Set("encrypt", "false")
	}
	for _, p := range params {
		key, value, _ := strings.Cut(p, "=")
		switch {
		case key == "user id":
			user = value
		case key == "password":
			password = value
		case value == "":
			q.Del(key)
		default:
			q.Set(key, value)
		}
	}
	u := url.URL{Scheme: "sqlserver", Host: srv.Addr(), User: url.UserPassword(user, password), RawQuery: q.Encode()}
	return u.String()
}

// Handle registers an answer to statements that match. Of several that match,
// the one registered last answers.
func (srv *Server) Handle(match Match, answer Backend) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	srv.handlers = append(srv.handlers, handler{match, answer})
}

func (srv *Server) handlerFor(sql string) Backend {
	srv.mu.Lock()
	handlers := srv.handlers
	srv.mu.Unlock()
	for _, h := range slices.Backward(handlers) {
		if h.match(sql) {
			return h.backend
		}
	}
	return nil
}

// databaseName gives a database's name as it is written, or "".
func (srv *Server) databaseName(name string) string {
	for _, known := range append([]string{srv.opts.Database, "master"}, srv.opts.Databases...) {
		if strings.EqualFold(known, name) {
			return known
		}
	}
	return ""
}
