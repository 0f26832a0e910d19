package snapshot

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// TestBlocks_numbered checks that blocks are numbered without a gap, in every form
// of a snapshot.
func TestBlocks_numbered(t *testing.T) {
	const clients = 6000 // in several blocks
	var lines bytes.Buffer
	w := NewWriter(&lines)
	m := &Manifest{Tool: "test", Source: Origin{Kind: "demo"}}
	if err := m.CollectedAt.UnmarshalText([]byte("2014-03-03T06:00:00Z")); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteManifest(m); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteEstate(&Estate{}); err != nil {
		t.Fatal(err)
	}
	var list []string
	for i := range clients {
		guid := fmt.Sprintf("00000000-0000-0000-0000-0000000%05d", i)
		if err := w.WriteClient(&Client{GUID: guid, Name: "X"}); err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprintf(`{"guid": %q, "name": "X"}`, guid))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for form, text := range map[string]string{
		"JSON Lines": lines.String(),
		"document":   `{"estate": {}, "clients": [` + strings.Join(list, ",") + `]}`,
	} {
		t.Run(form, func(t *testing.T) {
			r, err := NewReader(strings.NewReader(text), "estate")
			if err != nil {
				t.Fatal(err)
			}
			next := int64(0)
			for b, err := range r.Blocks() {
				if err != nil {
					t.Fatal(err)
				}
				first, n := b.First(), int64(0)
				for _, err := range b.Clients(nil) {
					if err != nil {
						t.Fatal(err)
					}
					n++
				}
				if first != next || n != b.Len() {
					t.Errorf("a block of %d clients from %d on says that it has %d; want it from %d on", n, first, b.Len(), next)
				}
				next += n
				b.Release()
			}
			if next != clients {
				t.Errorf("%d clients, want %d", next, clients)
			}
		})
	}
}
