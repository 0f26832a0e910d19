package tdstest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"time"
)

// logIn brings a connection from its first byte to an accepted login.
func (s *session) logIn() error {
	s.w = &tokenWriter{packetWriter: newPacketWriter(s.rw, s.spid), server: serverName}
	fault := s.srv.loginFault()
	if fault.Stall {
		s.conn.SetDeadline(time.Time{})
		_, err := io.Copy(io.Discard, s.conn)
		return errors.Join(errRefused, err)
	}
	m, covered, err := s.protect()
	if err != nil {
		return err
	}
	if m.kind != packetLogin7 {
		return fmt.Errorf("packet of type %#x came in place of LOGIN7", m.kind)
	}
	if s.login, err = parseLogin7(m.body); err != nil {
		return err
	}
	s.login.Conn, s.login.Encrypted = int(s.spid), covered == full
	size := s.packetSize(covered)
	s.w.size = min(defaultPacketSize, size)
	if err := s.login.checkVersion(); err != nil {
		return errors.Join(err, s.refuse(Message{Number: 17809, State: 1, Class: 16, Text: err.Error() + "."}))
	}
	if fault.Cut {
		return errRefused
	}
	messages, err := s.judge(fault)
	if err != nil {
		return err
	}
	s.login.Accepted = len(messages) == 0
	s.srv.recordLogin(s.login)
	if len(messages) > 0 {
		return errors.Join(errRefused, s.refuse(messages...))
	}
	return s.welcome(size)
}

// judge gives the reasons to refuse the login, none when it is good.
func (s *session) judge(fault Fault) ([]Message, error) {
	if s.login.Integrated {
		user, err := s.ntlm()
		if err != nil {
			return nil, err
		}
		if user == "" {
			return []Message{{Number: 18452, State: 1, Class: 14, Text: "Login failed. The login is from an untrusted domain " +
				"and cannot be used with Integrated authentication."}}, nil
		}
		s.login.User = user
	}
	if fault.Err != nil {
		if fault.Err.Number == 0 {
			return []Message{loginFailed(s.login.User)}, nil
		}
		return []Message{*fault.Err}, nil
	}
	return s.srv.authenticate(s.login), nil
}

// protect goes through PRELOGIN and TLS and gives the message after them.
func (s *session) protect() (message, protection, error) {
	mode := s.srv.opts.Encryption
	first, err := s.conn.startsWithTLS()
	switch {
	case err != nil:
		return message{}, plain, err
	case first && mode == EncryptNotSupported:
		return message{}, plain, errors.New("client began with TLS and the server has none")
	case !first && mode == EncryptStrict:
		return message{}, plain, errors.New("client began without TLS and the server is strict")
	case first:
		conn, err := s.tlsFirst()
		if err != nil {
			return message{}, plain, err
		}
		s.rw, s.w.dst = conn, conn
	}
	m, err := readMessage(s.rw, maxMessage)
	if err != nil {
		return m, plain, err
	}
	if m.kind != packetPrelogin {
		if !first && mode == EncryptRequired {
			return m, plain, errors.New("client sent LOGIN7 without encryption, which is required")
		}
		return m, plain, nil // old clients leave PRELOGIN out
	}
	client, err := parsePrelogin(m.body)
	if err != nil {
		return m, plain, err
	}
	reply, covered := negotiate(mode, client.encryption)
	switch {
	case first:
		reply, covered = client.encryption, full
	case !client.hasEncryption && mode != EncryptRequired:
		reply, covered = EncryptNotSupported, plain
	}
	s.w.begin(packetReply)
	s.w.b = appendPrelogin(s.w.b, s.srv.version, reply)
	if err := errors.Join(s.w.commit(), s.w.end()); err != nil {
		return m, plain, err
	}
	if first || covered == plain {
		m, err = readMessage(s.rw, maxMessage)
		return m, covered, err
	}
	conn, err := s.tlsInsidePrelogin()
	if err != nil {
		return m, plain, err
	}
	if covered == full {
		s.rw, s.w.dst = conn, conn
		m, err = readMessage(s.rw, maxMessage)
		return m, covered, err
	}
	m, err = s.readCoveredLogin(conn)
	return m, covered, err
}

// readCoveredLogin reads LOGIN7 where TLS covers nothing else. By the protocol
// only its first packet is inside; clients differ about the others.
func (s *session) readCoveredLogin(conn *tls.Conn) (message, error) {
	var m message
	var from io.Reader = conn
	for first := true; ; first = false {
		if !first {
			inside, err := s.conn.startsWithTLS()
			if err != nil {
				return m, err
			}
			if from = s.conn; inside {
				from = conn
			}
		}
		h, err := readHeader(from)
		if err != nil {
			return m, err
		}
		if first {
			m.kind, m.status = h.kind, h.status
		}
		if m, err = readPacket(from, m, h, maxMessage); err != nil {
			return m, err
		}
		if h.status&statusEOM != 0 {
			return m, nil
		}
	}
}

// packetSize is what client and server agree on.
func (s *session) packetSize(covered protection) int {
	size, limit := s.login.PacketSize, s.srv.opts.PacketSize
	if size == 0 {
		size = defaultPacketSize
	}
	if covered == full {
		limit = min(limit, maxTLSPacketSize)
	}
	return max(minPacketSize, min(size, limit))
}

// refuse ends a login with errors.
func (s *session) refuse(messages ...Message) error {
	s.w.begin(packetReply)
	for _, m := range messages {
		s.w.message(m)
	}
	s.w.done(done{token: tokenDone, status: doneError})
	return errors.Join(s.w.commit(), s.w.end())
}

// welcome accepts a login. The packet size holds from the next message on.
func (s *session) welcome(size int) error {
	w := s.w
	w.begin(packetReply)
	s.database = "master"
	s.changeDatabase(s.loginDatabase())
	w.envBytes(envCollation, collation, nil)
	w.env(envLanguage, "us_english", "")
	w.message(Message{Number: 5703, State: 1, Class: 0, Text: "Changed language setting to us_english."})
	w.loginAck(s.login.TDSVersion, s.srv.version)
	w.envPacketSize(size, defaultPacketSize)
	w.done(done{token: tokenDone})
	if err := errors.Join(w.commit(), w.end()); err != nil {
		return err
	}
	w.size = size
	return nil
}
