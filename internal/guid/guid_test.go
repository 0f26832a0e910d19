package guid

import "testing"

func TestParse_forms(t *testing.T) {
	const want = "6D417916-467C-46A7-A870-6D86D9345B61"
	for _, text := range []string{want, "6d417916-467c-46a7-a870-6d86d9345b61", "{6d417916-467C-46a7-A870-6D86D9345B61}"} {
		g, err := Parse(text)
		if err != nil || g.String() != want {
			t.Errorf("%s: %s %v", text, g, err)
		}
		if IsCanonical(text) != (text == want) {
			t.Errorf("%s: canonical is %t", text, text != want)
		}
	}
	for _, text := range []string{"", want[1:], "{" + want, want[:35] + "G", "6D417916+467C-46A7-A870-6D86D9345B61"} {
		if g, err := Parse(text); err == nil {
			t.Errorf("%q was read as %s", text, g)
		}
		if IsCanonical(text) {
			t.Errorf("%q is canonical", text)
		}
	}
}

func TestFromWire_order(t *testing.T) {
	g, err := FromWire([]byte{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15})
	if err != nil || g.String() != "00010203-0405-0607-0809-0A0B0C0D0E0F" {
		t.Error(g, err)
	}
	if _, err := FromWire(make([]byte, 15)); err == nil {
		t.Error("fifteen bytes were read")
	}
}
