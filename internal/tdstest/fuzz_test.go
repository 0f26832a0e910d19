package tdstest

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"unicode/utf16"
)

func FuzzReadMessage(f *testing.F) {
	f.Add([]byte{packetSQLBatch, statusEOM, 0, 12, 0, 0, 1, 0, 'a', 'b', 'c', 'd'})
	f.Add([]byte{packetSQLBatch, 0, 0, 9, 0, 0, 1, 0, 'a', packetSQLBatch, statusEOM | statusIgnore, 0, 9, 0, 0, 2, 0, 'b'})
	f.Add([]byte{packetSQLBatch, 0, 0, 8, 0, 0, 1, 0, packetRPC, 1, 0, 8, 0, 0, 2, 0})
	f.Add([]byte{packetSQLBatch, 1, 0, 7, 0, 0, 1, 0})
	f.Add([]byte{packetSQLBatch, 1, 0xFF, 0xFF, 0, 0, 1, 0})
	const limit = 1 << 16
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := readMessage(bytes.NewReader(b), limit)
		if err != nil {
			return
		}
		if len(m.body) > limit || len(m.body) > len(b) {
			t.Fatalf("%d bytes give a message of %d", len(b), len(m.body))
		}
		var out bytes.Buffer
		w := newPacketWriter(&out, 51)
		w.size = minPacketSize
		w.begin(m.kind)
		w.Write(m.body)
		w.end()
		again, err := readMessage(&out, limit)
		if err != nil || again.kind != m.kind || !bytes.Equal(again.body, m.body) {
			t.Fatalf("the message does not survive being sent: %v", err)
		}
	})
}

func FuzzPrelogin(f *testing.F) {
	f.Add(appendPrelogin(nil, [4]byte{16, 0, 4, 5}, EncryptOff))
	f.Add([]byte{preloginTerminator})
	f.Add([]byte{preloginEncryption, 0, 6, 0, 1, preloginTerminator, byte(EncryptStrict)})
	f.Add([]byte{preloginEncryption, 0xFF, 0xFF, 0xFF, 0xFF, preloginTerminator})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parsePrelogin(b)
		if err != nil || !p.hasEncryption {
			return
		}
		again, err := parsePrelogin(appendPrelogin(nil, [4]byte{}, p.encryption))
		if err != nil || again != p {
			t.Fatalf("%+v becomes %+v (%v)", p, again, err)
		}
	})
}

func FuzzLogin7(f *testing.F) {
	f.Add(login7(defaultUser, defaultPassword, defaultDatabase))
	f.Add(login7("", "", "")[:login7FixedLen])
	f.Add(make([]byte, login7FixedLen))
	f.Add(bytes.Repeat([]byte{0xFF}, 200))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := parseLogin7(b)
		if err == nil && (len(l.User) > 3*len(b) || len(l.sspi) > len(b)) {
			t.Fatalf("%d bytes give %+v", len(b), l)
		}
	})
}

func FuzzAllHeaders(f *testing.F) {
	f.Add(allHeaders(7))
	f.Add(append(allHeaders(0), "text"...))
	f.Add([]byte{4, 0, 0, 0})
	f.Add([]byte{10, 0, 0, 0, 6, 0, 0, 0, 2, 0})
	f.Add([]byte{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF})
	f.Fuzz(func(t *testing.T, b []byte) {
		body, _, err := skipAllHeaders(b)
		if err == nil && len(body) > len(b)-4 {
			t.Fatalf("%d bytes have a body of %d", len(b), len(body))
		}
	})
}

func FuzzRPC(f *testing.F) {
	f.Add(prepExec())
	f.Add(append(append(prepExec(), nextCall), prepExec()...))
	f.Add(textParam(textParam(procID(10), "", "SELECT @a"), "@a", "x"))
	byName := append([]byte{3, 0}, appendUCS2(nil, "sp_")...)
	f.Add(append(byName, 0, 0))
	for _, value := range [][]byte{
		{typeNull}, {typeInt1, 5}, {typeBitN, 1, 0}, {typeGUID, 16, 0}, {typeFltN, 8, 8, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F},
		{typeDate, 3, 1, 0, 0}, {typeTime, 7, 5, 0, 0, 0, 0, 0}, {typeDateTime2, 0, 6, 0, 0, 0, 1, 0, 0},
		{typeDateTimeOffset, 7, 10, 0, 0, 0, 0, 0, 1, 0, 0, 60, 0}, {typeDateTimeN, 8, 8, 0, 0, 0, 0, 0, 0, 0, 0},
		{typeMoneyN, 8, 8, 0, 0, 0, 0, 1, 0, 0, 0}, {typeVarBinary, 0xFF, 0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 2, 0, 0, 0, 0},
		{typeXML, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, {typeImage, 9, 0, 0, 0, 1, 0, 0, 0, 7},
	} {
		f.Add(append(append(procID(10), 0, 0), value...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		calls, err := parseRPC(b)
		if err != nil {
			return
		}
		size := len(calls) - 1 // bytes that the calls need at least, and those between them
		for _, c := range calls {
			size += 4
			for i, arg := range named(c.params, nil) {
				size += 3 + 2*len(utf16.Encode([]rune(c.params[i].name)))
				if arg.Name == "" {
					t.Fatalf("parameter %d, %+v, has no name", i, c.params[i])
				}
			}
		}
		if size > len(b) {
			t.Fatalf("%d bytes give calls that need %d: %+v", len(b), size, calls)
		}
		two, err := parseRPC(slices.Concat(b, []byte{nextCall}, b))
		if got, want := fmt.Sprintf("%#v", two), fmt.Sprintf("%#v", slices.Concat(calls, calls)); err != nil || got != want {
			t.Fatalf("the calls twice are %s (%v), want %s", got, err, want)
		}
	})
}

func FuzzNTLM(f *testing.F) {
	f.Add(appendNTLMChallenge(nil, [8]byte{1}))
	valid := append([]byte(ntlmSignature), ntlmAuthenticate, 0, 0, 0)
	for range 4 {
		valid = appendNTLMField(valid, 4, 64)
	}
	valid = append(valid, make([]byte, 52-len(valid)+8)...)
	f.Add(append(valid, 1, 0, 0, 0, 'a', 0, 'b', 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		if a, err := parseNTLMAuthenticate(b); err == nil && a.proves("password", [8]byte{}) {
			t.Fatal("made-up bytes prove a password")
		}
	})
}

// FuzzEncode gives every type any text: it must come out as an error or as
// something that decodes, and never be cut or run over.
func FuzzEncode(f *testing.F) {
	kinds := []string{
		"nvarchar(10)", "nvarchar(max)", "varchar(10)", "nchar(5)", "char(5)", "decimal(18,4)", "numeric(38,38)", "money",
		"smallmoney", "uniqueidentifier", "datetime", "smalldatetime", "date", "time(3)", "datetime2(0)", "int", "bigint", "bit", "float", "real",
	}
	for i, text := range []string{"", "1", "-1.5", "1e10", guidText, "1753-01-01", "9999-12-31 23:59:59.9999999", "23:59:59.9999", "ü😀", "a\xffb"} {
		f.Add(uint8(i), text)
		f.Add(uint8(i+10), text)
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		kind := kinds[int(which)%len(kinds)]
		c, err := newColumn(Column{Type: kind})
		if err != nil {
			t.Fatal(err)
		}
		b, err := c.encode(&c.typeInfo, nil, text)
		if err != nil {
			return
		}
		r := &reader{b: b}
		data, ok := r.data(c.typeInfo)
		if r.bad || len(r.b) != 0 || !ok {
			t.Fatalf("%q as %s gives %x, of which %d bytes are left", text, kind, b, len(r.b))
		}
		if _, err := decodeValue(c.typeInfo, data); err != nil {
			t.Fatalf("%q as %s gives %x: %v", text, kind, b, err)
		}
	})
}

func FuzzSplitBatch(f *testing.F) {
	f.Add("SET NOCOUNT ON SELECT 'a;b'; USE [x]]y] BEGIN TRAN a COMMIT -- c\n/* d */ SELECT \"e;\"")
	f.Add("SET TRANSACTION ISOLATION LEVEL")
	f.Add("SET a,")
	f.Add("N'")
	f.Fuzz(func(t *testing.T, text string) {
		rest := 0
		for _, l := range lex(text) {
			if l.start != rest || l.text == "" {
				t.Fatalf("%q: a lexeme %q starts at %d and not at %d", text, l.text, l.start, rest)
			}
			rest = l.end()
		}
		if rest != len(text) {
			t.Fatalf("%q: %d bytes of %d are lexemes", text, rest, len(text))
		}
		total := 0
		for _, s := range splitBatch(text) {
			total += len(s)
		}
		if total > len(text) {
			t.Fatalf("%q: the statements are longer than the batch", text)
		}
		Word("x")(text)
		Exact(text)(text)
	})
}
