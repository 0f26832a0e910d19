//go:build unix

package cmdb

import (
	"os"
	"runtime"
	"syscall"
)

// peakMiB is the most memory that a process ever had (VmHWM on Linux).
func peakMiB(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return usage.Maxrss >> 20
	}
	return usage.Maxrss >> 10
}
