package cmdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// pauses are the times between the attempts to read one section. They grow, so that
// the cause has time to end.
var pauses = []time.Duration{1 * time.Second, 3 * time.Second, 9 * time.Second}

// pause waits, or ends early with the context.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// attempts reads something, and repeats it after a fault that passes: a deadlock, a
// lock, a lost connection. It returns the number of attempts.
func (c *collection) attempts(ctx context.Context, section string, read func() (int64, error)) (rows int64, tries int, err error) {
	for tries = 1; ; tries++ {
		rows, err = read()
		var again bool
		if again, err = c.session.recoverFrom(ctx, section, err); !again {
			break
		}
		if tries > len(pauses) {
			break
		}
		if c.options.Pause(ctx, pauses[tries-1]) != nil {
			break
		}
	}
	var connect *connectError
	if errors.As(err, &connect) && c.session.ended == nil && ctx.Err() == nil {
		c.session.ended = &endedError{fmt.Sprintf("the connection was lost and could not be restored: %v", connect.error)}
		err = c.session.ended // the other sections need not try again
	}
	if err != nil && tries > 1 {
		err = &triedError{err, tries}
	}
	return rows, tries, err
}

// triedError is the error of the last of several attempts.
type triedError struct {
	error
	tries int
}

func (e *triedError) Unwrap() error { return e.error }

// transientNumbers are errors after which the same statement may well succeed.
var transientNumbers = []int32{
	deadlockVictim, lockTimeout,
	601,  // rows moved under a scan at read uncommitted
	3961, // an object was changed under a snapshot transaction
	8645, // no memory for the query in time
}

// snapshotRefused are errors of a statement that show that snapshot isolation is not
// available: for this database, or for another that a view reads.
var snapshotRefused = []int32{3951, 3952}

// killed is the error of a session that an administrator ended with KILL.
const killed = 596

// recoverFrom checks the connection after a statement has failed, and reports whether
// another attempt makes sense. It returns the error, with its cause if that is known.
func (s *session) recoverFrom(ctx context.Context, section string, err error) (again bool, why error) {
	var server numbered
	answered := errors.As(err, &server)
	var connect *connectError
	switch {
	case err == nil || ctx.Err() != nil || s.files != nil:
		return false, err
	case s.ended != nil:
		return false, err
	case errors.As(err, &connect):
		return !answered, err
	case answered && server.SQLErrorNumber() == killed:
		s.noteLostView(section, "the session was ended by an administrator")
		s.dropConnection()
		s.ended = &endedError{"an administrator ended nscheck's session on the server (KILL); ask when it may run"}
		return false, s.ended
	}
	transactions, ok := s.checkConnection(ctx)
	if !ok || answered && endsConnection(server) {
		s.noteLostView(section, "the connection was lost")
		s.dropConnection()
		if errors.Is(err, errStatementTimeout) {
			return false, err
		}
		return true, &lostError{err}
	}
	if !answered {
		return false, err
	}
	if s.options != nil && s.options.level == snapshotLevel && s.renewView(ctx, section, server, transactions) {
		return true, err
	}
	return slices.Contains(transientNumbers, server.SQLErrorNumber()), err
}

// renewView begins a new transaction if the server ended the one that showed one
// state of the database. If the level turns out not to be available, it changes to a
// lower one and reports that.
func (s *session) renewView(ctx context.Context, section string, err numbered, transactions int) (lowered bool) {
	lowered = slices.Contains(snapshotRefused, err.SQLErrorNumber())
	switch {
	case lowered:
		s.options.endTransaction(s)
		s.options.lowerLevel(err)
	case transactions > 0:
		return false
	default:
		s.noteLostView(section, "the server ended the transaction")
	}
	if s.options.enterLevel(ctx, s) != nil {
		s.dropConnection()
	}
	return lowered
}

// noteLostView notes that sections read before and after a moment show different
// states of the database.
func (s *session) noteLostView(section, why string) {
	if s.options != nil && s.options.level == snapshotLevel {
		s.options.note("%s while section %q was read: what was read before and after it are two different states of the database", why, section)
	}
}
