package snapshot_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/nscheck/nscheck/snapshot"
)

// Whatever the bytes, reading ends with clients or an Error, and clients are
// JSON on one line that decodes into the type.
func FuzzReader(f *testing.F) {
	f.Add([]byte(whole(clientLine("A"))))
	f.Add([]byte("estate: {sites: []}\nclients:\n- {guid: " + guid1 + ", name: x}\n"))
	f.Add([]byte(`{"estate":{},"clients":[{"guid":"` + guid1 + `","name":"x"}]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 1<<16 {
			return
		}
		start := time.Now()
		clients, err := read(bytes.NewReader(in), "s")
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%d bytes took %v", len(in), took)
		}
		if err != nil && !errors.As(err, new(*snapshot.Error)) {
			t.Errorf("error of type %T: %v", err, err)
		}
		for _, c := range clients {
			var client snapshot.Client
			if err := json.Unmarshal([]byte(c), &client); err != nil {
				t.Errorf("client %s: %v", c, err)
			}
			if bytes.ContainsAny([]byte(c), "\n\r") {
				t.Errorf("client on two lines: %q", c)
			}
		}
	})
}

// What reads as a time is written in one form, and reads as the same again.
func FuzzTime(f *testing.F) {
	f.Add(`"2024-03-01T06:30:00Z"`)
	f.Add(`"2024-03-01T07:30:00.5+01:00"`)
	f.Fuzz(func(t *testing.T, in string) {
		var first, second snapshot.Time
		if json.Unmarshal([]byte(in), &first) != nil {
			return
		}
		text, err := json.Marshal(first)
		if err != nil {
			t.Fatalf("%s was read and cannot be written: %v", in, err)
		}
		if len(text) != len(`"2024-03-01T06:30:00Z"`) {
			t.Errorf("%s became %s", in, text)
		}
		if err := json.Unmarshal(text, &second); err != nil || !second.Equal(first.Time) {
			t.Errorf("%s became %s and then %s: %v", in, text, second, err)
		}
	})
}
