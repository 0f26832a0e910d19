package compare

import (
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
)

// TestFullyJudged: a finding is new or gone only if the other side evaluated its rule in
// full and could have found it. Of an object that may be among those that could not be
// evaluated nothing is known.
func TestFullyJudged(t *testing.T) {
	object := func(guid, name string) result.Resource {
		return result.Resource{Type: "client", GUID: guid, Name: name}
	}
	unknown := func(count int64, sample ...result.Resource) []result.Unknown {
		return []result.Unknown{{Msg: "?", Count: count, Sample: sample}}
	}
	x, y, nameless := object("1", "X"), object("2", "Y"), object("", "10.4.0.0/16")
	for name, c := range map[string]struct {
		verdict *result.RuleResult
		object  result.Resource
		want    bool
	}{
		"no such rule":                      {nil, x, false},
		"passed":                            {&result.RuleResult{Verdict: result.Pass}, x, true},
		"found":                             {&result.RuleResult{Verdict: result.Fail}, x, true},
		"only warned":                       {&result.RuleResult{Verdict: result.Warn}, x, true},
		"waived":                            {&result.RuleResult{Verdict: result.Waived}, x, true},
		"switched off":                      {&result.RuleResult{Verdict: result.Disabled}, x, false},
		"without a source":                  {&result.RuleResult{Verdict: result.NoSource}, x, false},
		"not applicable":                    {&result.RuleResult{Verdict: result.NotApplicable}, x, false},
		"broken":                            {&result.RuleResult{Verdict: result.Errored}, x, false},
		"found, a section was missing":      {&result.RuleResult{Verdict: result.Fail, Reasons: []result.Reason{{Msg: "missing"}}}, x, false},
		"passed, a section was missing":     {&result.RuleResult{Verdict: result.Pass, Reasons: []result.Reason{{Msg: "missing"}}}, x, false},
		"not evaluated at all":              {&result.RuleResult{Verdict: result.NotEvaluated}, x, false},
		"not evaluated for another one":     {&result.RuleResult{Verdict: result.NotEvaluated, Unknown: unknown(1, y)}, x, true},
		"not evaluated for it":              {&result.RuleResult{Verdict: result.NotEvaluated, Unknown: unknown(1, x)}, x, false},
		"found, all unknown ones are named": {&result.RuleResult{Verdict: result.Fail, Unknown: unknown(2, y, nameless)}, x, true},
		"found, one more is unknown":        {&result.RuleResult{Verdict: result.Fail, Unknown: unknown(3, y, nameless)}, x, false},
		"found, it is among the unknown":    {&result.RuleResult{Verdict: result.Fail, Unknown: unknown(2, y, x)}, x, false},
		"found, the sample lacks some":      {&result.RuleResult{Verdict: result.Fail, Unknown: []result.Unknown{{Msg: "?", Count: 2, Sample: []result.Resource{y}, Objects: []result.Resource{y, nameless}}}}, x, true},
		"found, it is not in the sample":    {&result.RuleResult{Verdict: result.Fail, Unknown: []result.Unknown{{Msg: "?", Count: 2, Sample: []result.Resource{y}, Objects: []result.Resource{y, x}}}}, x, false},
		"in the second list":                {&result.RuleResult{Verdict: result.Fail, Unknown: append(unknown(1, y), unknown(1, x)...)}, x, false},
		"without a GUID, by its name":       {&result.RuleResult{Verdict: result.Fail, Unknown: unknown(1, nameless)}, nameless, false},
		"without a GUID, another name":      {&result.RuleResult{Verdict: result.Fail, Unknown: unknown(1, nameless)}, object("", "10.5.0.0/16"), true},
		"the same name, another GUID":       {&result.RuleResult{Verdict: result.Fail, Unknown: unknown(1, x)}, object("3", "X"), true},
	} {
		if got := fullyJudged(c.verdict, c.object); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
