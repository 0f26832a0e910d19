package tdstest

import (
	"encoding/binary"
	"fmt"
	"strconv"
)

// Token types (MS-TDS 2.2.7).
const (
	tokenReturnStatus = 0x79
	tokenColMetadata  = 0x81
	tokenError        = 0xAA
	tokenInfo         = 0xAB
	tokenReturnValue  = 0xAC
	tokenLoginAck     = 0xAD
	tokenRow          = 0xD1
	tokenNBCRow       = 0xD2
	tokenEnvChange    = 0xE3
	tokenSSPI         = 0xED
	tokenDone         = 0xFD
	tokenDoneProc     = 0xFE
	tokenDoneInProc   = 0xFF
)

// DONE status bits.
const (
	doneMore        = 0x001
	doneError       = 0x002
	doneInXact      = 0x004
	doneCount       = 0x010
	doneAttn        = 0x020
	doneServerError = 0x100
)

// CurCmd values in DONE that clients look at.
const (
	cmdSelect = 0xC1
	cmdSet    = 0xF9
	cmdBegin  = 0xD4
	cmdCommit = 0xD5
)

// ENVCHANGE types.
const (
	envDatabase     = 1
	envLanguage     = 2
	envPacketSize   = 4
	envCollation    = 7
	envBeginTran    = 8
	envCommitTran   = 9
	envRollbackTran = 10
	envResetAck     = 18
)

// collation is SQL_Latin1_General_CP1_CI_AS: LCID and flags, then the sort id.
var collation = []byte{0x09, 0x04, 0xD0, 0x00, 0x34}

// Message is a server's message: an ERROR token when its class is above 10,
// else INFO. As an error it is what a [Backend] returns to choose the number.
type Message struct {
	Number int32
	State  byte
	Class  byte // severity; from 20 on the connection is closed after it
	Text   string
	Proc   string
	Line   int32
}

// Error makes a Message an error.
func (m Message) Error() string {
	return fmt.Sprintf("message %d, level %d, state %d: %s", m.Number, m.Class, m.State, m.Text)
}

// tokenWriter gathers the bytes of one token, or of one row, and passes them on
// whole. Rows reuse the buffer, so that writing one allocates nothing.
type tokenWriter struct {
	*packetWriter
	b      []byte
	server string // the server name in messages
}

// keepBuffer is the largest buffer kept after a row that needed more.
const keepBuffer = 1 << 20

// commit hands the gathered bytes to the packets.
func (w *tokenWriter) commit() error {
	_, err := w.Write(w.b)
	if cap(w.b) > keepBuffer {
		w.b = nil
	}
	w.b = w.b[:0]
	return err
}

// message writes ERROR or INFO.
func (w *tokenWriter) message(m Message) {
	token := byte(tokenInfo)
	if m.Class > 10 {
		token = tokenError
	}
	at := w.beginToken(token)
	w.b = binary.LittleEndian.AppendUint32(w.b, uint32(m.Number))
	w.b = append(w.b, m.State, m.Class)
	w.b = appendUSVarchar(w.b, m.Text)
	w.b = appendBVarchar(w.b, w.server)
	w.b = appendBVarchar(w.b, m.Proc)
	w.b = binary.LittleEndian.AppendUint32(w.b, uint32(max(m.Line, 1)))
	w.endToken(at)
}

// beginToken starts a token with a two-byte length and gives the place of it.
func (w *tokenWriter) beginToken(token byte) int {
	w.b = append(w.b, token, 0, 0)
	return len(w.b)
}

func (w *tokenWriter) endToken(at int) {
	binary.LittleEndian.PutUint16(w.b[at-2:], uint16(len(w.b)-at))
}

// env writes an ENVCHANGE whose values are texts.
func (w *tokenWriter) env(kind byte, now, before string) {
	at := w.beginToken(tokenEnvChange)
	w.b = append(w.b, kind)
	w.b = appendBVarchar(w.b, now)
	w.b = appendBVarchar(w.b, before)
	w.endToken(at)
}

// envBytes writes an ENVCHANGE whose values are bytes.
func (w *tokenWriter) envBytes(kind byte, now, before []byte) {
	at := w.beginToken(tokenEnvChange)
	w.b = append(w.b, kind, byte(len(now)))
	w.b = append(w.b, now...)
	w.b = append(w.b, byte(len(before)))
	w.b = append(w.b, before...)
	w.endToken(at)
}

func (w *tokenWriter) envPacketSize(now, before int) {
	w.env(envPacketSize, strconv.Itoa(now), strconv.Itoa(before))
}

func (w *tokenWriter) loginAck(tds uint32, version [4]byte) {
	at := w.beginToken(tokenLoginAck)
	w.b = append(w.b, 1) // the interface: T-SQL
	w.b = binary.BigEndian.AppendUint32(w.b, tds)
	w.b = appendBVarchar(w.b, "Microsoft SQL Server")
	w.b = append(w.b, version[:]...)
	w.endToken(at)
}

func (w *tokenWriter) sspi(data []byte) {
	at := w.beginToken(tokenSSPI)
	w.b = append(w.b, data...)
	w.endToken(at)
}

// done is the content of a DONE, DONEPROC or DONEINPROC token.
type done struct {
	token  byte
	status uint16
	cmd    uint16
	rows   uint64
}

func (w *tokenWriter) done(d done) {
	w.b = append(w.b, d.token)
	w.b = binary.LittleEndian.AppendUint16(w.b, d.status)
	w.b = binary.LittleEndian.AppendUint16(w.b, d.cmd)
	w.b = binary.LittleEndian.AppendUint64(w.b, d.rows)
}

func (w *tokenWriter) returnStatus(n int32) {
	w.b = append(w.b, tokenReturnStatus)
	w.b = binary.LittleEndian.AppendUint32(w.b, uint32(n))
}

// returnInt writes an output parameter of type int.
func (w *tokenWriter) returnInt(ordinal uint16, name string, n int32) {
	w.b = append(w.b, tokenReturnValue)
	w.b = binary.LittleEndian.AppendUint16(w.b, ordinal)
	w.b = appendBVarchar(w.b, name)
	w.b = append(w.b, 1)                // an output parameter, not a function's result
	w.b = append(w.b, 0, 0, 0, 0, 0, 0) // user type and flags
	w.b = append(w.b, typeIntN, 4, 4)
	w.b = binary.LittleEndian.AppendUint32(w.b, uint32(n))
}
