package main

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = os.Getenv("UPDATE_GOLDEN") != ""

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"nscheck": func() { os.Exit(run(os.Args, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs the whole program; see testdata/script.
func TestScripts(t *testing.T) {
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
			env.Vars = append(env.Vars, "NSCHECK_SOURCE=", "NO_COLOR=", "TMPDIR="+env.WorkDir+"/.tmp", "TMP="+env.WorkDir+`\.tmp`)
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
