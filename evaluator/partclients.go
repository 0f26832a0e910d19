package evaluator

import (
	"errors"
	"fmt"
	"slices"

	"github.com/nscheck/nscheck/snapshot"
)

// sharedRecord is a record of a part as the spool knows it.
type sharedRecord struct {
	*clientRecord
	class class // noClass where the spool has no room for it
}

// readClients reads what was found in the next block of clients; nil where there
// is none.
func (p *part) readClients(s *spool) (*blockResult, error) {
	for {
		kind, line, err := p.lines.next()
		switch {
		case err != nil:
			return nil, err // the file was changed since it was checked
		case kind == totalsKind:
			return nil, nil
		case kind == classKind:
			err = p.takeClass(line, s)
		default:
			return p.block(line)
		}
		if err != nil {
			return nil, err
		}
	}
}

// takeClass makes a class known.
func (p *part) takeClass(line []byte, s *spool) error {
	var c partClass
	if err := p.lines.decode(line, &c); err != nil {
		return err
	}
	if c.Class == 1 {
		p.classes = p.classes[:0]
	}
	switch {
	case c.Class != len(p.classes)+1:
		return p.lines.damaged(fmt.Sprintf("class %d stands where class %d must", c.Class, len(p.classes)+1))
	case c.Record == nil || len(c.Record.Findings) == 0 ||
		slices.ContainsFunc(c.Record.Findings, func(f clientFinding) bool { return !p.hasRule(f.Rule) }):
		return p.lines.damaged("a class has no findings, or one of no rule")
	}
	at, err := s.classOf(c.Record)
	if err == nil && at != noClass {
		err = s.recall(c.Record, at) // one for all parts
	}
	if err != nil {
		return err
	}
	p.classes = append(p.classes, sharedRecord{c.Record, at})
	return nil
}

// block reads what was found in a block of clients.
func (p *part) block(line []byte) (*blockResult, error) {
	var c partClients
	if err := p.lines.decode(line, &c); err != nil {
		return nil, err
	}
	if c.Clients < 1 || c.First < 0 || c.Clients > snapshot.ChunkClients-c.First%snapshot.ChunkClients || int64(len(c.Found)) > c.Clients {
		return nil, p.lines.damaged("its clients are of no block")
	}
	res := newBlockResult(len(p.head.Rules), sampleSize)
	res.first, res.clients, res.harmed = c.First, c.Clients, int64(len(c.Found))
	for _, f := range c.Found {
		if err := p.takeFound(f, res); err != nil {
			return nil, err
		}
	}
	for _, u := range c.Unknown {
		if !p.hasRule(u.Rule) || u.Count < 1 || int64(len(u.Objects)) != u.Count {
			return nil, p.lines.damaged("what it says to be unknown is of no rule")
		}
		res.unknowns = append(res.unknowns, unknownClients{unknownKey{u.Rule, u.Msg}, u.Count, u.Sample, u.Objects})
	}
	for _, f := range c.Failures {
		if !p.hasRule(f.Rule) || f.Clients < 1 {
			return nil, p.lines.damaged("a failure is of no rule")
		}
		res.failures = append(res.failures, failure{f.Rule, errors.New(f.Error), f.Client, f.Clients})
	}
	return res, nil
}

// takeFound adds a client with findings.
func (p *part) takeFound(f partFound, res *blockResult) (err error) {
	if f.Class < 1 || f.Class > len(p.classes) {
		return p.lines.damaged(fmt.Sprintf("client %q is of class %d of %d", f.Name, f.Class, len(p.classes)))
	}
	shared := p.classes[f.Class-1]
	for _, finding := range shared.Findings {
		res.findings[finding.Rule]++
	}
	who := Resource{GUID: f.GUID, Name: f.Name}
	if shared.class != noClass {
		res.records = appendRecord(res.records, shared.class, who)
		return nil
	}
	res.records, err = appendOddRecord(res.records, shared.clientRecord, who)
	return err
}
