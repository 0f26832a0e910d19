//go:build unix

package main

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nscheck/nscheck/internal/tdstest"
)

// TestSignals runs the program as a process of its own: SIGTERM ends it in
// order, and a crash shows its stacks but not the password.
func TestSignals(t *testing.T) {
	nscheck := buildProgram(t) + "/nscheck"
	for name, c := range map[string]struct {
		signal syscall.Signal
		status int
		want   string
	}{
		"SIGINT":  {syscall.SIGINT, 2, "nscheck: collection stopped, nothing was written: interrupt signal received"},
		"SIGTERM": {syscall.SIGTERM, 2, "nscheck: collection stopped, nothing was written: terminated signal received"},
		"crash":   {syscall.SIGQUIT, 2, "SIGQUIT: quit"},
	} {
		t.Run(name, func(t *testing.T) {
			d := startDouble(t, smallEstate(t), nil)
			started := make(chan struct{}, 1)
			d.Fail(func(sql string) bool {
				if !section("clients.agents")(sql) {
					return false
				}
				started <- struct{}{}
				return true
			}, tdstest.Stall(1))
			folder, temp := t.TempDir(), t.TempDir()
			var output strings.Builder
			program := exec.Command(nscheck, "collect", "-o", folder+"/estate.jsonl.zst", "--source", d.url(), "--ca-file", d.CAFile())
			program.Env = append(os.Environ(), passwordVariable+"="+plantedPassword, "TMPDIR="+temp, "GOTRACEBACK=all")
			program.Stdout, program.Stderr = &output, &output
			if err := program.Start(); err != nil {
				t.Fatal(err)
			}
			watchdog := time.AfterFunc(time.Minute, func() { _ = program.Process.Kill() })
			defer watchdog.Stop()
			<-started
			if err := program.Process.Signal(c.signal); err != nil {
				t.Fatal(err)
			}
			_ = program.Wait()
			if status := program.ProcessState.ExitCode(); status != c.status || !strings.Contains(output.String(), c.want) {
				t.Errorf("status %d: %.300s", status, output.String())
			}
			noPassword(t, folder, output.String())
			if name == "crash" {
				return // which leaves what it leaves
			}
			noFiles(t, folder)
			noFiles(t, temp)
			if !attentions(d) {
				t.Error("the statement was not cancelled on the server")
			}
		})
	}
}
