package collector

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nscheck/nscheck/internal/textfile"
)

// checkEncryption checks the TLS settings of a URL, and returns a note if the
// connection is less secure.
func checkEncryption(params map[string]string, access Access, caFile string) (note string, err error) {
	trust, err := parseSwitch(params["trustservercertificate"])
	if err != nil {
		return "", errors.New("the sqlserver:// URL's trustservercertificate must be true or false")
	}
	switch {
	case trust && !access.AcceptUnverifiedCertificate:
		return "", errors.New("the sqlserver:// URL asks with trustservercertificate to accept any certificate; an attacker between here and the server could then read and change everything. Name the server's authority with --ca-file, or, if you must, add --accept-unverified-certificate")
	case access.AcceptUnverifiedCertificate && caFile != "":
		return "", fmt.Errorf("--accept-unverified-certificate and the authority in %s exclude each other; leave one out", caFile)
	case access.AcceptUnverifiedCertificate && strings.EqualFold(params["encrypt"], "strict"):
		return "", errors.New("encrypt=strict always verifies the server's certificate, so --accept-unverified-certificate cannot go with it; name the server's authority with --ca-file")
	}
	params["trustservercertificate"] = strconv.FormatBool(access.AcceptUnverifiedCertificate)
	switch strings.ToLower(params["encrypt"]) {
	case "", "true", "mandatory", "yes", "1", "t", "strict":
	case "disable", "optional", "no", "0", "f", "false":
		if !access.AcceptUnencryptedConnection {
			return "", fmt.Errorf("the sqlserver:// URL asks with encrypt=%s for a connection that others can read; remove encrypt, or, if you must, add --accept-unencrypted-connection", params["encrypt"])
		}
		return "the connection was not encrypted: an attacker between here and the server could have read and changed the data", nil
	default:
		return "", errors.New("the sqlserver:// URL's encrypt must be true or strict")
	}
	if access.AcceptUnverifiedCertificate {
		return "the server's certificate was not verified: the data may come from another server", nil
	}
	return "", nil
}

func parseSwitch(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "", "no":
		return false, nil
	case "yes":
		return true, nil
	}
	return strconv.ParseBool(text)
}

// readAuthorities reads certificates, PEM or DER.
func readAuthorities(file string) (*x509.CertPool, error) {
	raw, err := textfile.Read(file)
	if err != nil {
		return nil, fmt.Errorf("read the authority's certificate: %w", err)
	}
	pool := x509.NewCertPool()
	if block, _ := pem.Decode(raw); block == nil {
		if cert, err := x509.ParseCertificate(raw); err == nil {
			pool.AddCert(cert)
			return pool, nil
		}
	} else if pool.AppendCertsFromPEM(raw) {
		return pool, nil
	}
	return nil, fmt.Errorf("read the authority's certificate: %s has no certificate in PEM or DER form", file)
}
