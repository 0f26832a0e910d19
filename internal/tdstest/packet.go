package tdstest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// Packet types (MS-TDS 2.2.3.1.1).
const (
	packetSQLBatch    = 0x01
	packetRPC         = 0x03
	packetReply       = 0x04
	packetAttention   = 0x06
	packetBulkLoad    = 0x07
	packetTransaction = 0x0E
	packetLogin7      = 0x10
	packetSSPI        = 0x11
	packetPrelogin    = 0x12
)

// Packet status bits (MS-TDS 2.2.3.1.2).
const (
	statusEOM          = 0x01
	statusIgnore       = 0x02
	statusReset        = 0x08
	statusResetKeepTxn = 0x10
)

const (
	headerLen         = 8
	defaultPacketSize = 4096
	minPacketSize     = 512
	maxPacketSize     = 32767
	maxTLSPacketSize  = 16383 // what a TLS record holds; real servers cap here too

	// maxMessage bounds what one request may make the server hold.
	maxMessage = 128 << 20
)

// message is a request put together from its packets.
type message struct {
	kind   byte
	status byte // of the first packet, where the reset bits stand
	body   []byte
}

type header struct {
	kind, status byte
	length       int // header included
}

func readHeader(r io.Reader) (header, error) {
	var b [headerLen]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return header{}, err
	}
	h := header{kind: b[0], status: b[1], length: int(binary.BigEndian.Uint16(b[2:]))}
	if h.length < headerLen || h.length > maxPacketSize {
		return h, fmt.Errorf("packet of type %#x states a length of %d bytes; %d to %d are possible",
			h.kind, h.length, headerLen, maxPacketSize)
	}
	return h, nil
}

// readMessage reads packets up to the one that ends the message.
func readMessage(r io.Reader, limit int) (message, error) {
	var m message
	for first := true; ; first = false {
		h, err := readHeader(r)
		if err != nil {
			if !first && errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return m, err
		}
		if first {
			m.kind, m.status = h.kind, h.status
		}
		if m, err = readPacket(r, m, h, limit); err != nil {
			return m, err
		}
		if h.status&statusEOM != 0 {
			m.status |= h.status & statusIgnore
			return m, nil
		}
	}
}

// readPacket appends one packet's payload to the message it continues.
func readPacket(r io.Reader, m message, h header, limit int) (message, error) {
	if h.kind != m.kind {
		return m, fmt.Errorf("packet of type %#x stands inside a message of type %#x", h.kind, m.kind)
	}
	n, had := h.length-headerLen, len(m.body)
	if had+n > limit {
		return m, fmt.Errorf("message of type %#x is longer than %d bytes", m.kind, limit)
	}
	m.body = append(m.body, make([]byte, n)...)
	_, err := io.ReadFull(r, m.body[had:])
	return m, err
}

// flushAt is how much is gathered before the connection is written to. It
// saves system calls; clients see packets all the same.
const flushAt = 64 << 10

// packetWriter cuts what it is given into packets of the negotiated size.
type packetWriter struct {
	dst   io.Writer
	kind  byte
	spid  uint16
	size  int
	seq   byte
	out   []byte
	start int // where in out the unfinished packet begins

	// latency is waited for before each packet; pause does the waiting and
	// returns early when the request is cancelled.
	latency time.Duration
	pause   func(time.Duration)
}

func newPacketWriter(dst io.Writer, spid uint16) *packetWriter {
	return &packetWriter{dst: dst, kind: packetReply, spid: spid, size: defaultPacketSize, pause: time.Sleep}
}

// begin starts a message.
func (w *packetWriter) begin(kind byte) {
	w.kind, w.seq, w.out = kind, 0, w.out[:0]
	w.open()
}

func (w *packetWriter) open() {
	w.seq++
	w.start = len(w.out)
	w.out = append(w.out, w.kind, 0, 0, 0, byte(w.spid>>8), byte(w.spid), w.seq, 0)
}

func (w *packetWriter) close(status byte) {
	w.out[w.start+1] = status
	binary.BigEndian.PutUint16(w.out[w.start+2:], uint16(len(w.out)-w.start))
}

func (w *packetWriter) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		room := w.start + w.size - len(w.out)
		if room == 0 {
			w.close(0)
			if len(w.out) >= flushAt || w.latency > 0 {
				if err := w.send(); err != nil {
					return 0, err
				}
			}
			w.open()
			continue
		}
		n := min(room, len(p))
		w.out = append(w.out, p[:n]...)
		p = p[n:]
	}
	return total, nil
}

// flush sends what there is as a packet that does not end the message.
func (w *packetWriter) flush() error {
	if len(w.out)-w.start > headerLen {
		w.close(0)
		if err := w.send(); err != nil {
			return err
		}
		w.open()
		return nil
	}
	w.out = w.out[:w.start]
	err := w.send()
	w.seq--
	w.open()
	return err
}

// end sends the rest with the bit that ends the message.
func (w *packetWriter) end() error {
	w.close(statusEOM)
	return w.send()
}

func (w *packetWriter) send() error {
	if len(w.out) == 0 {
		return nil // a TLS record of nothing is legal, and confuses clients
	}
	if w.latency > 0 {
		w.pause(w.latency)
	}
	_, err := w.dst.Write(w.out)
	w.out, w.start = w.out[:0], 0
	return err
}
