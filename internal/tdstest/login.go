package tdstest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Login is what a client said of itself in LOGIN7. The password is not kept.
type Login struct {
	Conn           int // the session's number, @@SPID
	User           string
	Database       string
	AppName        string
	HostName       string
	ServerName     string
	Library        string
	TDSVersion     uint32
	PacketSize     int
	ReadOnlyIntent bool
	Integrated     bool // Windows sign-in (SSPI)
	Encrypted      bool // more than the login packet
	Accepted       bool

	password string
	sspi     []byte
}

// TDS versions as LOGIN7 and LOGINACK write them.
const (
	version72  = 0x72090002
	version73B = 0x730B0003
	version74  = 0x74000004
	version80  = 0x08000000
)

// OptionFlags2, TypeFlags and the length of LOGIN7's fixed part (MS-TDS 2.2.6.4).
const (
	login7IntegratedSecurity = 0x80
	login7ReadOnlyIntent     = 0x20
	login7FixedLen           = 94
)

func parseLogin7(b []byte) (Login, error) {
	var l Login
	if len(b) < login7FixedLen {
		return l, fmt.Errorf("LOGIN7 has %d bytes; its fixed part alone has %d", len(b), login7FixedLen)
	}
	if stated := binary.LittleEndian.Uint32(b); uint64(stated) > uint64(len(b)) {
		return l, fmt.Errorf("LOGIN7 states a length of %d bytes and has %d", stated, len(b))
	}
	l.TDSVersion = binary.LittleEndian.Uint32(b[4:])
	l.PacketSize = int(binary.LittleEndian.Uint32(b[8:]))
	l.Integrated = b[25]&login7IntegratedSecurity != 0
	l.ReadOnlyIntent = b[26]&login7ReadOnlyIntent != 0

	var password []byte
	for _, field := range []struct {
		at   int
		text *string
		raw  *[]byte
	}{
		{at: 36, text: &l.HostName},
		{at: 40, text: &l.User},
		{at: 44, raw: &password},
		{at: 48, text: &l.AppName},
		{at: 52, text: &l.ServerName},
		{at: 60, text: &l.Library},
		{at: 68, text: &l.Database},
	} {
		data, err := login7Field(b, field.at, 2)
		if err != nil {
			return l, err
		}
		if field.text != nil {
			*field.text = decodeUCS2(data)
		} else {
			*field.raw = data
		}
	}
	l.password = decodeUCS2(unmangle(password))
	var err error
	l.sspi, err = login7Field(b, 78, 1)
	return l, err
}

// login7Field reads the offset and length at b[at:]; unit is the bytes in one
// unit of length, as text is counted in characters and SSPI data in bytes.
func login7Field(b []byte, at, unit int) ([]byte, error) {
	offset := int(binary.LittleEndian.Uint16(b[at:]))
	length := int(binary.LittleEndian.Uint16(b[at+2:])) * unit
	if length == 0 {
		return nil, nil
	}
	if offset+length > len(b) {
		return nil, fmt.Errorf("LOGIN7 field at %d states bytes %d to %d of %d", at, offset, offset+length, len(b))
	}
	return b[offset : offset+length], nil
}

// unmangle undoes the hiding of the password: each byte's halves are swapped
// and then some bits flipped.
func unmangle(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		c ^= 0xA5
		out[i] = c<<4 | c>>4
	}
	return out
}

// checkVersion refuses what the token formats here do not fit.
func (l Login) checkVersion() error {
	if l.TDSVersion == version80 || l.TDSVersion >= version72 && l.TDSVersion <= version74 {
		return nil
	}
	return fmt.Errorf("client asked for TDS version %#x; 7.2 to 7.4 and 8.0 are spoken here", l.TDSVersion)
}

// nbcRows says whether the client reads rows with a null bitmap (7.3B and later).
func (l Login) nbcRows() bool { return l.TDSVersion == version80 || l.TDSVersion >= version73B }

var errRefused = errors.New("login was refused")

// authenticate decides about a login and gives the errors a server would send:
// several, the last being the one most clients show.
func (srv *Server) authenticate(l Login) []Message {
	failed := loginFailed(l.User)
	if !l.Integrated {
		// Logins compare without regard to case, passwords do not.
		password, ok := lookupFold(srv.opts.Users, l.User)
		if !ok || password != l.password {
			return []Message{failed}
		}
	}
	if l.Database != "" && srv.databaseName(l.Database) == "" {
		failed.State = 38
		return []Message{{
			Number: 4060, State: 1, Class: 11,
			Text: fmt.Sprintf("Cannot open database \"%s\" requested by the login. The login failed.", l.Database),
		}, failed}
	}
	return nil
}

func loginFailed(user string) Message {
	return Message{Number: 18456, State: 1, Class: 14, Text: fmt.Sprintf("Login failed for user '%s'.", user)}
}

func lookupFold(m map[string]string, key string) (string, bool) {
	for k, v := range m {
		if strings.EqualFold(k, key) {
			return v, true
		}
	}
	return "", false
}
