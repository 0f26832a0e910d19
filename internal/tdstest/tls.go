package tdstest

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
)

// bufferedConn reads through a buffer, so that the first byte of a connection
// can be looked at before anyone decides who reads it.
type bufferedConn struct {
	net.Conn
	r *bufio.Reader
}

func newBufferedConn(c net.Conn) *bufferedConn {
	return &bufferedConn{Conn: c, r: bufio.NewReaderSize(c, 32<<10)}
}

func (c *bufferedConn) Read(p []byte) (int, error) { return c.r.Read(p) }

// startsWithTLS says whether the next byte is that of a TLS record and not of
// a TDS packet.
func (c *bufferedConn) startsWithTLS() (bool, error) {
	b, err := c.r.Peek(1)
	if err != nil {
		return false, err
	}
	return b[0] == recordHandshake || b[0] == recordData, nil
}

const (
	recordHandshake = 0x16
	recordData      = 0x17
)

// preloginConn carries a TLS handshake inside PRELOGIN packets (TDS 7.x), and
// gets out of the way once done is set.
type preloginConn struct {
	net.Conn
	done    bool
	in      []byte
	out     bytes.Buffer
	packets *packetWriter
}

func (c *preloginConn) Read(p []byte) (int, error) {
	if c.done {
		return c.Conn.Read(p)
	}
	// A flight must be one message: clients take the end of a message as the
	// end of what the server has to say.
	if err := c.flush(); err != nil {
		return 0, err
	}
	for len(c.in) == 0 {
		m, err := readMessage(c.Conn, maxMessage)
		if err != nil {
			return 0, err
		}
		if m.kind != packetPrelogin {
			return 0, fmt.Errorf("TLS handshake came in a packet of type %#x and not in PRELOGIN", m.kind)
		}
		c.in = m.body
	}
	n := copy(p, c.in)
	c.in = c.in[n:]
	return n, nil
}

func (c *preloginConn) Write(p []byte) (int, error) {
	if c.done {
		return c.Conn.Write(p)
	}
	return c.out.Write(p)
}

func (c *preloginConn) flush() error {
	if c.out.Len() == 0 {
		return nil
	}
	c.packets.begin(packetPrelogin)
	if _, err := c.packets.Write(c.out.Bytes()); err != nil {
		return err
	}
	c.out.Reset()
	return c.packets.end()
}

// tlsInsidePrelogin makes the handshake of TDS 7.x. Version 1.3 is left out as
// real servers do: its tickets would come after the wrapping has ended.
func (s *session) tlsInsidePrelogin() (*tls.Conn, error) {
	wrap := &preloginConn{Conn: s.conn, packets: newPacketWriter(s.conn, s.spid)}
	config := s.srv.tlsConfig.Clone()
	config.MaxVersion = tls.VersionTLS12
	conn := tls.Server(wrap, config)
	if err := conn.HandshakeContext(s.ctx); err != nil {
		wrap.flush() // the alert, so that the client knows why
		return nil, fmt.Errorf("TLS handshake inside PRELOGIN: %w", err)
	}
	if err := wrap.flush(); err != nil {
		return nil, err
	}
	wrap.done = true
	return conn, nil
}

// tlsFirst makes the handshake of TDS 8, where everything is inside TLS.
func (s *session) tlsFirst() (*tls.Conn, error) {
	config := s.srv.tlsConfig.Clone()
	config.NextProtos = []string{"tds/8.0"}
	conn := tls.Server(s.conn, config)
	if err := conn.HandshakeContext(s.ctx); err != nil {
		return nil, fmt.Errorf("TLS handshake: %w", err)
	}
	if conn.ConnectionState().NegotiatedProtocol != "tds/8.0" {
		return nil, errors.New(`client began with TLS and did not name the protocol "tds/8.0"`)
	}
	return conn, nil
}
