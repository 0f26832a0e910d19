package result

// BaselineCounts counts findings against a baseline.
type BaselineCounts struct {
	// The baseline's file as it was named.
	File string `json:"file"`
	// Version of nscheck that made the baseline.
	ToolVersion string `json:"tool_version"`
	// SHA-256 of the snapshot that the baseline is of.
	SnapshotSHA256 string `json:"snapshot_sha256"`
	// Whether the baseline was judged by the same rules; parameters are not compared.
	SameRules bool `json:"same_rules"`
	// Number of findings that the baseline does not have.
	New int64 `json:"new"`
	// Number of findings that the baseline has too.
	Unchanged int64 `json:"unchanged"`
	// Number of the baseline's findings that are gone.
	Absent int64 `json:"absent"`
	// Number of findings of one side whose rule the other side did not evaluate, or not in full.
	Incomparable int64 `json:"incomparable"`
}

// Add counts findings of one state; unchanged ones are counted elsewhere.
func (c *BaselineCounts) Add(state BaselineState, n int64) {
	switch state {
	case New:
		c.New += n
	case Absent:
		c.Absent += n
	case Incomparable:
		c.Incomparable += n
	}
}
