package evaluator

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// paramsFile holds the parameters of a pack and their defaults.
const paramsFile = "params.yaml"

func (p *Pack) readParams(src Source, data []byte) error {
	params := map[string]any{}
	if err := yaml.Unmarshal(data, &params); err != nil {
		return fmt.Errorf("%s: %w", src.file(paramsFile), err)
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if _, taken := p.defaults[name]; taken {
			return fmt.Errorf("%s: parameter %q is defined by another pack already", src.file(paramsFile), name)
		}
		p.defaults[name] = params[name]
	}
	return nil
}

// Default is the default value of a parameter; nil where there is no such.
func (p *Pack) Default(name string) any { return p.defaults[name] }

// SetParam overrides a parameter's default. The value is YAML, so that
// numbers and lists can be given; it must be of the default's kind.
func (p *Pack) SetParam(name, value string) error {
	def, ok := p.defaults[name]
	if !ok {
		return fmt.Errorf("there is no parameter %q; known are %s", name, strings.Join(slices.Sorted(maps.Keys(p.defaults)), ", "))
	}
	var v any
	if err := yaml.Unmarshal([]byte(value), &v); err != nil {
		return fmt.Errorf("parameter %s: %q is not a value: %w", name, value, err)
	}
	if paramKind(v) != paramKind(def) {
		return fmt.Errorf("parameter %s must be a %s, not the %s %q", name, paramKind(def), paramKind(v), value)
	}
	p.info.Params[name] = v
	if !slices.Contains(p.info.ChangedParams, name) {
		p.info.ChangedParams = append(p.info.ChangedParams, name)
		slices.Sort(p.info.ChangedParams)
	}
	return nil
}

func paramKind(v any) string {
	switch v.(type) {
	case string:
		return "text"
	case bool:
		return "boolean"
	case int, float64:
		return "number"
	case []any:
		return "list"
	case nil:
		return "null"
	}
	return "map"
}

// changedParams are the parameters that a rule reads and that were overridden.
func (p *Pack) changedParams(r *Rule) map[string]any {
	var out map[string]any
	for _, name := range p.info.ChangedParams {
		if slices.Contains(r.Params, name) {
			if out == nil {
				out = map[string]any{}
			}
			out[name] = p.info.Params[name]
		}
	}
	return out
}
