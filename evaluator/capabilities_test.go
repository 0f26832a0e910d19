package evaluator

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

func TestWhatCannotBeStoppedIsRefused(t *testing.T) {
	for call, want := range map[string]string{
		`strings.render_template("{{range 1000000000000}}x{{end}}", {}) == ""`: "rules cannot call strings.render_template: it may go on without end, and nothing can stop it; use sprintf or concat",
		`count(graph.reachable_paths({}, {"a"})) > 0`:                          "rules cannot call graph.reachable_paths: it may go on without end, and nothing can stop it; use graph.reachable",
	} {
		if _, err := packOf(map[string]string{"a.rego": strings.Replace(ruleText, `site.name == "X"`, call, 1)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestBuiltins lists all built-in functions of OPA, those that rules cannot call
// with a dash before them: who updates OPA decides about the new ones, for which
// docs/decisions/0013-limits-of-rules.md says what to look at.
func TestBuiltins(t *testing.T) {
	const golden = "testdata/builtins.txt"
	var lines []string
	for _, b := range known().Builtins {
		if refused(b) {
			lines = append(lines, "- "+b.Name)
		} else {
			lines = append(lines, b.Name)
		}
	}
	slices.SortFunc(lines, func(a, b string) int {
		return strings.Compare(strings.TrimPrefix(a, "- "), strings.TrimPrefix(b, "- "))
	})
	got := strings.Join(lines, "\n") + "\n"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
		t.Errorf("the built-in functions of OPA are others than those that were looked at (-looked at +there are):\n%s", diff)
	}
}

// TestHeld makes sure that built-in functions are held to sizes and zones that do
// no harm, and do the rest as ever.
func TestHeld(t *testing.T) {
	for _, tt := range []struct{ condition, want string }{
		{`bits.lsh(1, 8) == 256`, ""},
		{`bits.lsh(1, 1000000000000) > 0`, "a number can be shifted by at most 65536 bits"},
		{`bits.lsh(1, 1e30) > 0`, "a number can be shifted by at most 65536 bits"},
		{`sprintf("%05d %-9s 100%% %.2f", [7, "a", 1.5]) == "00007 a         100% 1.50"`, ""},
		{`sprintf("%999999d", [7]) == ""`, "a width or precision in a format can have at most 4 digits"},
		{`sprintf("%.999999f", [7]) == ""`, "a width or precision in a format can have at most 4 digits"},
		{`sprintf("%*d", [7, 7]) == ""`, "a width or precision in a format can have at most 4 digits"},
		{`sprintf("%%99999d", []) == "%99999d"`, ""},
		{`sprintf("%[2]s %[1]s", ["a", "b"]) == "b a"`, ""},
		{doubling(14) + `; count(sprintf(concat("", [s | some i in numbers.range(1, 50); s := "%[1]s"]), [s14])) > 0`, ""},
		{doubling(18) + `; sprintf("%[1]s%[1]s%[1]s%[1]s%[1]s", [s18]) == ""`, "a text that is put together can have at most 16 MiB"},
		{`concat(", ", ["a", "b"]) == "a, b"; concat(", ", {"a"}) == "a"`, ""},
		{doubling(16) + `; concat(s16, [x | some i in numbers.range(1, 100000); x := sprintf("%d", [i])]) == ""`, "a text that is put together can have at most 16 MiB"},
		{`replace("aba", "a", "cc") == "ccbcc"`, ""},
		{doubling(14) + `; replace(s14, "a", s14) == ""`, "a text that is put together can have at most 16 MiB"},
		{doubling(14) + `; replace(s14, "", s14) == ""`, "a text that is put together can have at most 16 MiB"},
		{doubling(10) + `; replace(s10, s10, "a") == "a"`, ""},
		{doubling(14) + `; replace(s14, s14, "a") == "a"`, "a text that is replaced can have at most 16 KiB"},
		{doubling(14) + `; strings.replace_n({s14: "a"}, s14) == "a"`, "a text that is replaced can have at most 16 KiB"},
		{`strings.replace_n({"a": "b", "c": "dd"}, "abc") == "bbdd"`, ""},
		{doubling(14) + `; strings.replace_n({"a": s14}, s14) == ""`, "a text that is put together can have at most 16 MiB"},
		{doubling(14) + `; json.marshal_with_options([x | some i in numbers.range(1, 20000); x := i], {"indent": s14, "pretty": true}) == ""`, "a text that is put together can have at most 16 MiB"},
		{doubling(12) + `; json.marshal_with_options({"a": [[[[[[1, 2, 3]]]]]]}, {"prefix": concat("", [s12 | some i in numbers.range(1, 999)])}) == ""`, "a text that is put together can have at most 16 MiB"},
		{doubling(14) + `; regex.replace(s14, "", s14) == ""`, "a text that is put together can have at most 16 MiB"},
		{`net.cidr_contains_matches("10.0.0.0/8", ["10.1.0.0/16"]) == {["10.0.0.0/8", 0]}`, ""},
		{`nets := [sprintf("10.0.%d.0/24", [i]) | some i in numbers.range(1, 2000)]; count(net.cidr_contains_matches(nets, nets)) == 1`, "networks can be held against each other in at most 1048576 pairs; look each one up with net.cidr_contains"},
		{`time.clock([0, "UTC"]) == [0, 0, 0]`, ""},
		{`time.clock([0, "Local"])[0] >= 0`, "rules cannot use the time zone of the machine"},
		{`time.format([0, "Local", "RFC3339"]) == ""`, "rules cannot use the time zone of the machine"},
		{`time.diff([0, "Local"], 0)[0] == 0`, "rules cannot use the time zone of the machine"},
	} {
		t.Run(tt.condition, func(t *testing.T) {
			r := evaluate(t, mustPack(t, map[string]string{"a.rego": whether(ruleText, tt.condition)}), "estate: {sites: ["+siteX+"]}").Rules[0]
			switch {
			case tt.want == "" && r.Findings != 1:
				t.Errorf("%s %v", r.Verdict, r.Reasons)
			case tt.want != "" && (r.Verdict != Errored || !strings.Contains(r.Reasons[0].Msg, tt.want)):
				t.Errorf("%s %v, want %s", r.Verdict, r.Reasons, tt.want)
			}
		})
	}
}
