package tdstest

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func TestMD4(t *testing.T) {
	for text, want := range map[string]string{ // RFC 1320, A.5
		"":    "31d6cfe0d16ae931b73c59d7e0c089c0",
		"abc": "a448017aaf21d8525fc10ae87aa6729d",
		"12345678901234567890123456789012345678901234567890123456789012345678901234567890": "e33b4ddc9c38f2199c3e7b164fcc0536",
	} {
		if got := md4([]byte(text)); hex.EncodeToString(got[:]) != want {
			t.Errorf("md4(%q) is %x; want %s", text, got, want)
		}
	}
}

func TestNTLM(t *testing.T) {
	srv := Start(t, Options{WindowsUsers: map[string]string{`CORP\anna`: "Wind0ws-Pässword", `CORP\bert`: "other"}})
	for _, mode := range modes {
		params := []string{"authenticator=ntlm", "encrypt=" + mode, `user id=corp\Anna`, "password=Wind0ws-Pässword"}
		if got := mustQuery(t, open(t, srv, params...), "SELECT SUSER_SNAME()")[0][0]; got != `CORP\anna` {
			t.Errorf("%s: signed in as %v", mode, got)
		}
		wantNumber(t, open(t, srv, append(params, "password=other")...).Ping(), 18452)
		wantNumber(t, open(t, srv, append(params, `user id=CORP\carl`)...).Ping(), 18452)
		wantNumber(t, open(t, srv, append(params, "database=nowhere")...).Ping(), 18456)
	}
	if l := srv.Logins()[0]; !l.Integrated || !l.Accepted || l.User != `CORP\anna` {
		t.Errorf("login is %+v", l)
	}
}

// TestNTLMVector is the example of MS-NLMP 4.2.4.
func TestNTLMVector(t *testing.T) {
	response, _ := hex.DecodeString("68cd0ab851e51c96aabc927bebef6a1c" +
		"01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000" +
		"02000c0044006f006d00610069006e0001000c0053006500720076006500720000000000" + "00000000")
	a := ntlmAnswer{user: "User", domainBytes: appendUCS2(nil, "Domain"), response: response}
	challenge := [8]byte{0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF}
	if !a.proves("Password", challenge) {
		t.Error("the example's response is refused")
	}
	if a.proves("password", challenge) {
		t.Error("another password is accepted")
	}
	a.response = bytes.Clone(response)
	a.response[40] ^= 1
	if a.proves("Password", challenge) {
		t.Error("a changed response is accepted")
	}
}
