// Command launch starts a program and tells what it took. The program's
// standard output goes to the file that is named first; the figures go to
// launch's own, as JSON.
//
// It is a small program of its own because the system counts the memory of
// whoever starts a process into that process's peak.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: launch OUTPUT PROGRAM [ARGUMENT…]")
		os.Exit(2)
	}
	if err := launch(os.Args[1], os.Args[2], os.Args[3:]...); err != nil {
		fmt.Fprintln(os.Stderr, "launch:", err)
		os.Exit(2)
	}
}

func launch(output, program string, arguments ...string) error {
	out, err := os.Create(output)
	if err != nil {
		return err
	}
	defer out.Close()
	cmd := exec.Command(program, arguments...)
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	start := time.Now()
	err = cmd.Run()
	wall := time.Since(start)
	if cmd.ProcessState == nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(struct {
		Wall, CPU time.Duration
		Peak      int64
		Exit      int
	}{
		wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		peak(cmd.ProcessState), cmd.ProcessState.ExitCode(),
	})
}
