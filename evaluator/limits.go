package evaluator

// limitsOf bounds what is kept in memory. What goes beyond them is slower, and
// the result the same.
type limitsOf struct {
	memoEntries int   // answers of one program, and patterns of one worker; then all are forgotten
	memoTrial   int64 // look-ups after which a program must have shown its worth
	memoWorth   int64 // percent of them that must have been answered before
	bundled     int   // answers of a rule in a bundle; one with more is too particular
	bundleWorth int64 // percent of the clients that a bundle must know, or it is given up
	places      int   // of one locator; then all are forgotten
	kept        int   // whereabouts, and patterns, of a spool; records beyond are spooled whole
	keptText    int   // bytes of the texts of either
	attributed  int   // classes whose causes are remembered; then all are forgotten
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
	kept:        1 << 16,
	keptText:    8 << 20,
	attributed:  1 << 14,
	spoolMemory: 2 << 20,
}
