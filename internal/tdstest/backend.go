package tdstest

import (
	"context"
	"database/sql"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Backend answers statements. An error that is a [Message] chooses the error
// number; others become number 50000.
//
// Arguments are int64, float64, bool, string, []byte, time.Time or nil;
// decimals, money and GUIDs come as text, GUIDs in upper case. The context ends
// when the client cancels, goes away, or the server is closed.
type Backend interface {
	Query(ctx context.Context, sql string, args []sql.NamedArg) (Answer, error)
}

// BackendFunc is a function that answers statements.
type BackendFunc func(ctx context.Context, sql string, args []sql.NamedArg) (Answer, error)

// Query calls the function.
func (f BackendFunc) Query(ctx context.Context, sql string, args []sql.NamedArg) (Answer, error) {
	return f(ctx, sql, args)
}

// Answer is what a statement gives. It is also a [Backend] that always gives
// itself.
type Answer struct {
	Columns []Column
	// Rows is walked while it is sent, so that it may be longer than memory; a
	// row may be overwritten once the next one is asked for. Values may be nil,
	// integers, floats, bool, string, []byte, time.Time, [16]byte (a GUID in
	// the order it is printed), or anything with a Value method. An error ends
	// the rows and is sent after them.
	Rows iter.Seq2[[]any, error]
	// Affected is reported for statements without columns.
	Affected int64
	Info     []Message // sent before the columns
	Err      error     // sent in place of the answer, or after the rows
}

// Query gives the answer itself.
func (a Answer) Query(context.Context, string, []sql.NamedArg) (Answer, error) { return a, nil }

// Rows makes an answer's rows of values at hand.
func Rows(rows ...[]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// SQL answers from a database, normally SQLite in memory. Declared column types
// mean what they mean to SQL Server ("real" has 4 bytes), but SQLite's own TEXT,
// BLOB and BOOLEAN become nvarchar(max), varbinary(max) and bit. Each rewrite is
// applied to a statement before the database sees it.
//
// Times come to the database as text in UTC, "2006-01-02 15:04:05.999999999".
// Answers are read while they are sent: where the database has one connection
// only, as in memory, a client that stalls keeps the others waiting.
func SQL(db *sql.DB, rewrites ...func(string) string) Backend {
	return BackendFunc(func(ctx context.Context, query string, args []sql.NamedArg) (Answer, error) {
		for _, rewrite := range rewrites {
			query = rewrite(query)
		}
		bound := make([]any, len(args))
		for i, a := range args {
			if t, ok := a.Value.(time.Time); ok {
				a.Value = t.UTC().Format("2006-01-02 15:04:05.999999999")
			}
			bound[i] = a
		}
		if !returnsRows(query) {
			result, err := db.ExecContext(ctx, query, bound...)
			if err != nil {
				return Answer{}, sqliteMessage(err)
			}
			n, _ := result.RowsAffected()
			return Answer{Affected: n}, nil
		}
		rows, err := db.QueryContext(ctx, query, bound...)
		if err != nil {
			return Answer{}, sqliteMessage(err)
		}
		columns, err := sqlColumns(rows)
		if err != nil {
			rows.Close()
			return Answer{}, sqliteMessage(err)
		}
		return Answer{Columns: columns, Rows: sqlRows(rows, len(columns))}, nil
	})
}

func returnsRows(query string) bool {
	w := words(query)
	return len(w) == 0 || slices.ContainsFunc([]string{"select", "with", "values", "pragma", "explain", "("}, func(k string) bool {
		return strings.EqualFold(w[0].text, k)
	}) || slices.ContainsFunc(w, func(l lexeme) bool { return l.is("returning") })
}

var sqliteTypes = map[string]string{
	"text": "nvarchar(max)", "blob": "varbinary(max)", "boolean": "bit", "double": "float",
}

func sqlColumns(rows *sql.Rows) ([]Column, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	columns := make([]Column, len(types))
	for i, t := range types {
		decl := strings.ToLower(t.DatabaseTypeName())
		if own, ok := sqliteTypes[decl]; ok {
			decl = own
		}
		if _, err := parseType(decl, false); err != nil {
			decl = "" // not a type of SQL Server: guess from the values
		}
		columns[i] = Column{Name: t.Name(), Type: decl}
	}
	return columns, nil
}

// sqlRows reads into one row again and again.
func sqlRows(rows *sql.Rows, n int) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		defer rows.Close()
		row, to := make([]any, n), make([]any, n)
		for i := range row {
			to[i] = &row[i]
		}
		for rows.Next() {
			if err := rows.Scan(to...); err != nil {
				yield(nil, sqliteMessage(err))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, sqliteMessage(err))
		}
	}
}

// sqliteErrors turn SQLite's complaints into those of a SQL Server.
var sqliteErrors = []struct {
	expr *regexp.Regexp
	make func(name string) Message
}{
	{regexp.MustCompile(`no such table: (?:main\.|dbo\.)?([^\n(]+?)(?: \(\d+\))?$`), invalidObject},
	{regexp.MustCompile(`no such column: (?:[^\n(.]+\.)?([^\n(]+?)(?: \(\d+\))?$`), invalidColumn},
	{regexp.MustCompile(`near "([^"]*)": syntax error`), syntaxError},
	{regexp.MustCompile(`ambiguous column name: (?:[^\n(.]+\.)?([^\n(]+?)(?: \(\d+\))?$`), func(name string) Message {
		return Message{Number: 209, State: 1, Class: 16, Text: "Ambiguous column name '" + name + "'."}
	}},
	{regexp.MustCompile(`no such function: (\S+)`), func(name string) Message {
		return Message{Number: 195, State: 10, Class: 15, Text: "'" + name + "' is not a recognized built-in function name."}
	}},
}

func sqliteMessage(err error) error {
	for _, e := range sqliteErrors {
		if m := e.expr.FindStringSubmatch(err.Error()); m != nil {
			return e.make(m[1])
		}
	}
	return err
}
