package cmdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"time"
)

// guest is how a session behaves on a SQL Server that others work on: it waits
// only so long for locks, is the one to give way in a deadlock, and reads at
// the isolation level that disturbs the least and shows the most consistent
// state that the database allows.
type guest struct {
	level level
	// chosen says whether the database has been asked for what it allows.
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

// levels names the levels as the manifest does and tells how to get them.
var levels = [...]struct{ name, statement string }{
	serverDefault:         {"server default", ""},
	readUncommitted:       {"read uncommitted", "SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED"},
	readCommittedSnapshot: {"read committed snapshot", "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"},
	snapshotLevel:         {"snapshot", "SET TRANSACTION ISOLATION LEVEL SNAPSHOT"},
}

func (l level) String() string { return levels[l].name }

// courtesies are the settings of a polite guest, with what is different where
// the server refuses one.
var courtesies = []struct{ statement, without string }{
	{"SET LOCK_TIMEOUT 10000", "statements wait for locks until their own deadline"},
	{"SET DEADLOCK_PRIORITY LOW", "in a deadlock the server may choose another session as its victim"},
}

// settle makes a new connection ready. What the server refuses is noted and is
// no error; an error means that the connection cannot be used.
func (g *guest) settle(ctx context.Context, s *session) error {
	for _, c := range courtesies {
		if err := g.ask(ctx, s, c.statement, c.without); err != nil {
			return err
		}
	}
	if !g.chosen {
		if err := g.choose(ctx, s); err != nil {
			return err
		}
		g.chosen = true
	}
	return g.enter(ctx, s)
}

// ask makes a setting. A refusal is noted.
func (g *guest) ask(ctx context.Context, s *session, statement, without string) error {
	err := s.exec(ctx, statement)
	var refused numbered
	if !errors.As(err, &refused) || fatal(refused) {
		return err
	}
	g.note("the server refused %s (%s): %s", statement, brief(refused), without)
	return nil
}

// isolationQuery asks what the database allows.
const isolationQuery = `SELECT
    db.[snapshot_isolation_state] AS [snapshot],
    db.[is_read_committed_snapshot_on] AS [read_committed_snapshot]
FROM [sys].[databases] db
WHERE db.[name] = @database`

// choose finds the best level that the database allows.
func (g *guest) choose(ctx context.Context, s *session) error {
	allowed, err := g.allowed(ctx, s)
	var refused numbered
	switch {
	case err == nil:
		g.level = allowed
	case errors.Is(err, sql.ErrNoRows):
		g.level = readUncommitted
		g.note("sys.databases does not list the database, so it is not known which isolation levels it allows")
	case errors.As(err, &refused) && !fatal(refused):
		g.level = readUncommitted
		g.note("the server refused to show sys.databases (%s), so it is not known which isolation levels the database allows", brief(refused))
	default:
		return err
	}
	if g.level == readUncommitted {
		g.noteUncommitted()
	}
	return nil
}

func (g *guest) noteUncommitted() {
	g.note("read at isolation level read uncommitted, so that nobody is blocked: rows that changed meanwhile may be missing or double; the vendor recommends READ_COMMITTED_SNAPSHOT and ALLOW_SNAPSHOT_ISOLATION for the database (KB158091)")
}

func (g *guest) allowed(ctx context.Context, s *session) (level, error) {
	ctx, stop := s.limit(ctx, s.timeout)
	defer stop()
	var state, committed cell
	state.kind, committed.kind = binding.Int, binding.Bool
	row := s.conn.QueryRowContext(ctx, isolationQuery, sql.Named("database", s.params["database"]))
	if err := row.Scan(&state, &committed); err != nil {
		return serverDefault, because(ctx, err)
	}
	switch {
	case state.known && state.num == 1: // 2 and 3 are on the way to on and off
		return snapshotLevel, nil
	case committed.known && committed.num == 1:
		return readCommittedSnapshot, nil
	}
	return readUncommitted, nil
}

// enter sets the level, and begins the transaction that makes all statements
// see one state. A level that the server refuses is left for the next one.
func (g *guest) enter(ctx context.Context, s *session) error {
	for {
		err := g.set(ctx, s)
		var refused numbered
		if !errors.As(err, &refused) || fatal(refused) {
			return err
		}
		if g.level == serverDefault {
			return nil
		}
		g.lower(refused)
	}
}

func (g *guest) set(ctx context.Context, s *session) error {
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

// lower goes to the next level, which the database may still allow.
func (g *guest) lower(refused numbered) {
	was := g.level
	g.level--
	if was == snapshotLevel {
		// Whether read committed would block nobody is not known for sure.
		g.level = readUncommitted
	}
	g.note("the server refused isolation level %s (%s); reading goes on at %s", was, brief(refused), g.level)
	if g.level == readUncommitted {
		g.noteUncommitted()
	}
}

// leave ends the transaction: the server keeps old versions of rows for it.
func (g *guest) leave(s *session) {
	if g.level != snapshotLevel {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	_, _ = s.conn.ExecContext(ctx, "ROLLBACK TRANSACTION") // closing the connection ends it too
}

const leaveTimeout = 5 * time.Second

// fatal says whether an error ended the connection.
func fatal(err numbered) bool {
	const severed = 20
	class, ok := err.(interface{ SQLErrorClass() uint8 })
	return ok && class.SQLErrorClass() >= severed
}

// brief is a server's error in a few words.
func brief(err numbered) string {
	return fmt.Sprintf("error %d: %s", err.SQLErrorNumber(), err.SQLErrorMessage())
}
