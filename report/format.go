package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// Format writes results.
type Format interface {
	Write(w io.Writer, r *compare.Outcome, o Options) error
}

// Options has what a format needs besides the result.
type Options struct {
	// Width of the terminal in columns; formats for people wrap at it.
	Width int
	// Color allows escape sequences for colour.
	Color bool
	// FailOn is the severity from which findings count.
	FailOn rule.Severity
	// AllowIncomplete says that what was not evaluated does not count.
	AllowIncomplete bool
	// StepSummary is the file to which GitHub Actions takes a job's summary; the
	// github format adds it there. Empty if there is no such file.
	StepSummary string
	// Root is the folder of the repository that files are named in for the
	// services behind sarif, github and azuredevops; see RepositoryRoot.
	Root string
}

var formats = map[string]Format{
	"azuredevops": azureFormat{},
	"csv":         csvFormat{},
	"github":      githubFormat{},
	"html":        htmlFormat{},
	"json":        jsonFormat{},
	"junit":       junitFormat{},
	"markdown":    markdownFormat{},
	"sarif":       sarifFormat{},
	"table":       tableFormat{},
}

// Names are the names of all formats.
var Names = []string{"table", "json", "html", "sarif", "junit", "csv", "markdown", "github", "azuredevops"}

// Listed are those names in a sentence.
func Listed() string {
	last := len(Names) - 1
	return strings.Join(Names[:last], ", ") + " or " + Names[last]
}

// Lookup finds a format by its name.
func Lookup(name string) (Format, error) {
	f, ok := formats[name]
	if !ok {
		return nil, fmt.Errorf("there is no format %q; use %s", name, Listed())
	}
	return f, nil
}
