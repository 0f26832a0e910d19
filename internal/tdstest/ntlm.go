package tdstest

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// NTLM messages and flags (MS-NLMP 2.2).
const (
	ntlmSignature    = "NTLMSSP\x00"
	ntlmNegotiate    = 1
	ntlmChallenge    = 2
	ntlmAuthenticate = 3

	ntlmUnicode          = 0x00000001
	ntlmRequestTarget    = 0x00000004
	ntlmNTLM             = 0x00000200
	ntlmAlwaysSign       = 0x00008000
	ntlmTargetServer     = 0x00020000
	ntlmExtendedSecurity = 0x00080000
	ntlmTargetInfo       = 0x00800000
	ntlmChallengeFlags   = ntlmUnicode | ntlmRequestTarget | ntlmNTLM | ntlmAlwaysSign |
		ntlmTargetServer | ntlmExtendedSecurity | ntlmTargetInfo
)

// ntlm makes the exchange that LOGIN7 began and gives the account's name, or ""
// when the client does not know its password.
func (s *session) ntlm() (string, error) {
	if kind, err := ntlmKind(s.login.sspi); err != nil || kind != ntlmNegotiate {
		return "", errors.Join(err, errors.New("the login's SSPI data is no NTLM negotiation"))
	}
	var challenge [8]byte
	rand.Read(challenge[:])
	s.w.begin(packetReply)
	s.w.sspi(appendNTLMChallenge(nil, challenge))
	if err := errors.Join(s.w.commit(), s.w.end()); err != nil {
		return "", err
	}
	m, err := readMessage(s.rw, maxMessage)
	if err != nil {
		return "", err
	}
	if m.kind != packetSSPI {
		return "", fmt.Errorf("packet of type %#x came in place of an SSPI message", m.kind)
	}
	a, err := parseNTLMAuthenticate(m.body)
	if err != nil {
		return "", err
	}
	for account, password := range s.srv.opts.WindowsUsers {
		domain, user, _ := strings.Cut(account, `\`)
		if strings.EqualFold(user, a.user) && strings.EqualFold(domain, a.domain) && a.proves(password, challenge) {
			return account, nil
		}
	}
	return "", nil
}

func ntlmKind(b []byte) (uint32, error) {
	if len(b) < 12 || string(b[:8]) != ntlmSignature {
		return 0, errors.New("there is no NTLM message")
	}
	return binary.LittleEndian.Uint32(b[8:]), nil
}

// appendNTLMChallenge writes the server's message, with the names that NTLMv2
// answers must repeat.
func appendNTLMChallenge(b []byte, challenge [8]byte) []byte {
	const fixed = 56
	target := appendUCS2(nil, serverName)
	var info []byte
	for _, id := range []uint16{2, 1} { // domain's and computer's NetBIOS name
		info = binary.LittleEndian.AppendUint16(info, id)
		info = binary.LittleEndian.AppendUint16(info, uint16(len(target)))
		info = append(info, target...)
	}
	info = append(info, 0, 0, 0, 0)

	b = append(b, ntlmSignature...)
	b = binary.LittleEndian.AppendUint32(b, ntlmChallenge)
	b = appendNTLMField(b, len(target), fixed)
	b = binary.LittleEndian.AppendUint32(b, ntlmChallengeFlags)
	b = append(b, challenge[:]...)
	b = append(b, make([]byte, 8)...)
	b = appendNTLMField(b, len(info), fixed+len(target))
	b = append(b, 10, 0, 0x7C, 0x4F, 0, 0, 0, 15) // a Windows version
	b = append(b, target...)
	return append(b, info...)
}

func appendNTLMField(b []byte, n, offset int) []byte {
	b = binary.LittleEndian.AppendUint16(b, uint16(n))
	b = binary.LittleEndian.AppendUint16(b, uint16(n))
	return binary.LittleEndian.AppendUint32(b, uint32(offset))
}

// ntlmAnswer is what the client's last message says.
type ntlmAnswer struct {
	domain, user string
	domainBytes  []byte // as they went into the client's hash
	response, lm []byte
}

func parseNTLMAuthenticate(b []byte) (a ntlmAnswer, err error) {
	kind, err := ntlmKind(b)
	if err != nil {
		return a, err
	}
	if kind != ntlmAuthenticate || len(b) < 64 {
		return a, fmt.Errorf("NTLM message %d of %d bytes is no authentication", kind, len(b))
	}
	if binary.LittleEndian.Uint32(b[60:])&ntlmUnicode == 0 {
		return a, errors.New("NTLM authentication is not in Unicode")
	}
	var user []byte
	for at, to := range map[int]*[]byte{12: &a.lm, 20: &a.response, 28: &a.domainBytes, 36: &user} {
		n, offset := uint64(binary.LittleEndian.Uint16(b[at:])), uint64(binary.LittleEndian.Uint32(b[at+4:]))
		if offset+n > uint64(len(b)) {
			return a, fmt.Errorf("NTLM field at %d states bytes %d to %d of %d", at, offset, offset+n, len(b))
		}
		*to = b[offset : offset+n]
	}
	a.domain, a.user = decodeUCS2(a.domainBytes), decodeUCS2(user)
	return a, nil
}

// proves checks an NTLMv2 response, or the LMv2 response beside it, which is
// the whole one that some clients send. The forms before version 2 are refused,
// as servers have long been told to.
func (a ntlmAnswer) proves(password string, challenge [8]byte) bool {
	const proofLen = 16
	key := md4(appendUCS2(nil, password))
	v2 := hmacMD5(key[:], appendUCS2(nil, strings.ToUpper(a.user)), a.domainBytes)
	response := a.response
	if len(response) <= 24 {
		response = a.lm
	}
	if len(response) < 24 {
		return false
	}
	proof := hmacMD5(v2, challenge[:], response[proofLen:])
	return hmac.Equal(proof, response[:proofLen])
}

func hmacMD5(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}
