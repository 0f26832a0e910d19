package strictyaml

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"gopkg.in/yaml.v3"
)

func utf16Text(text string, order binary.ByteOrder, mark bool) []byte {
	if mark {
		text = "\uFEFF" + text
	}
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b := make([]byte, 2)
		order.PutUint16(b, unit)
		out = append(out, b...)
	}
	return out
}

// TestRead_encodings reads one file as editors and shells write it.
func TestRead_encodings(t *testing.T) {
	const text = "# \u00e4 \U0001F600\na: &x {b: 1}\nc:\n  <<: *x\n  d: *x\n"
	crlf := strings.ReplaceAll(text, "\n", "\r\n")
	for name, file := range map[string][]byte{
		"UTF-8": []byte(text), "mark": []byte("\uFEFF" + text), "CR LF": []byte(crlf), "mark and CR LF": []byte("\uFEFF" + crlf),
		"UTF-16 LE": utf16Text(crlf, binary.LittleEndian, true), "UTF-16 BE": utf16Text(crlf, binary.BigEndian, true),
		"UTF-16 LE without mark": utf16Text(crlf, binary.LittleEndian, false), "UTF-16 BE without mark": utf16Text(crlf, binary.BigEndian, false),
	} {
		root, err := Read(file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, failed := yaml.Marshal(root)
		if failed != nil || strings.Contains(string(got), "*") {
			t.Errorf("%s: %s %v", name, got, failed)
		}
		var value struct {
			A map[string]int
			C struct {
				B int
				D map[string]int
			}
		}
		if err := root.Decode(&value); err != nil || value.A["b"] != 1 || value.C.B != 1 || value.C.D["b"] != 1 {
			t.Errorf("%s: %+v, %v", name, value, err)
		}
	}
}

func TestParse_errors(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a tab":             {"a:\n\tb: 1\n", "line 2, column 1: not valid YAML: a tab cannot indent a line; use spaces"},
		"a tab, later":      {"a:\n  b: 1\n \tc: 1\n", "line 3, column 2: not valid YAML: a tab cannot indent a line; use spaces"},
		"a tab, CR LF":      {"a:\r\n\tb: 1\r\n", "line 2, column 1: not valid YAML: a tab cannot indent a line; use spaces"},
		"a repeated key":    {"a: 1\nb: {c: 1, d: 2, c: 3}\n", `line 2, column 17: the key "c" is repeated, it is first in line 2; remove one`},
		"two documents":     {"a: 1\n---\nb: 2\n", "line 2, column 1: a second YAML document begins here, and only one is read"},
		"a key of a list":   {"? [a]\n: 1\n", "line 1, column 3: a key must be a text; write it in quotes"},
		"not UTF-8":         {"a: \xff\n", "line 1, column 4: not valid UTF-8; save the file as UTF-8"},
		"a zero byte":       {"a: 1\nb: x\x00\n", "line 2, column 5: a zero byte, which no text has; save the file as UTF-8"},
		"half of UTF-16":    {"\xff\xfea\x00:\x00\n\x00b", "line 2, column 1: not valid UTF-16; save the file as UTF-8"},
		"a lone surrogate":  {"\xff\xfea\x00\x00\xd8b\x00", "line 1, column 2: not valid UTF-16; save the file as UTF-8"},
		"an unknown anchor": {"a: 1\nb: *x\n", "not valid YAML: unknown anchor 'x' referenced"},
		"a loop":            {"a: &x\n  b: *x\n", "line 2, column 6: the alias *x is inside of its own anchor"},
		"a merged text":     {"a: &x y\nb:\n  <<: *x\n", "line 3, column 3: << takes mappings, such as <<: *anchor"},
		"many laughs": {"a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]\n",
			"more than 4194304 values, with aliases expanded"},
	} {
		if _, err := Parse([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	if root, err := Read([]byte("# nothing\n")); root != nil || err != nil {
		t.Errorf("an empty file: %v, %v", root, err)
	}
}
