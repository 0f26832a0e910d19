package binding

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/antchfx/xpath"
)

func (r *bindingReader) xpaths(b *Binding, e pair, what string) error {
	list, values, err := r.texts(e, what+".xpaths", "a setting: where it stands in an item's XML")
	if err != nil {
		return err
	}
	merged := maps.Clone(b.XPaths)
	for _, one := range list {
		name := one.key.Value
		if _, ok := b.XPaths[name]; !ok {
			return fmt.Errorf("line %d: %s.xpaths: the section reads no setting %q; %s", one.key.Line, what, name, oneOfOrNone(name, slices.Sorted(maps.Keys(b.XPaths))))
		}
		if _, err := xpath.Compile(values[name]); err != nil {
			return fmt.Errorf("line %d: %s.xpaths.%s: %q is not an XPath: %w", one.key.Line, what, name, values[name], err)
		}
		merged[name] = values[name]
	}
	b.XPaths = merged
	return nil
}

func oneOfOrNone(given string, allowed []string) string {
	if len(allowed) == 0 {
		return "it reads none"
	}
	return oneOf(given, allowed)
}

// valueMaps replace those of the shipped binding, column by column.
func (r *bindingReader) valueMaps(b *Binding, e pair, what string) error {
	columns, err := r.pairs(e.value, what+".maps", "a column: its stored values and what they mean")
	if err != nil {
		return err
	}
	merged := maps.Clone(b.Maps)
	for _, column := range columns {
		name := column.key.Value
		known, ok := b.Maps[name]
		if !ok {
			return fmt.Errorf("line %d: %s.maps: the section maps no column %q; %s", column.key.Line, what, name, oneOfOrNone(name, slices.Sorted(maps.Keys(b.Maps))))
		}
		meanings := slices.Compact(slices.Sorted(maps.Values(known)))
		list, values, err := r.texts(column, what+".maps."+name, "a stored value: one of "+strings.Join(meanings, ", "))
		if err != nil {
			return err
		}
		own := make(map[string]string)
		for _, one := range list {
			meaning := values[one.key.Value]
			if !slices.Contains(meanings, meaning) {
				return fmt.Errorf("line %d: %s.maps.%s: there is no value %q; %s", one.key.Line, what, name, meaning, oneOf(meaning, meanings))
			}
			own[strings.ToLower(strings.TrimSpace(one.key.Value))] = meaning
		}
		merged[name] = own
	}
	b.Maps = merged
	return nil
}
