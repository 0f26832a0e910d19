package pack

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nscheck/nscheck/evaluator/rule"
)

const ruleText = `# METADATA
# title: Site is called X
# description: Sites called X confuse people.
# schemas: [{data.estate: schema.estate}]
# custom:
#   id: ACME-SITE-001
#   severity: low
#   scope: estate
#   step: "+"
#   remediation: [{text: Rename it.}]
package acme.site.called_x

violation contains {"msg": "X", "resource": {"type": "site", "name": site.name}} if {
	some site in data.estate.sites
	site.name == data.params.bad_site
}
`

func folderOf(files map[string]string) *Pack {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	p := &Pack{Name: "house", FS: fsys}
	p.Manifest, _ = rule.ReadPackManifest(fsys)
	return p
}

func housePack() map[string]string {
	return map[string]string{
		"pack.yaml": "name: acme-house\nversion: 1.2.0\n", "params.yaml": "bad_site: X\n", "site/called_x.rego": ruleText,
		"site/called_x_test.rego": "package acme.site.called_x_test\n\ntest_a if true\n", "site/called_x.yaml": "examples: []\n",
		"README.md": "About it.\n", ".git/config": "x", "old.tar.gz": "x",
	}
}

// built is the pack of a folder.
func built(t *testing.T) *Pack {
	t.Helper()
	text, err := Build(folderOf(housePack()), nil)
	if err != nil {
		t.Fatal(err)
	}
	return reread(t, text)
}

func reread(t *testing.T, text []byte) *Pack {
	t.Helper()
	files, err := readArchive(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return &Pack{Name: "house.tar.gz", FS: files, archive: files}
}

func keyFile(t *testing.T, kind string, der []byte, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return textFile(t, string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})))
}

func textFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func mustKey(t *testing.T, file string) *Key {
	t.Helper()
	k, err := ReadKey(file)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// pair is a private key and its public one.
type pair struct{ private, public *Key }

func rsaPair(t *testing.T) pair {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	return pair{
		mustKey(t, keyFile(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key), nil)),
		mustKey(t, keyFile(t, "PUBLIC KEY", public, err)),
	}
}

func ecPair(t *testing.T, curve elliptic.Curve) pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	file := keyFile(t, "PRIVATE KEY", private, err)
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	return pair{mustKey(t, file), mustKey(t, keyFile(t, "PUBLIC KEY", public, err))}
}

func TestSign(t *testing.T) {
	rsaKeys, p256, p384, p521 := rsaPair(t), ecPair(t, elliptic.P256()), ecPair(t, elliptic.P384()), ecPair(t, elliptic.P521())
	secret := mustKey(t, textFile(t, strings.Repeat("secret ", 20)))
	tests := []struct {
		name  string
		keys  pair
		alg   string
		as    string
		other *Key
		want  string // of the other key
	}{
		{"RSA", rsaKeys, "", "RS256", rsaPair(t).public, "it is not signed with the key "},
		{"RSA, PSS", rsaKeys, "PS512", "PS512", p256.public, "it is signed with PS512, and the key is for ES256"},
		{"EC", p256, "", "ES256", ecPair(t, elliptic.P256()).public, "it is not signed with the key "},
		{"EC of 384 bits", p384, "", "ES384", p256.public, "it is signed with ES384, and the key is for ES256"},
		{"EC of 521 bits", p521, "", "ES512", secret, "it is signed with ES512, and the key is for HS256, HS384, HS512"},
		{"a secret", pair{secret, secret}, "", "HS256", mustKey(t, textFile(t, "another secret of the house")), "the signature is not one of the key"},
		{"a secret for RSA", pair{secret, secret}, "HS512", "HS512", rsaKeys.public, "it is signed with HS512, and the key is for RS256"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			signed, err := built(t).Sign(tt.keys.private, tt.alg)
			if err != nil {
				t.Fatal(err)
			}
			p := reread(t, signed)
			if s, err := p.Signature(); err != nil || s.Algorithm != tt.as || s.KeyID != tt.keys.public.ID {
				t.Errorf("signature %+v, %v, want %s of %s", s, err, tt.as, tt.keys.public.ID)
			}
			if err := p.Verify(tt.keys.public); err != nil {
				t.Error(err)
			}
			var invalid *InvalidError
			if err := p.Verify(tt.other); !errors.As(err, &invalid) || !strings.Contains(invalid.Reason, tt.want) {
				t.Errorf("the other key: %v, want %s", err, tt.want)
			}
			again, err := p.Sign(tt.keys.private, tt.alg)
			if err != nil || reread(t, again).Verify(tt.keys.public) != nil {
				t.Errorf("signed again: %v", err)
			}
		})
	}
}

// TestVerify makes sure that nothing of a signed pack can be changed.
func TestVerify(t *testing.T) {
	keys := rsaPair(t)
	signed, err := built(t).Sign(keys.private, "")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(fstest.MapFS)
		want   string
	}{
		{"a rule changed", func(f fstest.MapFS) { f["site/called_x.rego"].Data[5]++ }, "site/called_x.rego was changed after it was signed"},
		{"a parameter changed", func(f fstest.MapFS) { f["params.yaml"].Data = []byte("bad_site: Y\n") }, "params.yaml was changed after it was signed"},
		{"an example changed", func(f fstest.MapFS) { f["site/called_x.yaml"].Data = nil }, "site/called_x.yaml was changed after it was signed"},
		{"the manifest changed", func(f fstest.MapFS) { f[manifestFile].Data = []byte(`{"roots":[""]}`) }, ".manifest was changed after it was signed"},
		{"a rule added", func(f fstest.MapFS) { f["b.rego"] = &fstest.MapFile{Data: []byte("package acme.b\n")} }, "b.rego was added after it was signed"},
		{"a file taken away", func(f fstest.MapFS) { delete(f, "README.md"); delete(f, "params.yaml") }, "removed after it was signed: README.md, params.yaml"},
		{"the signature taken away", func(f fstest.MapFS) { delete(f, signaturesFile) }, "it is not signed"},
		{"no signatures", func(f fstest.MapFS) { f[signaturesFile].Data = []byte(`{}`) }, ".signatures.json does not hold one signature"},
		{"two signatures", func(f fstest.MapFS) { f[signaturesFile].Data = []byte(`{"signatures":["a","b"]}`) }, ".signatures.json does not hold one signature"},
		{"a signature that is none", func(f fstest.MapFS) { f[signaturesFile].Data = []byte(`{"signatures":["a"]}`) }, "the signature in .signatures.json is damaged"},
		{"no algorithm", func(f fstest.MapFS) { f[signaturesFile].Data = []byte(`{"signatures":["eyJhbGciOiJub25lIn0.e30."]}`) }, "it is signed with none, and the key is for RS256"},
		{"another verifier", func(f fstest.MapFS) {
			f[signaturesFile].Data = bytes.Replace(f[signaturesFile].Data, []byte("{"), []byte(`{"plugin":"x",`), 1)
		}, "no verifier exists under id x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := reread(t, signed)
			tt.change(p.archive)
			var invalid *InvalidError
			if err := p.Verify(keys.public); !errors.As(err, &invalid) || !strings.Contains(invalid.Reason, tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
	if err := reread(t, signed).Verify(keys.private); err == nil || !strings.Contains(err.Error(), "the key is a private one") {
		t.Errorf("a private key: %v", err)
	}
	if err := folderOf(housePack()).Verify(keys.public); err == nil || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("a folder: %v", err)
	}
}

func TestSignRefuses(t *testing.T) {
	keys := rsaPair(t)
	for _, tt := range []struct {
		name string
		pack *Pack
		key  *Key
		alg  string
		want string
	}{
		{"a public key", built(t), keys.public, "", "the key is a public one"},
		{"another kind of algorithm", built(t), keys.private, "ES256", "the algorithm ES256 does not fit the key, which is for RS256"},
		{"an unknown algorithm", built(t), keys.private, "none", `there is no algorithm "none"; known are RS256`},
		{"a folder", folderOf(housePack()), keys.private, "", "house is a folder; sign the file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := tt.pack.Sign(tt.key, tt.alg); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestReadKey(t *testing.T) {
	curve, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	small, err := x509.MarshalECPrivateKey(curve)
	p224 := keyFile(t, "EC PRIVATE KEY", small, err)
	for _, tt := range []struct{ name, file, want string }{
		{"not there", filepath.Join(t.TempDir(), "none"), "no such file"},
		{"a folder", t.TempDir(), "is a directory"},
		{"empty", textFile(t, " \n"), "the file is empty"},
		{"large", textFile(t, strings.Repeat("x", maxKey+1)), "the file is too large for a key"},
		{"damaged PEM", textFile(t, "-----BEGIN PUBLIC KEY-----\nx"), "the PEM text in it is damaged"},
		{"damaged key", keyFile(t, "PUBLIC KEY", []byte("x"), nil), "the key in it is damaged"},
		{"with a passphrase", keyFile(t, "ENCRYPTED PRIVATE KEY", []byte("x"), nil), "the key is protected by a passphrase"},
		{"something else", keyFile(t, "X509 CRL", []byte("x"), nil), `"X509 CRL" is no key that packs are signed with`},
		{"another curve", p224, "neither of RSA nor of the curves P-256"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ReadKey(tt.file)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "read the key "+tt.file+": ") {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}
