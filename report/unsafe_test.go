package report

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
)

// TestHTML_showsControlCharacters writes the page of an estate with hostile
// names; no byte of it may be a control character or turn the text.
func TestHTML_showsControlCharacters(t *testing.T) {
	r := evaluate(t, hostileDoc())
	for i := range r.Rules {
		r.Rules[i].Title += "\x1b[31m\u0085\u202e"
	}
	for _, format := range []string{"html", "sarif", "json"} {
		f, err := Lookup(format)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := f.Write(&out, r, Options{}); err != nil {
			t.Fatal(err)
		}
		if i := bytes.IndexFunc(out.Bytes(), isUnsafe); i >= 0 {
			t.Errorf("%s: at byte %d: %q", format, i, out.Bytes()[max(0, i-80):i+20])
		}
	}
}

func TestEscapeUnsafe_saysTheSame(t *testing.T) {
	text := "a\x1b\u0085\u202e\u2028\ufeff\x7f\u00e4\u00a0\U0001F600\\u0041\""
	encoded, err := encodeJSON(text, "")
	if err != nil {
		t.Fatal(err)
	}
	var back string
	if err := json.Unmarshal(encoded, &back); err != nil || back != text {
		t.Errorf("%s: %q, %v", encoded, back, err)
	}
}

// TestVisibleWriter_parts gives every way to cut a text into two writes.
func TestVisibleWriter_parts(t *testing.T) {
	const text, want = "\u00e4\x1b\u202e\U0001F600z", "\u00e4\\u001b\\u202e\U0001F600z"
	for i := range len(text) {
		var out bytes.Buffer
		w := &visibleWriter{out: &out}
		for _, part := range []string{text[:i], text[i:]} {
			if n, err := w.Write([]byte(part)); err != nil || n != len(part) {
				t.Fatal(n, err)
			}
		}
		if err := w.end(); err != nil || out.String() != want {
			t.Errorf("cut at %d: %q, %v", i, out.String(), err)
		}
	}
}

func TestSarif_namesAreShown(t *testing.T) {
	l := logicalLocation(result.Resource{Type: "site", Name: "a\u202eb\u0085"}, "")
	if l.Name != `a\u202eb\u0085` || l.FullyQualifiedName != `site/a\u202eb\u0085` {
		t.Errorf("%+v", l)
	}
}
