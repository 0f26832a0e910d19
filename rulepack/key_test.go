package rulepack

import "testing"

func TestSecretsEndWhereTheirTextEnds(t *testing.T) {
	for _, text := range []string{"a secret", "a secret\n", "a secret\r\n", "a secret\r\n\n"} {
		if k := mustKey(t, textFile(t, text)); k.text != "a secret" {
			t.Errorf("%q: the secret is %q", text, k.text)
		}
	}
	if k := mustKey(t, textFile(t, " a\nsecret \n")); k.text != " a\nsecret " {
		t.Errorf("the secret is %q", k.text)
	}
}
