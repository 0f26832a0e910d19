package rule

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// customKeys reads the custom part of a rule's annotations and keeps what is
// wrong with it.
type customKeys struct {
	values map[string]any
	path   []string // of keys and positions that lead to it
	flaws  Flaws
}

func (c *customKeys) fail(kind FlawKind, key, format string, args ...any) {
	path := slices.Clone(c.path)
	if key != "" {
		path = append(path, key)
	}
	c.flaws = append(c.flaws, &Flaw{Kind: kind, Key: path, Msg: fmt.Sprintf(format, args...)})
}

// lacks notes what is missing beside the custom part.
func (c *customKeys) lacks(format string, args ...any) {
	c.flaws = append(c.flaws, &Flaw{Kind: FlawMissingMetadata, Key: []string{}, Msg: fmt.Sprintf(format, args...)})
}

func (c *customKeys) text(key string) string {
	v, ok := c.values[key]
	if !ok {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		c.fail(FlawWrongMetadata, key, "custom.%s must be a text in quotes, not %v", key, v)
	}
	return s
}

func (c *customKeys) texts(key string) []string {
	v, ok := c.values[key]
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		c.fail(FlawWrongMetadata, key, "custom.%s must be a list of texts", key)
		return nil
	}
	out := make([]string, 0, len(list))
	for _, e := range list {
		s, ok := e.(string)
		if !ok {
			c.fail(FlawWrongMetadata, key, "custom.%s must be a list of texts, not of %v", key, e)
		}
		out = append(out, s)
	}
	return out
}

func (c *customKeys) number(key string) int {
	v, ok := c.values[key]
	if !ok {
		return 0
	}
	var n int
	if _, err := fmt.Sscan(fmt.Sprint(v), &n); err != nil || fmt.Sprint(v) != fmt.Sprint(n) || n <= 0 {
		c.fail(FlawWrongMetadata, key, "custom.%s must be a whole number above zero, not %v", key, v)
	}
	return n
}

func (c *customKeys) boolean(key string) bool {
	v, ok := c.values[key]
	if !ok {
		return false
	}
	b, ok := v.(bool)
	if !ok {
		c.fail(FlawWrongMetadata, key, "custom.%s must be true or false, got %v", key, v)
	}
	return b
}

func (c *customKeys) date(key string) Date {
	text := c.text(key)
	if text == "" {
		return ""
	}
	d, err := ParseDate(text)
	if err != nil {
		c.fail(FlawWrongMetadata, key, "custom.%s: %v", key, err)
	}
	return d
}

func (c *customKeys) remediation() []Remediation {
	v, ok := c.values["remediation"]
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		c.fail(FlawWrongMetadata, "remediation", "custom.remediation must be a list of {versions, text, ref}")
		return nil
	}
	out := make([]Remediation, 0, len(list))
	for i, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			c.fail(FlawWrongMetadata, "remediation", "custom.remediation[%d] must have text, and optionally versions and ref", i)
			continue
		}
		entry := customKeys{values: m, path: append(slices.Clone(c.path), "remediation", strconv.Itoa(i))}
		r := Remediation{Versions: entry.text("versions"), Text: strings.TrimSpace(entry.text("text")), Ref: entry.text("ref")}
		if r.Text == "" {
			entry.fail(FlawMissingMetadata, "", "text is missing")
		}
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !slices.Contains([]string{"versions", "text", "ref"}, k) {
				entry.fail(FlawUnknownMetadata, k, "unknown key %q%s", k, Meant(k, []string{"versions", "text", "ref"}))
			}
		}
		for _, f := range entry.flaws {
			f.Msg = fmt.Sprintf("custom.remediation[%d]: %s", i, f.Msg)
			c.flaws = append(c.flaws, f)
		}
		out = append(out, r)
	}
	return out
}

func (c *customKeys) refuseUnknown() {
	for _, k := range slices.Sorted(maps.Keys(c.values)) {
		if !slices.Contains(knownKeys, k) {
			c.fail(FlawUnknownMetadata, k, "unknown key custom.%s%s", k, Meant(k, slices.Clone(knownKeys)))
		}
	}
}
