package pack

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

func TestSecretsEndWhereTheirTextEnds(t *testing.T) {
	const secret = "a secret of the house"
	for _, text := range []string{secret, secret + "\n", secret + "\r\n", secret + "\r\n\n", "\ufeff" + secret} {
		if k := mustKey(t, textFile(t, text)); k.text != secret {
			t.Errorf("%q: the secret is %q", text, k.text)
		}
	}
	if k := mustKey(t, textFile(t, " a\nsecret of the house \n")); k.text != " a\nsecret of the house " {
		t.Errorf("the secret is %q", k.text)
	}
}

// TestSecretIsNoFile makes sure that a secret is itself, also where it is the name
// of a file or too long for one.
func TestSecretIsNoFile(t *testing.T) {
	named := filepath.Join(t.TempDir(), "a file of this name")
	if err := os.WriteFile(named, []byte("what is in it is no secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{named, strings.Repeat("long", 2000), "two\nlines of secrets"} {
		key := mustKey(t, textFile(t, secret))
		signed, err := built(t).Sign(key, "")
		if err != nil {
			t.Errorf("%.20q: %v", secret, err)
			continue
		}
		if err := reread(t, signed).Verify(key); err != nil {
			t.Errorf("%.20q: %v", secret, err)
		}
	}
}

// TestReadKeyForms reads keys as tools and editors write them.
func TestReadKeyForms(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	public := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	want := mustKey(t, textFile(t, public))
	sec1, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	withParameters := pem.EncodeToMemory(&pem.Block{Type: "EC PARAMETERS", Bytes: []byte("x")})
	withParameters = append(withParameters, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: sec1})...)
	for name, text := range map[string]string{
		"with lines of Windows":   strings.ReplaceAll(public, "\n", "\r\n"),
		"with a byte order mark":  "\ufeff" + public,
		"with words before it":    "the key of the house\n" + public,
		"with parameters, as old": string(withParameters),
	} {
		if k := mustKey(t, textFile(t, text)); k.ID != want.ID {
			t.Errorf("%s: %s, want %s", name, k.ID, want.ID)
		}
	}
}

// TestNoKeyIsTakenForASecret makes sure that what is known to many is no secret.
func TestNoKeyIsTakenForASecret(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	wide := "\xff\xfe"
	for _, u := range utf16.Encode([]rune(string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})))) {
		wide += string([]byte{byte(u), byte(u >> 8)})
	}
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	protected := pem.EncodeToMemory(&pem.Block{
		Type: "RSA PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-128-CBC,00"}, Bytes: []byte("x"),
	})
	for _, tt := range []struct{ name, text, want string }{
		{"DER", string(der), "it is neither PEM nor text; write a key in PEM"},
		{"PEM in UTF-16", wide, "it is neither PEM nor text; write a key in PEM"},
		{"of SSH", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@house\n", "it is a key as another tool writes it; give an RSA or EC key in PEM"},
		{"JWK", `{"kty":"EC","crv":"P-256","x":"a","y":"b"}`, "it is a key as another tool writes it"},
		{"a short secret", "0123456789abcde\n", "the secret in it has 15 bytes, which can be guessed; make it 16 or more"},
		{"a weak key", string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(weak)})), "the RSA key has 1024 bits, too few to be trusted; make one of 2048 or more"},
		{"with a passphrase, as old", string(protected), "the key is protected by a passphrase"},
	} {
		if k, err := ReadKey(textFile(t, tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %+v, %v, want %s", tt.name, k, err, tt.want)
		}
	}
}

// FuzzParseKey makes sure that whatever is read as a key can be named and used.
func FuzzParseKey(f *testing.F) {
	for _, seed := range []string{
		"a secret of the house", "-----BEGIN PUBLIC KEY-----\nMA==\n-----END PUBLIC KEY-----\n", "-----BEGIN EC PARAMETERS-----\n-----END EC PARAMETERS-----\n",
		"-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: x\n\nMA==\n-----END RSA PRIVATE KEY-----\n", "ssh-rsa AAAA", "\ufeff", "\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := parseKey(text)
		switch {
		case err != nil:
			if k != nil || err.Error() == "" {
				t.Errorf("%+v and %q", k, err)
			}
		case k.ID == "" || len(k.algorithms) == 0 || k.Private != (k.signer != nil):
			t.Errorf("got %+v", k)
		}
	})
}
