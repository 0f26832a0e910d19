package rule

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/util"
	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/internal/strictyaml"
)

// paramsFile holds the parameters of a pack and their defaults.
const paramsFile = "params.yaml"

func (p *Pack) readParams(src Source, data []byte) error {
	file := src.file(paramsFile)
	value, err := readYAML(string(data))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	params, ok := value.(map[string]any)
	if !ok && value != nil {
		return fmt.Errorf("%s must name parameters and their values, and is a %s", file, paramKind(value))
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if _, taken := p.defaults[name]; taken {
			return fmt.Errorf("%s: parameter %q is defined by another pack already", file, name)
		}
		p.defaults[name], p.paramOwners[name] = params[name], src.Name
	}
	return nil
}

// Default is the default value of a parameter; nil where there is no such.
func (p *Pack) Default(name string) any { return p.defaults[name] }

// checkDefaults refuses a default of null where no schema takes it for unknown.
func (p *Pack) checkDefaults(src Source, own map[string]bool) error {
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if own[name] && p.defaults[name] == nil && p.paramSchemas[name] == nil {
			return fmt.Errorf("%s: parameter %s has no default", src.file(paramsFile), name)
		}
	}
	return nil
}

// SetParam overrides a parameter's default. The value is YAML, so that numbers
// and lists can be given; it must be of the default's kind, and one that the
// schema of the pack's parameters takes, where there is one. Where the default is
// a text, what YAML takes for a number is one too, such as the version 8.10. The
// origin tells readers of a report where the value was set.
func (p *Pack) SetParam(name, value, origin string) error {
	if err := p.checkParamName(name); err != nil {
		return err
	}
	v, err := readYAML(value)
	if err != nil {
		return fmt.Errorf("parameter %s: %q is not a value: %w", name, value, err)
	}
	if paramKind(p.defaults[name]) == "text" && paramKind(v) == "number" {
		v = strings.TrimSpace(value)
	}
	return p.setParam(name, v, value, origin)
}

// SetParamNode is SetParam for a value that stands in a YAML file.
func (p *Pack) SetParamNode(name string, value *yaml.Node, origin string) error {
	if err := p.checkParamName(name); err != nil {
		return err
	}
	var whole any // finds what YAML refuses, such as a value that holds itself
	err := value.Decode(&whole)
	if err != nil {
		return fmt.Errorf("parameter %s: %w", name, YAMLError(err))
	}
	v, err := plainValue(value)
	if err != nil {
		return fmt.Errorf("parameter %s: %w", name, err)
	}
	return p.setParam(name, v, value.Value, origin)
}

// HasParam tells whether the pack has a parameter, of which the default may be null.
func (p *Pack) HasParam(name string) bool {
	_, ok := p.defaults[name]
	return ok
}

func (p *Pack) checkParamName(name string) error {
	if !p.HasParam(name) {
		return fmt.Errorf("there is no parameter %q; known are %s", name, strings.Join(slices.Sorted(maps.Keys(p.defaults)), ", "))
	}
	return nil
}

func (p *Pack) setParam(name string, v any, shown, origin string) error {
	def := p.defaults[name]
	switch {
	case def == nil: // unknown; its schema says which values it takes
	case v == nil:
		return fmt.Errorf("parameter %s must be a %s, and no value is given", name, wantedKind(def))
	case paramKind(v) != paramKind(def) && shown == "":
		return fmt.Errorf("parameter %s must be a %s, not a %s", name, wantedKind(def), paramKind(v))
	case paramKind(def) == "text" && paramKind(v) == "number":
		return fmt.Errorf("parameter %s must be a text, not the number %s; write it in quotes", name, shown)
	case paramKind(v) != paramKind(def):
		return fmt.Errorf("parameter %s must be a %s, not the %s %q", name, wantedKind(def), paramKind(v), shown)
	}
	if err := p.checkParam(name, v); err != nil {
		return err
	}
	p.Info.Params[name] = v
	if !slices.Contains(p.Info.ChangedParams, name) {
		p.Info.ChangedParams = append(p.Info.ChangedParams, name)
		slices.Sort(p.Info.ChangedParams)
	}
	if p.Info.ParamOrigins == nil {
		p.Info.ParamOrigins = map[string]string{}
	}
	p.Info.ParamOrigins[name] = origin
	return nil
}

// wantedKind is the kind of a default, for who gave another.
func wantedKind(def any) string {
	if kind := paramKind(def); kind != "list" {
		return kind
	}
	return "list, such as [Leeds, York]"
}

func paramKind(v any) string {
	switch v.(type) {
	case string:
		return "text"
	case bool:
		return "boolean"
	case int, int64, uint64, float64:
		return "number"
	case []any:
		return "list"
	case nil:
		return "null"
	}
	return "map"
}

// ChangedParams are the parameters that a rule reads and that were overridden.
func (p *Pack) ChangedParams(r *Rule) map[string]any {
	var out map[string]any
	for _, name := range p.Info.ChangedParams {
		if slices.Contains(r.Params, name) {
			if out == nil {
				out = map[string]any{}
			}
			out[name] = p.Info.Params[name]
		}
	}
	return out
}

// ParamsOf are the parameters that a rule reads, with their values; nil where it
// reads none.
func (p *Pack) ParamsOf(r *Rule) map[string]any {
	var out map[string]any
	for _, name := range r.Params {
		if out == nil {
			out = map[string]any{}
		}
		out[name] = p.Info.Params[name]
	}
	return out
}

// readYAML reads one value as JSON has it; nil where there is none. What YAML
// has beyond JSON is either text, such as a date, or refused.
func readYAML(text string) (any, error) {
	node, err := strictyaml.Read([]byte(text))
	if err != nil {
		return nil, err
	}
	if node == nil {
		return nil, nil
	}
	return plainValue(node)
}

// YAMLError returns an error of the YAML library in one line, without its prefixes.
func YAMLError(err error) error {
	text := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "yaml: "), "unmarshal errors:\n  ")
	return errors.New(strings.ReplaceAll(text, "\n  ", "; "))
}

func plainValue(node *yaml.Node) (any, error) {
	switch node.Kind {
	case yaml.DocumentNode:
		return plainValue(node.Content[0])
	case yaml.AliasNode:
		return plainValue(node.Alias)
	case yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for i, entry := range node.Content {
			v, err := plainValue(entry)
			if err != nil {
				return nil, err
			}
			list[i] = v
		}
		return list, nil
	case yaml.MappingNode:
		return plainMap(node)
	}
	return plainScalar(node)
}

func plainMap(node *yaml.Node) (any, error) {
	out := map[string]any{}
	for i := 0; i < len(node.Content); i += 2 {
		key := node.Content[i]
		if key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" {
			return nil, fmt.Errorf("line %d: the key %s is not a text; put it in quotes", key.Line, key.Value)
		}
		v, err := plainValue(node.Content[i+1])
		if err != nil {
			return nil, err
		}
		out[key.Value] = v
	}
	return out, nil
}

func plainScalar(node *yaml.Node) (any, error) {
	switch node.ShortTag() {
	case "!!bool", "!!int", "!!float", "!!null":
		var v any
		if err := node.Decode(&v); err != nil {
			return nil, YAMLError(err)
		}
		if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
			return nil, fmt.Errorf("line %d: %s is not a number that rules can reckon with", node.Line, node.Value)
		}
		return v, nil
	}
	return node.Value, nil
}

// WithParams is the pack with other parameters, as a worked example gives them.
// The pack itself keeps its own. Where one of them cannot be, the error comes with
// its name.
func (p *Pack) WithParams(params map[string]yaml.Node) (with *Pack, refused string, err error) {
	if len(params) == 0 {
		return p, "", nil
	}
	other := *p
	other.Info.Params = maps.Clone(p.Info.Params)
	other.Info.ChangedParams = slices.Clone(p.Info.ChangedParams)
	other.Info.ParamOrigins = maps.Clone(p.Info.ParamOrigins)
	for _, name := range slices.Sorted(maps.Keys(params)) {
		value := params[name]
		if err := other.SetParamNode(name, &value, "worked example"); err != nil {
			return nil, name, err
		}
	}
	return &other, "", nil
}

// ToDocument turns v into the form that OPA's store takes: maps, slices,
// strings, booleans and json.Number.
func ToDocument(v any) (any, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	var doc any
	if err := util.UnmarshalJSON(data, &doc); err != nil {
		return nil, fmt.Errorf("decode %T: %w", v, err)
	}
	return doc, nil
}
