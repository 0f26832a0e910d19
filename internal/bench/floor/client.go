package main

import (
	"bytes"
	"math"
)

// fact is a yes or no that may be unknown.
type fact int8

const (
	unknown fact = iota
	no
	yes
)

const unknownAge = math.MinInt32

// Objects of a generated estate. All plug-in policies target the plug-in filter, and
// all but one are on.
var (
	pluginFilter    = []byte(`"D3BA9CA7-5E71-4D76-B961-1BA0B436AACB"`)
	policyThatIsOff = []byte(`"8C2E7A64-3D19-4B57-A0F2-91D45C7B6E08"`)
)

// The required packages, by their roles.
const (
	plugin = iota
	scan
	tools
	roles
)

// client is what the rules read of one client. Texts are parts of its line, nil
// where unknown.
type client struct {
	guid, name, status, os      []byte
	agentVersion, pluginVersion []byte
	managed, installed, licence fact
	policies                    int
	policyOff                   bool // whether the plug-in policy that is off is among them
	inFilter                    bool // of computers with the plug-in
	packages                    [roles]delivery
	basicAge, patchAge, taskAge int32
	returned                    fact
	scanCompleted               fact
	scanAge                     int32
}

// delivery is the state of one package on the client.
type delivery struct {
	event     bool   // whether the package has an entry
	status    []byte // of the newest download
	age       int32
	ran       bool
	runAge    int32
	succeeded fact
}

// read takes a client's line; false for a record of another kind.
func (c *client) read(line []byte) (bool, error) {
	if !bytes.HasPrefix(line, []byte(`{"kind":"client"`)) {
		return false, nil
	}
	*c = client{basicAge: unknownAge, patchAge: unknownAge, taskAge: unknownAge, scanAge: unknownAge}
	s := &scanner{line: line}
	for ok := s.open('{'); ok && s.more('}'); {
		switch string(s.name()) {
		case "guid":
			c.guid = s.text()
		case "name":
			c.name = s.text()
		case "status":
			c.status = s.text()
		case "managed":
			c.managed = s.fact()
		case "os_name":
			c.os = s.text()
		case "agent":
			c.agent(s)
		case "plugin":
			c.plugin(s)
		case "licence", "inventory", "task_agent", "scan_log":
			c.section(s)
		case "filters":
			start := s.at
			s.skip()
			c.inFilter = bytes.Contains(s.line[start:s.at], pluginFilter)
		case "plugin_policies":
			start := s.at
			c.policies = s.elements()
			c.policyOff = bytes.Contains(s.line[start:s.at], policyThatIsOff)
		case "packages":
			c.deliveries(s)
		default:
			s.skip()
		}
	}
	return true, s.err
}

func (c *client) agent(s *scanner) {
	for ok := s.open('{'); ok && s.more('}'); {
		switch string(s.name()) {
		case "version":
			c.agentVersion = s.text()
		default:
			s.skip()
		}
	}
}

func (c *client) plugin(s *scanner) {
	for ok := s.open('{'); ok && s.more('}'); {
		switch string(s.name()) {
		case "installed":
			c.installed = s.fact()
		case "version":
			c.pluginVersion = s.text()
		default:
			s.skip()
		}
	}
}

// section reads one of the sections that share no names of fields.
func (c *client) section(s *scanner) {
	for ok := s.open('{'); ok && s.more('}'); {
		switch string(s.name()) {
		case "in_use":
			c.licence = s.fact()
		case "basic_age_days":
			c.basicAge = s.days()
		case "patch_age_days":
			c.patchAge = s.days()
		case "patch_returned":
			c.returned = s.fact()
		case "registration_age_days":
			c.taskAge = s.days()
		case "completed":
			c.scanCompleted = s.fact()
		case "age_days":
			c.scanAge = s.days()
		default:
			s.skip()
		}
	}
}

func (c *client) deliveries(s *scanner) {
	for ok := s.open('{'); ok && s.more('}'); {
		switch string(s.name()) {
		case "plugin":
			c.packages[plugin].read(s)
		case "scan":
			c.packages[scan].read(s)
		case "tools":
			c.packages[tools].read(s)
		default:
			s.skip()
		}
	}
}

func (d *delivery) read(s *scanner) {
	d.event, d.age = true, unknownAge
	for ok := s.open('{'); ok && s.more('}'); {
		switch string(s.name()) {
		case "status":
			d.status = s.text()
		case "status_age_days":
			d.age = s.days()
		case "last_run":
			d.run(s)
		default:
			s.skip()
		}
	}
}

func (d *delivery) run(s *scanner) {
	d.ran, d.runAge = true, unknownAge
	for ok := s.open('{'); ok && s.more('}'); {
		switch string(s.name()) {
		case "age_days":
			d.runAge = s.days()
		case "succeeded":
			d.succeeded = s.fact()
		default:
			s.skip()
		}
	}
}
