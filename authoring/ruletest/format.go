package ruletest

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// FormatOptions is what formats need to know beside the report.
type FormatOptions struct {
	// Verbose lists the tests that passed too, with their times.
	Verbose bool
	// Color allows escape sequences for colour.
	Color bool
	// Threshold is the coverage, in percent, below which the rules are not
	// tested enough; 0 means that any will do.
	Threshold float64
}

// Format writes a report.
type Format func(w io.Writer, r *Report, o FormatOptions) error

var formats = map[string]Format{"text": writeText, "json": writeJSON, "junit": writeJUnit}

// FormatNames are the names of all formats.
var FormatNames = []string{"text", "json", "junit"}

// LookupFormat finds a format by its name.
func LookupFormat(name string) (Format, error) {
	if f, ok := formats[name]; ok {
		return f, nil
	}
	last := len(FormatNames) - 1
	return nil, fmt.Errorf("there is no format %q; use %s or %s", name, strings.Join(FormatNames[:last], ", "), FormatNames[last])
}

func writeJSON(w io.Writer, r *Report, _ FormatOptions) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// Shortfall says by how much the coverage is below a threshold in percent; empty
// where it is not.
func (r *Report) Shortfall(threshold float64) string {
	if r.Coverage == nil || r.Coverage.Percent >= threshold {
		return ""
	}
	return fmt.Sprintf("the Rego tests reach %s of the rules' lines, %s points less than the %s of --threshold",
		percent(r.Coverage.Percent), points(threshold-r.Coverage.Percent), percent(threshold))
}
