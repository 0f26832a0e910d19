//go:build unix

package agent

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestPipes: a pipe with the name of a file is never opened, because that
// would wait until another process writes into it.
func TestPipes(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"Package Server Agent/PackageStatus/" + scan + "/PackageStatus.xml",
		"Package Server Agent/PackageStatus/" + tools + "/packagestatus.XML",
		"Package Delivery/" + scan + "/cache/snapshot.xml",
		"Package Delivery/" + tools + "/cache/Snapshot.xml",
		"Software Delivery/" + scan + "/cache/STPatchAssessment.log",
		"Logs/Agent.log",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(file, 0o600); err != nil {
			t.Skip(err)
		}
	}
	source, err := Open(dir + "?computer=PS01")
	if err != nil {
		t.Fatal(err)
	}
	type answer struct {
		report *Report
		err    error
	}
	read := make(chan answer, 1)
	go func() {
		r, err := source.Read(t.Context(), time.UTC)
		read <- answer{r, err}
	}()
	select {
	case <-time.After(20 * time.Second):
		t.Fatal("it waits for a pipe")
	case a := <-read:
		if a.err != nil {
			t.Fatal(a.err)
		}
		notes := strings.Join(a.report.Notes, "\n")
		if a.report.ScanLog != nil || !strings.Contains(notes, "has no PackageStatus.xml") || !strings.Contains(notes, "without snapshot.xml") {
			t.Errorf("%+v", a.report)
		}
	}
}
