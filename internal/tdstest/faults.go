package tdstest

import (
	"fmt"
	"slices"
	"time"
)

// Fault is something that goes wrong with a statement, or with a login. The
// functions below make the usual ones; [Fault.Once] and [Fault.First] say how
// often.
type Fault struct {
	// Err is sent in place of the answer, or after Rows rows of it.
	Err *Message
	// Rows is how many rows still come as they should.
	Rows int
	// Cut closes the connection in the middle of the next row.
	Cut bool
	// Stall sends nothing more until the client cancels or goes away.
	Stall bool
	// Swap exchanges the next two rows.
	Swap bool
	// Latency is waited for before every packet of the answer.
	Latency time.Duration
	// Times is how many statements suffer; 0 is every one.
	Times int
}

// Once makes the fault happen one time.
func (f Fault) Once() Fault { return f.First(1) }

// First makes the fault happen to the first n statements that match.
func (f Fault) First(n int) Fault {
	f.Times = n
	return f
}

// After lets n rows through first.
func (f Fault) After(n int) Fault {
	f.Rows = n
	return f
}

// Raise sends an error in place of the answer.
func Raise(m Message) Fault { return Fault{Err: &m} }

// Denied is error 229: SELECT is not permitted on the object.
func Denied(object, database string) Fault {
	return Raise(Message{Number: 229, State: 5, Class: 14, Text: fmt.Sprintf(
		"The SELECT permission was denied on the object '%s', database '%s', schema 'dbo'.", object, database)})
}

// NoObject is error 208: the object does not exist.
func NoObject(object string) Fault { return Raise(invalidObject(object)) }

// NoColumn is error 207: the column does not exist.
func NoColumn(column string) Fault { return Raise(invalidColumn(column)) }

// Deadlock is error 1205: the session is the victim. Its transaction is gone.
func Deadlock() Fault {
	return Raise(Message{Number: numberDeadlock, State: 51, Class: 13, Text: "Transaction (Process ID 51) was deadlocked on lock " +
		"resources with another process and has been chosen as the deadlock victim. Rerun the transaction."})
}

// LockTimeout is error 1222: a lock was waited for longer than SET LOCK_TIMEOUT.
func LockTimeout() Fault {
	return Raise(Message{Number: 1222, State: 51, Class: 16, Text: "Lock request time out period exceeded."})
}

// Cut closes the connection in the middle of the row after the first n.
func Cut(n int) Fault { return Fault{Cut: true, Rows: n} }

// Stall stops after n rows until the client cancels or goes away.
func Stall(n int) Fault { return Fault{Stall: true, Rows: n} }

// Swap exchanges the two rows after the first n.
func Swap(n int) Fault { return Fault{Swap: true, Rows: n} }

// Slow waits before every packet.
func Slow(d time.Duration) Fault { return Fault{Latency: d} }

const numberDeadlock = 1205

func invalidObject(name string) Message {
	return Message{Number: 208, State: 1, Class: 16, Text: fmt.Sprintf("Invalid object name '%s'.", name)}
}

func invalidColumn(name string) Message {
	return Message{Number: 207, State: 1, Class: 16, Text: fmt.Sprintf("Invalid column name '%s'.", name)}
}

func syntaxError(near string) Message {
	return Message{Number: 102, State: 1, Class: 15, Text: fmt.Sprintf("Incorrect syntax near '%s'.", near)}
}

// armed is a fault that waits for its statements.
type armed struct {
	match Match
	fault Fault
	left  int // statements still to suffer; below 0 is all
}

func arm(match Match, f Fault) *armed {
	a := &armed{match: match, fault: f, left: f.Times}
	if f.Times == 0 {
		a.left = -1
	}
	return a
}

// Fail makes statements that match suffer a fault. Of several faults that
// match, the one set last and not yet used up strikes.
func (srv *Server) Fail(match Match, f Fault) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	srv.faults = append(srv.faults, arm(match, f))
}

// FailLogin makes logins suffer a fault: Err, Stall or Cut. An Err with a zero
// Number is error 18456, as for a wrong password.
func (srv *Server) FailLogin(f Fault) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	srv.loginFaults = append(srv.loginFaults, arm(Any(), f))
}

// Heal takes all faults away.
func (srv *Server) Heal() {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	srv.faults, srv.loginFaults = nil, nil
}

func (srv *Server) faultFor(sql string) Fault {
	srv.mu.Lock()
	faults := srv.faults
	srv.mu.Unlock()
	return srv.strike(faults, sql)
}

func (srv *Server) loginFault() Fault {
	srv.mu.Lock()
	faults := srv.loginFaults
	srv.mu.Unlock()
	return srv.strike(faults, "")
}

// strike gives the newest fault that matches and uses it up. Matches are
// called without the lock, as they are the test's and may ask the server.
func (srv *Server) strike(faults []*armed, sql string) Fault {
	for _, a := range slices.Backward(faults) {
		if !a.match(sql) {
			continue
		}
		srv.mu.Lock()
		struck := a.left != 0
		if a.left > 0 {
			a.left--
		}
		srv.mu.Unlock()
		if struck {
			return a.fault
		}
	}
	return Fault{}
}
