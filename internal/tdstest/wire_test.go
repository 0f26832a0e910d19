package tdstest

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"
)

// The helpers here write requests byte by byte, for what go-mssqldb does not
// send and for the fuzz tests to start from.

func login7(user, password, database string) []byte {
	b := make([]byte, login7FixedLen)
	binary.LittleEndian.PutUint32(b[4:], version74)
	binary.LittleEndian.PutUint32(b[8:], 4096)
	put := func(at int, data []byte) {
		binary.LittleEndian.PutUint16(b[at:], uint16(len(b)))
		binary.LittleEndian.PutUint16(b[at+2:], uint16(len(data)/2))
		b = append(b, data...)
	}
	mangled := appendUCS2(nil, password)
	for i, c := range mangled {
		mangled[i] = (c<<4 | c>>4) ^ 0xA5
	}
	put(36, appendUCS2(nil, "host"))
	put(40, appendUCS2(nil, user))
	put(44, mangled)
	put(48, appendUCS2(nil, "wire_test"))
	put(68, appendUCS2(nil, database))
	binary.LittleEndian.PutUint32(b, uint32(len(b)))
	return b
}

// allHeaders are the headers of a request in a transaction.
func allHeaders(descriptor uint64) []byte {
	b := []byte{22, 0, 0, 0, 18, 0, 0, 0, 2, 0}
	b = binary.LittleEndian.AppendUint64(b, descriptor)
	return append(b, 1, 0, 0, 0)
}

func textParam(b []byte, name, text string) []byte {
	b = append(appendBVarchar(b, name), 0, typeNVarChar, 0x40, 0x1F)
	b = append(b, collation...)
	data := appendUCS2(nil, text)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(data)))
	return append(b, data...)
}

func intParam(b []byte, name string, status byte, n uint32) []byte {
	b = append(appendBVarchar(b, name), status, typeIntN, 4, 4)
	return binary.LittleEndian.AppendUint32(b, n)
}

// procID begins a call of a procedure by its number.
func procID(id byte) []byte { return []byte{0xFF, 0xFF, id, 0, 0, 0} }

func prepExec() []byte {
	b := append(procID(13), 0, paramByRef, typeIntN, 4, 0)
	b = textParam(b, "", "@a int,@b decimal(5, 2)")
	b = textParam(b, "", "SELECT prepared")
	b = intParam(b, "", 0, 7)
	return append(b, 0, 0, typeDecimalN, 5, 5, 2, 5, 0, 0x39, 0x30, 0, 0)
}

// wire is a client that reads nothing into what it gets.
type wire struct {
	t *testing.T
	net.Conn
}

func dial(t *testing.T, srv *Server) *wire {
	t.Helper()
	conn, err := net.Dial("tcp", srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	c := &wire{t, conn}
	if reply := c.ask(packetLogin7, login7(defaultUser, defaultPassword, defaultDatabase)); !bytes.Contains(reply, []byte{tokenLoginAck}) {
		t.Fatalf("login is answered by %x", reply)
	}
	return c
}

// send writes a message in packets of two different sizes.
func (c *wire) send(kind byte, body []byte) {
	c.t.Helper()
	w := newPacketWriter(c, 0)
	w.size = minPacketSize
	w.begin(kind)
	w.Write(body[:len(body)/3])
	w.flush()
	w.Write(body[len(body)/3:])
	if err := w.end(); err != nil {
		c.t.Fatal(err)
	}
}

func (c *wire) receive() []byte {
	c.t.Helper()
	m, err := readMessage(c, maxMessage)
	if err != nil {
		c.t.Fatal(err)
	}
	return m.body
}

func (c *wire) ask(kind byte, body []byte) []byte {
	c.t.Helper()
	c.send(kind, body)
	return c.receive()
}

func (c *wire) rpc(body []byte) []byte {
	c.t.Helper()
	return c.ask(packetRPC, append(allHeaders(0), body...))
}

func TestPreparedByHand(t *testing.T) {
	srv := Start(t, Options{})
	srv.Handle(Exact("SELECT prepared"), Answer{Columns: []Column{{Name: "n", Type: "int"}}, Rows: Rows([]any{5})})
	c := dial(t, srv)
	reply := c.rpc(prepExec())
	for what, want := range map[string][]byte{
		"row":          {tokenRow, 4, 5, 0, 0, 0},
		"done in proc": {tokenDoneInProc, doneCount | doneMore, 0, cmdSelect, 0, 1, 0, 0, 0, 0, 0, 0, 0},
		"status":       {tokenReturnStatus, 0, 0, 0, 0},
		"handle":       {tokenReturnValue, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, typeIntN, 4, 4, 1, 0, 0, 0},
		"done proc":    {tokenDoneProc, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	} {
		if !bytes.Contains(reply, want) {
			t.Errorf("%s: %x is not in %x", what, want, reply)
		}
	}
	two := append(intParam(procID(12), "", 0, 1), intParam(nil, "@a", 0, 8)...)
	two = append(append(two, nextCall), intParam(procID(12), "", 0, 1)...)
	if reply := c.rpc(two); bytes.Count(reply, []byte{tokenDoneProc, doneMore}) != 1 || bytes.Count(reply, []byte{tokenRow, 4, 5}) != 2 {
		t.Errorf("two calls are answered by %x", reply)
	}
	if reply := c.rpc(intParam(procID(15), "", 0, 1)); reply[0] != tokenReturnStatus {
		t.Errorf("sp_unprepare is answered by %x", reply)
	}
	var got [][]any
	for _, e := range srv.Log() {
		var args []any
		for _, a := range e.Args {
			args = append(args, a.Name, a.Value)
		}
		got = append(got, args)
	}
	if len(got) != 3 || got[0][0] != "a" || got[0][1] != int64(7) || got[0][2] != "b" || got[0][3] != "-123.45" || got[1][1] != int64(8) {
		t.Errorf("arguments are %v", got)
	}
}

func TestRequestsThatAreWrong(t *testing.T) {
	srv := Start(t, Options{})
	for name, c := range map[string]struct {
		kind   byte
		body   []byte
		number uint16
	}{
		"unknown handle":    {packetRPC, append(allHeaders(0), intParam(procID(12), "", 0, 9)...), 8179},
		"no parameters":     {packetRPC, append(allHeaders(0), procID(10)...), 201},
		"no handle":         {packetRPC, append(allHeaders(0), procID(12)...), 201},
		"nothing to do":     {packetRPC, append(allHeaders(0), procID(11)...), 201},
		"procedure 99":      {packetRPC, append(allHeaders(0), procID(99)...), 8009},
		"a cursor":          {packetRPC, append(allHeaders(0), procID(2)...), 2812},
		"a TVP":             {packetRPC, append(allHeaders(0), append(procID(10), 0, 0, 0xF3)...), 8009},
		"encrypted":         {packetRPC, append(allHeaders(0), append(procID(10), 0, paramEncrypted, typeInt1, 0)...), 8009},
		"decimal scale":     {packetRPC, append(allHeaders(0), append(procID(10), 0, 0, typeDecimalN, 5, 2, 3, 0)...), 8009},
		"time scale":        {packetRPC, append(allHeaders(0), append(procID(10), 0, 0, typeTime, 8, 0)...), 8009},
		"int of 3 bytes":    {packetRPC, append(allHeaders(0), append(procID(10), 0, 0, typeIntN, 4, 3, 0, 0, 0)...), 8009},
		"cut off":           {packetRPC, append(allHeaders(0), append(procID(10), 0, 0, typeIntN, 4, 4, 0)...), 4002},
		"wrong transaction": {packetSQLBatch, append(allHeaders(5), appendUCS2(nil, "SELECT 1")...), 3971},
		"no headers":        {packetSQLBatch, []byte{1, 0, 0, 0}, 4002},
		"bulk load":         {packetBulkLoad, allHeaders(0), 50000},
		"DTC":               {packetTransaction, append(allHeaders(0), 0, 0), 50000},
		"isolation 9":       {packetTransaction, append(allHeaders(0), 5, 0, 9, 0), 3956},
		"half a begin":      {packetTransaction, append(allHeaders(0), 5), 50000},
		"no transaction":    {packetTransaction, append(allHeaders(0), 7, 0, 0, 0), 3902},
	} {
		reply := dial(t, srv).ask(c.kind, c.body)
		want := binary.LittleEndian.AppendUint32(nil, uint32(c.number))
		if len(reply) < 7 || reply[0] != tokenError || !bytes.Equal(reply[3:7], want) {
			t.Errorf("%s is answered by %x; want error %d", name, reply, c.number)
		}
	}
}

func TestTransactionByHand(t *testing.T) {
	srv := Start(t, Options{})
	c := dial(t, srv)
	begun := c.ask(packetTransaction, append(allHeaders(0), tmBegin, 0, 5, 0))
	if begun[0] != tokenEnvChange || begun[3] != envBeginTran || begun[4] != 8 {
		t.Fatalf("begin is answered by %x", begun)
	}
	descriptor := binary.LittleEndian.Uint64(begun[5:])
	if saved := c.ask(packetTransaction, append(allHeaders(descriptor), tmSave, 0, 1, 'x', 0)); saved[0] != tokenDone || saved[1] != doneInXact {
		t.Errorf("save is answered by %x", saved)
	}
	again := c.ask(packetTransaction, append(allHeaders(descriptor), tmCommit, 0, 0, 1, 2, 0))
	if again[3] != envCommitTran || !bytes.Contains(again, []byte{tokenEnvChange, 11, 0, envBeginTran, 8}) {
		t.Errorf("commit and begin is answered by %x", again)
	}
}

func TestAttentionByHand(t *testing.T) {
	srv := Start(t, Options{})
	srv.Fail(Word("t"), Stall(0))
	c := dial(t, srv)
	ack := []byte{tokenDone, doneAttn, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	c.send(packetAttention, nil)
	if got := c.receive(); !bytes.Equal(got, ack) {
		t.Errorf("an idle attention is answered by %x", got)
	}
	c.send(packetSQLBatch, append(allHeaders(0), appendUCS2(nil, "SELECT n FROM t")...))
	c.send(packetAttention, nil)
	if got := c.receive(); !bytes.Equal(got, make([]byte, 13)) && got[0] != tokenDone {
		t.Errorf("the answer ends with %x", got)
	}
	if got := c.receive(); !bytes.Equal(got, ack) {
		t.Errorf("the attention is answered by %x", got)
	}
	w := newPacketWriter(c, 0) // a request that its client gives up while sending it
	w.begin(packetSQLBatch)
	w.Write(append(allHeaders(0), appendUCS2(nil, "DELETE FROM t")...))
	w.close(statusEOM | statusIgnore)
	w.send()
	if got := c.receive(); got[0] != tokenDone || len(srv.Log()) != 3 {
		t.Errorf("an ignored request is answered by %x, and the log is %+v", got, srv.Log())
	}
}

func TestOldVersionIsRefused(t *testing.T) {
	srv := Start(t, Options{})
	conn, err := net.Dial("tcp", srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	b := login7(defaultUser, defaultPassword, "")
	binary.LittleEndian.PutUint32(b[4:], 0x71000001)
	c := &wire{t, conn}
	if got := c.ask(packetLogin7, b); got[0] != tokenError {
		t.Errorf("TDS 7.1 is answered by %x", got)
	}
	if _, err := io.ReadFull(conn, make([]byte, 1)); err == nil {
		t.Error("the connection stays open")
	}
}
