package snapshot

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// sentences says what one error of the schema means.
func (e *explainer) sentences(leaf *jsonschema.ValidationError) []finding {
	path := leaf.InstanceLocation
	value := valueAt(e.value, path)
	one := func(format string, args ...any) []finding {
		return []finding{{path: path, message: fmt.Sprintf(format, args...)}}
	}
	switch k := leaf.ErrorKind.(type) {
	case *kind.Type:
		return one("%s", wrongType(k.Want, value))
	case *kind.Enum:
		return one("%s is not one of %s", plainValue(value), list(k.Want))
	case *kind.Format:
		return one("%s", k.Err)
	case *kind.Minimum:
		want, _ := k.Want.Float64()
		return one("must be %v or more, not %s", want, plainValue(value))
	case *kind.Required:
		return one("%s", missing(k.Missing))
	case *kind.AdditionalProperties:
		var findings []finding
		for _, name := range k.Properties {
			findings = append(findings, finding{
				path:    append(slices.Clone(path), name),
				atKey:   true,
				message: unknownField(name, e.shape.at(path).names()),
			})
		}
		return findings
	}
	return one("does not fit the schema's keyword %s", strings.Join(leaf.ErrorKind.KeywordPath(), "/"))
}

// describe names a value with its type, as it would be said.
func describe(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return fmt.Sprintf("the boolean %t", value)
	case json.Number:
		return "the number " + clip(value.String())
	case string:
		return "the text " + quote(value)
	case []any:
		return "a list"
	}
	return "an object"
}

// plainValue is describe for where the type needs no mention.
func plainValue(value any) string {
	switch value := value.(type) {
	case string:
		return quote(value)
	case json.Number:
		return clip(value.String())
	}
	return describe(value)
}

var typeNames = map[string]string{
	"null": "null", "boolean": "a boolean", "string": "text", "integer": "a whole number",
	"number": "a number", "array": "a list", "object": "an object",
}

func wrongType(want []string, got any) string {
	names := make([]string, len(want))
	for i, t := range want {
		names[i] = typeNames[t]
	}
	return "must be " + strings.Join(names, " or ") + ", not " + describe(got) + typeHint(want, got)
}

// typeHint says what was probably meant.
func typeHint(want []string, got any) string {
	wants := func(t string) bool { return slices.Contains(want, t) }
	switch got := got.(type) {
	case json.Number:
		if wants("string") {
			return fmt.Sprintf("; write it in quotes: %q", clip(got.String()))
		}
	case bool:
		if wants("string") {
			return fmt.Sprintf(`; write it in quotes: "%t"`, got)
		}
	case string:
		switch {
		case wants("boolean"):
			return "; write true or false, without quotes"
		case wants("integer") && jsonNumber.MatchString(got):
			return "; write it without quotes"
		}
	case nil:
		switch {
		case wants("array"):
			return "; leave the field out where nothing was collected, write [] where there is none"
		case wants("object"):
			return "; leave the field out where nothing was collected"
		}
	}
	return ""
}

func list(values []any) string {
	names := make([]string, len(values))
	for i, value := range values {
		names[i] = fmt.Sprint(value)
	}
	return strings.Join(names, ", ")
}

func missing(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quote(name)
	}
	if len(names) == 1 {
		return "the field " + quoted[0] + " is missing"
	}
	return "the fields " + strings.Join(quoted, ", ") + " are missing"
}

// unknownField says which field was meant, if one is close, else which ones
// there are.
func unknownField(name string, known []string) string {
	slices.Sort(known)
	if from := Computed[name]; from != "" && slices.Contains(known, "task_agent") {
		return fmt.Sprintf("the field %q is computed from %q and is no part of a snapshot; remove it", name, from)
	}
	message := "unknown field " + quote(name)
	best, distance := "", 3
	for _, candidate := range known {
		if len(name) > 4*len(candidate) {
			continue // too far to be worth computing
		}
		if d := levenshtein.ComputeDistance(strings.ToLower(name), candidate); d < distance && d < len(candidate) {
			best, distance = candidate, d
		}
	}
	switch {
	case best != "":
		return message + "; did you mean " + quote(best) + "?"
	case len(known) > 0:
		return message + "; known here: " + strings.Join(known, ", ")
	}
	return message
}
