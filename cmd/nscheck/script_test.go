package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = os.Getenv("UPDATE_GOLDEN") != ""

// programFolder gets the program when a test asks for it.
var programFolder string

func TestMain(m *testing.M) {
	var err error
	if programFolder, err = os.MkdirTemp("", "nscheck"); err != nil {
		panic(err)
	}
	status := m.Run()
	if err := os.RemoveAll(programFolder); err != nil {
		panic(err)
	}
	os.Exit(status)
}

var buildOnce = sync.OnceValues(func() ([]byte, error) {
	return exec.Command("go", "build", "-o", programFolder+string(os.PathSeparator), ".").CombinedOutput()
})

// buildProgram builds nscheck as users get it: several hundred runs of a test
// binary under the race detector would take minutes, and other tests call the
// same code in this process.
func buildProgram(t *testing.T) (folder string) {
	t.Helper()
	if out, err := buildOnce(); err != nil {
		t.Fatalf("build nscheck: %v\n%s", err, out)
	}
	return programFolder
}

// TestScripts runs the whole program; see testdata/script.
func TestScripts(t *testing.T) {
	bin := buildProgram(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": statusCommand,
		},
		Setup: func(env *testscript.Env) error {
			// Whatever the user has set must not reach the program.
			env.Setenv("PATH", bin+string(os.PathListSeparator)+env.Getenv("PATH"))
			docs, err := filepath.Abs("../../docs")
			if err != nil {
				return err
			}
			env.Vars = append(env.Vars, "DOCS="+docs, "NSCHECK_SOURCE=", "NO_COLOR=", "TMPDIR="+env.WorkDir+"/.tmp", "TMP="+env.WorkDir+`\.tmp`)
			return os.MkdirAll(env.WorkDir+"/.tmp", 0o755)
		},
	})
}

// statusCommand runs a command and demands an exit status: status 3 nscheck ….
func statusCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command [argument…]")
	}
	got := "0"
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		got = exitCode(err)
	}
	if got != args[0] {
		ts.Fatalf("exit status %s, want %s", got, args[0])
	}
}

func exitCode(err error) string {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err.Error()
	}
	return strconv.Itoa(exit.ExitCode())
}
