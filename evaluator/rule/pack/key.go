package pack

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nscheck/nscheck/internal/textfile"
)

// Algorithms are those with which OPA signs bundles.
var Algorithms = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256", "HS384", "HS512"}

// Key signs packs, or verifies them.
type Key struct {
	// ID names the key in signatures: the beginning of the SHA-256 of the public
	// key; secret for a shared secret, of which a hash would tell too much.
	ID string
	// Private tells whether the key can sign. A shared secret can do both.
	Private bool

	text       string   // to verify with: PEM, or the secret
	signer     any      // to sign with; nil for a public key
	algorithms []string // that fit the key, the usual one first
}

const secretID = "secret"

const (
	maxKey    = 64 << 10 // bytes of a key file
	minSecret = 16       // bytes; a shorter one can be guessed by whoever has a signed pack
	minRSA    = 2048     // bits
)

// ReadKey reads a key from a file: in PEM, a private or public RSA or EC key or a
// certificate; any other text is a shared secret, without the ends of lines after
// it. A key in another form must not be taken for a secret, since everybody may know
// a public key.
func ReadKey(file string) (*Key, error) {
	f, err := textfile.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read the key %s: %w", file, cause(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxKey+1))
	if err == nil && len(text) > maxKey {
		err = errors.New("the file is too large for a key")
	}
	var k *Key
	if err == nil {
		k, err = parseKey(text)
	}
	if err != nil {
		return nil, fmt.Errorf("read the key %s: %w", file, cause(err))
	}
	return k, nil
}

func parseKey(text []byte) (*Key, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	block, rest := pem.Decode(text)
	for block != nil && block.Type == "EC PARAMETERS" { // openssl ecparam writes them before the key
		block, rest = pem.Decode(rest)
	}
	switch {
	case block != nil:
		return parsePEM(block)
	case bytes.Contains(text, []byte("-----BEGIN")):
		return nil, errors.New("the PEM text in it is damaged")
	}
	return parseSecret(string(text))
}

// foreignKey is how keys of other tools begin: of SSH, PuTTY, minisign and JWK.
var foreignKey = regexp.MustCompile(`^(ssh-|ecdsa-sha2-|sk-|PuTTY-|untrusted comment:|\{)`)

func parseSecret(text string) (*Key, error) {
	// Editors end the last line, and those on Windows otherwise than others.
	secret := strings.TrimRight(text, "\r\n")
	switch {
	case strings.TrimSpace(secret) == "":
		return nil, errors.New("the file is empty")
	case !utf8.ValidString(secret) || strings.ContainsFunc(secret, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }):
		return nil, errors.New("it is neither PEM nor text; write a key in PEM (\"openssl pkey -inform DER -in FILE\" does, with -pubin for a public one), and save text as UTF-8")
	case foreignKey.MatchString(secret):
		return nil, errors.New("it is a key as another tool writes it; give an RSA or EC key in PEM")
	case len(secret) < minSecret:
		return nil, fmt.Errorf("the secret in it has %d bytes, which can be guessed; make it %d or more", len(secret), minSecret)
	}
	return &Key{ID: secretID, Private: true, text: secret, signer: []byte(secret), algorithms: []string{"HS256", "HS384", "HS512"}}, nil
}

var errPassphrase = errors.New("the key is protected by a passphrase; give a copy without one, for example of: openssl pkey -in FILE")

func parsePEM(block *pem.Block) (*Key, error) {
	if block.Headers["DEK-Info"] != "" {
		return nil, errPassphrase
	}
	var key any
	var err error
	private := false
	switch block.Type {
	case "RSA PUBLIC KEY":
		key, err = x509.ParsePKCS1PublicKey(block.Bytes)
	case "PUBLIC KEY":
		key, err = x509.ParsePKIXPublicKey(block.Bytes)
	case "CERTIFICATE":
		var c *x509.Certificate
		if c, err = x509.ParseCertificate(block.Bytes); err == nil {
			key = c.PublicKey
		}
	case "RSA PRIVATE KEY":
		private = true
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "PRIVATE KEY":
		private = true
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		private = true
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "ENCRYPTED PRIVATE KEY":
		return nil, errPassphrase
	default:
		return nil, fmt.Errorf("%q is no key that packs are signed with; give an RSA or EC key in PEM", block.Type)
	}
	if err != nil {
		return nil, errors.New("the key in it is damaged, or of a kind that is not known")
	}
	// OPA knows PEM by its first line.
	k := &Key{Private: private, text: string(pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes}))}
	if signer, ok := key.(crypto.Signer); private && ok {
		k.signer, key = key, signer.Public()
	}
	switch public := key.(type) {
	case *rsa.PublicKey:
		if bits := public.Size() * 8; bits < minRSA {
			return nil, fmt.Errorf("the RSA key has %d bits, too few to be trusted; make one of %d or more", bits, minRSA)
		}
		k.algorithms = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
	case *ecdsa.PublicKey:
		byBits := map[int]string{256: "ES256", 384: "ES384", 521: "ES512"}
		k.algorithms = []string{byBits[public.Params().BitSize]}
	}
	if len(k.algorithms) == 0 || k.algorithms[0] == "" {
		return nil, errors.New("the key is neither of RSA nor of the curves P-256, P-384 and P-521, which packs are signed with")
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(der)
	k.ID = hex.EncodeToString(sum[:8])
	return k, nil
}

// isSecret tells a shared secret from one half of a pair.
func (k *Key) isSecret() bool { return k.ID == secretID }

// algorithm is the one to sign with: the named one where it fits the key, and the
// usual one where none is named.
func (k *Key) algorithm(name string) (string, error) {
	switch {
	case name == "":
		return k.algorithms[0], nil
	case !slices.Contains(Algorithms, name):
		return "", fmt.Errorf("there is no algorithm %q; known are %s", name, strings.Join(Algorithms, ", "))
	case !slices.Contains(k.algorithms, name):
		return "", fmt.Errorf("the algorithm %s does not fit the key, which is for %s", name, strings.Join(k.algorithms, ", "))
	}
	return name, nil
}
