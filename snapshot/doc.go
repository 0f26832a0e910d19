// Package snapshot defines what nscheck knows of a Symantec Management
// Platform at one moment: its types, and how they are written and read.
//
// In goes what a collector found, out comes the same for an evaluator; the
// package knows neither of them. A snapshot is a Manifest (where it came from
// and how well each section was got), an Estate (everything that is not a
// client) and any number of Clients. A null value is unknown, an absent section
// was not collected, an empty section was collected and has no rows.
//
// # Forms
//
// A Writer writes JSON Lines, zstd-compressed where the name ends in .zst:
//
//	{"kind":"manifest","format":1,…}
//	{"kind":"estate","server":{…},…}
//	{"kind":"client","guid":…}        one line a client
//	{"kind":"end","clients":…,"sha256":…}
//
// The kind is always the first field, and the records stand in this order. The
// same data gives the same bytes. The end record holds the number of clients
// and the SHA-256 of all lines before it, exactly as they stand in the file,
// line ends included.
//
// A Reader also takes a single document, in JSON or YAML, as people write it:
//
//	estate:
//	  sites: [{guid: …, name: Leeds}]
//	clients:
//	  - {guid: …, name: PC0001}
//
// It may have a manifest. The form is told from the content, never from the
// name.
//
// # Guarantees
//
// A Reader refuses everything that it cannot be sure of, with an Error that
// says what and where: a file without its end record is truncated, one whose
// hash differs was changed after it was written (a conversion of its line ends
// is a change), and unknown fields, values of another type, duplicate keys and
// newer formats are errors. What it yields fits the published schema, and every
// nullable field is present in it, so that "unknown" is always an explicit
// null. JSON Lines are read one line at a time; lines and documents over 64 MiB
// are refused before they take memory.
//
// A Writer's file appears under its name only when it is complete.
//
// # Schemas
//
// The JSON Schemas under schemas are generated from the Go types and their
// comments by go generate. They check what is read, and Rego's type checker
// uses them to refuse misspelt fields in rules.
package snapshot
