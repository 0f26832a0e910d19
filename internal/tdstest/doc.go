// Package tdstest is an in-process server for the SQL Server wire protocol
// (TDS 7.2 to 7.4, and TDS 8 "strict") for tests that need a SQL Server and
// have none.
//
// In go: a client's connection (PRELOGIN, TLS inside PRELOGIN or around
// everything, LOGIN7 with a SQL login or NTLM, SQLBatch, RPC, transaction
// requests, attention), and from the test a [Backend], registered answers
// ([Server.Handle]) and faults ([Server.Fail]). Out come the tokens of a real
// server, byte for byte in its formats, and a record of everything the clients
// asked ([Server.Log], [Server.Logins]).
//
// A statement is answered by the first of these that knows it:
//
//  1. faults, newest first;
//  2. registered answers, newest first;
//  3. the session itself: SET, USE, BEGIN/COMMIT/ROLLBACK TRANSACTION, PRINT,
//     and SELECTs made only of integers, strings, @@VERSION, @@SPID, DB_NAME()
//     and their like;
//  4. the backend, normally SQLite through [SQL].
//
// # What it does not show about a real server
//
// A test that passes here shows that a client speaks the protocol and copes
// with the answers it was given. It does not show that a statement is valid
// T-SQL, or what a real server would answer to it:
//
//   - Statements are not parsed. Whatever the backend takes is accepted, in the
//     backend's dialect; T-SQL that SQLite does not know fails here and works
//     there, and the other way round.
//   - No locks are taken and nothing is isolated. Deadlocks and lock timeouts
//     come only from [Server.Fail]; isolation levels and transactions are
//     recorded and acknowledged and change nothing in the backend, so that a
//     ROLLBACK undoes nothing.
//   - No permissions, no schemas, no ownership: 229 comes only from a fault.
//     Object names are matched as words in the statement's text, not resolved.
//   - No planner: nothing is slow for a reason, no memory grant is waited for,
//     no timeout is a real one.
//   - No collations: strings compare as the backend compares them (SQLite:
//     case-sensitive), and GUIDs are text to it. All text columns announce
//     SQL_Latin1_General_CP1_CI_AS, and varchar travels in code page 1252.
//   - Types are those the columns declare, or are guessed from the first rows;
//     conversions follow Go's rules with a few of SQL Server's error numbers.
//     The types of computed columns differ from a real server's.
//   - A batch is split at semicolons, and after SET, USE and transaction
//     statements; other statements that follow each other without a semicolon
//     go to the backend as one. Variables, IF, WHILE, EXEC of text, GO and
//     temporary tables are not there, and every error ends its batch.
//   - Output parameters (but for prepared handles), table-valued parameters,
//     cursors, MARS, bulk load, federated and Kerberos logins, routing, mirror
//     partners, Always Encrypted, data classification and UTF-8 collations are
//     not there.
//   - Encodings were learnt from what public clients read and write, without a
//     real server at hand. Texts, states and the order of tokens follow real
//     servers where they are publicly known.
package tdstest
