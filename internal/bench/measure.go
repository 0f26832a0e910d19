package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// figures are what one process took, as command launch tells them.
type figures struct {
	Wall time.Duration
	CPU  time.Duration // user and system, of all threads
	Peak int64         // resident memory in bytes; 0 where the system does not tell
	Exit int
}

// killed is the exit status of a program that the system has ended, most likely
// because no memory was left.
const killed = -1

// execute runs a program as a process of its own, its output going to a file.
func (s *settings) execute(ctx context.Context, output string, exits []int, command ...string) (figures, error) {
	cmd := exec.CommandContext(ctx, s.program("launch"), append([]string{output}, command...)...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	answer, err := cmd.Output()
	if err != nil {
		return figures{}, fmt.Errorf("run %s: %w: %s", strings.Join(command, " "), err, lastLine(complaints.String()))
	}
	var f figures
	if err := json.Unmarshal(answer, &f); err != nil {
		return figures{}, err
	}
	if !slices.Contains(exits, f.Exit) {
		return f, fmt.Errorf("%s: exit status %d: %s", strings.Join(command, " "), f.Exit, lastLine(complaints.String()))
	}
	return f, nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
