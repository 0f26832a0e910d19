package evaluator

import (
	"maps"
	"slices"

	"gopkg.in/yaml.v3"
)

// withParams is the pack with other parameters, as a worked example gives them.
// The pack itself keeps its own. Where one of them cannot be, the error comes with
// its name.
func (p *Pack) withParams(params map[string]yaml.Node) (with *Pack, refused string, err error) {
	if len(params) == 0 {
		return p, "", nil
	}
	other := *p
	other.info.Params = maps.Clone(p.info.Params)
	other.info.ChangedParams = slices.Clone(p.info.ChangedParams)
	other.info.ParamOrigins = maps.Clone(p.info.ParamOrigins)
	for _, name := range slices.Sorted(maps.Keys(params)) {
		value := params[name]
		if err := other.SetParamNode(name, &value, "worked example"); err != nil {
			return nil, name, err
		}
	}
	return &other, "", nil
}
