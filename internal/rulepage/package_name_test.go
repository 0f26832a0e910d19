package rulepage

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/policies"
)

// scanName is the name of the scan package without its first word, which makes
// it that of the analysis policy in 8.x.
var scanName = regexp.MustCompile(`(\w+)\s+Windows\s+System\s+Assessment\s+Scan`)

// TestPackageName holds that rules call the package as the article does: Patch
// Windows System Assessment Scan. Without Patch it is the policy of 8.x.
func TestPackageName(t *testing.T) {
	found := 0
	err := fs.WalkDir(policies.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(name, "analysis_policy") {
			return err
		}
		text, err := fs.ReadFile(policies.FS, name)
		if err != nil {
			return err
		}
		for _, m := range scanName.FindAllStringSubmatch(strings.ReplaceAll(string(text), "\n#", "\n"), -1) {
			if found++; m[1] != "Patch" {
				t.Errorf("%s: %s", name, m[0])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 10 {
		t.Errorf("the name was found %d times", found)
	}
}
