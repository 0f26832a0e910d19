package pack

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jwt"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/util"
)

// Sign returns the pack with a signature of all its files, in the place of one
// that it may have had. Without an algorithm the usual one of the key is taken.
func (p *Pack) Sign(key *Key, algorithm string) ([]byte, error) {
	if !p.IsFile() {
		return nil, fmt.Errorf("%s is a folder; sign the file that \"nscheck pack build\" writes of it", p.Name)
	}
	if !key.Private {
		return nil, errors.New("the key is a public one; a pack is signed with the private key, and verified with the public one")
	}
	algorithm, err := key.algorithm(algorithm)
	if err != nil {
		return nil, err
	}
	files := maps.Clone(p.archive)
	delete(files, signaturesFile)
	infos, err := fileInfos(files)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	token, err := newToken(infos, key, algorithm)
	if err != nil {
		return nil, fmt.Errorf("sign %s: %w", p.Name, err)
	}
	text, err := json.Marshal(bundle.SignaturesConfig{Signatures: []string{token}})
	if err != nil {
		return nil, err
	}
	files[signaturesFile] = &fstest.MapFile{Data: text}
	var out bytes.Buffer
	err = writeArchive(&out, files)
	return out.Bytes(), err
}

// newToken is the signature as [bundle.GenerateSignedToken] makes it, which would
// take a secret for the name of a file to read.
func newToken(infos []bundle.FileInfo, key *Key, algorithm string) (string, error) {
	token, err := jwt.NewBuilder().Claim("files", infos).Claim("keyid", key.ID).Build()
	if err != nil {
		return "", err
	}
	signer, err := jwk.Import(key.signer)
	if err != nil {
		return "", err
	}
	if err := signer.Set(jwk.KeyIDKey, key.ID); err != nil {
		return "", err
	}
	by, known := jwa.LookupSignatureAlgorithm(algorithm)
	if !known {
		return "", fmt.Errorf("there is no algorithm %q", algorithm)
	}
	signed, err := jwt.Sign(token, jwt.WithKey(by, signer))
	return string(signed), err
}

// fileInfos are the files as a signature names them.
func fileInfos(files fstest.MapFS) ([]bundle.FileInfo, error) {
	hasher, err := bundle.NewSignatureHasher(bundle.SHA256)
	if err != nil {
		return nil, err
	}
	var infos []bundle.FileInfo
	for _, name := range slices.Sorted(maps.Keys(files)) {
		var value any = files[name].Data
		if bundle.IsStructuredDoc(name) {
			if err := util.Unmarshal(files[name].Data, &value); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		sum, err := hasher.HashFile(value)
		if err != nil {
			return nil, err
		}
		infos = append(infos, bundle.NewFile(name, hex.EncodeToString(sum), bundle.SHA256.String()))
	}
	return infos, nil
}

// Signature is what a pack says of its signature; only [Pack.Verify] tells whether
// it is true.
type Signature struct {
	// Name of the key.
	KeyID string `json:"key_id"`
	// How it was signed.
	Algorithm string `json:"algorithm"`
	// When it ends; absent where it does not. OPA's sign takes it from a file of claims.
	Expires *time.Time `json:"expires,omitempty"`
}

// lastSecond is where years have five digits, which JSON cannot tell.
const lastSecond = 253402300800

// Signature reads what the pack says of its signature; nil where it has none.
func (p *Pack) Signature() (*Signature, error) {
	file := p.archive[signaturesFile]
	if file == nil {
		return nil, nil
	}
	var config bundle.SignaturesConfig
	if err := json.Unmarshal(file.Data, &config); err != nil || len(config.Signatures) != 1 {
		return nil, fmt.Errorf("%s does not hold one signature", signaturesFile)
	}
	head, rest, _ := strings.Cut(config.Signatures[0], ".")
	payload, _, _ := strings.Cut(rest, ".")
	var header struct{ Alg, Kid string }
	var claims struct {
		KeyID string   `json:"keyid"`
		Exp   *float64 `json:"exp"`
	}
	err := errors.Join(decodePart(head, &header), decodePart(payload, &claims))
	if err != nil || claims.Exp != nil && (*claims.Exp < 0 || *claims.Exp >= lastSecond) {
		return nil, fmt.Errorf("the signature in %s is damaged", signaturesFile)
	}
	if header.Kid == "" {
		header.Kid = claims.KeyID
	}
	s := &Signature{KeyID: header.Kid, Algorithm: header.Alg}
	if claims.Exp != nil {
		at := time.Unix(int64(*claims.Exp), 0).UTC()
		s.Expires = &at
	}
	return s, nil
}

func decodePart(text string, to any) error {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(data, to)
	}
	return err
}
