package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// terminalLines is where people are asked for a line; tests put another in its
// place.
var terminalLines = func() (io.Reader, bool) {
	if !term.IsTerminal(int(os.Stdin.Fd())) || !term.IsTerminal(int(os.Stderr.Fd())) {
		return nil, false
	}
	return os.Stdin, true
}

// asker asks for what the flags of a command leave out.
type asker struct {
	ctx   context.Context
	in    *bufio.Reader // nil without a terminal
	out   io.Writer
	flags []string // that would have to be asked for, and there is no terminal
}

func newAsker(ctx context.Context, out io.Writer) *asker {
	a := &asker{ctx: ctx, out: out}
	if in, ok := terminalLines(); ok {
		a.in = bufio.NewReader(in)
	}
	return a
}

// question describes a value to ask for.
type question struct {
	// What answers it without a terminal, such as --title.
	flag string
	text string
	// The answer of who answers nothing; empty means that something is needed.
	byDefault string
	// Why an answer is not one; nil takes all.
	check func(string) error
}

// maxQuestions is how often a question is asked before it is given up.
const maxQuestions = 5

// ask fills in an empty answer, and checks it.
func (a *asker) ask(answer *string, q question) error {
	if q.check == nil {
		q.check = func(string) error { return nil }
	}
	if *answer != "" {
		err := q.check(*answer)
		if err != nil && strings.HasPrefix(q.flag, "--") {
			err = fmt.Errorf("%s: %w", q.flag, err)
		}
		return err
	}
	if a.in == nil {
		a.flags = append(a.flags, q.flag)
		return nil
	}
	prompt := q.text
	if q.byDefault != "" {
		prompt += " [" + q.byDefault + "]"
	}
	var err error
	for range maxQuestions {
		fmt.Fprintf(a.out, "%s: ", prompt)
		var line string
		if line, err = await(a.ctx, func() (string, error) { return a.in.ReadString('\n') }); err != nil && line == "" {
			fmt.Fprintln(a.out)
			if errors.Is(err, io.EOF) {
				err = errors.New("the question was not answered; nothing was written")
			}
			return err
		}
		if line = strings.TrimSpace(line); line == "" {
			line = q.byDefault
		}
		if err = q.check(line); err == nil && line != "" {
			*answer = line
			return nil
		}
		if err == nil {
			err = errors.New("an answer is required")
		}
		fmt.Fprintf(a.out, "  %v\n", err)
	}
	return err
}

// missing says which flags would have been asked for.
func (a *asker) missing() error {
	if len(a.flags) == 0 {
		return nil
	}
	last := len(a.flags) - 1
	list := a.flags[last]
	if last > 0 {
		list = strings.Join(a.flags[:last], ", ") + " and " + list
	}
	return fmt.Errorf("there is no terminal for questions; set %s", list)
}
