// Package tsql reads as much of Transact-SQL as is necessary to check that a text is
// one SELECT statement and what it reads. Given a text that a user wrote, it returns
// an error with a position, the objects and parameters that it names, the columns
// that it returns, or the text with names changed. It does not check whether a server
// would run the text, only that running it cannot change anything.
package tsql
