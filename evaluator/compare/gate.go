package compare

import (
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/internal/guid"
)

// GateLimits are what a comparison allows.
type GateLimits struct {
	// Number of clients that may be newly affected for sure.
	AllowAffected int64 `json:"allow_affected"`
	// Whether clients that may be newly affected are allowed.
	AllowPossiblyAffected bool `json:"allow_possibly_affected"`
	// Whether a changed setting that no rule reads fails the comparison.
	FailOnUncovered bool `json:"fail_on_uncovered"`
	// Whether findings that the base could not evaluate leave the answer incomplete.
	FullBase bool `json:"full_base"`
	// Whether two sides that are not of one estate are compared.
	CompareAnyway bool `json:"compare_anyway"`
}

// doubtfulClients are the sites of computers that may be clients.
type doubtfulClients struct {
	sites    map[string]bool
	anywhere bool // some may be in any site
}

// noteDoubtful notes where a computer of the head is that is not known to be a
// client, or a client of which that is not known.
func (p *pairing) noteDoubtful(h *track) {
	if !h.noStatus && (!h.active || h.addresses != nil) || p.reach[1].servers[guid.GUID(h.guid).String()] {
		return
	}
	where, err := p.reach[1].locator.At(h.addresses)
	if err != nil || where.Loc == nil || where.Loc.Sites == nil {
		p.d.doubtful.anywhere = true
		return
	}
	if p.d.doubtful.sites == nil {
		p.d.doubtful.sites = map[string]bool{}
	}
	for _, site := range where.Loc.Sites {
		p.d.doubtful.sites[site] = true
	}
}

// mayBePopulated reports whether a site that is not known to have clients may have
// some.
func (d *Difference) mayBePopulated(site string) bool {
	return d.head.trail.SiteClients[site] == 0 && (d.doubtful.anywhere || d.doubtful.sites[site])
}

// neverAsked reports whether a rule was not evaluated for any object.
func neverAsked(r *result.RuleResult) bool {
	switch r.Verdict {
	case result.NotApplicable, result.NoSource, result.Disabled, result.Errored:
		return true
	}
	return r.Verdict == result.NotEvaluated && len(r.Reasons) > 0 && len(r.Unknown) == 0
}
