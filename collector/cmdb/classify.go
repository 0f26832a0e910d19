package cmdb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"

	"github.com/nscheck/nscheck/snapshot"
)

// Numbers of SQL Server's errors that explain why a section could not be read.
const (
	invalidColumn    = 207
	invalidObject    = 208
	permissionDenied = 229
	columnDenied     = 230
	databaseDenied   = 916
	lockTimeout      = 1222
	deadlockVictim   = 1205
)

// numbered is an error of SQL Server. go-mssqldb's error type satisfies it.
type numbered interface {
	error
	SQLErrorNumber() int32
	SQLErrorMessage() string
}

var (
	mssqlObject = regexp.MustCompile(`Invalid object name '([^']*)'`)
	mssqlColumn = regexp.MustCompile(`Invalid column name '([^']*)'`)
	liteObject  = regexp.MustCompile(`no such table: (?:main\.)?(.+?)(?: \(\d+\))?$`)
	liteColumn  = regexp.MustCompile(`no such column: (.+?)(?: \(\d+\))?$`)
)

// sectionError is why a section, or the rest of it, was not collected.
type sectionError struct {
	status  snapshot.Status
	message string
}

func (e *sectionError) Error() string { return e.message }

// classify converts an error from reading a section into its status and a sentence
// for the manifest that says what to do.
func classify(section string, err error) *sectionError {
	var tried *triedError
	if errors.As(err, &tried) {
		last := classify(section, tried.error)
		return &sectionError{last.status, fmt.Sprintf("%s; tried %d times", last.message, tried.tries)}
	}
	var known *sectionError
	if errors.As(err, &known) {
		return known
	}
	fail := func(status snapshot.Status, format string, args ...any) *sectionError {
		return &sectionError{status, "collect " + section + ": " + fmt.Sprintf(format, args...)}
	}
	var ended *endedError
	if errors.As(err, &ended) {
		return fail(snapshot.Failed, "%v", ended)
	}
	var unreadable Unreadable
	if errors.As(err, &unreadable) {
		return fail(unreadable.SectionStatus(), "%v", unreadable)
	}
	var server numbered
	if errors.As(err, &server) {
		return classifyServer(section, server, fail)
	}
	text := err.Error()
	if m := liteObject.FindStringSubmatch(text); m != nil {
		return missingObject(section, m[1], fail)
	}
	if m := liteColumn.FindStringSubmatch(text); m != nil {
		return missingColumn(section, m[1], fail)
	}
	var network net.Error
	var lost *lostError
	switch {
	case errors.Is(err, errStatementTimeout), errors.Is(err, context.DeadlineExceeded):
		return fail(snapshot.TimedOut, "the statement took longer than it may; allow more with --statement-timeout, or collect when the server is less busy")
	case errors.As(err, &network) && network.Timeout():
		return fail(snapshot.TimedOut, "the server did not answer in time (%v); collect when it is less busy", err)
	case errors.As(err, &lost):
		return fail(snapshot.Failed, "the connection to the server was lost (%v); collect again", lost.error)
	default:
		return fail(snapshot.Failed, "%v; this section was left out, collect again", err)
	}
}

// statusOf is how a section ended.
func statusOf(section string, err error) snapshot.Status {
	if err == nil {
		return snapshot.Collected
	}
	return classify(section, err).status
}

type failFunc func(status snapshot.Status, format string, args ...any) *sectionError

func classifyServer(section string, err numbered, fail failFunc) *sectionError {
	message := err.SQLErrorMessage()
	switch err.SQLErrorNumber() {
	case invalidObject:
		return missingObject(section, firstMatch(mssqlObject, message), fail)
	case invalidColumn:
		return missingColumn(section, firstMatch(mssqlColumn, message), fail)
	case permissionDenied, columnDenied, databaseDenied:
		return fail(snapshot.Denied, "%s Grant the login SELECT on it, or membership of db_datareader", sentence(message))
	case lockTimeout:
		return fail(snapshot.TimedOut, "another session held a lock for too long (error 1222); collect when the server is less busy")
	case deadlockVictim:
		return fail(snapshot.Failed, "the server chose this statement as the victim of a deadlock (error 1205); collect when the server is less busy")
	}
	return fail(snapshot.Failed, "the server answered with error %d: %s This section was left out; collect again", err.SQLErrorNumber(), sentence(message))
}

func missingObject(section, name string, fail failFunc) *sectionError {
	return fail(snapshot.Missing, "table or view %q does not exist in this database; section %q needs a query that reads it from its place in this database", name, section)
}

func missingColumn(section, name string, fail failFunc) *sectionError {
	return fail(snapshot.Missing, "column %q does not exist in the tables read; section %q needs a query that reads it from its place in this database", name, section)
}

func firstMatch(pattern *regexp.Regexp, text string) string {
	if m := pattern.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return "?"
}

// sentence ends a server's message with a full stop, so that more can follow.
func sentence(message string) string {
	if n := len(message); n > 0 && message[n-1] == '.' {
		return message
	}
	return message + "."
}
