package evaluator

import (
	"strings"
	"testing"
)

// One snapshot has one verdict: nothing that reads the clock, chance, the
// network or the machine can be called, by whatever rule or library.
func TestWhatRulesCannotCall(t *testing.T) {
	for call, name := range map[string]string{
		`time.now_ns() > 3`:                                                  "time.now_ns",
		`rand.intn("x", 2) == 1`:                                             "rand.intn",
		`uuid.rfc4122("x") == "y"`:                                           "uuid.rfc4122",
		`http.send({"method": "get", "url": "http://localhost"})`:            "http.send",
		`net.lookup_ip_addr("localhost")`:                                    "net.lookup_ip_addr",
		`json.match_schema({}, {"$ref": "http://localhost/"})[0]`:            "json.match_schema",
		`json.verify_schema({"$ref": "http://localhost/"})[0]`:               "json.verify_schema",
		`opa.runtime().env.HOME`:                                             "opa.runtime",
		`io.jwt.encode_sign({}, {}, {}) == "x"`:                              "io.jwt.encode_sign",
		`io.jwt.encode_sign_raw("", "", "") == "x"`:                          "io.jwt.encode_sign_raw",
		`crypto.x509.parse_and_verify_certificates("x")[0]`:                  "crypto.x509.parse_and_verify_certificates",
		`crypto.x509.parse_and_verify_certificates_with_options("x", {})[0]`: "crypto.x509.parse_and_verify_certificates_with_options",
	} {
		client := strings.Replace(clientRuleText, `input.name == "X"`, call, 1)
		for where, files := range map[string]map[string]string{
			"a client rule":  {"a.rego": client},
			"an estate rule": {"a.rego": strings.Replace(ruleText, `site.name == "X"`, call, 1)},
			"a library":      {"a.rego": clientRuleText, "lib.rego": "package acme.lib\n\nx if " + call + "\n"},
		} {
			_, err := packOf(files)
			if want := "rules cannot call " + name + ": it may answer otherwise at another time"; err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s in %s: got %v, want %q", call, where, err, want)
			}
		}
	}
}
