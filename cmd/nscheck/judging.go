package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/evaluator/waiver"
	"github.com/nscheck/nscheck/internal/textfile"
)

// defaultWaivers is read where it is present and no other file is named.
const defaultWaivers = "nscheck-waivers.yaml"

func waiversFlag() cli.Flag {
	return &cli.StringFlag{Name: "waivers", Usage: "read waivers from `FILE` (default: ./" + defaultWaivers + " if it exists)", EnvVars: []string{"NSCHECK_WAIVERS"}}
}

func asOfFlag() cli.Flag {
	return &cli.StringFlag{Name: "as-of", Usage: "evaluate waivers, and rules that do not count yet, as of `DATE`, such as 2026-01-31", EnvVars: []string{"NSCHECK_AS_OF"}}
}

// loadEvaluation loads the rules and the waivers, and reads the flags of an evaluation.
func loadEvaluation(c *cli.Context) (*rule.Pack, evaluator.Options, error) {
	pack, err := loadPack(c)
	if err != nil {
		return nil, evaluator.Options{}, err
	}
	o, err := judgeOptions(c)
	if err != nil {
		return nil, o, err
	}
	if o.AsOf, err = dateFlag(c, "as-of"); err != nil {
		return nil, o, err
	}
	waivers, err := loadWaivers(c)
	if err != nil || waivers == nil {
		return pack, o, err
	}
	o.Annotators = []result.Annotator{waivers}
	return pack, o, waivers.CheckRules(pack)
}

// loadBaseline reads the baseline that --baseline names; nil if it names none.
func loadBaseline(c *cli.Context) (*compare.Against, error) {
	a := &compare.Against{FailOnNew: c.Bool("fail-on-new"), Anyway: c.Bool("compare-anyway")}
	file := c.String("baseline")
	if file == "" {
		if a.FailOnNew {
			return nil, errors.New("--fail-on-new needs --baseline: without an earlier result nothing is new")
		}
		return nil, nil
	}
	var err error
	if a.Baseline, err = compare.ReadBaseline(file); err != nil {
		return nil, fmt.Errorf("--baseline: %w", err)
	}
	return a, nil
}

// dateFlag is the day that a flag names; empty where it is not given.
func dateFlag(c *cli.Context, name string) (rule.Date, error) {
	text := c.String(name)
	if text == "" {
		return "", nil
	}
	d, err := rule.ParseDate(text)
	if err != nil {
		return "", fmt.Errorf("--%s: %w", name, err)
	}
	return d, nil
}

// waiverFile is the file of waivers, what the configuration demands of them, and
// whether the file must exist because it is named.
func waiverFile(c *cli.Context) (file string, settings waiver.Settings, named bool, err error) {
	cfg, err := loadConfig(c)
	if err != nil {
		return "", settings, false, err
	}
	file, settings, err = cfg.waiverSettings()
	if err != nil {
		return "", settings, false, err
	}
	if file = cfg.text(c, "waivers", file); file == "" {
		return defaultWaivers, settings, false, nil
	}
	return file, settings, true, nil
}

// loadWaivers reads the waivers; nil without a file.
func loadWaivers(c *cli.Context) (*waiver.Set, error) {
	file, settings, named, err := waiverFile(c)
	if err != nil {
		return nil, err
	}
	text, err := textfile.Read(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named:
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read the waivers: %w", err)
	}
	return waiver.Read(file, text, settings)
}

// waiverSettings reads the part of a configuration that is about waivers.
func (f *config) waiverSettings() (file string, s waiver.Settings, err error) {
	if f.waivers == nil {
		return "", s, nil
	}
	own := &configFile{*f}
	read := map[string]func(value *yaml.Node) error{
		"file":              func(v *yaml.Node) error { return own.path(v, &file) },
		"max_lifetime_days": func(v *yaml.Node) error { return days(v, &s.MaxLifetimeDays) },
		"warn_days":         func(v *yaml.Node) error { return days(v, &s.WarnDays) },
		"required":          func(v *yaml.Node) error { return requiredKeys(v, &s.Required) },
	}
	known := []string{"file", "max_lifetime_days", "required", "warn_days"}
	if f.waivers.Kind != yaml.MappingNode {
		return "", s, f.at(f.waivers, "waivers: it must have the keys %s", strings.Join(known, ", "))
	}
	for i := 0; i+1 < len(f.waivers.Content); i += 2 {
		key, value := f.waivers.Content[i], f.waivers.Content[i+1]
		if read[key.Value] == nil {
			return "", s, f.at(key, "waivers: there is no key %q; known are %s", key.Value, strings.Join(known, ", "))
		}
		if err := read[key.Value](value); err != nil {
			return "", s, f.at(value, "waivers: %s: %s", key.Value, reason(err))
		}
	}
	return file, s, nil
}

func days(value *yaml.Node, to *int) error {
	n, err := strconv.Atoi(value.Value)
	if err != nil || value.Kind != yaml.ScalarNode || n <= 0 || n > 36500 {
		return errors.New("the value must be a number of days above zero")
	}
	*to = n
	return nil
}

// requirable are the keys of a waiver that not every one has.
var requirable = []string{"owner", "ticket", "starts", "expires", "object_hash"}

func requiredKeys(value *yaml.Node, to *[]string) error {
	if err := value.Decode(to); err != nil {
		return err
	}
	for _, key := range *to {
		if !slices.Contains(requirable, key) {
			return fmt.Errorf("%q cannot be required; known are %s", key, strings.Join(requirable, ", "))
		}
	}
	return nil
}
