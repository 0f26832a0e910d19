package cmdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
)

// sessionOptions sets up a session on a SQL Server that others use: it limits waiting
// for locks, yields in a deadlock, and reads at the isolation level that disturbs
// others the least and is the most consistent that the database allows.
type sessionOptions struct {
	level level
	// chosen is set once the database was asked for the levels that it allows.
	chosen bool
	note   func(format string, args ...any)
}

// level is an isolation level, the best last.
type level int

const (
	serverDefault level = iota
	readUncommitted
	readCommittedSnapshot
	snapshotLevel
)

// levels has the names of the levels for the manifest and the statements that set
// them.
var levels = [...]struct{ name, statement string }{
	serverDefault:         {"server default", ""},
	readUncommitted:       {"read uncommitted", "SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED"},
	readCommittedSnapshot: {"read committed snapshot", "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"},
	snapshotLevel:         {"snapshot", "SET TRANSACTION ISOLATION LEVEL SNAPSHOT"},
}

func (l level) String() string { return levels[l].name }

// sessionSettings are the settings of every session, with the consequence if the
// server refuses one.
var sessionSettings = []struct{ statement, without string }{
	{"SET LOCK_TIMEOUT 10000", "statements wait for locks until their own deadline"},
	{"SET DEADLOCK_PRIORITY LOW", "in a deadlock the server may choose another session as its victim"},
}

// prepare sets up a new connection. A setting that the server refuses is noted; an
// error means that the connection cannot be used.
func (g *sessionOptions) prepare(ctx context.Context, s *session) error {
	for _, c := range sessionSettings {
		if err := g.applySetting(ctx, s, c.statement, c.without); err != nil {
			return err
		}
	}
	if !g.chosen {
		if err := g.chooseLevel(ctx, s); err != nil {
			return err
		}
		g.chosen = true
	}
	return g.enterLevel(ctx, s)
}

// applySetting runs the statement of a setting. A refusal is noted.
func (g *sessionOptions) applySetting(ctx context.Context, s *session, statement, without string) error {
	err := s.exec(ctx, statement)
	var refused numbered
	if !errors.As(err, &refused) || endsConnection(refused) {
		return err
	}
	g.note("the server refused %s (%s): %s", statement, shortMessage(refused), without)
	return nil
}

// isolationQuery reads the levels that the database allows.
const isolationQuery = `SELECT
    db.[snapshot_isolation_state] AS [snapshot],
    db.[is_read_committed_snapshot_on] AS [read_committed_snapshot]
FROM [sys].[databases] db
WHERE db.[name] = @database`

// chooseLevel finds the best level that the database allows.
func (g *sessionOptions) chooseLevel(ctx context.Context, s *session) error {
	allowed, err := g.bestLevel(ctx, s)
	var refused numbered
	switch {
	case err == nil:
		g.level = allowed
	case errors.Is(err, sql.ErrNoRows):
		g.level = readUncommitted
		g.note("sys.databases does not list the database, so its isolation levels are unknown")
	case errors.As(err, &refused) && !endsConnection(refused):
		g.level = readUncommitted
		g.note("the server refused access to sys.databases (%s), so the isolation levels of the database are unknown", shortMessage(refused))
	default:
		return err
	}
	if g.level == readUncommitted {
		g.noteUncommitted()
	}
	return nil
}

func (g *sessionOptions) noteUncommitted() {
	g.note("read at isolation level read uncommitted, so that no other session is blocked: rows that changed meanwhile may be missing or duplicated; the vendor recommends READ_COMMITTED_SNAPSHOT and ALLOW_SNAPSHOT_ISOLATION for the database (KB158091)")
}

func (g *sessionOptions) bestLevel(ctx context.Context, s *session) (level, error) {
	ctx, stop := s.withTimeout(ctx, s.timeout)
	defer stop()
	var state, committed cell
	state.kind, committed.kind = binding.Int, binding.Bool
	row := s.conn.QueryRowContext(ctx, isolationQuery, sql.Named("database", s.params["database"]))
	if err := row.Scan(&state, &committed); err != nil {
		return serverDefault, causeOf(ctx, err)
	}
	switch {
	case state.known && state.num == 1: // 2 and 3 are on the way to on and off
		return snapshotLevel, nil
	case committed.known && committed.num == 1:
		return readCommittedSnapshot, nil
	}
	return readUncommitted, nil
}

// enterLevel sets the level, and begins the transaction that makes all statements see
// one state. If the server refuses a level, it tries the next one.
func (g *sessionOptions) enterLevel(ctx context.Context, s *session) error {
	for {
		err := g.setLevel(ctx, s)
		var refused numbered
		if !errors.As(err, &refused) || endsConnection(refused) {
			return err
		}
		if g.level == serverDefault {
			return nil
		}
		g.lowerLevel(refused)
	}
}

func (g *sessionOptions) setLevel(ctx context.Context, s *session) error {
	if statement := levels[g.level].statement; statement != "" {
		if err := s.exec(ctx, statement); err != nil {
			return err
		}
	}
	if g.level == snapshotLevel {
		return s.exec(ctx, "BEGIN TRANSACTION")
	}
	return nil
}

// lowerLevel changes to the next level, which the database may still allow.
func (g *sessionOptions) lowerLevel(refused numbered) {
	was := g.level
	g.level--
	if was == snapshotLevel {
		// It is unknown whether read committed would block others.
		g.level = readUncommitted
	}
	g.note("the server refused isolation level %s (%s); reading continues at %s", was, shortMessage(refused), g.level)
	if g.level == readUncommitted {
		g.noteUncommitted()
	}
}

// endTransaction ends the transaction, because the server keeps old versions of rows
// for it.
func (g *sessionOptions) endTransaction(s *session) {
	if g.level != snapshotLevel {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	_, _ = s.conn.ExecContext(ctx, "ROLLBACK TRANSACTION") // closing the connection ends it too
}

const leaveTimeout = 5 * time.Second

// endsConnection reports whether an error ended the connection.
func endsConnection(err numbered) bool {
	const severed = 20
	class, ok := err.(interface{ SQLErrorClass() uint8 })
	return ok && class.SQLErrorClass() >= severed
}

// shortMessage returns a server's error in a few words.
func shortMessage(err numbered) string {
	return fmt.Sprintf("error %d: %s", err.SQLErrorNumber(), err.SQLErrorMessage())
}
