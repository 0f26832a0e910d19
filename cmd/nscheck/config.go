package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/collector/agent"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/strictyaml"
	"github.com/nscheck/nscheck/internal/textfile"
)

// defaultConfig is read where it is present and no other file is named.
const defaultConfig = "nscheck.yaml"

// config is the content of a configuration file. A flag overrides an environment
// variable, that before the file, and the file before what is built in.
type config struct {
	name              string // of the file
	sources           []string
	caFile            string
	passwordFile      string
	acceptUnverified  bool
	acceptUnencrypted bool
	statementTimeout  time.Duration // 0 where the file does not set it
	timeout           time.Duration // the same
	product           string
	bindings          *yaml.Node
	scanLog           *agent.ScanLogPatterns // nil if the file has none
	params            *yaml.Node
	rules             *yaml.Node
	waivers           *yaml.Node
	acceptUnknown     *yaml.Node
	verifyKey         string
	ruleTimeout       time.Duration // 0 where the file does not set it
	ruleMemory        int64         // the same
}

// configKeys are the keys of a configuration file. Names of files in it are
// relative to its folder.
var configKeys = map[string]func(f *configFile, value *yaml.Node) error{
	"source": func(f *configFile, value *yaml.Node) error {
		var source string
		err := value.Decode(&source)
		f.addSources(source)
		return orQuotes(err, value)
	},
	"sources": func(f *configFile, value *yaml.Node) error {
		var sources []string
		err := value.Decode(&sources)
		f.addSources(sources...)
		return orQuotes(err, value)
	},
	"ca_file":                       func(f *configFile, value *yaml.Node) error { return f.path(value, &f.caFile) },
	"password_file":                 func(f *configFile, value *yaml.Node) error { return f.path(value, &f.passwordFile) },
	"rule_timeout":                  func(f *configFile, value *yaml.Node) error { return duration(value, &f.ruleTimeout) },
	"rule_memory":                   func(f *configFile, value *yaml.Node) error { return size(value, &f.ruleMemory) },
	"verify_key":                    func(f *configFile, value *yaml.Node) error { return f.path(value, &f.verifyKey) },
	"accept_unverified_certificate": func(f *configFile, value *yaml.Node) error { return value.Decode(&f.acceptUnverified) },
	"accept_unencrypted_connection": func(f *configFile, value *yaml.Node) error { return value.Decode(&f.acceptUnencrypted) },
	"statement_timeout":             func(f *configFile, value *yaml.Node) error { return duration(value, &f.statementTimeout) },
	"timeout":                       func(f *configFile, value *yaml.Node) error { return duration(value, &f.timeout) },
	"product":                       func(f *configFile, value *yaml.Node) error { return value.Decode(&f.product) },
	"bindings": func(f *configFile, value *yaml.Node) error {
		f.bindings = value
		return nil
	},
	"scan_log": func(f *configFile, value *yaml.Node) (err error) {
		f.scanLog, err = agent.ParseScanLog(value, f.name)
		return err
	},
	"params": func(f *configFile, value *yaml.Node) error {
		if value.Kind != yaml.MappingNode {
			return errors.New("the value must be parameters of the rules with their values, such as patch_inventory_max_age_days: 45")
		}
		f.params = value
		return nil
	},
	"rules": func(f *configFile, value *yaml.Node) error {
		if value.Kind != yaml.MappingNode {
			return errors.New("the value must be rule ids, each with enabled, severity or reason below it")
		}
		f.rules = value
		return nil
	},
	"accept_unknown": func(f *configFile, value *yaml.Node) error {
		if value.Kind != yaml.MappingNode {
			return errors.New("the value must be rule ids, each with a list of reasons below it, such as NS-CLI-010: [{reason: no scan log can be read here}]")
		}
		f.acceptUnknown = value
		return nil
	},
	"waivers": func(f *configFile, value *yaml.Node) error {
		f.waivers = value
		return nil
	},
}

// configFile is a configuration file while it is read.
type configFile struct {
	config
}

// loadConfig reads the file that --config names, or the one that is there by
// its usual name. What is not a regular file, such as a pipe, has its content
// only once, so it is read once in a run.
func loadConfig(c *cli.Context) (*config, error) {
	name := c.String("config")
	if info, err := os.Stat(name); name == "" || err != nil || info.Mode().IsRegular() {
		return readConfig(name)
	}
	key := "configuration " + name
	if cfg, ok := c.App.Metadata[key].(*config); ok {
		return cfg, nil
	}
	cfg, err := readConfig(name)
	if err == nil {
		c.App.Metadata[key] = cfg
	}
	return cfg, err
}

func readConfig(name string) (*config, error) {
	if name == "" {
		if _, err := os.Stat(defaultConfig); errors.Is(err, fs.ErrNotExist) {
			return &config{}, nil
		}
		name = defaultConfig
	}
	text, err := textfile.Read(name)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	f := &configFile{config{name: name}}
	if err := f.parse(text); err != nil {
		return nil, err
	}
	return &f.config, nil
}

func (f *configFile) parse(text []byte) error {
	top, err := strictyaml.Read(text)
	if err != nil {
		if strings.Contains(err.Message, "mapping values are not allowed") {
			err.Message += "; " + errQuotes.Error()
		}
		return err.In(f.name)
	}
	if top == nil {
		return nil
	}
	if top.Kind != yaml.MappingNode {
		return f.at(top, "a configuration consists of keys with values, such as source: sqlserver://reader@cmdb.example.com")
	}
	seen := make(map[string]bool)
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		read, known := configKeys[key.Value]
		switch {
		case key.Value == "password":
			return f.at(key, "a password is not allowed here; put it into a separate file and name that with password_file, or into the environment variable NSCHECK_PASSWORD")
		case !known:
			return f.at(key, "there is no key %q; known are %s", key.Value, strings.Join(slices.Sorted(maps.Keys(configKeys)), ", "))
		}
		seen[key.Value] = true
		if err := read(f, value); err != nil {
			return f.at(value, "%s: %s", key.Value, reason(err))
		}
	}
	if seen["source"] && seen["sources"] {
		return f.at(top, "source and sources exclude each other")
	}
	return nil
}

var errQuotes = errors.New("a value that ends in a colon needs quotes, such as 'demo:'")

// orQuotes is the error of a source, which without quotes may be a key to YAML.
func orQuotes(err error, value *yaml.Node) error {
	mapping := func(n *yaml.Node) bool { return n.Kind == yaml.MappingNode }
	if err != nil && (mapping(value) || slices.ContainsFunc(value.Content, mapping)) {
		return errQuotes
	}
	return err
}

// setParams sets the parameters of the rules that the configuration names.
func (f *config) setParams(c *cli.Context, pack *rule.Pack) error {
	if f.params == nil {
		return nil
	}
	for i := 0; i+1 < len(f.params.Content); i += 2 {
		key, value := f.params.Content[i], f.params.Content[i+1]
		err := pack.SetParamNode(key.Value, value, fmt.Sprintf("%s:%d", f.name, key.Line))
		if err != nil && !pack.HasParam(key.Value) {
			return f.at(key, "params: %v%s", err, ofWhichPack(c))
		}
		if err != nil {
			return f.at(key, "params: %v", err)
		}
	}
	return nil
}

// at is an error with its place.
func (f *config) at(node *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %s", f.name, max(node.Line, 1), max(node.Column, 1), fmt.Sprintf(format, args...))
}

// reason is a decoding error without the place, which is printed once, and
// without the value, which may be a secret in the wrong line.
func reason(err error) string {
	var typed *yaml.TypeError
	if errors.As(err, &typed) {
		return "the value has the wrong type"
	}
	return err.Error()
}

// addSources adds sources; folders in them are relative to the file's own.
func (f *configFile) addSources(sources ...string) {
	for _, source := range sources {
		kind, folder, _ := strings.Cut(source, ":")
		files := strings.EqualFold(kind, "csv") || strings.EqualFold(kind, "agent")
		if own, _, _ := strings.Cut(folder, "?"); files && own != "" && !filepath.IsAbs(own) {
			source = kind + ":" + filepath.Join(filepath.Dir(f.name), own) + strings.TrimPrefix(folder, own)
		}
		f.sources = append(f.sources, source)
	}
}

func (f *configFile) path(value *yaml.Node, to *string) error {
	if err := value.Decode(to); err != nil {
		return err
	}
	if *to != "" && !filepath.IsAbs(*to) {
		*to = filepath.Join(filepath.Dir(f.name), *to)
	}
	return nil
}

// bindingSet is what fills each section: a file that a flag or the environment
// names, or what the configuration has; nil means the built-in ones.
func (f *config) bindingSet(c *cli.Context) (*binding.Set, error) {
	if file := c.String("bindings"); file != "" {
		set, err := binding.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("--bindings: %w", err)
		}
		return set, nil
	}
	if f.bindings == nil {
		return nil, nil
	}
	set, err := binding.Parse(f.bindings, f.name)
	if err != nil {
		if place, ok := strings.CutPrefix(err.Error(), "line "); ok {
			return nil, fmt.Errorf("%s:%s", f.name, place) // like all errors in the file
		}
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	return set, nil
}

func duration(value *yaml.Node, to *time.Duration) error {
	d, err := time.ParseDuration(value.Value)
	if err != nil || value.Kind != yaml.ScalarNode || d <= 0 {
		return errNoDuration
	}
	*to = d
	return nil
}

// The choices below follow the order flag, environment, file, built in; the
// flag package knows the first two as one.

func (f *config) text(c *cli.Context, flag, fromFile string) string {
	return cmp.Or(c.String(flag), fromFile)
}

func (f *config) is(c *cli.Context, flag string, fromFile bool) bool {
	if c.IsSet(flag) {
		return c.Bool(flag)
	}
	return fromFile
}

// duration takes 0 for what the file does not set; setBy is what to name in an
// error.
func (f *config) duration(c *cli.Context, flag string, fromFile time.Duration) (d time.Duration, setBy string, err error) {
	if !c.IsSet(flag) && fromFile > 0 {
		return fromFile, strings.ReplaceAll(flag, "-", "_") + " in " + f.name, nil
	}
	d, err = durationOf(c, flag)
	return d, "--" + flag, err
}
