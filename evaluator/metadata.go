package evaluator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// customKeys reads the custom part of a rule's annotations and keeps the
// first mistake.
type customKeys struct {
	values map[string]any
	err    error
}

func (c *customKeys) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

func (c *customKeys) text(key string) string {
	v, ok := c.values[key]
	if !ok {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		c.fail("custom.%s must be a text in quotes, not %v", key, v)
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
		c.fail("custom.%s must be a list of texts", key)
		return nil
	}
	out := make([]string, 0, len(list))
	for _, e := range list {
		s, ok := e.(string)
		if !ok {
			c.fail("custom.%s must be a list of texts, not of %v", key, e)
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
		c.fail("custom.%s must be a whole number above zero, not %v", key, v)
	}
	return n
}

func (c *customKeys) date(key string) Date {
	text := c.text(key)
	if text == "" {
		return ""
	}
	d, err := ParseDate(text)
	if err != nil {
		c.fail("custom.%s: %w", key, err)
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
		c.fail("custom.remediation must be a list of {versions, text, ref}")
		return nil
	}
	out := make([]Remediation, 0, len(list))
	for i, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			c.fail("custom.remediation[%d] must have text, and optionally versions and ref", i)
			return nil
		}
		entry := customKeys{values: m}
		r := Remediation{Versions: entry.text("versions"), Text: strings.TrimSpace(entry.text("text")), Ref: entry.text("ref")}
		if r.Text == "" {
			entry.fail("text is missing")
		}
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !slices.Contains([]string{"versions", "text", "ref"}, k) {
				entry.fail("unknown key %q", k)
			}
		}
		if entry.err != nil {
			c.fail("custom.remediation[%d]: %w", i, entry.err)
		}
		out = append(out, r)
	}
	return out
}

func (c *customKeys) refuseUnknown() {
	for _, k := range slices.Sorted(maps.Keys(c.values)) {
		if !slices.Contains(knownKeys, k) {
			c.fail("unknown key custom.%s; known are %s", k, strings.Join(knownKeys, ", "))
		}
	}
}
