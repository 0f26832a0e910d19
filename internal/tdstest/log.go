package tdstest

import (
	"database/sql"
	"slices"
)

// Entry is one request as it was received.
type Entry struct {
	Conn int // the session's number, @@SPID
	User string
	Kind Kind
	// SQL is the text of a batch, of the statement in sp_executesql, or of a
	// prepared one each time it runs, and "EXEC name" for other procedures. For
	// KindBegin it is the isolation level.
	SQL  string
	Args []sql.NamedArg
	// Database and Isolation are the session's when the request came.
	Database  string
	Isolation string
	InTran    bool
}

// Kind is the kind of a request.
type Kind string

// The kinds of requests.
const (
	KindBatch     Kind = "batch"
	KindRPC       Kind = "rpc"
	KindBegin     Kind = "begin"
	KindCommit    Kind = "commit"
	KindRollback  Kind = "rollback"
	KindSave      Kind = "save"
	KindAttention Kind = "attention" // go-mssqldb sends one when rows are closed early, and QueryRow may
)

// keepEntries bounds the log; of more, the newest are kept.
const keepEntries = 1 << 16

// Log gives every request received, in the order of their coming. A batch is
// one entry, whatever stands in it.
func (srv *Server) Log() []Entry {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	return slices.Clone(srv.log)
}

// Logins gives every login, refused ones too.
func (srv *Server) Logins() []Login {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	return slices.Clone(srv.logins)
}

func (srv *Server) record(e Entry) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if len(srv.log) >= keepEntries {
		srv.log = slices.Delete(srv.log, 0, keepEntries/2)
	}
	srv.log = append(srv.log, e)
}

func (srv *Server) recordLogin(l Login) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	l.password, l.sspi = "", nil
	if len(srv.logins) >= keepEntries {
		srv.logins = slices.Delete(srv.logins, 0, keepEntries/2)
	}
	srv.logins = append(srv.logins, l)
}
