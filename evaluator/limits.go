package evaluator

// limitsOf bounds what is kept in memory. What goes beyond them is slower, and
// the result the same.
type limitsOf struct {
	memoEntries int   // answers of one program, and classes of one worker; then all are forgotten
	memoTrial   int64 // look-ups after which a program must have shown its worth
	memoWorth   int64 // percent of them that must have been answered before
	bundled     int   // answers of a rule in a bundle; one with more is too particular
	bundleWorth int64 // percent of the clients that a bundle must know, or it is given up
	places      int   // of one locator; then all are forgotten
	classes     int   // of records of a spool; those beyond are spooled whole
	classText   int   // bytes of the texts of the classes
	spoolMemory int   // bytes of records; then the spool moves to a temporary file
}

// limits are those of every evaluation; only tests change them.
var limits = limitsOf{
	memoEntries: 1 << 16,
	memoTrial:   1 << 13,
	memoWorth:   10,
	bundled:     64,
	bundleWorth: 80,
	places:      1 << 16,
	classes:     1 << 16,
	classText:   16 << 20,
	spoolMemory: 8 << 20,
}
