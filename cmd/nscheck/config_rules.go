package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// ruleSetting has the settings of one rule in the configuration.
type ruleSetting struct {
	off      *yaml.Node // the key, where the rule is switched off
	severity *yaml.Node // the key, where it names one
	level    rule.Severity
	reason   string
}

// setRules switches rules off, and gives them other severities, as the
// configuration says.
func (f *config) setRules(c *cli.Context, pack *rule.Pack) error {
	if f.rules == nil {
		return nil
	}
	seen := map[string]string{}
	for i := 0; i+1 < len(f.rules.Content); i += 2 {
		key, value := f.rules.Content[i], f.rules.Content[i+1]
		r, ok := pack.Rule(strings.ToUpper(key.Value))
		if !ok && c.Bool("no-builtin") && rule.IsReservedID(key.Value) {
			if _, err := f.ruleSetting(key, value); err != nil {
				return err
			}
			notice(c, "%s:%d: rules: %s is ignored because --no-builtin leaves out the built-in rules.", f.name, key.Line, key.Value)
			continue
		}
		if !ok {
			return f.at(key, "rules: there is no rule %q; \"nscheck rule list\" lists them%s", key.Value, ofWhichPack(c))
		}
		if earlier, twice := seen[r.ID]; twice {
			return f.at(key, "rules: %s is there twice, as %s and as %s", r.ID, earlier, key.Value)
		}
		seen[r.ID] = key.Value
		s, err := f.ruleSetting(key, value)
		if err != nil {
			return err
		}
		if err := f.setRule(pack, r.ID, key, s); err != nil {
			return err
		}
	}
	if err := pack.CheckSwitches(); err != nil {
		return f.at(f.rules, "rules: %v", err)
	}
	return nil
}

// ofWhichPack reminds a user who names no pack that the configuration loads none:
// settings for the rules of a pack need the pack.
func ofWhichPack(c *cli.Context) string {
	if len(c.StringSlice("policy")) > 0 {
		return ""
	}
	return "; if it belongs to a pack, add the pack with --policy"
}

func (f *config) setRule(pack *rule.Pack, id string, key *yaml.Node, s ruleSetting) error {
	place := func(n *yaml.Node) string { return fmt.Sprintf("%s:%d", f.name, n.Line) }
	if s.severity != nil {
		if err := pack.SetSeverity(id, s.level, s.reason, place(s.severity)); err != nil {
			return f.at(s.severity, "rules: %v", err)
		}
	}
	if s.off != nil {
		if err := pack.SwitchOff(id, s.reason, place(s.off)); err != nil {
			return f.at(s.off, "rules: %v", err)
		}
	}
	if s.off == nil && s.severity == nil && s.reason != "" {
		return f.at(key, "rules: %s has a reason but neither enabled: false nor a severity", id)
	}
	return nil
}

// ruleSetting reads the settings below the id of a rule.
func (f *config) ruleSetting(id, node *yaml.Node) (s ruleSetting, err error) {
	if node.Kind != yaml.MappingNode {
		return s, f.at(node, "rules: %s needs at least one of: enabled, severity, reason, such as {enabled: false, reason: this is intended}", id.Value)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		switch key.Value {
		case "enabled":
			var on bool
			if err = value.Decode(&on); err != nil || value.ShortTag() != "!!bool" {
				err = errors.New("the value must be true or false")
			} else if !on {
				s.off = key
			}
		case "severity":
			s.severity = key
			s.level, err = rule.ParseSeverity(value.Value)
		case "reason":
			if s.reason = strings.TrimSpace(value.Value); s.reason == "" || value.Kind != yaml.ScalarNode {
				err = errors.New("the value must be the reason, in words")
			}
		default:
			return s, f.at(key, "rules: %s: there is no key %q; known are enabled, reason, severity", id.Value, key.Value)
		}
		if err != nil {
			return s, f.at(value, "rules: %s: %s: %v", id.Value, key.Value, err)
		}
	}
	return s, nil
}
