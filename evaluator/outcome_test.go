package evaluator

import "testing"

func TestTalliesOfSomethingElse(t *testing.T) {
	for _, tt := range []struct {
		set  any
		want string
	}{
		{[]any{[]any{"plugins", "X"}}, ""},
		{[]any{[]any{"plugins", "X"}, "x"}, `tally must contain lists of texts, such as ["plugins", site], not "x"`},
		{[]any{[]any{"plugins", 3}}, `tally must contain lists of texts, such as ["plugins", site], not ["plugins",3]`},
		{[]any{[]any{}}, "tally contains an empty list"},
		{"x", "tally is not a set"},
	} {
		if _, err := readOutcome(&Rule{Scope: ClientScope}, map[string]any{"tally": tt.set}); errorText(err) != tt.want {
			t.Errorf("%v: got %v, want %s", tt.set, err, tt.want)
		}
	}
}
