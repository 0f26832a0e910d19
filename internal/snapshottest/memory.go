// Package snapshottest has the sink that tests of collectors write into.
package snapshottest

import (
	"slices"
	"testing"

	"github.com/nscheck/nscheck/snapshot"
)

// Memory is a sink that keeps what it is given.
type Memory struct {
	Manifest *snapshot.Manifest
	Estate   *snapshot.Estate
	Clients  []*snapshot.Client
}

// WriteManifest keeps the manifest.
func (m *Memory) WriteManifest(manifest *snapshot.Manifest) error {
	m.Manifest = manifest
	return nil
}

// WriteEstate keeps the estate.
func (m *Memory) WriteEstate(estate *snapshot.Estate) error {
	m.Estate = estate
	return nil
}

// WriteClient keeps one more client.
func (m *Memory) WriteClient(client *snapshot.Client) error {
	m.Clients = append(m.Clients, client)
	return nil
}

// Section is the manifest's entry of that name.
func (m *Memory) Section(t *testing.T, name string) snapshot.Section {
	t.Helper()
	i := slices.IndexFunc(m.Manifest.Sections, func(s snapshot.Section) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("the manifest has no section %s", name)
	}
	return m.Manifest.Sections[i]
}

// Client is the client of that name.
func (m *Memory) Client(t *testing.T, name string) *snapshot.Client {
	t.Helper()
	i := slices.IndexFunc(m.Clients, func(c *snapshot.Client) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("there is no client %s", name)
	}
	return m.Clients[i]
}
