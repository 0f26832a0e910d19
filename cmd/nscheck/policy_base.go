package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/evaluator/waiver"
	"github.com/nscheck/nscheck/internal/textfile"
	"github.com/nscheck/nscheck/policies"
)

func policyBaseFlag() cli.Flag {
	return &cli.StringFlag{Name: "policy-base", Usage: "use the configuration, waivers and rules in `DIR`, a checkout of the target branch, and report what only the current ones allow", EnvVars: []string{"NSCHECK_POLICY_BASE"}}
}

// loadPolicyBase loads the rules, and the waivers, of the folder that --policy-base
// names: each file that the flags or the configuration name, or that is read by its
// usual name, is read from there.
func loadPolicyBase(c *cli.Context, folder string, opts evaluator.Options) (*rule.Pack, evaluator.Options, error) {
	pack, waivers, err := readPolicyBase(c, folder)
	if err != nil {
		return nil, opts, fmt.Errorf("--policy-base: %w", err)
	}
	opts.Annotators = nil
	if waivers != nil {
		opts.Annotators = []result.Annotator{waivers}
	}
	return pack, opts, nil
}

func readPolicyBase(c *cli.Context, folder string) (*rule.Pack, *waiver.Set, error) {
	if info, err := os.Stat(folder); err != nil {
		return nil, nil, err
	} else if !info.IsDir() {
		return nil, nil, fmt.Errorf("%s is not a folder", folder)
	}
	cfg := &config{name: below(folder, cmp.Or(c.String("config"), defaultConfig))}
	text, err := textfile.Read(cfg.name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	f := &configFile{*cfg}
	if err := f.parse(text); err != nil {
		return nil, nil, err
	}
	cfg = &f.config
	pack, err := policyBaseRules(c, folder, cfg)
	if err != nil {
		return nil, nil, err
	}
	waivers, err := policyBaseWaivers(c, folder, cfg)
	if err == nil && waivers != nil {
		err = waivers.CheckRules(pack)
	}
	return pack, waivers, err
}

// below is a file as it is in a folder; a full path is the same anywhere.
func below(folder, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(folder, name)
}

func policyBaseRules(c *cli.Context, folder string, cfg *config) (*rule.Pack, error) {
	var sources []rule.Source
	if !c.Bool("no-builtin") {
		sources = append(sources, rule.Source{Name: builtin, FS: policies.FS})
	}
	key, err := verifyKey(c, cfg)
	if err != nil {
		return nil, err
	}
	for _, name := range c.StringSlice("policy") {
		own := below(folder, name)
		if _, err := os.Stat(own); errors.Is(err, fs.ErrNotExist) {
			notice(c, "%s has no %s; the current rules of that name are used.", folder, name)
			own = name
		}
		source, err := openSource(c, own, key)
		if err != nil {
			return nil, err
		}
		sources = append(sources, source)
	}
	if len(sources) == 0 {
		return nil, errors.New("--no-builtin leaves no rules; add a folder of rules with --policy")
	}
	ctx, cancel := boundLoad(c.Context)
	defer cancel()
	pack, err := await(ctx, func() (*rule.Pack, error) { return rule.LoadPack(sources...) })
	if err != nil {
		return nil, err
	}
	if err := cfg.setParams(c, pack); err != nil {
		return nil, err
	}
	if err := setParamFlags(c, pack); err != nil {
		return nil, err
	}
	return pack, cfg.setRules(c, pack)
}

// policyBaseWaivers reads the waivers of the folder; nil if it has none.
func policyBaseWaivers(c *cli.Context, folder string, cfg *config) (*waiver.Set, error) {
	file, settings, err := cfg.waiverSettings()
	if err != nil {
		return nil, err
	}
	if flag := c.String("waivers"); flag != "" {
		file = below(folder, flag)
	}
	file = cmp.Or(file, below(folder, defaultWaivers))
	text, err := textfile.Read(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return waiver.Read(file, text, settings)
}
