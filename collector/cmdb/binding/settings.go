package binding

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/antchfx/xpath"
)

func (r *reader) xpaths(b *Binding, e pair, what string) error {
	list, values, err := r.textEntries(e, what+".xpaths", "a setting: its place in an item's XML")
	if err != nil {
		return err
	}
	merged := maps.Clone(b.XPaths)
	for _, one := range list {
		name := one.key.Value
		if _, ok := b.XPaths[name]; !ok {
			return fmt.Errorf("line %d: %s.xpaths: the section reads no setting %q; %s", one.key.Line, what, name, suggestionOrNone(name, slices.Sorted(maps.Keys(b.XPaths))))
		}
		if _, err := xpath.Compile(values[name]); err != nil {
			return fmt.Errorf("line %d: %s.xpaths.%s: %q is not an XPath: %w", one.key.Line, what, name, values[name], err)
		}
		merged[name] = values[name]
	}
	b.XPaths = merged
	return nil
}

func suggestionOrNone(given string, allowed []string) string {
	if len(allowed) == 0 {
		return "it reads none"
	}
	return suggestion(given, allowed)
}

// valueMaps reads maps, which replace those of the shipped binding column by column.
func (r *reader) valueMaps(b *Binding, e pair, what string) error {
	columns, err := r.mappingEntries(e.value, what+".maps", "a column: its stored values and what they mean")
	if err != nil {
		return err
	}
	merged := maps.Clone(b.Maps)
	for _, column := range columns {
		name := column.key.Value
		known, ok := b.Maps[name]
		if !ok {
			return fmt.Errorf("line %d: %s.maps: the section maps no column %q; %s", column.key.Line, what, name, suggestionOrNone(name, slices.Sorted(maps.Keys(b.Maps))))
		}
		meanings := slices.Compact(slices.Sorted(maps.Values(known)))
		list, values, err := r.textEntries(column, what+".maps."+name, "a stored value: one of "+strings.Join(meanings, ", "))
		if err != nil {
			return err
		}
		own := make(map[string]string)
		for _, one := range list {
			meaning := values[one.key.Value]
			if !slices.Contains(meanings, meaning) {
				return fmt.Errorf("line %d: %s.maps.%s: unknown value %q; %s", one.key.Line, what, name, meaning, suggestion(meaning, meanings))
			}
			own[strings.ToLower(strings.TrimSpace(one.key.Value))] = meaning
		}
		merged[name] = own
	}
	b.Maps = merged
	return nil
}
