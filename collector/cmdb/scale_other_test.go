//go:build !unix

package cmdb

import "os"

// peakMiB is not known on this system.
func peakMiB(*os.ProcessState) int64 { return 0 }
