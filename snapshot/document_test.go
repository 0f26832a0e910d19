package snapshot_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/snapshot"
)

func TestDocuments(t *testing.T) {
	tests := []struct {
		name, in string
		estate   string
		clients  []string
		lines    []int
	}{
		{
			"YAML", "estate:\n  sites: &s\n  - {guid: " + guid1 + ", name: 'Leeds & <Co>'}\nclients:\n- &c\n  guid: " + guid1 + "\n  name: no\n  plugin: {installed: true}\n- <<: *c\n  guid: " + guid2 + "\n  name: B\n",
			`{"sites":[{"guid":"` + guid1 + `","name":"Leeds & <Co>"}]}`,
			[]string{
				`{"domain":null,"guid":"` + guid1 + `","managed":null,"name":"no","os_name":null,"plugin":{"installed":true,"version":null},"status":null}`,
				`{"domain":null,"guid":"` + guid2 + `","managed":null,"name":"B","os_name":null,"plugin":{"installed":true,"version":null},"status":null}`,
			},
			[]int{5, 9},
		},
		{
			"JSON with CRLF and byte order mark", "\uFEFF{\"estate\": {\"filters\": [{\"guid\":\"" + guid1 + "\",\"name\": \"f\"}]},\r\n\"clients\": [\r\n{\"guid\":\"" + guid1 + "\",\"name\":\"A\"},\r\n\r\n{\"guid\":\"" + guid2 + "\",\"name\":\"B\"}]}\r\n",
			`{"filters":[{"guid":"` + guid1 + `","members":null,"name":"f"}]}`,
			[]string{
				`{"domain":null,"guid":"` + guid1 + `","managed":null,"name":"A","os_name":null,"status":null}`,
				`{"domain":null,"guid":"` + guid2 + `","managed":null,"name":"B","os_name":null,"status":null}`,
			},
			[]int{3, 5},
		},
		{
			"YAML with a timestamp, an offset and other numbers",
			"\uFEFFestate:\r\n  patch_import: {last_success_at: 2024-03-01T07:30:00+01:00, last_run_at: '2024-03-01T06:30:00.75Z', last_success_age_days: 0x1F, newest_bulletin_age_days: 1_000}\r\n",
			`{"patch_import":{"last_run_at":"2024-03-01T06:30:00Z","last_run_succeeded":null,"last_success_age_days":31,"last_success_at":"2024-03-01T06:30:00Z","newest_bulletin_age_days":1000,"newest_bulletin_at":null}}`,
			nil, nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := snapshot.NewReader(strings.NewReader(test.in), "s")
			if err != nil {
				t.Fatal(err)
			}
			if r.Manifest() != nil {
				t.Error("a manifest out of nothing")
			}
			estate, raw := r.Estate()
			if string(raw) != test.estate {
				t.Errorf("estate %s\nwant   %s", raw, test.estate)
			}
			if estate == nil {
				t.Error("no typed estate")
			}
			i := 0
			for c, err := range r.Clients() {
				if err != nil {
					t.Fatal(err)
				}
				if string(c.Raw) != test.clients[i] || c.Line != test.lines[i] {
					t.Errorf("line %d: %s\nwant line %d: %s", c.Line, c.Raw, test.lines[i], test.clients[i])
				}
				i++
			}
			if i != len(test.clients) {
				t.Errorf("%d clients, want %d", i, len(test.clients))
			}
			sum := sha256.Sum256([]byte(test.in))
			if r.SHA256() != hex.EncodeToString(sum[:]) {
				t.Error("another hash")
			}
		})
	}
}

// A line in which nullable fields are missing is completed; others pass as
// they are.
func TestLinesAreCompleted(t *testing.T) {
	spaced := strings.Replace(clientLine("A"), `,`, ` , `, 1)
	short := `{"kind":"client","guid":"` + guid1 + `","name":"B"}` + "\n"
	got, err := read(strings.NewReader(whole(spaced, short)), "s")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`{ "guid":"` + guid1 + `","name":"A","domain":null,"status":null,"managed":null,"os_name":null}`,
		`{"domain":null,"guid":"` + guid1 + `","managed":null,"name":"B","os_name":null,"status":null}`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestDocuments_assetStatus reads asset statuses as the database compares them.
func TestDocuments_assetStatus(t *testing.T) {
	for given, want := range map[string]string{"active": "Active", "RETIRED": "Retired", "disposed": "Disposed", "On hold": "On hold"} {
		r, err := snapshot.NewReader(strings.NewReader("estate: {}\nclients: [{guid: "+guid1+", name: A, status: "+given+"}]\n"), "doc.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for line, err := range r.Clients() {
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(line.Raw), `"status":"`+want+`"`) {
				t.Errorf("%s: %s", given, line.Raw)
			}
		}
	}
}
