package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// setAccepted accepts what rules cannot evaluate, as the configuration says: each rule
// has a list of entries with a reason, and an object if only that is accepted.
func (f *config) setAccepted(c *cli.Context, pack *rule.Pack) error {
	if f.acceptUnknown == nil {
		return nil
	}
	for i := 0; i+1 < len(f.acceptUnknown.Content); i += 2 {
		key, value := f.acceptUnknown.Content[i], f.acceptUnknown.Content[i+1]
		r, ok := pack.Rule(strings.ToUpper(key.Value))
		passed := !ok && c.Bool("no-builtin") && rule.IsReservedID(key.Value)
		if !ok && !passed {
			return f.at(key, "accept_unknown: there is no rule %q; \"nscheck rule list\" lists them%s", key.Value, ofWhichPack(c))
		}
		entries := []*yaml.Node{value}
		if value.Kind == yaml.SequenceNode {
			entries = value.Content
		}
		if len(entries) == 0 {
			return f.at(value, "accept_unknown: %s needs at least one entry, such as {reason: no scan log can be read here}", key.Value)
		}
		for _, entry := range entries {
			object, reason, err := f.acceptedEntry(key.Value, entry)
			if err != nil {
				return err
			}
			if passed {
				continue
			}
			if err := pack.AcceptUnknown(r.ID, object, reason, fmt.Sprintf("%s:%d", f.name, entry.Line)); err != nil {
				return f.at(entry, "accept_unknown: %v", err)
			}
		}
		if passed {
			notice(c, "%s:%d: accept_unknown: %s is ignored because --no-builtin leaves out the built-in rules.", f.name, key.Line, key.Value)
		}
	}
	return nil
}

// acceptedEntry reads one entry.
func (f *config) acceptedEntry(rule string, node *yaml.Node) (object, reason string, err error) {
	if node.Kind != yaml.MappingNode {
		return "", "", f.at(node, "accept_unknown: %s: an entry has the key reason, and object if only that is accepted, such as {object: PS1, reason: its folder cannot be read}", rule)
	}
	var seen []string
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		text := strings.TrimSpace(value.Value)
		switch {
		case slices.Contains(seen, key.Value):
			return "", "", f.at(key, "accept_unknown: %s: the key %q is there twice", rule, key.Value)
		case key.Value != "object" && key.Value != "reason":
			return "", "", f.at(key, "accept_unknown: %s: unknown key %q; known are object, reason", rule, key.Value)
		case value.Kind != yaml.ScalarNode || text == "" || value.ShortTag() == "!!null":
			return "", "", f.at(value, "accept_unknown: %s: %s must be a text", rule, key.Value)
		case key.Value == "object":
			object = text
		default:
			reason = text
		}
		seen = append(seen, key.Value)
	}
	if reason == "" {
		return "", "", f.at(node, "accept_unknown: %s: give the reason, in words", rule)
	}
	return object, reason, nil
}
