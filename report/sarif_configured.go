package report

import (
	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// sarifConfiguring is how many of sarifDescriptors are about the configuration; they
// stand last, and are left out where it changes nothing.
const sarifConfiguring = 3

func sarifDescriptorsOf(r *compare.Outcome) []sarifDescriptor {
	if len(r.Configured()) == 0 {
		return sarifDescriptors[:len(sarifDescriptors)-sarifConfiguring]
	}
	return sarifDescriptors
}

// sarifOverride says how a rule was configured in this run.
type sarifOverride struct {
	Configuration sarifConfiguration `json:"configuration"`
	Descriptor    sarifReference     `json:"descriptor"`
}

func newSarifConfiguration(s rule.Severity) sarifConfiguration {
	return sarifConfiguration{Level: sarifLevel(s), Rank: sarifRank[s]}
}

// sarifDefault is the configuration that the rule itself has.
func sarifDefault(rule result.RuleResult) sarifConfiguration {
	if c := rule.SeverityChange; c != nil {
		return newSarifConfiguration(c.From)
	}
	return newSarifConfiguration(rule.Severity)
}

func sarifOverrides(rule result.RuleResult, index int) []sarifOverride {
	if rule.SwitchedOff == nil && rule.SeverityChange == nil {
		return nil
	}
	c := newSarifConfiguration(rule.Severity)
	if rule.SwitchedOff != nil {
		c.Enabled = new(bool)
	}
	return []sarifOverride{{c, sarifReference{rule.ID, index}}}
}
