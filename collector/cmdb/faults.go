package cmdb

import (
	"fmt"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/snapshot"
)

// faults counts the cells of a section that cannot be used and describes the
// first one, by line or row.
type faults struct {
	count int
	line  int
	first string
}

// add counts a cell. The line is that of its row.
func (f *faults) add(line int, column, format string, args ...any) {
	f.count++
	if f.count == 1 || line < f.line {
		f.line, f.first = line, fmt.Sprintf("column %q: ", column)+fmt.Sprintf(format, args...)
	}
}

// text describes the first cell and counts the others. The file is empty for
// the rows of a database.
func (f *faults) text(file string) string {
	where := fmt.Sprintf("row %d", f.line)
	if file != "" {
		where = fmt.Sprintf("%s: line %d", file, f.line)
	}
	return where + ", " + f.first + f.others()
}

func (f *faults) others() string {
	switch f.count {
	case 1:
		return ""
	case 2:
		return " (1 more like it)"
	}
	return fmt.Sprintf(" (%d more like it)", f.count-1)
}

// partial returns the outcome of a section with these faults; nil without any.
func (f *faults) partial(section, file string) error {
	if f == nil || f.count == 0 {
		return nil
	}
	return &sectionError{snapshot.Partial, fmt.Sprintf("collect %s: %s; what it is about is unknown", section, f.text(file))}
}

// isEmptyCell is the fault of an empty cell that needs a value.
const isEmptyCell = "it is empty"

// quoteCell writes a cell's text for a message.
func quoteCell(c *cell) string {
	if !c.known {
		return isEmptyCell
	}
	return fmt.Sprintf("%q", binding.Clip(c.text))
}

// joinPartial combines outcomes that leave a section partial. An outcome of
// another status takes precedence.
func joinPartial(section string, outcomes ...error) error {
	var messages []string
	for _, err := range outcomes {
		if err == nil {
			continue
		}
		why, ok := err.(*sectionError)
		if !ok || why.status != snapshot.Partial {
			return err
		}
		message := why.message
		if len(messages) > 0 {
			message = strings.TrimPrefix(message, "collect "+section+": ")
		}
		messages = append(messages, message)
	}
	if len(messages) == 0 {
		return nil
	}
	return &sectionError{snapshot.Partial, strings.Join(messages, "; ")}
}

// futureNote reports dates that are later than the collection.
func futureNote(section, file string, f *faults) []string {
	if f.count == 0 {
		return nil
	}
	ask := "check the clocks of the server and of this computer"
	if file != "" {
		ask = "check the settings dates= and collected_at= of the source"
	}
	return []string{fmt.Sprintf("section %q: %s; a date more than a day after the collection is unknown; %s", section, f.text(file), ask)}
}
