package snapshot

// FormatVersion is the version of the snapshot format that this package
// writes, and the newest that it reads.
const FormatVersion = 1

// Manifest is the first line of a snapshot: where it came from and how well
// each section was got.
type Manifest struct {
	// Version of the snapshot format.
	Format int `json:"format" jsonschema:"minimum=1"`
	// Version of the nscheck that wrote the snapshot.
	Tool string `json:"tool"`
	// When collection began, by the source's clock.
	CollectedAt Time `json:"collected_at"`
	// Where the data came from. Never holds a password.
	Source Origin `json:"source"`
	// How each section was got, in the order of collection.
	Sections []Section `json:"sections"`
}

// Origin names a source of data.
type Origin struct {
	// Kind of source: sqlserver, demo, csv, agent; synthetic where nobody has the estate.
	Kind string `json:"kind"`
	// Host name of the database server, where there is one.
	Server string `json:"server,omitempty"`
	// Database name, where there is one.
	Database string `json:"database,omitempty"`
	// Transaction isolation level that the data was read at.
	Isolation string `json:"isolation,omitempty"`
	// What whoever reads the snapshot should know about how it was read, such as that rows may be missing or double.
	Notes []string `json:"notes,omitempty"`
	// Offset of the source's local time from UTC, in minutes.
	UTCOffsetMinutes *int `json:"utc_offset_minutes,omitempty"`
	// How collected_at is known, where it is not the source's own clock: setting (the user gave it), newest_file (when the newest file was written).
	Clock string `json:"clock,omitempty" jsonschema:"enum=setting,enum=newest_file"`
}

// Status says how well a section was got.
type Status string

// The statuses of a section.
const (
	Collected Status = "collected" // all rows were read
	Partial   Status = "partial"   // reading stopped before the last row
	Missing   Status = "missing"   // a table, view or column does not exist
	Denied    Status = "denied"    // the login may not read it
	Failed    Status = "failed"    // reading failed for another reason
	TimedOut  Status = "timed_out" // reading took longer than allowed
	Doubtful  Status = "doubtful"  // no row came, although there must be some
)

// Section tells how one section was got.
type Section struct {
	// Name: an estate section, clients, or a field of one of them such as clients.licence.
	Name string `json:"name"`
	// Source that it came from, where there were several or files.
	Source string `json:"source,omitempty"`
	// How well it was got.
	Status Status `json:"status" jsonschema:"enum=collected,enum=partial,enum=missing,enum=denied,enum=failed,enum=timed_out,enum=doubtful"`
	// Rows read.
	Rows int64 `json:"rows" jsonschema:"minimum=0"`
	// Time taken, in milliseconds.
	DurationMS int64 `json:"duration_ms" jsonschema:"minimum=0"`
	// SHA-256 of the query text, in hexadecimal.
	QuerySHA256 string `json:"query_sha256,omitempty"`
	// Evidence for the tables, columns and values that the query relies on, weakest first: R recollection, I inferred, P public, A the article.
	Evidence string `json:"evidence,omitempty"`
	// Where the user's binding stands that took the place of the shipped one, as FILE:LINE.
	Binding string `json:"binding,omitempty"`
	// What went wrong, and what to do about it.
	Error string `json:"error,omitempty"`
	// What else to know of it, such as another source that has it too.
	Note string `json:"note,omitempty"`
}

// End is the last line of a snapshot; a file without it is truncated.
type End struct {
	// Number of client lines.
	Clients int64 `json:"clients" jsonschema:"minimum=0"`
	// SHA-256 of all lines before this one, in hexadecimal.
	SHA256 string `json:"sha256"`
}
