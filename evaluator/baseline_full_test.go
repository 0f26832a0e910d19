package evaluator

import "testing"

// TestFullyJudged: a finding is new or gone only if the other side evaluated its rule in
// full and could have found it. Of an object that may be among those that could not be
// evaluated nothing is known.
func TestFullyJudged(t *testing.T) {
	object := func(guid, name string) Resource { return Resource{Type: "client", GUID: guid, Name: name} }
	unknown := func(count int64, sample ...Resource) []Unknown {
		return []Unknown{{Msg: "?", Count: count, Sample: sample}}
	}
	x, y, nameless := object("1", "X"), object("2", "Y"), object("", "10.4.0.0/16")
	for name, c := range map[string]struct {
		rule   *RuleResult
		object Resource
		want   bool
	}{
		"no such rule":                      {nil, x, false},
		"passed":                            {&RuleResult{Verdict: Pass}, x, true},
		"found":                             {&RuleResult{Verdict: Fail}, x, true},
		"only warned":                       {&RuleResult{Verdict: Warn}, x, true},
		"waived":                            {&RuleResult{Verdict: Waived}, x, true},
		"switched off":                      {&RuleResult{Verdict: Disabled}, x, false},
		"without a source":                  {&RuleResult{Verdict: NoSource}, x, false},
		"not applicable":                    {&RuleResult{Verdict: NotApplicable}, x, false},
		"broken":                            {&RuleResult{Verdict: Errored}, x, false},
		"found, a section was missing":      {&RuleResult{Verdict: Fail, Reasons: []Reason{{Msg: "missing"}}}, x, false},
		"passed, a section was missing":     {&RuleResult{Verdict: Pass, Reasons: []Reason{{Msg: "missing"}}}, x, false},
		"not evaluated at all":              {&RuleResult{Verdict: NotEvaluated}, x, false},
		"not evaluated for another one":     {&RuleResult{Verdict: NotEvaluated, Unknown: unknown(1, y)}, x, true},
		"not evaluated for it":              {&RuleResult{Verdict: NotEvaluated, Unknown: unknown(1, x)}, x, false},
		"found, all unknown ones are named": {&RuleResult{Verdict: Fail, Unknown: unknown(2, y, nameless)}, x, true},
		"found, one more is unknown":        {&RuleResult{Verdict: Fail, Unknown: unknown(3, y, nameless)}, x, false},
		"found, it is among the unknown":    {&RuleResult{Verdict: Fail, Unknown: unknown(2, y, x)}, x, false},
		"in the second list":                {&RuleResult{Verdict: Fail, Unknown: append(unknown(1, y), unknown(1, x)...)}, x, false},
		"without a GUID, by its name":       {&RuleResult{Verdict: Fail, Unknown: unknown(1, nameless)}, nameless, false},
		"without a GUID, another name":      {&RuleResult{Verdict: Fail, Unknown: unknown(1, nameless)}, object("", "10.5.0.0/16"), true},
		"the same name, another GUID":       {&RuleResult{Verdict: Fail, Unknown: unknown(1, x)}, object("3", "X"), true},
	} {
		if got := fullyJudged(c.rule, c.object); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
