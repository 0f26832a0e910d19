package result

import (
	"cmp"
	"github.com/nscheck/nscheck/evaluator/rule"
	"strings"
)

// WaiverObject says which objects a waiver is about. All given fields must match.
type WaiverObject struct {
	// Type of the object, such as site.
	Type string `json:"type,omitempty"`
	// GUID of the object.
	GUID string `json:"guid,omitempty"`
	// Name of the object; * stands for any characters and ? for one. Case does not count.
	Name string `json:"name,omitempty"`
	// Name or GUID of a site: the site itself, clients that are nowhere else, and what harms no clients elsewhere.
	Site string `json:"site,omitempty"`
}

// String says the scope in words.
func (o *WaiverObject) String() string {
	var parts []string
	for _, p := range []struct{ key, value string }{{"type", o.Type}, {"guid", o.GUID}, {"name", o.Name}, {"site", o.Site}} {
		if p.value != "" {
			parts = append(parts, p.key+" "+p.value)
		}
	}
	return strings.Join(parts, ", ")
}

// WaiverStatus is what has become of a waiver.
type WaiverStatus string

// The statuses of a waiver. Only an active one, and one that is unused, holds.
const (
	WaiverActive      WaiverStatus = "active"
	WaiverUnused      WaiverStatus = "unused"       // nothing was found that it covers
	WaiverNotStarted  WaiverStatus = "not_started"  // its first day is yet to come
	WaiverExpired     WaiverStatus = "expired"      // its last day is over
	WaiverTooLong     WaiverStatus = "too_long"     // it lasts longer than the configuration allows
	WaiverLapsed      WaiverStatus = "lapsed"       // the object that it is about has changed
	WaiverUnknownRule WaiverStatus = "unknown_rule" // there is no such rule
)

// WaiverState is what has become of one waiver in one evaluation.
type WaiverState struct {
	// Id of the rule.
	Rule string `json:"rule"`
	// Fingerprint of the finding that it is about; absent where it is about objects.
	Fingerprint string `json:"fingerprint,omitempty"`
	// Objects that it is about; absent where it is about one finding.
	Object *WaiverObject `json:"object,omitempty"`
	WaiverUse
	// First day on which it holds; absent where it always did.
	Starts rule.Date `json:"starts,omitempty"`
	// What has become of it.
	Status WaiverStatus `json:"status"`
	// Why it does not hold, or how long it still does, in words; absent where there is nothing to say.
	Msg string `json:"msg,omitempty"`
	// Whether it cannot be told if the waiver is of use.
	Undecided bool `json:"undecided,omitempty"`
	// Number of findings that it covers; those of a waiver that does not hold count as if it were not there.
	Findings int64 `json:"findings"`
}

// Holds reports whether the waiver waives what it covers.
func (s *WaiverState) Holds() bool { return s.Status == WaiverActive || s.Status == WaiverUnused }

// Scope is what a waiver is about, in words.
func (s *WaiverState) Scope() string {
	if s.Object != nil {
		return s.Object.String()
	}
	return cmp.Or(s.Fingerprint, "nothing")
}
