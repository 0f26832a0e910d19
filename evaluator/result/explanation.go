package result

import (
	"github.com/nscheck/nscheck/snapshot"
)

// Explanation walks the article's steps for one client.
type Explanation struct {
	// The client as the snapshot has it, with its location.
	Client snapshot.Client `json:"client"`
	// The sites of its addresses.
	Sites []Resource `json:"sites"`
	// The package servers of those sites.
	PackageServers []snapshot.PackageServer `json:"package_servers"`
	// The ways by which the settings let packages reach those sites.
	Ways []SiteWays `json:"ways,omitempty"`
	// Why the ways are unknown: sections that were not collected.
	WaysUnknown []Reason `json:"ways_unknown,omitempty"`
	// What the rules say about it, in the article's order.
	Checks []Check `json:"checks"`
	// Where the chain first breaks; absent where it holds or the break is not known.
	Cause *Cause `json:"cause,omitempty"`
}

// Breaks is the verdict on the whole chain: fail where its end is not reached,
// not_evaluated where that cannot be told, else pass.
func (e *Explanation) Breaks() Verdict {
	verdict := Pass
	for _, c := range e.Checks {
		switch {
		case !c.End:
		case c.Verdict == Fail:
			return Fail
		case c.Verdict == NotEvaluated || c.Verdict == Disabled || c.Verdict == Errored:
			verdict = NotEvaluated
		}
	}
	return verdict
}

// Check is what one rule says about one client.
type Check struct {
	// Id of the rule.
	Rule string `json:"rule"`
	// What the rule finds.
	Title string `json:"title"`
	// Step of article TECH170397.
	Step string `json:"step"`
	// Position in the chain of causes; absent for rules outside it.
	Chain int `json:"chain,omitempty"`
	// The rule's verdict for this client: an estate rule that found faults of other clients' objects passes.
	Verdict Verdict `json:"verdict"`
	// What was found, what is unknown, or why the rule was not evaluated.
	Msgs []string `json:"msgs,omitempty"`
	// Whether what was found is disproved as a cause by the client's own rows.
	Disproved bool `json:"disproved,omitempty"`
	// Whether the rule is the end of a chain: what other rules explain.
	End bool `json:"end,omitempty"`
	// Whether the rule found something that does not concern this client.
	Elsewhere bool `json:"elsewhere,omitempty"`
}

// SiteWays are the ways by which packages can reach the clients of a site, from the
// settings alone: one hop for each package server of the site.
type SiteWays struct {
	// The site.
	Site Resource `json:"site"`
	// Its package servers; empty if it has none.
	Hops []Hop `json:"hops"`
}

// Hop is a package server of a site, and whether the settings let packages reach it.
type Hop struct {
	// GUID of the package server.
	GUID string `json:"guid"`
	// Name of the package server.
	Name string `json:"name"`
	// Whether packages reach it: yes, no or unknown.
	Receives string `json:"receives"`
	// Names of what gives it packages: the Notification Server or other package servers.
	From []string `json:"from"`
	// The settings that keep packages from it, a sentence each.
	Breaks []string `json:"breaks"`
	// What is not known of the way: questions.
	Unknown []string `json:"unknown"`
}
