package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/evaluator/rule/pack"
	"github.com/nscheck/nscheck/policies"
)

// builtin is the source of the embedded rules.
const builtin = "builtin"

// maxLoad bounds how long rules may take to load; hundreds take a second. Only tests
// change it.
var maxLoad = 10 * time.Second

// boundLoad gives up loading rules after maxLoad.
func boundLoad(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, maxLoad, fmt.Errorf("reading and compiling the rules takes longer than %v; look for a generated or very large rule", maxLoad))
}

// verifyKeyFlag is a flag of all commands that load rules.
func verifyKeyFlag() cli.Flag {
	return &cli.StringFlag{Name: "verify-key", Usage: "load only packs that are signed with the key in `FILE`, a public key or a shared secret", EnvVars: []string{"NSCHECK_VERIFY_KEY"}}
}

// loadPack loads the rules that the flags name, as the configuration has them.
func loadPack(c *cli.Context) (*rule.Pack, error) {
	cfg, err := loadConfig(c)
	if err != nil {
		return nil, err
	}
	pack, err := loadAllRules(c)
	if err != nil {
		return nil, err
	}
	if err := cfg.setRules(c, pack); err != nil {
		return nil, err
	}
	return pack, cfg.setAccepted(c, pack)
}

// loadAllRules is loadPack for who looks at rules themselves, whatever the
// configuration switches off.
func loadAllRules(c *cli.Context) (*rule.Pack, error) {
	cfg, err := loadConfig(c)
	if err != nil {
		return nil, err
	}
	ctx, cancel := boundLoad(c.Context)
	defer cancel()
	pack, err := await(ctx, func() (*rule.Pack, error) {
		sources, err := ruleSources(c, cfg)
		if err != nil {
			return nil, err
		}
		return rule.LoadPack(sources...)
	})
	if err != nil {
		return nil, err
	}
	if err := cfg.setParams(c, pack); err != nil {
		return nil, err
	}
	if err := setParamFlags(c, pack); err != nil {
		return nil, err
	}
	return pack, nil
}

// setParamFlags sets the parameters that --param names.
func setParamFlags(c *cli.Context, pack *rule.Pack) error {
	for _, p := range c.StringSlice("param") {
		name, value, ok := strings.Cut(p, "=")
		if !ok {
			return fmt.Errorf("--param %q must be of the form NAME=VALUE", p)
		}
		if err := pack.SetParam(name, value, "--param"); err != nil {
			return fmt.Errorf("--param: %w", err)
		}
	}
	return nil
}

// ruleSources are the rules that the flags name, before they are loaded.
func ruleSources(c *cli.Context, cfg *config) ([]rule.Source, error) {
	var sources []rule.Source
	if !c.Bool("no-builtin") {
		sources = append(sources, rule.Source{Name: builtin, FS: policies.FS})
	}
	key, err := verifyKey(c, cfg)
	if err != nil {
		return nil, err
	}
	for _, name := range c.StringSlice("policy") {
		source, err := openSource(c, name, key)
		if err != nil {
			return nil, fmt.Errorf("--policy: %w", err)
		}
		sources = append(sources, source)
	}
	if len(sources) == 0 {
		return nil, errors.New("--no-builtin leaves no rules; add a folder of rules with --policy")
	}
	return sources, nil
}

// verifyKey is the key that packs must be signed with; nil where any will do.
func verifyKey(c *cli.Context, cfg *config) (*pack.Key, error) {
	file := cfg.text(c, "verify-key", cfg.verifyKey)
	if file == "" {
		return nil, nil
	}
	return pack.ReadKey(file)
}

// openSource opens a folder of rules or a pack, and makes sure that it is signed
// where a key is given, and for this version of nscheck.
func openSource(c *cli.Context, name string, key *pack.Key) (rule.Source, error) {
	p, err := pack.Open(name)
	if err != nil {
		return rule.Source{}, err
	}
	source := p.Source()
	if key != nil {
		if err := p.Verify(key); err != nil {
			return source, fmt.Errorf("only packs that are signed with the key %s are loaded: %w", key.ID, err)
		}
		source.KeyID = key.ID
	}
	if p.Manifest != nil {
		noted, err := p.Manifest.CheckTool(version)
		if err != nil {
			return source, fmt.Errorf("%s: %w", name, err)
		}
		if noted != "" {
			notice(c, "%s: %s.", name, noted)
		}
	}
	return source, nil
}
