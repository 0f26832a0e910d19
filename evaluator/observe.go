package evaluator

import (
	"encoding/json"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// An Observer sees every client of one evaluation, with the answers of the rules.
type Observer interface {
	// Client appends to dst what the observer keeps of a client. Several goroutines call
	// it at once; the client is valid until it returns.
	Client(dst []byte, c *ObservedClient) []byte
	// Keep stores what Client appended, in the order of the snapshot.
	Keep(records []byte) error
	// Finish is called once the estate was evaluated.
	Finish(o *Observed)
}

// ObservedClient is one client with the answers about it.
type ObservedClient struct {
	Resource result.Resource
	// Active reports whether the status of the computer is Active; see Observed.Servers.
	Active bool
	// StatusUnknown reports whether that is unknown.
	StatusUnknown bool
	// Addresses are those of the client as JSON; nil if they were not collected.
	Addresses []byte
	Answers   []ObservedAnswer
}

// ObservedAnswer is what one rule of scope client says about a client.
type ObservedAnswer struct {
	// Rule is its position in Pack.Rules.
	Rule int
	// Unknown reports whether the rule could not evaluate the client, or broke on it.
	Unknown bool
	// Stems are those of the fingerprints of its findings.
	Stems []result.Stem
}

// Observed is what an evaluation knows about the estate.
type Observed struct {
	Pack     *rule.Pack
	Estate   *snapshot.Estate
	Networks *Networks
	// Servers are the GUIDs of the package servers and the Notification Server, which do not
	// count as clients.
	Servers map[string]bool
	// SiteClients is the number of clients by GUID of the site.
	SiteClients map[string]int64
	// Unsure are the objects of the estate that a rule could not evaluate, by its id.
	Unsure map[string][]result.Resource
}

// observe shows a client to the observer.
func (w *worker) observe(dst []byte, c *streamed, active bool) []byte {
	o := &w.observed
	o.Resource, o.Active, o.StatusUnknown = c.resource(), active, c.statusUnknown()
	if o.Addresses = c.scan.Text(addressesField); c.plain {
		o.Addresses = nil
		if list := c.decoded.client.Addresses; list != nil {
			o.Addresses, _ = json.Marshal(list) // texts alone
		}
	}
	o.Answers = o.Answers[:0]
	for i, a := range c.answers {
		answer := ObservedAnswer{Rule: w.indexes[i], Unknown: a.err != nil || len(a.value.outcome.unknown) > 0}
		if a.err == nil {
			answer.Stems = a.value.stems
		}
		o.Answers = append(o.Answers, answer)
	}
	return w.run.opts.Observer.Client(dst, o)
}

// statusUnknown reports whether it is unknown if the computer counts as a client.
func (c *streamed) statusUnknown() bool {
	if c.plain {
		return c.decoded.client.Status == nil
	}
	text := c.scan.Text(statusField)
	return text == nil || string(text) == "null"
}

// finishObserving tells the observer what is known about the estate.
func (r *run) finishObserving() {
	if r.opts.Observer == nil {
		return
	}
	o := &Observed{Pack: r.pack, Estate: r.estate, Networks: r.nets, Servers: r.totals.servers, SiteClients: r.totals.sites, Unsure: map[string][]result.Resource{}}
	for i, rule := range r.pack.Rules {
		o.Unsure[rule.ID] = r.states[i].unsure
	}
	r.opts.Observer.Finish(o)
}

// clientStems are what fingerprints of a rule's findings about one client are
// made of.
func clientStems(rule *rule.Rule, findings []clientFinding) []result.Stem {
	seen := result.Ordinals{}
	var stems []result.Stem
	for _, f := range findings {
		n := seen.Next(rule.ID, result.Resource{Type: "client"}, "", f.Path)
		stems = append(stems, result.NewStem(rule.ID, "client", "", f.Path, n))
	}
	return stems
}
