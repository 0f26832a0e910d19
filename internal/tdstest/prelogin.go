package tdstest

import (
	"encoding/binary"
	"fmt"
)

// PRELOGIN option tokens (MS-TDS 2.2.6.5).
const (
	preloginVersion    = 0x00
	preloginEncryption = 0x01
	preloginInstance   = 0x02
	preloginThreadID   = 0x03
	preloginMARS       = 0x04
	preloginTerminator = 0xFF
)

// Encryption is what the server says about encryption in PRELOGIN.
type Encryption byte

const (
	// EncryptOff encrypts when the client asks for it, and otherwise only the
	// login packet. A client may also begin with TLS (TDS 8).
	EncryptOff Encryption = 0x00
	// EncryptNotSupported is a server without a certificate: everything is plain.
	EncryptNotSupported Encryption = 0x02
	// EncryptRequired is a server with "Force Encryption" on.
	EncryptRequired Encryption = 0x03
	// EncryptStrict is a server with "Force Strict Encryption" on: it takes TLS
	// before PRELOGIN (TDS 8) and nothing else.
	EncryptStrict Encryption = 0x04
)

// encryptOn is said by clients, and by the server to them.
const encryptOn Encryption = 0x01

// prelogin holds the options that matter here; unknown ones are skipped.
type prelogin struct {
	encryption    Encryption
	hasEncryption bool
}

func parsePrelogin(b []byte) (prelogin, error) {
	var p prelogin
	for at := 0; ; at += 5 {
		if at >= len(b) {
			return p, fmt.Errorf("PRELOGIN of %d bytes has no terminator", len(b))
		}
		if b[at] == preloginTerminator {
			return p, nil
		}
		if at+5 > len(b) {
			return p, fmt.Errorf("PRELOGIN option %#x is cut off", b[at])
		}
		offset := int(binary.BigEndian.Uint16(b[at+1:]))
		length := int(binary.BigEndian.Uint16(b[at+3:]))
		if offset+length > len(b) {
			return p, fmt.Errorf("PRELOGIN option %#x states bytes %d to %d of %d", b[at], offset, offset+length, len(b))
		}
		if b[at] == preloginEncryption {
			if length != 1 {
				return p, fmt.Errorf("PRELOGIN encryption option has %d bytes and not one", length)
			}
			p.encryption, p.hasEncryption = Encryption(b[offset]), true
		}
	}
}

func appendPrelogin(b []byte, version [4]byte, e Encryption) []byte {
	options := []struct {
		token byte
		data  []byte
	}{
		{preloginVersion, append(version[:], 0, 0)},
		{preloginEncryption, []byte{byte(e)}},
		{preloginInstance, []byte{0}},
		{preloginThreadID, nil},
		{preloginMARS, []byte{0}},
	}
	offset := 5*len(options) + 1
	for _, o := range options {
		b = append(b, o.token)
		b = binary.BigEndian.AppendUint16(b, uint16(offset))
		b = binary.BigEndian.AppendUint16(b, uint16(len(o.data)))
		offset += len(o.data)
	}
	b = append(b, preloginTerminator)
	for _, o := range options {
		b = append(b, o.data...)
	}
	return b
}

// protection is how much of a connection TLS covers.
type protection int

const (
	plain     protection = iota
	loginOnly            // the first packet of LOGIN7 alone
	full
)

// negotiate gives the server's answer to a client's encryption option and what
// follows from the two (the table in MS-TDS 2.2.6.5).
func negotiate(server, client Encryption) (Encryption, protection) {
	switch {
	case server == EncryptNotSupported:
		return EncryptNotSupported, plain
	case server == EncryptRequired && client == encryptOn:
		return encryptOn, full
	case server == EncryptRequired:
		return EncryptRequired, full
	case client == encryptOn || client == EncryptRequired:
		return encryptOn, full
	case client == EncryptNotSupported:
		return EncryptNotSupported, plain
	default:
		return EncryptOff, loginOnly
	}
}
