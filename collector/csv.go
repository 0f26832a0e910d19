package collector

import (
	"fmt"

	"github.com/nscheck/nscheck/collector/csvdir"
)

// openCSV opens a folder of CSV files: csv:DIR, and settings after ?.
func openCSV(rest, name string) (*csvdir.Source, error) {
	source, err := csvdir.Open(rest)
	if err != nil {
		return nil, fmt.Errorf("open source %s: %w", Redact(name), err)
	}
	return source, nil
}
