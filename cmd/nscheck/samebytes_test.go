package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/report"
)

// TestSameBytes: the same snapshot gives the same bytes, run again, elsewhere in
// the world and on another number of processors.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	bin, base := buildProgram(t), filepath.Join(t.TempDir(), "base.jsonl.zst")
	var out bytes.Buffer
	if status := run([]string{"nscheck", "collect", "--demo", "-o", base, "--quiet"}, &out, &out); status != result.ExitClean {
		t.Fatal(out.String())
	}
	auckland := zoneFile(t, "Pacific/Auckland")
	want := writeAll(t, bin, base, "4", "LC_ALL=C", "TZ=UTC")
	for _, name := range []string{"eval.table", "eval.html", "gate.table", "estate.yaml"} {
		if len(want[name]) == 0 {
			t.Errorf("%s is empty", name)
		}
	}
	for name, text := range want {
		if bytes.ContainsRune(text, '\r') && !strings.HasSuffix(name, ".csv") {
			t.Errorf("%s has carriage returns", name)
		}
	}
	for name, again := range map[string]map[string][]byte{
		"again":     writeAll(t, bin, base, "4", "LC_ALL=C", "TZ=UTC"),
		"elsewhere": writeAll(t, bin, base, "1", "LC_ALL=de_DE.UTF-8", "LANG=de_DE.UTF-8", "TZ="+auckland),
	} {
		for file, text := range want {
			if !bytes.Equal(text, again[file]) {
				t.Errorf("%s: %s has other bytes", name, file)
			}
		}
	}
}

// writeAll judges a snapshot and a change of it, in all formats, and returns what
// was written.
func writeAll(t *testing.T, bin, base, parallel string, env ...string) map[string][]byte {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "change.yaml"), []byte("package_servers: {BRS-PS01: {constrained: true}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"estate.yaml": nil}
	eval := []string{"eval", base, "--as-of", "2026-01-31", "--parallel", parallel}
	gate := []string{"gate", "--base", base, "--change", "change.yaml", "--as-of", "2026-01-31"}
	for _, format := range report.Names {
		eval, gate = append(eval, "-f", format+"=eval."+format), append(gate, "-f", format+"=gate."+format)
		files["eval."+format], files["gate."+format] = nil, nil
	}
	for _, command := range []struct {
		status int
		args   []string
	}{
		{result.ExitClean, []string{"export", "--from", base, "-o", "estate.yaml"}},
		{result.ExitFindings, eval},
		{result.ExitFindings, gate},
	} {
		out, status := runIn(t, folder, append(os.Environ(), env...), filepath.Join(bin, "nscheck"), command.args...)
		if status != command.status {
			t.Fatalf("%v exits with %d: %s", command.args, status, out)
		}
	}
	for name := range files {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = text
	}
	return files
}

// zoneFile writes a time zone of the Go distribution to a file, for the system
// may have none.
func zoneFile(t *testing.T, zone string) string {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	zones, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer zones.Close()
	from, err := zones.Open(zone)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	text, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "zone")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
