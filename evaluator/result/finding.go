package result

import (
	"cmp"
	"github.com/nscheck/nscheck/evaluator/rule"
	"strings"
)

// Finding is one violation of one rule by one object.
type Finding struct {
	// Id of the rule.
	Rule string `json:"rule"`
	// Severity of the rule.
	Severity rule.Severity `json:"severity"`
	// What is wrong, in a sentence.
	Msg string `json:"msg"`
	// The object that is wrong.
	Resource Resource `json:"resource"`
	// Role of the required package that the finding is about; estate rules only.
	Package string `json:"package,omitempty"`
	// The setting that is wrong.
	Path string `json:"path,omitempty"`
	// What the setting should be.
	Expected any `json:"expected,omitempty"`
	// What the setting is.
	Actual any `json:"actual,omitempty"`
	// Paths of the settings that together make the finding, if it takes more than one: the smallest set; estate rules only.
	Paths []string `json:"paths,omitempty"`
	// The clients that the finding can harm; estate rules only.
	Affects []Selector `json:"affects,omitempty"`
	// Whether it is not known which clients the finding can harm.
	AffectsUnknown bool `json:"affects_unknown,omitempty"`
	// GUIDs of the sites that the finding is about: those of a client's primary address; of an object of the estate its own, and those whose clients it can harm.
	Sites []string `json:"sites,omitempty"`
	// Identity of the finding from one run to the next: rule, object, package and setting, whatever the object is called and however the message is worded.
	Fingerprint string `json:"fingerprint,omitempty"`
	// What matters of the object, hashed: a waiver with this object_hash lapses when it changes. Absent where the object is none of the estate's own and no client.
	ObjectHash string `json:"object_hash,omitempty"`
	// Whether a baseline has the finding: new, unchanged, absent or incomparable; left out where no baseline was given.
	BaselineState BaselineState `json:"baseline_state,omitempty"`
	// Day from which the finding counts; absent where it does already.
	EffectiveOn rule.Date `json:"effective_on,omitempty"`
	// Whether only the baseline has the finding; BaselineState says whether it is absent or could not be judged.
	Gone bool `json:"-"`
	// The waiver that covers the finding; it is counted and shown, and does not fail the run.
	Waiver *WaiverUse `json:"waiver,omitempty"`
	// The waiver that covered the finding on the base of a comparison, or in the baseline, and no longer covers it.
	LapsedWaiver *LapsedWaiver `json:"lapsed_waiver,omitempty"`
	// Where the setting stands that makes the finding; absent where it is in no file.
	Location *SourceLocation `json:"location,omitempty"`
	// Id of the cause of a client's finding; absent where none was found.
	Cause string `json:"cause,omitempty"`
	// How certain that cause is.
	Certainty Certainty `json:"certainty,omitempty"`
}

// Resource is an object of the platform.
type Resource struct {
	// Type of the object: client, site, subnet, package_server, policy, ...
	Type string `json:"type"`
	// GUID of the object; absent where it has none.
	GUID string `json:"guid,omitempty"`
	// Name of the object; its GUID, or else its type, where it has none.
	Name string `json:"name"`
}

// Named gives a nameless object a name that people can look up: a platform has
// objects without one, and a finding about them is a finding all the same.
func (r Resource) Named() Resource {
	r.Name = cmp.Or(r.Name, r.GUID, r.Type)
	return r
}

// Same reports whether two resources are one object, whatever it is called: by
// type and GUID, and by name where it has no GUID.
func (r Resource) Same(other Resource) bool {
	if r.GUID != "" || other.GUID != "" {
		return r.Type == other.Type && r.GUID == other.GUID
	}
	return r.Type == other.Type && r.Name == other.Name
}

// Selector says which clients an estate finding can harm. All given keys must
// match a client.
type Selector struct {
	// GUID of a site: clients with an address in it.
	Site string `json:"site,omitempty"`
	// GUID of a subnet: clients whose primary address is in it.
	Subnet string `json:"subnet,omitempty"`
	// Network in CIDR notation: clients whose primary address is of that network.
	Network string `json:"network,omitempty"`
	// Role of a required package: clients on which it has not arrived.
	Package string `json:"package,omitempty"`
	// GUID of one client.
	Client string `json:"client,omitempty"`
	// Every client.
	All bool `json:"all,omitempty"`
	// sure: the fault leaves the client no way; possible: it leaves another way.
	Certainty Certainty `json:"certainty,omitempty"`
}

// Certainty tells a cause that leaves no other way from one that might.
type Certainty string

// The certainties of a cause.
const (
	Sure     Certainty = "sure"
	Possible Certainty = "possible"
)

// BaselineState compares a finding with those of an earlier result, in the words
// of SARIF.
type BaselineState string

// The states of a finding against a baseline.
const (
	New       BaselineState = "new"
	Unchanged BaselineState = "unchanged"
	Absent    BaselineState = "absent"
	// Incomparable is no word of SARIF: one side has the finding, and the other one
	// did not evaluate the rule, or not in full.
	Incomparable BaselineState = "incomparable"
)

// WaiverUse is the waiver that covers a finding.
type WaiverUse struct {
	// Why the finding is accepted.
	Reason string `json:"reason"`
	// Who answers for it.
	Owner string `json:"owner,omitempty"`
	// Where it was decided.
	Ticket string `json:"ticket,omitempty"`
	// Last day on which it holds, as 2026-03-31; absent where it has no end.
	Expires string `json:"expires,omitempty"`
	// File and line of the waiver, as nscheck-waivers.yaml:12.
	Place string `json:"place"`
}

// LapsedWaiver is a waiver that no longer covers a finding.
type LapsedWaiver struct {
	WaiverUse
	// Why it no longer covers the finding.
	Msg string `json:"msg"`
}

// SourceLocation is a place in a file that describes an estate or a change of it.
type SourceLocation struct {
	// Path of the file as it was named.
	File string `json:"file"`
	// Line, from 1.
	Line int `json:"line"`
	// Column in characters, from 1; 0 where only the line is known.
	Column int `json:"column,omitempty"`
}

// Setting is the object whose setting a finding is about, with its kind: that of the
// path, such as vendor_policies[Microsoft Vendor Policy], or else the resource.
func (f *Finding) Setting() (kind, object string) {
	if f.Resource.Type != "package_server" { // whose names may be alike
		if kind, rest, ok := strings.Cut(f.Path, "["); ok {
			object, _, _ = strings.Cut(rest, "]")
			return kind, object
		}
	}
	return f.Resource.Type, f.Resource.GUID + f.Resource.Name
}

// SitesAffected are the GUIDs of the sites that an estate finding is about: the site
// that is wrong, or those of all clients that it affects; none if they are unknown.
func (f *Finding) SitesAffected() []string {
	if f.Resource.Type == "site" {
		return []string{f.Resource.GUID}
	}
	var sites []string
	for _, s := range f.Affects {
		if s.Site == "" {
			return nil
		}
		sites = append(sites, s.Site)
	}
	return sites
}
