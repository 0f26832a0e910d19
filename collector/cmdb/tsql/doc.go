// Package tsql reads as much of Transact-SQL as it takes to tell that a text is
// one SELECT statement and what it reads. What goes in is a text that was
// written by hand; what comes out is a refusal with a position, the objects and
// parameters that it names, the columns that it returns, or the text with names
// changed. It is no judge of whether a server would run the text: it only makes
// sure that what a server runs cannot change anything.
package tsql
