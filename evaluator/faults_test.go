package evaluator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/nscheck/nscheck/internal/acme"
	"github.com/nscheck/nscheck/internal/packtest"

	"github.com/nscheck/nscheck/snapshot"
)

const plainLine = `{"kind":"client","guid":"00000000-0000-0000-0000-000000000001","name":"X","domain":null,"status":"Active","managed":true,"os_name":null}`

// headOf are the lines before the clients.
func headOf(t testing.TB) []byte {
	t.Helper()
	text := newRandomEstate(1).text(t, &snapshot.Estate{}, nil)
	return text[:bytes.LastIndex(text[:len(text)-1], []byte("\n"))+1]
}

// inAllWays judges what read returns in the fast way and in the plain one.
func inAllWays(t *testing.T, read func() io.Reader) (errs []string) {
	t.Helper()
	p := packtest.Must(t, map[string]string{"a.rego": acme.ClientRule})
	for _, opts := range []Options{{Plain: true, Parallel: 1}, {Parallel: 1}, {Parallel: 4}, {Parallel: 2, Plain: true}} {
		snap, err := snapshot.NewReader(read(), "s")
		if err != nil {
			t.Fatal(err)
		}
		r, err := Evaluate(t.Context(), p, snap, opts)
		if err == nil {
			r.Close()
			t.Fatalf("%+v: no error", opts)
		}
		if !errors.As(err, new(*snapshot.Error)) {
			t.Errorf("%+v: %T: %v", opts, err, err)
		}
		errs = append(errs, err.Error())
	}
	return errs
}

// A fault in a client stops everything, is told with its place, and is the same
// one whatever the way of judging: the first in the file.
func TestFaultyClientsAreErrors(t *testing.T) {
	fault := func(old, new string) string {
		line := strings.Replace(plainLine, old, new, 1)
		if line == plainLine {
			t.Fatalf("%s is not in the line", old)
		}
		return line
	}
	nested := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	tests := map[string]struct{ line, want string }{
		"no JSON":             {fault(`true,`, `true`), `column 121: clients[30]: not valid JSON: `},
		"cut off":             {plainLine[:len(plainLine)-20], `column 117: clients[30].managed: not valid JSON: unexpected end`},
		"a name twice":        {fault(`"name":"X"`, `"name":"X","name":"Y"`), `column 75: clients[30]: the key "name" is repeated; remove one`},
		"a name with escapes": {fault(`"name":"X"`, `"name":"X","\u006eame":"Y"`), `column 75: clients[30]: the key "name" is repeated; remove one`},
		"deep nesting":        {fault(`"managed":true`, `"managed":`+nested), `column 180: clients[30]: nested deeper than 64 levels`},
		"an unknown field":    {fault(`"managed"`, `"manged"`), `column 107: clients[30]: unknown field "manged"`},
		"no UTF-8":            {fault(`"X"`, "\"\xff\""), `column 72: clients[30]: not valid UTF-8`},
		"a fraction":          {fault(`"managed":true`, `"managed":true,"task_agent":{"registered_at":null,"registration_age_days":1.5}`), `column 181: clients[30].task_agent.registration_age_days: `},
		"a number too large":  {fault(`"managed":true`, `"managed":true,"task_agent":{"registered_at":null,"registration_age_days":99999999999999999999}`), `column 181: clients[30].task_agent.registration_age_days: `},
		"an unknown kind":     {fault(`"client"`, `"clint"`), `the record kind "clint" is not known`},
	}
	head := headOf(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			text := string(head) + strings.Repeat(plainLine+"\n", 30) + tt.line + "\n" + strings.Repeat(plainLine+"\n", 200) + fault("true", "tru") + "\n"
			for _, got := range inAllWays(t, func() io.Reader { return strings.NewReader(text) }) {
				if want := strings.Replace("s: line 33, "+tt.want, ", the", ": the", 1); !strings.HasPrefix(got, want) {
					t.Errorf("got  %.300s\nwant %s", got, want)
				}
			}
		})
	}
}

// endless is text that repeats without an end, or until so many bytes.
type endless struct {
	text string
	at   int
	read int64
	most int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.most > 0 && e.read >= e.most {
		return 0, io.EOF
	}
	n := copy(p, e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	e.read += int64(n)
	return n, nil
}

// A line of a gigabyte is refused before it is read.
func TestLineOfAGigabyte(t *testing.T) {
	head := headOf(t)
	begin, _, _ := strings.Cut(plainLine, "X")
	var line *endless
	for _, got := range inAllWays(t, func() io.Reader {
		line = &endless{text: strings.Repeat("x", 1<<20), most: 1 << 30}
		return io.MultiReader(bytes.NewReader(head), strings.NewReader(plainLine+"\n"+begin), line)
	}) {
		if want := "s: line 4: longer than 64 MiB, which no record of a snapshot is"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if line.read > 80<<20 {
			t.Errorf("%d MiB of it were read", line.read>>20)
		}
	}
}

// Cancelling stops in the midst of clients, says how far it came, and leaves
// nobody behind.
func TestCancellingInTheMidst(t *testing.T) {
	head := headOf(t)
	busy := strings.Replace(acme.ClientRule, `input.name == "X"`, `count([1 | some i in numbers.range(1, 1000000); some j in numbers.range(1, 1000000); i + j == 0; input.managed]) == 1`, 1)
	for name, r := range map[string]string{"many clients": acme.ClientRule, "one client": busy} {
		for _, opts := range []Options{{Parallel: 1}, {Parallel: 4}, {Parallel: 2, Plain: true}} {
			t.Run(fmt.Sprintf("%s, parallel %d, plain %t", name, opts.Parallel, opts.Plain), func(t *testing.T) {
				before := runtime.NumGoroutine()
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				stop := errors.New("enough")
				snap, err := snapshot.NewReader(io.MultiReader(bytes.NewReader(head), &endless{text: plainLine + "\n"}), "s")
				if err != nil {
					t.Fatal(err)
				}
				if r == busy {
					timer := time.AfterFunc(50*time.Millisecond, func() { cancel(stop) })
					defer timer.Stop()
				}
				opts.Progress = func(n int64) {
					if n > 3000 {
						cancel(stop)
					}
				}
				_, err = Evaluate(ctx, packtest.Must(t, map[string]string{"a.rego": r}), snap, opts)
				if !errors.Is(err, stop) || !regexp.MustCompile(`^stopped after \d+ clients: enough$`).MatchString(err.Error()) {
					t.Errorf("got %v", err)
				}
				for range 500 { // those that were told to end do so soon
					if runtime.NumGoroutine() <= before {
						return
					}
					time.Sleep(10 * time.Millisecond)
				}
				stacks := make([]byte, 1<<16)
				t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
			})
		}
	}
}
