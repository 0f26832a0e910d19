package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/nscheck/nscheck/report"
	"github.com/nscheck/nscheck/snapshot"
)

// namesakesShown is how many clients of one name are listed.
const namesakesShown = 10

// namesakes are the clients that people call by one name.
type namesakes struct {
	name  string
	mu    sync.Mutex
	lines []string // of the first of them by GUID
	count int
}

// add reports whether a client is one of them, and keeps it.
func (n *namesakes) add(client *snapshot.Client) bool {
	if !isNamed(client, n.name) {
		return false
	}
	name, status := client.Name, "status unknown"
	if client.Domain != nil {
		name = *client.Domain + `\` + name
	}
	if client.Status != nil {
		status = *client.Status
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count++
	n.lines = append(n.lines, fmt.Sprintf("  %s  %s  %s", client.GUID, report.Name(name), report.Name(status)))
	slices.Sort(n.lines)
	n.lines = n.lines[:min(len(n.lines), namesakesShown)]
	return true
}

// chosen finds them among the clients; nil where no name was given.
func (n *namesakes) chosen() func(*snapshot.Client) bool {
	if n.name == "" {
		return nil
	}
	return n.add
}

// check refuses a name that no client has, or several.
func (n *namesakes) check() error {
	switch {
	case n.name != "" && n.count == 0:
		return fmt.Errorf("no client in the snapshot is called %q; use a host name, DOMAIN\\NAME or GUID", n.name)
	case n.count < 2:
		return nil
	}
	lines := n.lines
	if more := n.count - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more", more))
	}
	return fmt.Errorf("%d clients in the snapshot are called %q; use the GUID of one of them:\n%s",
		n.count, n.name, strings.Join(lines, "\n"))
}

// isNamed reports whether a client is called name.
func isNamed(client *snapshot.Client, name string) bool {
	if domain, host, ok := strings.Cut(name, `\`); ok {
		return client.Domain != nil && strings.EqualFold(*client.Domain, domain) && strings.EqualFold(client.Name, host)
	}
	return strings.EqualFold(client.Name, name) || strings.EqualFold(client.GUID, strings.Trim(name, "{}"))
}
