package waiver

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/evaluator/result"
)

// TestAddWaiver checks that the text before stays as it is.
func TestAddWaiver(t *testing.T) {
	w := &Waiver{Rule: "A-001", Object: &result.WaiverObject{Type: "site", Name: "Leeds: \"x\"\n# y"}, Reason: "yes", Ticket: "12", Starts: "2026-01-01", Expires: "2026-02-01"}
	tests := []struct{ name, text string }{
		{"no file", ""},
		{"a comment only", "# Ours.\n"},
		{"an empty list", "waivers:\n"},
		{"a list at the margin", "# Ours.\nwaivers:\n- rule: B-001 # old\n  object: {name: x}\n  reason: r\n\n# The end."},
		{"an indented list", "waivers:\n    - rule: B-001\n      object: {name: x}\n      reason: r\n"},
		{"other line ends", "waivers:\r\n  - rule: B-001\r\n    object: {name: x}\r\n    reason: r\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := AddWaiver("w.yaml", []byte(tt.text), Settings{}, w, "site Leeds")
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(string(out), tt.text) {
				t.Errorf("the text before has changed:\n%s", out)
			}
			checkAdded(t, out, w)
		})
	}
	for _, text := range []string{"waivers: []\n", "waivers: # Ours.\n  [{rule: B-001, object: {name: x}, reason: r}] # end\n", "{waivers: []}", "waivers:\n  - rule: B-001\n    object: {name: x}\n    reason: r\n...\n"} {
		out, err := AddWaiver("w.yaml", []byte(text), Settings{}, w, "site Leeds")
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		checkAdded(t, out, w)
	}
	if _, err := AddWaiver("w.yaml", nil, Settings{Required: []string{"owner"}}, w, ""); err == nil {
		t.Error("a waiver without what is required was added")
	}
}

func checkAdded(t *testing.T, out []byte, w *Waiver) {
	t.Helper()
	read, err := Read("w.yaml", out, Settings{})
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got := *read.Entries[len(read.Entries)-1]
	got.Line, got.Column = 0, 0
	if diff := cmp.Diff(*w, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, out)
	}
}

func FuzzReadWaivers(f *testing.F) {
	for _, seed := range []string{
		"", "waivers:", "waivers: []", "waivers: [{}]", "waivers: &a [*a]", "waivers:\n  - <<: {rule: A}", "waivers:\n  - object: {guid: 1, site: 2}\n    rule: A",
		"waivers:\n  - rule: A-001\n    object: {name: '*'}\n    reason: r\n    starts: 2026-01-01\n    expires: 2026-02-01\n",
		"waivers:\n  - rule: A-001\n    fingerprint: 39e6151a238280922e0a01048959b91f\n    reason: r\n    object_hash: a1\n",
		"? [a]\n: b", "- - -", "waivers: !!binary aGk=", "\x00", "waivers: {a: b}\n---\n", "\ufeffwaivers: []",
	} {
		f.Add(seed)
	}
	w := &Waiver{Rule: "A-001", Object: &result.WaiverObject{Name: "x"}, Reason: "r"}
	f.Fuzz(func(t *testing.T, text string) {
		read, err := Read("w.yaml", []byte(text), Settings{Required: []string{"owner"}})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "w.yaml:") {
				t.Errorf("an error without its place: %v", err)
			}
			return
		}
		for _, e := range read.Entries {
			if e.Rule == "" || e.Reason == "" || e.Owner == "" || e.Object == nil && e.Fingerprint == "" {
				t.Errorf("read %+v", e)
			}
		}
		out, err := AddWaiver("w.yaml", []byte(text), Settings{}, w, "comment")
		if err != nil {
			return
		}
		after, err := Read("w.yaml", out, Settings{})
		if err != nil || len(after.Entries) != len(read.Entries)+1 {
			t.Errorf("after adding: %v\n%s", err, out)
		}
	})
}
