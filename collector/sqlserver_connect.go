package collector

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"sync"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
	_ "github.com/microsoft/go-mssqldb/integratedauth/krb5" // sign-in by Kerberos; NTLM and SSPI come with the driver
	"github.com/microsoft/go-mssqldb/msdsn"
)

// connectTimeout bounds dialling, TLS and login together.
const connectTimeout = 30 * time.Second

var errConnectTimeout = errors.New("it took longer than " + connectTimeout.String())

// connector makes connections. The driver heeds a context while it dials and
// while it waits for the answer to its login, but neither in the handshakes
// between nor in name resolution; here a connection is closed when its time is
// over, whatever it is at.
type connector struct {
	driver.Connector
	target target
	secret string
}

func newConnector(t target, config msdsn.Config) *connector {
	inner := mssql.NewConnectorConfig(config)
	inner.Dialer = dialer{host: config.Host, keepAlive: config.KeepAlive}
	return &connector{inner, t, config.Password}
}

func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, connectTimeout, errConnectTimeout)
	defer cancel()
	var watched connections
	stop := context.AfterFunc(ctx, watched.end)
	conn, err := c.Connector.Connect(context.WithValue(ctx, watchKey{}, &watched))
	if !stop() && err == nil { // closed in the last moment
		_ = conn.Close()
		err = ctx.Err()
	}
	if err == nil {
		return conn, nil
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return nil, c.target.explain(err, c.secret)
}

// watch closes the network connections of one attempt to connect.
type connections struct {
	mu    sync.Mutex
	ended bool
	conns []net.Conn
}

type watchKey struct{}

func (w *connections) add(conn net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		_ = conn.Close()
		return
	}
	w.conns = append(w.conns, conn)
}

func (w *connections) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	for _, conn := range w.conns {
		_ = conn.Close()
	}
}

// dialer resolves names itself, so that the end of the context stops that too.
type dialer struct {
	host      string
	keepAlive time.Duration
}

func (d dialer) HostName() string { return d.host }

func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{KeepAlive: d.keepAlive}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if w, ok := ctx.Value(watchKey{}).(*connections); ok {
		w.add(conn)
	}
	return conn, nil
}
