package snapshot_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/snapshot"
)

func TestRoundTrip(t *testing.T) {
	for _, name := range []string{"estate.jsonl", "estate.jsonl.zst"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			clients := []*snapshot.Client{fullClient(), {GUID: guid2, Name: "bare"}, {GUID: guid2, Name: "\x00\u2028\"\\é</script>", Addresses: []string{}, Filters: []string{}}}
			write(t, path, clients)
			r, err := snapshot.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if diff := cmp.Diff(fullManifest(), r.Manifest()); diff != "" {
				t.Error(diff)
			}
			estate, raw := r.Estate()
			if diff := cmp.Diff(fullEstate(), estate); diff != "" {
				t.Error(diff)
			}
			if !bytes.Contains(raw, []byte(`"Leeds & <Bradford>"`)) {
				t.Errorf("escaped: %s", raw)
			}
			i := 0
			for line, err := range r.Clients() {
				if err != nil {
					t.Fatal(err)
				}
				var got snapshot.Client
				if err := json.Unmarshal(line.Raw, &got); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(clients[i], &got); diff != "" || line.Line != i+3 {
					t.Errorf("line %d: %s", line.Line, diff)
				}
				i++
			}
			if summary, err := snapshot.Verify(t.Context(), path); err != nil || summary.SHA256 != r.SHA256() || summary.Clients != 3 || len(summary.Sections) != 10 {
				t.Errorf("got %+v, %v", summary, err)
			}
			entries, _ := os.ReadDir(filepath.Dir(path))
			if len(entries) != 1 {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
}

func write(t *testing.T, path string, clients []*snapshot.Client) {
	t.Helper()
	w, err := snapshot.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	if err := w.WriteManifest(fullManifest()); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteEstate(fullEstate()); err != nil {
		t.Fatal(err)
	}
	for _, c := range clients {
		if err := w.WriteClient(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

func TestSameBytes(t *testing.T) {
	dir := t.TempDir()
	var texts [2][]byte
	for i, name := range []string{"a.jsonl.zst", "b.jsonl.zst"} {
		write(t, filepath.Join(dir, name), []*snapshot.Client{fullClient()})
		texts[i], _ = os.ReadFile(filepath.Join(dir, name))
	}
	if !bytes.Equal(texts[0], texts[1]) {
		t.Error("the same data gave other bytes")
	}
}

func TestGoldenFile(t *testing.T) {
	var got bytes.Buffer
	w := snapshot.NewWriter(&got)
	w.WriteManifest(fullManifest())
	w.WriteEstate(fullEstate())
	w.WriteClient(fullClient())
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "full.jsonl")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		os.WriteFile(golden, got.Bytes(), 0o644)
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("the format changed; if that was meant, set UPDATE_GOLDEN=1\n%s", diff)
	}
	if _, err := snapshot.Verify(t.Context(), golden); err != nil {
		t.Error(err)
	}
}

func TestWriteClientLine(t *testing.T) {
	c := fullClient()
	c.Location = &snapshot.Location{}
	line, err := snapshot.AppendClient([]byte("x"), c)
	if err != nil || !bytes.HasPrefix(line, []byte(`x{"kind":"client","guid":`)) || bytes.Contains(line, []byte("location")) || line[len(line)-1] != '}' {
		t.Fatalf("got %s, %v", line, err)
	}
	if c.Location == nil {
		t.Error("the client was changed")
	}
	line = line[1:]
	var file bytes.Buffer
	w := snapshot.NewWriter(&file)
	w.WriteManifest(fullManifest())
	w.WriteEstate(fullEstate())
	bare := strings.Replace(string(line), `"kind":"client",`, "", 1)
	if err := errors.Join(w.WriteClientLine(line), w.WriteClientLine([]byte(bare)), w.Close()); err != nil {
		t.Fatal(err)
	}
	got, err := read(&file, "s")
	if err != nil || len(got) != 2 || got[0] != bare || got[1] != bare {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestWriterRefuses(t *testing.T) {
	tests := []struct {
		name string
		do   func(w *snapshot.Writer) error
		want string
	}{
		{"estate first", func(w *snapshot.Writer) error { return w.WriteEstate(&snapshot.Estate{}) },
			"write estate after nothing: a snapshot is one manifest, one estate, its clients and one end, in this order"},
		{"two manifests", func(w *snapshot.Writer) error {
			w.WriteManifest(fullManifest())
			return w.WriteManifest(fullManifest())
		},
			"write manifest after manifest: a snapshot is one manifest, one estate, its clients and one end, in this order"},
		{"client before estate", func(w *snapshot.Writer) error { w.WriteManifest(fullManifest()); return w.WriteClient(fullClient()) },
			"write client after manifest: a snapshot is one manifest, one estate, its clients and one end, in this order"},
		{"close at once", func(w *snapshot.Writer) error { return w.Close() },
			"write end after nothing: a snapshot is one manifest, one estate, its clients and one end, in this order"},
		{"no manifest", func(w *snapshot.Writer) error { return w.WriteManifest(nil) }, "write manifest: there is none"},
		{"other version", func(w *snapshot.Writer) error { return w.WriteManifest(&snapshot.Manifest{Format: 2}) },
			"write manifest: this nscheck writes format version 1, not 2"},
		{"no time", func(w *snapshot.Writer) error { return w.WriteManifest(&snapshot.Manifest{}) },
			"write manifest: json: error calling MarshalJSON for type snapshot.Time: the time is zero, which is no time; write null where it is unknown"},
		{"two lines", func(w *snapshot.Writer) error { open(w); return w.WriteClientLine([]byte("{\n}")) },
			"write client 1: its text must be one JSON object on one line"},
		{"line of another kind", func(w *snapshot.Writer) error { open(w); return w.WriteClientLine([]byte(`{"kind":"end"}`)) },
			`write client 1: its text is a record of kind "end"`},
		{"after close", func(w *snapshot.Writer) error { open(w); w.Close(); return w.WriteClient(fullClient()) },
			"write client: the snapshot is already closed"},
		{"after abort", func(w *snapshot.Writer) error { open(w); w.Abort(); return w.Close() },
			"the snapshot was given up"},
		{"first failure stays", func(w *snapshot.Writer) error { w.WriteManifest(nil); w.WriteEstate(fullEstate()); return w.Close() },
			"write manifest: there is none"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "s.jsonl")
			w, err := snapshot.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := test.do(w); err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
			w.Abort()
			if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) > 0 && test.name != "after close" {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
}

func open(w *snapshot.Writer) {
	w.WriteManifest(fullManifest())
	w.WriteEstate(&snapshot.Estate{})
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"":                                  "create snapshot: the file name is empty",
		dir:                                 "create snapshot " + dir + ": it is a folder; name a file",
		filepath.Join(dir, "no", "s.jsonl"): "create snapshot " + filepath.Join(dir, "no", "s.jsonl") + ": the folder " + filepath.Join(dir, "no") + " does not exist; create it first",
	} {
		if _, err := snapshot.Create(path); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	if _, err := snapshot.Create(filepath.Join(file, "s.jsonl")); err == nil {
		t.Error("a file was taken for a folder")
	}
}

func TestAbortKeepsTheOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.jsonl")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := snapshot.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	open(w)
	w.Abort()
	w.Abort()
	if text, _ := os.ReadFile(path); string(text) != "old" {
		t.Errorf("got %q", text)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestWriteFails(t *testing.T) {
	w := snapshot.NewWriter(fullDisk{})
	open(w)
	if err := w.Close(); err == nil || err.Error() != "write snapshot: the disk is full" {
		t.Errorf("got %v", err)
	}
}
