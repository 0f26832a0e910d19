package rule

// Owned is what one source of a pack brings.
type Owned struct {
	// Rules by id.
	Rules []*Rule
	// Params are its parameters with their defaults.
	Params map[string]any
}

// Owned tells what the source of a name brings.
func (p *Pack) Owned(source string) Owned {
	o := Owned{Params: map[string]any{}}
	for _, r := range p.Rules {
		if r.source.Name == source {
			o.Rules = append(o.Rules, r)
		}
	}
	for name, owner := range p.paramOwners {
		if owner == source {
			o.Params[name] = p.defaults[name]
		}
	}
	return o
}

// FileIn is the name of the rule's file in its source, and File how people are
// told of it.
func (r *Rule) FileIn() string { return r.File[len(r.source.file("")):] }
