package agent

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/nscheck/nscheck/internal/guid"
)

// logSummary summarises the logs of a computer.
type logSummary struct {
	hosts  map[string]int // how many events name each, by the name in lower case
	names  map[string]string
	groups map[string]*ErrorGroup
	lost   int // errors beyond the bound of different ones
}

const (
	maxHosts  = 50
	maxGroups = 5000
)

// readLogs reads all logs. A log that cannot be read is noted.
func (r *folderReader) readLogs(ctx context.Context, zone *time.Location) (*logSummary, error) {
	s := &logSummary{hosts: map[string]int{}, names: map[string]string{}, groups: map[string]*ErrorGroup{}}
	for _, log := range r.found.logs {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		stats, err := readFile(r.fs, log.path, func(in io.Reader) (logStats, error) {
			return readLog(in, log.at, zone, s.addEvent)
		})
		if err != nil {
			r.notes.addIncomplete("%s: %v", log.path, withoutPath(err))
		}
		if stats.broken > 0 {
			r.notes.add("%s: %d of its events are cut off and were skipped", log.path, stats.broken)
		}
	}
	if s.lost > 0 {
		r.notes.addIncomplete("%d errors in the logs name more packages than can be distinguished", s.lost)
	}
	return s, nil
}

func (s *logSummary) addEvent(e event) {
	if host := strings.ToLower(e.host); host != "" && (s.hosts[host] > 0 || len(s.hosts) < maxHosts) {
		s.hosts[host]++
		s.names[host] = e.host
	}
	if isError(e) {
		s.count(e)
	}
}

// failing are words, in lower case, that distinguish an error from a warning.
// "Backing off" and "giving up" are the agent's words for a source that it could not
// reach.
var failing = regexp.MustCompile(`\b(?:errors?|fails?|failed|failing|failures?|denied|refused|rejected|aborted|cannot|can't|can ?not|could ?n[o']t|unable|invalid|corrupt(?:ed)?|unreachable|exceptions?|not found|timed out|time-?outs?|backing off|giving up|gave up)\b|\(-2\d{8,9}\)|\b0x8[0-9a-f]{7}\b`)

// harmless are phrases that contain such a word but mean the opposite.
var harmless = regexp.MustCompile(`\b(?:no|without|without any|zero|0|not an?|never|did not|didn't|does not|doesn't|not) (?:errors?|fails?|failed|failures?|exceptions?|time-?outs?|invalid|corrupt(?:ed)?|denied|refused|rejected|aborted)\b|\b(?:errors?|failed|failures?|exceptions?|time-?outs?)\s*[:=]\s*(?:0|none)\b|\berror(?: code)? 0\b(?:x0+\b)?`)

// isError reports whether an event is an error. It is public that severity 2 includes
// errors (KB179719); that severity 1 always is an error is recalled. Severity 2
// includes warnings too, so there the text must show it.
func isError(e event) bool {
	switch strings.TrimSpace(e.severity) {
	case "1":
		return true
	case "2":
		return failing.MatchString(harmless.ReplaceAllString(strings.ToLower(e.text), " "))
	}
	return false
}

var guidText = regexp.MustCompile(`[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}`)

// roleNames are the names of the required packages in texts.
var roleNames = map[string]string{
	"software update plug-in": "plugin",
	"system assessment scan":  "scan",
	"patch install tools":     "tools",
}

// count adds an error to those that name the same packages. An error without one is
// not about a package.
func (s *logSummary) count(e event) {
	var t ErrorGroup
	for _, text := range guidText.FindAllString(e.text, 20) {
		if g, err := guid.Parse(text); err == nil && !slices.Contains(t.Packages, g) {
			t.Packages = append(t.Packages, g)
		}
	}
	lower := strings.ToLower(e.text)
	for name, role := range roleNames {
		if strings.Contains(lower, name) {
			t.Roles = append(t.Roles, role)
		}
	}
	if len(t.Packages) == 0 && len(t.Roles) == 0 {
		return
	}
	slices.Sort(t.Roles)
	key := fmt.Sprintf("%x %s", t.Packages, t.Roles)
	group := s.groups[key]
	if group == nil {
		if len(s.groups) == maxGroups {
			s.lost++
			return
		}
		group = &t
		s.groups[key] = group
	}
	group.Count++
	if e.at != nil && (group.Newest == nil || e.at.After(*group.Newest)) {
		group.Newest = e.at
	}
}

// errorGroups returns the errors, always in the same order.
func (s *logSummary) errorGroups() []ErrorGroup {
	list := []ErrorGroup{}
	keys := make([]string, 0, len(s.groups))
	for key := range s.groups {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		list = append(list, *s.groups[key])
	}
	return list
}

// computer is the one that the events name.
func (s *logSummary) computer(dir string) (string, error) {
	switch len(s.hosts) {
	case 0:
		return "", fmt.Errorf("no event in its logs names a computer; name the computer of the folder: agent:%s?computer=NAME", dir)
	case 1:
		for _, name := range s.names {
			return name, nil
		}
	}
	names := make([]string, 0, len(s.names))
	for _, name := range s.names {
		names = append(names, name)
	}
	slices.Sort(names)
	return "", fmt.Errorf("the events in its logs name several computers, %s; name the computer of the folder: agent:%s?computer=NAME", strings.Join(names, ", "), dir)
}
