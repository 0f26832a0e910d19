package main

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/evaluator"
)

// Flags of all commands that evaluate rules: limits of one rule.
func ruleLimitFlags() []cli.Flag {
	return []cli.Flag{
		&cli.DurationFlag{Name: "rule-timeout", Usage: "stop a rule that takes longer than `DURATION` for the estate or one client", DefaultText: evaluator.DefaultRuleTimeout.String(), EnvVars: []string{"NSCHECK_RULE_TIMEOUT"}},
		&cli.StringFlag{Name: "rule-memory", Usage: "stop a rule that uses more memory than `SIZE`, such as 512MiB", DefaultText: "1GiB", EnvVars: []string{"NSCHECK_RULE_MEMORY"}},
	}
}

// setRuleLimits sets what one rule may take.
func setRuleLimits(c *cli.Context, o *evaluator.Options) error {
	cfg, err := loadConfig(c)
	if err != nil {
		return err
	}
	if o.RuleTimeout, _, err = cfg.duration(c, "rule-timeout", cfg.ruleTimeout); err != nil {
		return err
	}
	o.RuleMemory = cfg.ruleMemory
	if text := c.String("rule-memory"); text != "" {
		if o.RuleMemory, err = parseSize(text); err != nil {
			return fmt.Errorf("--rule-memory: %w", err)
		}
	}
	return nil
}

// minRuleMemory is less than the evaluation itself uses and releases again.
const minRuleMemory = 64 << 20

var sizeForm = regexp.MustCompile(`^([0-9]{1,9}) ?(MiB|GiB)$`)

// parseSize reads an amount of memory.
func parseSize(text string) (int64, error) {
	m := sizeForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0, fmt.Errorf("%q is not a size; write it as 512MiB or 2GiB", text)
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	unit := map[string]int64{"MiB": 1 << 20, "GiB": 1 << 30}[m[2]]
	switch {
	case err != nil || n > math.MaxInt64/4/unit:
		return 0, fmt.Errorf("%q is more memory than a machine has", text)
	case n*unit < minRuleMemory:
		return 0, errors.New("the size must be 64MiB or more, because the evaluation itself needs some")
	}
	return n * unit, nil
}

func size(value *yaml.Node, to *int64) (err error) {
	*to, err = parseSize(value.Value)
	return err
}
