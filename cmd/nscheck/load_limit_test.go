package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestLoadLimit makes sure that rules which take too long to read and compile are given
// up with a clear error, whichever command loads them.
func TestLoadLimit(t *testing.T) {
	defer func(d time.Duration) { maxLoad = d }(maxLoad)
	if maxLoad != 10*time.Second {
		t.Errorf("the limit is %v", maxLoad)
	}
	maxLoad = time.Nanosecond
	t.Chdir(t.TempDir())
	if err := os.WriteFile(filepath.Join(".", "s.yaml"), []byte("estate: {sites: []}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"eval", "s.yaml"}, {"rule", "list"}, {"schema"}} {
		var out, errs bytes.Buffer
		status := run(append([]string{"nscheck"}, args...), &out, &errs)
		if want := "reading and compiling the rules takes longer than 1ns; look for a generated or very large rule"; status != 2 || !strings.Contains(errs.String(), want) || out.Len() > 0 {
			t.Errorf("%v: status %d, %s%s", args, status, out.String(), errs.String())
		}
	}
}
