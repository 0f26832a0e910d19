package version

import "testing"

func TestCompareVersions(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"8.10", "8.9", 1}, {"7.5.3153", "7.5.3153", 0}, {"7.5", "7.5.0", 0}, {"7.5", "7.5.1", -1},
		{"", "1", -1}, {"8.5.5032", "8.5.3073", 1}, {"7.05", "7.5", 0}, {"7.x", "7", 0},
		{"99999999999999999999", "100000000000000000000", -1}, {"7.5.3153 HF2", "7.5.3153", 0},
	} {
		if got := Compare(c.a, c.b); got != c.want {
			t.Errorf("%q, %q: %d, want %d", c.a, c.b, got, c.want)
		}
		if got := Compare(c.b, c.a); got != -c.want {
			t.Errorf("%q, %q: %d, want %d", c.b, c.a, got, -c.want)
		}
	}
}

func TestParse_numbers(t *testing.T) {
	for text, want := range map[string]string{
		"8.5.3073.0": "8.5.3073", "7.1 SP2 MP1.1": "7.1.0", " 8": "8.0.0", "8.5-RU3": "8.5.0", "v7.5": "7.5.0",
	} {
		if v := Parse(text); v == nil || v.String() != want {
			t.Errorf("%q: %v, want %s", text, v, want)
		}
	}
	for _, text := range []string{"", "SP1", "x8.5"} {
		if v := Parse(text); v != nil {
			t.Errorf("%q: %v", text, v)
		}
	}
}
