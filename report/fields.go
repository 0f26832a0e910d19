package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/nscheck/nscheck/authoring/fields"
)

// Fields writes what rules can read: a line for each field and its type, and below
// it what it means and where it is read from.
func Fields(out io.Writer, list []fields.Field, o Options) error {
	w := newWriter(out, o)
	marks := false
	for i, f := range list {
		if i > 0 {
			w.line("")
		}
		w.put(block{indent: 2, label: f.Path + ": ", labels: bold, body: fieldType(f)})
		if f.Meaning != "" {
			w.put(block{at: 4, indent: 4, body: f.Meaning})
		}
		if from := fieldOrigin(f); from != "" {
			w.put(block{at: 4, indent: 4, body: from})
		}
		if len(f.Rules) > 0 {
			w.put(block{at: 4, indent: 4, body: "Read by " + strings.Join(f.Rules, ", ")})
		}
		marks = marks || f.Evidence != ""
	}
	if marks {
		w.line("")
		w.put(block{body: "Evidence: A the article, P public sources, I inferred, R recollection."})
	}
	return w.out.Flush()
}

// fieldType is a field's type in words.
func fieldType(f fields.Field) string {
	text := f.Type
	if f.Unit != "" {
		text += ", " + f.Unit
	}
	if len(f.Values) > 0 {
		text += ": " + strings.Join(f.Values, ", ")
	}
	if f.Nullable {
		text += "; null where unknown"
	}
	if f.Optional {
		text += "; absent where not collected"
	}
	return text
}

// fieldOrigin says where a field is read from.
func fieldOrigin(f fields.Field) string {
	switch f.Source {
	case "cmdb":
		return fmt.Sprintf("From the CMDB: section %s, %s (evidence %s)", f.Sections[0], columns(f.Columns), f.Evidence)
	case "nscheck":
		if len(f.Sections) == 0 {
			return "Computed by nscheck from whatever was collected"
		}
		return "Computed by nscheck from " + strings.Join(f.Sections, ", ")
	case "parameter":
		if f.Default == nil {
			return "Parameter; no default"
		}
		return "Parameter; default " + plainJSON(f.Default)
	case "none":
		return "From nowhere yet: a collector leaves it null"
	case "":
		return ""
	}
	return "From the " + f.Source
}

func columns(names []string) string {
	if len(names) == 1 {
		return "column " + names[0]
	}
	return "columns " + strings.Join(names, ", ")
}
