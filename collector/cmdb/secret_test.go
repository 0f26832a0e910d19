package cmdb

import (
	"database/sql/driver"
	"encoding/json"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/internal/secret"
	"github.com/nscheck/nscheck/snapshot"
)

// TestCollect_echoedPassword checks that a password that a hostile server echoes
// in errors and in data is nowhere in the snapshot.
func TestCollect_echoedPassword(t *testing.T) {
	const password = "Hunter2-of-the-test"
	secret.Add(password)
	f := newFake("text")
	for _, name := range []string{"clients.licence", "clients.addresses"} {
		f.change(name, func(a *answer) {
			a.after = mssqlError{50000, "Login with " + password + " is not liked"}
		})
	}
	f.change("clients", func(a *answer) {
		for _, row := range a.rows {
			row[1] = "PC " + password
			row[5] = []byte(password)
		}
	})
	f.sections["sites"] = answer{columns: []string{"guid", "name"}, rows: [][]driver.Value{{password, "x"}}}
	f.sections["filters"] = answer{columns: []string{"guid", "name"}, rows: [][]driver.Value{{wireValue(ids[0]), password + password}}}
	m, err := collectFake(t, f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal([]any{m.manifest, m.estate, m.clients})
	if err != nil {
		t.Fatal(err)
	}
	// Not even a part that a clipped value shows.
	if strings.Contains(string(text), password[:8]) {
		t.Errorf("the snapshot holds it: %.3000s", text)
	}
	if s := m.section(t, "clients.licence"); s.Status == snapshot.Collected || !strings.Contains(s.Error, "Login with … is not liked") {
		t.Errorf("%+v", s)
	}
	if len(m.clients) == 0 || m.clients[0].Name != "PC …" || m.estate.Filters[0].Name != "……" {
		t.Errorf("%s", text)
	}
}
