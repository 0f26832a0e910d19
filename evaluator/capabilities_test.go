package evaluator

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

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
		client := strings.Replace(acme.ClientRule, `input.name == "X"`, call, 1)
		for where, files := range map[string]map[string]string{
			"a client rule":  {"a.rego": client},
			"an estate rule": {"a.rego": strings.Replace(acme.Rule, `site.name == "X"`, call, 1)},
			"a library":      {"a.rego": acme.ClientRule, "lib.rego": "package acme.lib\n\nx if " + call + "\n"},
		} {
			_, err := packtest.Load(files)
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
		if _, err := packtest.Load(map[string]string{"a.rego": strings.Replace(acme.Rule, `site.name == "X"`, call, 1)}); err == nil || !strings.Contains(err.Error(), want) {
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
	for _, b := range rule.Known().Builtins {
		if rule.Refused(b) {
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

// What rules are told whose values are too large.
const (
	tooLong        = "a text that is put together can have at most 16 MiB"
	tooManyParts   = "a text can be cut into at most 1048576 parts"
	tooManyMembers = "a list or set that is put together can have at most 4194304 members"
)

// listDoubling is a condition that makes a list that holds the one before twice, so many
// times. It takes little memory: both places hold the same list.
func listDoubling(times int) string {
	return doublingBy("l", `["a"]`, `[l%[2]d | numbers.range(1, 2)[_]]`, times)
}

func objectDoubling(times int) string {
	return doublingBy("o", `{"l": 1}`, `{k: o%[2]d | some k in ["l", "r"]}`, times)
}

func doublingBy(name, first, next string, times int) string {
	lines := []string{name + "0 := " + first}
	for i := range times {
		lines = append(lines, fmt.Sprintf(name+"%[1]d := "+next, i+1, i))
	}
	return strings.Join(lines, "; ")
}

// TestDoubledByHand makes sure that values are refused that OPA would copy more often
// than there is memory, and that other values are not.
func TestDoubledByHand(t *testing.T) {
	lines := func(times int, line string) string {
		out := []string{`v0 := "a"`}
		for i := range times {
			out = append(out, fmt.Sprintf(line, i+1, i))
		}
		return strings.Join(append(out, fmt.Sprintf("count(v%d) > 0", times)), "; ")
	}
	for _, tt := range []struct {
		condition string
		refused   bool
	}{
		{lines(15, "v%d := [v%d, v%[2]d]"), false},
		{lines(40, "v%d := [v%d, v%[2]d]"), true},
		{lines(40, "v%d = {\"l\": v%d, \"r\": v%[2]d}"), true},
		{lines(40, "[v%d, _] := [[v%d, [v%[2]d]], 1]"), true},
		{lines(40, "{v%[2]d, 1, [v%[2]d]} = v%[1]d"), true},
		{lines(40, "x%d := [v%d, v%[2]d]; v%[1]d := x%[1]d[_]"), true},
		{lines(60, "v%d := [v%d]"), false},
		{lines(30, "v%d := [x | some x in [v%d, v%[2]d]]"), false},
	} {
		_, err := packtest.Load(map[string]string{"a.rego": whether(acme.Rule, tt.condition)})
		if refused := err != nil && strings.Contains(err.Error(), "its lists or objects hold one another more than 65536 times"); refused != tt.refused || err != nil && !refused {
			t.Errorf("%s: %v", tt.condition, err)
		}
		if _, err := packtest.Load(map[string]string{"a.rego": acme.Rule, "lib.rego": "package acme.lib\n\nx if {\n\t" + tt.condition + "\n}\n"}); (err != nil) != tt.refused {
			t.Errorf("%s in a library: %v", tt.condition, err)
		}
	}
}

// TestLargeAnswer makes sure that a rule whose answer cannot be decoded within the limit
// is in error, and that the others go on.
func TestLargeAnswer(t *testing.T) {
	for scope, rl := range map[string]string{"estate": acme.Rule, "client": acme.ClientRule} {
		bad := strings.NewReplacer("ACME-SITE-001", "ACME-BAD-001", "ACME-CLI-001", "ACME-BAD-001", "called_x", "called_z", `"msg": "X"`, `"msg": "X", "actual": l20`).Replace(whether(rl, listDoubling(20)))
		r, err := evaluateWith(t, t.Context(), packtest.Must(t, map[string]string{"a.rego": acme.Rule, "b.rego": acme.ClientRule, "c.rego": bad}), twoSites, Options{RuleMemory: 64 << 20})
		if err != nil {
			t.Fatal(err)
		}
		got := ruleIn(t, r, "ACME-BAD-001")
		if got.Verdict != result.Errored || len(got.Reasons) != 1 || !strings.Contains(got.Reasons[0].Msg, "its answer takes more memory than 64 MiB, its limit (--rule-memory)") {
			t.Errorf("%s: %s %v", scope, got.Verdict, got.Reasons)
		}
		if ruleIn(t, r, "ACME-SITE-001").Findings != 1 || ruleIn(t, r, "ACME-CLI-001").Findings != 1 {
			t.Errorf("%s: the other rules found nothing", scope)
		}
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
		{`json.marshal({"a": [1, "b"]}) == "{\"a\":[1,\"b\"]}"; json.marshal_with_options([1], {"pretty": true}) != ""; yaml.marshal({"a": 1}) == "a: 1\n"`, ""},
		{doubling(16) + `; json.marshal([s16 | some i in numbers.range(1, 1000)]) == ""`, tooLong},
		{doubling(16) + `; json.marshal([[s16, i] | some i in numbers.range(1, 1000)]) == ""`, tooLong},
		{doubling(16) + `; json.marshal_with_options([[s16, i] | some i in numbers.range(1, 1000)], {}) == ""`, tooLong},
		{doubling(16) + `; yaml.marshal([[s16, i] | some i in numbers.range(1, 1000)]) == ""`, tooLong},
		{doubling(16) + `; urlquery.encode_object({"a": [sprintf("%d%s", [i, s16]) | some i in numbers.range(1, 50)]}) == ""`, tooLong},
		{doubling(16) + `; sprintf("%v", [[s16, s16, s16, s16, s16, s16, s16, s16, s16, s16, s16, s16, s16, s16, s16, s16, s16]]) == ""`, tooLong},
		{doubling(16) + `; sprintf(concat("", ["%s" | some i in numbers.range(1, 1000)]), [s16 | some i in numbers.range(1, 1000)]) == ""`, tooLong},
		{doubling(16) + `; sprintf(concat("", [v | some i in numbers.range(1, 10000); v := "%9999d"]), [1]) == ""`, tooLong},
		{doubling(16) + `; $"{s16}{s16}{s16}{s16}{s16}{s16}{s16}{s16}{s16}{s16}{s16}{s16}{s16}{s16}{s16}{s16}{s16}" == ""`, tooLong},
		{listDoubling(40) + `; json.marshal(l40) == ""`, tooLong},
		{listDoubling(40) + `; yaml.marshal(l40) == ""`, tooLong},
		{listDoubling(40) + `; sprintf("%v", [l40]) == ""`, tooLong},
		{`sprintf("%[1]v%[1]v %[2]s", [[1, {"a": "b"}], "x"]) == "[1, {\"a\": \"b\"}][1, {\"a\": \"b\"}] x"`, ""},
		{listDoubling(40) + `; sprintf("%[1]v%[1]v", [l40]) == ""`, tooLong},
		{objectDoubling(40) + `; count(object.union(o40, o40)) == 1`, tooLong},
		{objectDoubling(40) + `; count(object.union_n([o40, o40])) == 1`, tooLong},
		{objectDoubling(40) + `; object.union_n([o40, {"l": 1}]).l == 1`, tooLong},
		{`object.union({"a": {"b": 1}}, {"a": {"c": 2}}) == {"a": {"b": 1, "c": 2}}; object.union_n([{"a": 1}, {"a": 2}]) == {"a": 2}`, ""},
		{`json.patch({"a": 1}, [{"op": "copy", "from": "/a", "path": "/b"}]) == {"a": 1, "b": 1}`, ""},
		{`json.patch({"a": {}}, [{"op": "copy", "from": "/a", "path": sprintf("/a/%d", [i])} | some i in numbers.range(1, 40)]) == {}`, tooLong},
		{doubling(20) + `; hex.encode(s20) != ""`, ""},
		{doubling(20) + `; hex.encode(hex.encode(s20)) == ""`, tooLong},
		{doubling(20) + `; base64.encode(base64.encode(s20)) == ""`, tooLong},
		{doubling(20) + `; urlquery.encode(hex.encode(s20)) == ""`, tooLong},
		{`split("a,b", ",") == ["a", "b"]; strings.split_n("a,b", ",", 1) == ["a"]; indexof_n("aa", "a") == [0, 1]`, ""},
		{doubling(20) + `; count(split(s20, "")) == 0`, tooManyParts},
		{doubling(20) + `; count(split(s20, "a")) == 0`, tooManyParts},
		{doubling(20) + `; count(indexof_n(s20, "a")) == 0`, tooManyParts},
		{doubling(20) + `; count(strings.split_n(s20, "a", 1)) == 1`, ""},
		{`regex.split(",", "a,b") == ["a", "b"]; regex.find_n("a", "aa", 1) == ["a"]; regex.find_all_string_submatch_n("(a)", "a", -1) == [["a", "a"]]`, ""},
		{doubling(20) + `; count(regex.split("", s20)) == 0`, tooManyParts},
		{doubling(20) + `; count(regex.find_n("a", s20, -1)) == 0`, tooManyParts},
		{doubling(20) + `; count(regex.find_n("a", s20, 3)) == 3`, ""},
		{doubling(14) + `; count(regex.find_all_string_submatch_n("(a)(a)(a)(a)", s14, -1)) == 0`, tooManyParts},
		{`regex.match(concat("", ["()" | some i in numbers.range(1, 9)]), "a")`, ""},
		{doubling(11) + `; regex.match(s11, "a")`, "a pattern can have at most 16 KiB"},
		{`regex.replace("a", concat("", [g | some i in numbers.range(1, 300); g := "()"]), "") == ""`, "a pattern can have at most 256 groups"},
		{doubling(16) + `; regex.replace(s16, "a.*", concat("", [g | some i in numbers.range(1, 40); g := "$0"])) == ""`, tooLong},
		{doubling(8) + `; regex.globs_match(s8, "a")`, "a pattern can have at most 1 KiB"},
		{`json.unmarshal("[1]") == [1]; yaml.unmarshal("a: [1, \"b & *c\"]") == {"a": [1, "b & *c"]}`, ""},
		{doubling(17) + `; json.is_valid(s17)`, "a text that is read can have at most 1024 KiB"},
		{doubling(17) + `; yaml.unmarshal(s17) == ""`, "a text that is read can have at most 1024 KiB"},
		{doubling(13) + `; count(graphql.parse_query(s13)) == 0`, "a text that is read can have at most 64 KiB"},
		{doubling(13) + `; count(rego.parse_module("a.rego", s13)) == 0`, "a text that is read can have at most 64 KiB"},
		{`yaml.unmarshal("a: &x [1]\nb: *x\n") == {}`, "YAML that a rule reads cannot have aliases"},
		{`yaml.is_valid("a: &x [1]\nb: *x\n")`, "YAML that a rule reads cannot have aliases"},
		{`array.concat([1], [2]) == [1, 2]; array.flatten([[1], [2]]) == [1, 2]; {1} | {2} == {1, 2}; union({{1}, {2}}) == {1, 2}`, ""},
		{`l := numbers.range(1, 3000000); count(array.concat(l, l)) == 0`, tooManyMembers},
		{`l := numbers.range(1, 100000); count(array.flatten([l | some i in numbers.range(1, 100)])) == 0`, tooManyMembers},
		{`time.clock([0, "Local"])[0] >= 0`, "rules cannot use the time zone of the machine"},
		{`time.format([0, "Local", "RFC3339"]) == ""`, "rules cannot use the time zone of the machine"},
		{`time.diff([0, "Local"], 0)[0] == 0`, "rules cannot use the time zone of the machine"},
	} {
		t.Run(tt.condition, func(t *testing.T) {
			r := evaluate(t, packtest.Must(t, map[string]string{"a.rego": whether(acme.Rule, tt.condition)}), "estate: {sites: ["+acme.SiteX+"]}").Rules[0]
			switch {
			case tt.want == "" && r.Findings != 1:
				t.Errorf("%s %v", r.Verdict, r.Reasons)
			case tt.want != "" && (r.Verdict != result.Errored || !strings.Contains(r.Reasons[0].Msg, tt.want)):
				t.Errorf("%s %v, want %s", r.Verdict, r.Reasons, tt.want)
			}
		})
	}
}
