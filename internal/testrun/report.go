package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// pulse is how often the running tests are named while no package ends.
const pulse = 15 * time.Second

// event is a line of "go test -json".
type event struct {
	Action     string
	Package    string
	ImportPath string
	Test       string
	Output     string
	Elapsed    float64
}

// report counts the tests of a run of "go test" and prints its progress.
type report struct {
	out      io.Writer
	packages int // that are tested, to show how far the run is
	ended    int
	passed   int
	failed   []string
	skipped  []string

	output  map[string]string // per running test, shown if the test fails
	running map[string]bool
	counts  map[string]int // passed tests per package
}

func newReport(out io.Writer, packages int) *report {
	return &report{out: out, packages: packages, output: map[string]string{}, running: map[string]bool{}, counts: map[string]int{}}
}

// goTest runs "go test -json" with args and records its events. That tests
// failed is in the report; the error is for a run that did not take place.
func (r *report) goTest(ctx context.Context, args []string) error {
	cmd := exec.CommandContext(ctx, goCommand(), append([]string{"test", "-json", "-vet=off"}, args...)...)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	r.read(stdout)
	err = cmd.Wait()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) && ctx.Err() == nil {
		if len(r.failed) == 0 {
			r.failed = append(r.failed, strings.Join(append([]string{"go test"}, args...), " "))
		}
		return nil
	}
	return err
}

// read records events until they end, and names the running tests at each pulse.
func (r *report) read(events io.Reader) {
	lines := make(chan []byte)
	go func() {
		defer close(lines)
		in := bufio.NewReader(events)
		for {
			line, err := in.ReadBytes('\n')
			if len(line) > 0 {
				lines <- line
			}
			if err != nil {
				return
			}
		}
	}()
	tick := time.NewTicker(pulse)
	defer tick.Stop()
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				return
			}
			var e event
			if json.Unmarshal(line, &e) != nil {
				fmt.Fprintf(r.out, "%s", line)
				continue
			}
			if r.record(e) {
				tick.Reset(pulse)
			}
		case <-tick.C:
			r.showRunning()
		}
	}
}

// record counts an event; it reports whether it printed the end of a package.
func (r *report) record(e event) bool {
	name := e.Test
	if name == "" {
		name = "package"
	}
	name = shortPackage(e.Package) + "." + name
	switch e.Action {
	case "run":
		r.running[name] = true
	case "output":
		r.output[name] += e.Output
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "build-fail":
		r.failed = append(r.failed, "build of "+e.ImportPath)
	case "pass", "fail", "skip":
		if e.Test == "" {
			return r.endPackage(e)
		}
		r.endTest(e, name)
	}
	return false
}

func (r *report) endTest(e event, name string) {
	switch e.Action {
	case "pass":
		r.passed++
		r.counts[e.Package]++
	case "skip":
		r.skipped = append(r.skipped, name)
	case "fail":
		r.failed = append(r.failed, name)
		fmt.Fprint(r.out, r.output[name])
	}
	delete(r.output, name)
	delete(r.running, name)
}

// endPackage prints a line about a package; one without tests has none.
func (r *report) endPackage(e event) bool {
	r.ended++
	name := shortPackage(e.Package)
	output := r.output[name+".package"]
	delete(r.output, name+".package")
	word := "ok  "
	switch e.Action {
	case "skip":
		return false
	case "fail":
		word = "FAIL"
		r.failPackage(name, output)
	}
	cached := ""
	if strings.Contains(output, "(cached)") {
		cached = ", cached"
	}
	fmt.Fprintf(r.out, "%s [%d/%d] %s: %d passed, %.1fs%s\n", word, r.ended, r.packages, name, r.counts[e.Package], e.Elapsed, cached)
	return true
}

// failPackage prints what a failed package said outside of its tests, and the
// output of tests that a crash or a timeout left running.
func (r *report) failPackage(name, output string) {
	inTests := slices.ContainsFunc(r.failed, func(f string) bool { return strings.HasPrefix(f, name+".") })
	for test := range r.running {
		if strings.HasPrefix(test, name+".") {
			r.failed = append(r.failed, test)
			fmt.Fprint(r.out, r.output[test])
			delete(r.running, test)
			inTests = true
		}
	}
	if !inTests {
		r.failed = append(r.failed, name)
	}
	fmt.Fprint(r.out, output)
}

// showRunning prints the tests that run, without those that only wait for their subtests.
func (r *report) showRunning() {
	var names []string
	for name := range r.running {
		waits := false
		for other := range r.running {
			waits = waits || strings.HasPrefix(other, name+"/")
		}
		if !waits {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if len(names) == 0 {
		names = []string{"building"}
	}
	more := ""
	if len(names) > 4 {
		more = fmt.Sprintf(" and %d more", len(names)-4)
		names = names[:4]
	}
	fmt.Fprintf(r.out, "  … [%d/%d] %s%s\n", r.ended, r.packages, strings.Join(names, ", "), more)
}

// add adds the counts of another run.
func (r *report) add(other *report) {
	r.passed += other.passed
	for _, name := range other.failed {
		r.failed = append(r.failed, name+" (race detector)")
	}
	for _, name := range other.skipped {
		if !slices.Contains(r.skipped, name) {
			r.skipped = append(r.skipped, name)
		}
	}
}

// shortPackage cuts the module's path off a package.
func shortPackage(path string) string {
	return strings.TrimPrefix(path, "github.com/nscheck/nscheck/")
}

// goCommand returns the go command that the Makefile uses.
func goCommand() string {
	if name := os.Getenv("GO"); name != "" {
		return name
	}
	return "go"
}

// modulePackages lists the packages of the module that have tests.
func modulePackages(ctx context.Context) ([]string, error) {
	cmd := exec.CommandContext(ctx, goCommand(), "list", "-f",
		"{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	return strings.Fields(string(out)), nil
}
