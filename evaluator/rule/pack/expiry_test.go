package pack

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/open-policy-agent/opa/v1/bundle"
)

// TestSignatureEnds reads signatures as "opa sign --claims-file" makes them.
func TestSignatureEnds(t *testing.T) {
	const secret = "a secret of the house"
	key := mustKey(t, textFile(t, secret))
	for _, tt := range []struct{ name, exp, want string }{
		{"later", fmt.Sprint(time.Now().Add(time.Hour).Unix()), ""},
		{"long ago", "86400.5", "its signature ended on 1970-01-02; ask its owner for one that is signed anew"},
		{"beyond all days", "999999999999999", "the signature in .signatures.json is damaged"},
	} {
		p := built(t)
		infos, err := fileInfos(p.archive)
		if err != nil {
			t.Fatal(err)
		}
		claims := textFile(t, `{"keyid":"secret","exp":`+tt.exp+"}")
		token, err := bundle.GenerateSignedToken(infos, bundle.NewSigningConfig(secret, "HS256", claims), "secret")
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(bundle.SignaturesConfig{Signatures: []string{token}})
		if err != nil {
			t.Fatal(err)
		}
		p.archive[signaturesFile] = &fstest.MapFile{Data: text}
		if err := p.Verify(key); tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}
