package fields

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Describe returns what there is to know about a field: its type in words, and lines
// with its meaning, its source and the rules that read it.
func (f Field) Describe() (typed string, lines []string) {
	for _, line := range []string{f.Meaning, f.origin()} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	if len(f.Rules) > 0 {
		lines = append(lines, "Read by "+strings.Join(f.Rules, ", "))
	}
	return f.describeType(), lines
}

// describeType returns the type of a field in words.
func (f Field) describeType() string {
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

// origin returns the source of a field in words.
func (f Field) origin() string {
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
		return "Parameter; default " + defaultText(f.Default)
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

// defaultText returns the default of a parameter: a text as it is, anything else as JSON.
func defaultText(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(data)
}
