package rule

import "testing"

func TestVersionRange(t *testing.T) {
	for _, tt := range []struct {
		text, version string
		in, known     bool
	}{
		{"", "7.1", true, true},
		{">=7.1 <8", "7.5.3153", true, true},
		{">=7.1, <8", "8.0.2240", false, true},
		{">=7.1", "7.1 SP2 MP1.1", true, true},
		{">=8.5.5032", "8.5.5032.0", true, true},
		{">=7.1 SP1", "7.1.8400", false, false},
		{">=7.1 SP1", "7.1 SP1", true, true},
		{">=7.1 SP1", "7.1 none", false, true},
		{">=7.1 SP1", "7.1 MP1.2", false, true},
		{">=7.1 SP1", "7.1 SP1 MP1", true, true},
		{">=7.1 SP1", "7.5.3153", true, true},
		{">=7.1 SP1", "7.0", false, true},
		{">7.1 SP1", "7.1 SP1", false, true},
		{">7.1 SP1", "7.1 SP1 MP1", true, true},
		{"<=7.1 SP2 MP1.1", "7.1 SP2 MP1.1", true, true},
		{"<=7.1 SP2 MP1.1", "7.1 SP2 MP1.2", false, true},
		{"<7.1 SP1", "6.2.3693", true, true},
		{"<7.1 SP1", "7.1.8400", false, false},
		{"=7.1 SP1", "7.1 sp1", true, true},
		{"7.1 SP1", "7.1SP1", true, true},
		{"7.1 SP1", "7.1 SP10", false, true},
		{"7.1 MP1", "7.1 MP1", true, true},
		{">=7.1 SP1 <7.5", "7.5.1", false, true},
		{">=7, <7.1 SP1 || >=7.1 SP2, <8", "7.1.8400", false, false},
		{">=7, <7.1 SP1 || >=7.1 SP2, <8", "7.1 SP1 MP3", false, true},
		{">=7, <7.1 SP1 || >=7.1 SP2, <8", "7.1 SP2 MP1.1", true, true},
		{">=7, <7.1 SP1 || >=7.1 SP2, <8", "7.0.7416", true, true},
		{">=7, <7.1 SP1 || >=7.1 SP2, <8", "7.5.3153", true, true},
		{">=7, <7.1 SP1 || >=7.1 SP2, <8", "8.0", false, true},
		{"<7.1 SP1 || >=7.1", "7.1.8400", true, true},
	} {
		r, err := parseVersions(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if in, known := r.contains(parsePlatform(tt.version)); in != tt.in || known != tt.known {
			t.Errorf("%s in %q: %t, known %t; want %t, %t", tt.version, tt.text, in, known, tt.in, tt.known)
		}
		in, err := InVersions(tt.text, tt.version)
		if err != nil || in != tt.in {
			t.Errorf("InVersions(%q, %q) = %t, %v", tt.text, tt.version, in, err)
		}
	}
	for _, wrong := range []string{"eight", ">=7.1 SP", ">=7 SP1", "||", ">=7.1 || ", "!=7.1 SP1", ">=7.1 SP1 MP", ">=7.1 XP1", ","} {
		if _, err := parseVersions(wrong); err == nil {
			t.Errorf("%q is a range", wrong)
		}
	}
	if _, err := InVersions(">=7", "seven"); err == nil {
		t.Error("seven is a version")
	}
}

func TestWithServicePack(t *testing.T) {
	for _, tt := range []struct{ version, pack, want string }{
		{"7.1.8400", "SP1", "7.1.8400 SP1"},
		{"7.1.8400", "", "7.1.8400"},
		{"7.1 SP2", "SP1", "7.1 SP2"},
		{"seven", "SP1", "seven"},
		{"7.1.8400", "first", "7.1.8400"},
	} {
		if got := WithServicePack(tt.version, tt.pack); got != tt.want {
			t.Errorf("%s with %s: %s, want %s", tt.version, tt.pack, got, tt.want)
		}
	}
}

// A rule for a service pack is not evaluated on a platform whose service pack is
// unknown.
func TestApplies_servicePack(t *testing.T) {
	r := &Rule{Versions: ">=7.1 SP2"}
	var err error
	if r.versions, err = parseVersions(r.Versions); err != nil {
		t.Fatal(err)
	}
	if applies, reason := r.Applies("7.1.8400"); applies || reason != "the rule is for versions >=7.1 SP2 and the platform's service pack is unknown" {
		t.Errorf("%t, %+v", applies, reason)
	}
	for version, want := range map[string]bool{"7.1 SP1": false, "7.1 SP2 MP1": true, "7.5.3153": true} {
		if applies, reason := r.Applies(version); applies != want || reason != "" {
			t.Errorf("%s: %t, %+v", version, applies, reason)
		}
	}
}
