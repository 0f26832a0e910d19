package compare

import (
	"testing"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// whatChanges counts one client, whom faults affect in the base and in the head.
func whatChanges(base, head []fault) ClientChanges {
	d := &Difference{arrived: map[string]bool{}}
	side := func(faults []fault) *reach {
		return &reach{
			faults: faults, named: map[string]bool{}, known: map[*evaluator.Place]*affected{},
			locator: evaluator.NewLocator(&evaluator.Networks{}, func(*evaluator.Place) {}),
		}
	}
	p := pairing{d: d, reach: [2]*reach{side(base), side(head)}}
	p.compareFaults(&track{active: true}, &track{active: true})
	return d.Clients
}

func everywhereBy(rule *rule.Rule, state result.BaselineState) fault {
	return fault{rule: rule, state: state, finding: &result.Finding{}, on: []result.Selector{{All: true, Certainty: result.Sure}}}
}

// TestCompareFaults_freed holds which faults still affect a client after a change, or may.
func TestCompareFaults_freed(t *testing.T) {
	root, consequence, other := &rule.Rule{ID: "F-001", Explains: []string{"F-002"}}, &rule.Rule{ID: "F-002"}, &rule.Rule{ID: "F-003"}
	tests := []struct {
		name       string
		base, head []fault
		sure       int64
	}{
		{"its only fault is gone", []fault{everywhereBy(root, result.Absent)}, nil, 1},
		{"another fault is left", []fault{everywhereBy(root, result.Absent), everywhereBy(other, "")}, []fault{everywhereBy(other, "")}, 0},
		{"a consequence of what is gone is still observed",
			[]fault{everywhereBy(root, result.Absent), everywhereBy(consequence, "")}, []fault{everywhereBy(consequence, "")}, 1},
		{"a consequence of what is only not known to be there any more",
			[]fault{everywhereBy(root, result.Incomparable), everywhereBy(consequence, "")}, []fault{everywhereBy(consequence, "")}, 0},
		{"the head could not evaluate another fault",
			[]fault{everywhereBy(root, result.Absent), everywhereBy(other, result.Incomparable)}, nil, 0},
		{"the head could not evaluate its only fault", []fault{everywhereBy(root, result.Incomparable)}, nil, 0},
		{"a new fault that is like a consequence",
			[]fault{everywhereBy(root, result.Absent)}, []fault{everywhereBy(consequence, result.New)}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := whatChanges(tt.base, tt.head).Freed; got.Sure != tt.sure || got.Possible != 0 {
				t.Errorf("freed: %d surely, %d possibly; want %d surely", got.Sure, got.Possible, tt.sure)
			}
		})
	}
}

// TestWithoutConsequences_rootStays: what a fault explains goes with it only if the
// fault is gone. A fault that stays, but affects the client no more, explains nothing.
func TestWithoutConsequences_rootStays(t *testing.T) {
	root, consequence := &rule.Rule{ID: "F-001", Explains: []string{"F-002"}}, &rule.Rule{ID: "F-002"}
	now := []hit{{fault: &fault{rule: consequence}, level: surely}}
	for state, want := range map[result.BaselineState]int{result.Absent: 0, "": 1, result.Incomparable: 1} {
		before := []hit{{fault: &fault{rule: root, state: state}, level: surely}, {fault: &fault{rule: consequence}, level: surely}}
		if got := withoutConsequences(now, before); len(got) != want {
			t.Errorf("root %q: %d faults are left, want %d", state, len(got), want)
		}
	}
	possible := []hit{{fault: &fault{rule: root, state: result.Absent}, level: possibly}}
	if got := withoutConsequences(now, possible); len(got) != 1 {
		t.Error("a sure fault goes with a possible one")
	}
}
