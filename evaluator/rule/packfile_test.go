package rule

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestReadPackManifest(t *testing.T) {
	tests := []struct {
		name, text string
		want       *PackManifest
		err        string
	}{
		{name: "all keys", text: "name: acme-house-rules\nversion: 1.2.0\ndescription: House rules.\nprefix: ACME-X\nnscheck: '>=0.2 <1'\n",
			want: &PackManifest{"acme-house-rules", "1.2.0", "House rules.", "ACME-X", ">=0.2 <1"}},
		{name: "no more than it must", text: "name: a\nversion: 0.1.0\n", want: &PackManifest{Name: "a", Version: "0.1.0"}},
		{name: "empty", text: "", err: "pack.yaml: the file is empty; give the pack a name and a version"},
		{name: "unknown key", text: "name: a\nversion: 1.0.0\nauthor: me\n", err: `pack.yaml: line 3: there is no key "author"; known are description, name, nscheck, prefix, version`},
		{name: "no mapping", text: "- a\n", err: "pack.yaml: line 1: the file must have keys with values, such as name: acme-house-rules"},
		{name: "a key twice", text: "name: a\nversion: 1.0.0\nname: b\n", err: `pack.yaml: line 3, column 1: the key "name" is repeated, it is first in line 1; remove one`},
		{name: "a list for a text", text: "name: a\nversion: [1]\n", err: "pack.yaml: line 2: version must be a text"},
		{name: "no YAML", text: "name: [\n", err: "pack.yaml: line 1, column 1: not valid YAML: did not find expected node content"},
		{name: "only a comment", text: "# a\n", err: "pack.yaml: the file is empty; give the pack a name and a version"},
		{name: "as Windows writes lines", text: "name: a\r\nversion: 1.0.0\r\ndescription:\r\n", want: &PackManifest{Name: "a", Version: "1.0.0"}},
		{name: "two documents", text: "name: a\nversion: 1.0.0\n---\nname: b\n", err: "pack.yaml: line 3, column 1: a second YAML document begins here, and only one is read"},
		{name: "no name", text: "version: 1.0.0\n", err: `pack.yaml: name "" must be lower-case letters, digits and dashes, such as acme-house-rules`},
		{name: "a path for a name", text: "name: ../x\nversion: 1.0.0\n", err: `pack.yaml: name "../x" must be lower-case letters, digits and dashes, such as acme-house-rules`},
		{name: "a long name", text: "name: " + strings.Repeat("a", 65) + "\nversion: 1.0.0\n", err: "pack.yaml: name has 65 letters, and every report shows it; make it 64 or fewer"},
		{name: "two numbers", text: "name: a\nversion: '1.0'\n", err: `pack.yaml: version "1.0" must have three numbers, such as 1.0.0`},
		{name: "a number for a version", text: "name: a\nversion: 1.0\n", err: `pack.yaml: version "1.0" must have three numbers, such as 1.0.0`},
		{name: "small prefix", text: "name: a\nversion: 1.0.0\nprefix: acme\n", err: `pack.yaml: prefix "acme" must be capitals, digits and dashes, such as ACME for ids like ACME-001`},
		{name: "no range", text: "name: a\nversion: 1.0.0\nnscheck: new\n", err: `pack.yaml: nscheck: "new" is not a version range such as ">=7.1 <8"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ReadPackManifest(fstest.MapFS{PackFile: {Data: []byte(tt.text)}})
			if msg := errorText(err); msg != tt.err {
				t.Fatalf("error %q, want %q", msg, tt.err)
			}
			if (got == nil) != (tt.want == nil) || got != nil && *got != *tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
	if got, err := ReadPackManifest(fstest.MapFS{}); got != nil || err != nil {
		t.Errorf("a folder without the file: got %v, %v", got, err)
	}
}

func TestCheckTool(t *testing.T) {
	const pack = "the pack acme 1.2.0 is for nscheck >=0.2 <1"
	tests := []struct{ needs, version, noted, err string }{
		{"", "0.1.0", "", ""},
		{">=0.2 <1", "0.2.0", "", ""},
		{">=0.2 <1", "v0.9.4-rc1", "", ""},
		{">=0.2 <1", "0.1.9", "", pack + ", and this is nscheck 0.1.9; get a version of one that fits the other"},
		{">=0.2 <1", "1.0.0", "", pack + ", and this is nscheck 1.0.0; get a version of one that fits the other"},
		{">=0.2 <1", "dev", pack + "; this is a development build, of which that is not checked", ""},
		{">=0.2 <1", "", pack + "; this is a development build, of which that is not checked", ""},
	}
	for _, tt := range tests {
		m := PackManifest{Name: "acme", Version: "1.2.0", Nscheck: tt.needs}
		noted, err := m.CheckTool(tt.version)
		if noted != tt.noted || errorText(err) != tt.err {
			t.Errorf("%q with %q: %q, %v", tt.needs, tt.version, noted, err)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
