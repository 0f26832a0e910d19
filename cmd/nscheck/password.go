package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/nscheck/nscheck/internal/secret"
	"github.com/nscheck/nscheck/internal/textfile"
)

// passwordVariable names the environment variable that holds a login's password.
const passwordVariable = "NSCHECK_PASSWORD"

// maxPassword is longer than any password; a longer file is the wrong one.
const maxPassword = 4096

// terminalInput is where people are asked; tests put another in its place.
var terminalInput = func() (read func() ([]byte, error), restore func(), ok bool) {
	fd := int(os.Stdin.Fd())
	if !term.IsTerminal(fd) || !term.IsTerminal(int(os.Stderr.Fd())) {
		return nil, nil, false
	}
	state, err := term.GetState(fd)
	if err != nil {
		return nil, nil, false
	}
	return func() ([]byte, error) { return term.ReadPassword(fd) }, func() { _ = term.Restore(fd, state) }, true
}

// passwordOf finds a login's password: in the file that --password-file names,
// in the environment, in the file that the configuration names, or by asking.
func passwordOf(c *cli.Context, cfg *config) func(context.Context, string) (string, error) {
	return func(ctx context.Context, login string) (password string, err error) {
		defer func() { secret.Add(password) }()
		if file := c.String("password-file"); file != "" {
			return passwordFrom(file)
		}
		if password := os.Getenv(passwordVariable); password != "" {
			return password, nil
		}
		if cfg.passwordFile != "" {
			return passwordFrom(cfg.passwordFile)
		}
		return askPassword(ctx, c.App.ErrWriter, login)
	}
}

// passwordFrom reads the first line of a file, which is all of it: UTF-8, or
// with a byte order mark UTF-16, as Windows writes it.
func passwordFrom(name string) (string, error) {
	f, err := textfile.Open(name)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxPassword+1))
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	decoded, _, err := transform.String(unicode.BOMOverride(transform.Nop), string(text))
	if err != nil {
		return "", fmt.Errorf("read the password: %s: %w", name, err)
	}
	password := strings.TrimSuffix(strings.TrimSuffix(decoded, "\n"), "\r")
	switch {
	case password == "":
		return "", fmt.Errorf("read the password: %s is empty", name)
	case len(text) > maxPassword || strings.ContainsAny(password, "\r\n\x00"):
		return "", fmt.Errorf("read the password: %s has more than one line of text; is it the right file?", name)
	case strings.ContainsRune(password, utf8.RuneError): // also what cannot be decoded
		return "", fmt.Errorf("read the password: %s is neither UTF-8 nor UTF-16 with a byte order mark; save it as UTF-8", name)
	}
	return password, nil
}

// askPassword asks on the terminal, without echo.
func askPassword(ctx context.Context, w io.Writer, login string) (string, error) {
	read, restore, ok := terminalInput()
	if !ok {
		return "", fmt.Errorf("no password for the login %s; set the environment variable %s, or name a file with --password-file", login, passwordVariable)
	}
	fmt.Fprintf(w, "Password of %s: ", login)
	defer fmt.Fprintln(w)
	text, err := await(ctx, read)
	switch {
	case ctx.Err() != nil:
		restore() // the reader waits until the program ends
		return "", context.Cause(ctx)
	case err != nil:
		return "", fmt.Errorf("read the password: %w", err)
	case len(text) == 0:
		return "", errors.New("read the password: it is empty")
	}
	return string(text), nil
}
