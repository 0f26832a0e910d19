package secret

import "testing"

func TestHide(t *testing.T) {
	defer secrets.Store(nil)
	if got := Hide("a long password"); got != "a long password" {
		t.Errorf("without a secret: %q", got)
	}
	Add("")
	Add("sa")
	Add("long password")
	for text, want := range map[string][2]string{
		"a long password, twice: long password": {"a …, twice: …", "a …, twice: …"},
		"said sa":                               {"…id …", "said sa"},
		"nothing":                               {"nothing", "nothing"},
	} {
		if got := Hide(text); got != want[0] {
			t.Errorf("message %q: %q", text, got)
		}
		if got := HideIn(text); got != want[1] {
			t.Errorf("data %q: %q", text, got)
		}
		if got := HideBytes([]byte(text)); string(got) != want[1] {
			t.Errorf("bytes %q: %q", text, got)
		}
	}
}
