package fields

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/internal/suggest"
)

// brackets are elements and keys of a path; people may write what they like there.
var brackets = regexp.MustCompile(`\[[^\]]*\]`)

// Find finds the fields at a path and within them. A path is written as in rules;
// data., input. and the name of the document may be left out, and so may elements
// and keys. An empty path finds all fields, and those of objects that several
// documents have only once.
func Find(list []Field, path string) ([]Field, error) {
	wanted := strings.Split(strings.TrimPrefix(strings.Trim(brackets.ReplaceAllString(strings.TrimSpace(path), ""), "."), "data."), ".")
	if strings.TrimSpace(path) == "" || slices.Equal(wanted, []string{"data"}) {
		return slices.DeleteFunc(slices.Clone(list), func(f Field) bool { return f.copy }), nil
	}
	if found := within(list, wanted); len(found) > 0 {
		return found, nil
	}
	for _, d := range documents {
		if found := within(list, append([]string{d.root}, wanted...)); len(found) > 0 {
			return found, nil
		}
	}
	return nil, notFound(list, path, wanted)
}

// within are the fields at steps and within.
func within(list []Field, steps []string) []Field {
	var out []Field
	for _, f := range list {
		if covers(steps, f.steps) && !slices.Contains(steps, "*") && (!f.copy || len(steps) > 1) {
			out = append(out, f)
		}
	}
	return out
}

// notFound says which field was meant, where one is close.
func notFound(list []Field, path string, wanted []string) error {
	last := wanted[len(wanted)-1]
	names, paths := []string{}, map[string]string{}
	for _, f := range list {
		for i := range min(2, len(f.steps)) { // with the document's name and without
			name := strings.Join(f.steps[i:], ".")
			if paths[name] == "" {
				names, paths[name] = append(names, name), f.Path
			}
		}
	}
	best := paths[suggest.To(strings.Join(wanted, "."), names)]
	if best == "" { // the field of another object
		i := slices.IndexFunc(list, func(f Field) bool { return len(f.steps) > 1 && f.steps[len(f.steps)-1] == last && !f.copy })
		if i >= 0 {
			best = list[i].Path
		}
	}
	hint := "\"nscheck schema\" lists all"
	if best != "" {
		hint = fmt.Sprintf("did you mean %s?", best)
	} else if inner := members(list, wanted); inner != "" {
		hint = inner
	}
	return fmt.Errorf("rules can read no %s; %s", path, hint)
}

// members names what the longest part of a path that exists has.
func members(list []Field, wanted []string) string {
	for n := len(wanted) - 1; n > 0; n-- {
		var names []string
		object := ""
		for _, f := range list {
			if slices.Equal(f.steps, wanted[:n]) {
				object = f.Path
			}
			if len(f.steps) == n+1 && covers(wanted[:n], f.steps) {
				names = append(names, f.steps[n])
			}
		}
		if len(names) > 0 {
			return fmt.Sprintf("%s has %s", object, strings.Join(names, ", "))
		}
	}
	return ""
}
