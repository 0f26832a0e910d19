package tdstest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// session is one connection. One goroutine answers requests; another reads
// them, because an attention comes while an answer is being sent.
type session struct {
	srv    *Server
	conn   *bufferedConn
	rw     io.ReadWriter // conn, or TLS over it
	w      *tokenWriter
	spid   uint16
	ctx    context.Context // ends with the connection
	cancel context.CancelFunc

	login     Login
	database  string
	isolation string
	noCount   bool
	lockWait  int64  // SET LOCK_TIMEOUT in milliseconds, -1 for ever
	tran      uint64 // the transaction's descriptor, 0 when there is none
	trans     uint32 // transactions begun so far
	tranCount int
	prepared  map[int32]prepared
	handles   int32

	stopped atomic.Bool // the request is cancelled, or the client is gone

	mu        sync.Mutex
	pending   int // requests read and not yet answered
	attention bool
	stop      context.CancelFunc // of the request
}

// request is a message with the context of its answering.
type request struct {
	message
	ctx    context.Context
	cancel context.CancelFunc
}

func newSession(srv *Server, conn net.Conn) *session {
	s := &session{
		srv: srv, conn: newBufferedConn(conn),
		database: srv.opts.Database, isolation: defaultIsolation, lockWait: -1, prepared: map[int32]prepared{},
	}
	s.rw = s.conn
	s.ctx, s.cancel = context.WithCancel(srv.ctx)
	return s
}

const defaultIsolation = "READ COMMITTED"

func (s *session) serve() {
	defer s.srv.forget(s)
	defer s.conn.Close()
	defer s.cancel()
	s.conn.SetDeadline(time.Now().Add(loginTimeout))
	if err := s.logIn(); err != nil {
		return
	}
	s.conn.SetDeadline(time.Time{})
	requests := make(chan *request)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.read(requests)
	}()
	for req := range requests {
		err := s.handle(req)
		req.cancel()
		if err != nil {
			break
		}
	}
	s.cancel()
	s.conn.Close()
	<-done
}

// read takes requests off the connection until it ends.
func (s *session) read(requests chan<- *request) {
	defer close(requests)
	defer s.cancel()
	defer s.stopped.Store(true)
	for {
		m, err := readMessage(s.rw, maxMessage)
		if err != nil {
			return
		}
		if m.kind == packetAttention {
			// The rest of the session's state belongs to the other goroutine.
			s.srv.record(Entry{Conn: int(s.spid), User: s.login.User, Kind: KindAttention})
		}
		req := s.enqueue(m)
		if req == nil {
			continue
		}
		select {
		case requests <- req:
		case <-s.ctx.Done():
			return
		}
	}
}

// enqueue makes a request of a message. An attention becomes one only when
// nothing is being answered; else it stops that.
func (s *session) enqueue(m message) *request {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.kind == packetAttention && s.pending > 0 {
		s.attention = true
		s.stopped.Store(true)
		s.stop()
		return nil
	}
	req := &request{message: m}
	req.ctx, req.cancel = context.WithCancel(s.ctx)
	s.pending++
	s.stop = req.cancel
	return req
}

// finish ends an answer with its last token. An attention that came meanwhile
// is acknowledged in a message of its own after that, as clients exist that
// look for it nowhere else; so is one that comes later, as a request.
func (s *session) finish(d done) error {
	s.mu.Lock()
	attention := s.attention
	s.attention = false
	s.stopped.Store(s.ctx.Err() != nil)
	s.pending--
	s.mu.Unlock()
	s.w.latency = 0
	if attention {
		if err := s.sendLast(done{token: d.token}); err != nil {
			return err
		}
		s.w.begin(packetReply)
		d = done{token: tokenDone, status: doneAttn}
	}
	return s.sendLast(d)
}

func (s *session) sendLast(d done) error {
	s.w.done(s.inTran(d))
	if err := s.w.commit(); err != nil {
		return err
	}
	return s.w.end()
}

func (s *session) inTran(d done) done {
	if s.tran != 0 {
		d.status |= doneInXact
	}
	return d
}

// handle answers one request. An error means that the connection is over.
func (s *session) handle(req *request) error {
	s.w.begin(packetReply)
	s.w.pause = func(d time.Duration) {
		select {
		case <-time.After(d):
		case <-req.ctx.Done():
		}
	}
	tran := s.tran // which the request may still name though it resets
	if req.status&(statusReset|statusResetKeepTxn) != 0 {
		s.reset(req.status&statusResetKeepTxn != 0)
	}
	if req.kind == packetAttention {
		return s.finish(done{token: tokenDone, status: doneAttn})
	}
	if req.status&statusIgnore != 0 {
		return s.finish(done{token: tokenDone, status: doneError})
	}
	d, err := s.dispatch(req, tran)
	var m Message
	if errors.As(err, &m) {
		d = done{token: tokenDone, status: doneError}
		s.raise(m)
		err = nil
		if m.Class >= 20 {
			s.finish(d)
			return errors.New("the error ends the connection")
		}
	}
	if err != nil {
		return err
	}
	return s.finish(d)
}

func (s *session) dispatch(req *request, tran uint64) (done, error) {
	body, descriptor, err := skipAllHeaders(req.body)
	if err != nil {
		return done{}, Message{Number: 4002, State: 1, Class: 20,
			Text: fmt.Sprintf("The incoming tabular data stream (TDS) protocol stream is incorrect: %v.", err)}
	}
	if descriptor != 0 && descriptor != tran {
		return done{}, Message{Number: 3971, State: 1, Class: 16,
			Text: fmt.Sprintf("The server failed to resume the transaction. Desc:%x.", descriptor)}
	}
	switch req.kind {
	case packetSQLBatch:
		return s.batch(req, decodeUCS2(body))
	case packetRPC:
		return s.rpc(req, body)
	case packetTransaction:
		return s.transaction(body)
	case packetBulkLoad:
		return done{}, Message{Number: 50000, State: 1, Class: 16, Text: "Bulk load is not there in this server."}
	default:
		return done{}, fmt.Errorf("packet of type %#x does not come after the login", req.kind)
	}
}

// skipAllHeaders takes the headers off a request and gives the transaction
// descriptor in them (MS-TDS 2.2.5.3).
func skipAllHeaders(b []byte) (body []byte, descriptor uint64, err error) {
	if len(b) < 4 {
		return nil, 0, fmt.Errorf("a request of %d bytes has no headers", len(b))
	}
	total := uint64(binary.LittleEndian.Uint32(b))
	if total < 4 || total > uint64(len(b)) {
		return nil, 0, fmt.Errorf("the headers state %d bytes of %d", total, len(b))
	}
	body = b[total:]
	for h := b[4:total]; len(h) > 0; {
		if len(h) < 6 {
			return nil, 0, errors.New("a header is cut off")
		}
		n := uint64(binary.LittleEndian.Uint32(h))
		if n < 6 || n > uint64(len(h)) {
			return nil, 0, fmt.Errorf("a header states %d bytes of %d", n, len(h))
		}
		const transactionDescriptor = 2
		if binary.LittleEndian.Uint16(h[4:]) == transactionDescriptor && n >= 18 {
			descriptor = binary.LittleEndian.Uint64(h[6:])
		}
		h = h[n:]
	}
	return body, descriptor, nil
}

// reset does what sp_reset_connection does, which clients ask for with a bit
// when they reuse a connection. The isolation level stays, as on a real server.
func (s *session) reset(keepTran bool) {
	if !keepTran {
		s.endTran(envRollbackTran)
	}
	if s.database != s.loginDatabase() {
		s.changeDatabase(s.loginDatabase())
	}
	s.noCount, s.lockWait = false, -1
	s.w.envBytes(envResetAck, nil, nil)
}

func (s *session) loginDatabase() string {
	if name := s.srv.databaseName(s.login.Database); name != "" {
		return name
	}
	return s.srv.opts.Database
}

func (s *session) changeDatabase(name string) {
	s.w.env(envDatabase, name, s.database)
	s.w.message(Message{Number: 5701, State: 2, Class: 0, Text: fmt.Sprintf("Changed database context to '%s'.", name)})
	s.database = name
}

func (s *session) entry(kind Kind, text string) Entry {
	return Entry{
		Conn: int(s.spid), User: s.login.User, Kind: kind, SQL: text,
		Database: s.database, Isolation: s.isolation, InTran: s.tran != 0,
	}
}
