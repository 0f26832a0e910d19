package snapshot

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// clientRecord is a client as encoding/json writes it.
type clientRecord struct {
	Kind string `json:"kind"`
	*Client
}

// TestClientEncoder holds the encoder to encoding/json: for clients with any
// field set or not, and texts of any kind. A field that was forgotten shows.
func TestClientEncoder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 3000 {
		c := new(Client)
		set := func() bool { return r.IntN(4) > 0 }
		if i == 0 {
			set = func() bool { return true }
		}
		populate(reflect.ValueOf(c).Elem(), r, set)
		got, err := AppendClient([]byte("before"), c)
		if err != nil {
			t.Fatal(err)
		}
		c.Location, c.Events = nil, nil // no part of a snapshot
		var want bytes.Buffer
		want.WriteString("before")
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(clientRecord{kindClient, c}); err != nil {
			t.Fatal(err)
		}
		if string(got)+"\n" != want.String() {
			t.Fatalf("got  %s\nwant %s", got, want.String())
		}
	}
}

var someTexts = []string{"", "LDS-PC1", "Zürich", `a"b\c`, "<&>", "line\nbreak\t\x00\x7f", "\u2028", "bad\xff", "東京"}

// populate sets fields as chance has it; a field of a kind that it does not know
// ends the test.
func populate(v reflect.Value, r *rand.Rand, set func() bool) {
	switch {
	case v.Type() == reflect.TypeFor[Time]():
		v.Set(reflect.ValueOf(Time{time.Unix(r.Int64N(1<<37), r.Int64N(1e9))}))
	case v.Kind() == reflect.Pointer:
		if set() {
			v.Set(reflect.New(v.Type().Elem()))
			populate(v.Elem(), r, set)
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			populate(v.Field(i), r, set)
		}
	case v.Kind() == reflect.Slice:
		if set() {
			v.Set(reflect.MakeSlice(v.Type(), r.IntN(3), 3))
			for i := range v.Len() {
				populate(v.Index(i), r, set)
			}
		}
	case v.Kind() == reflect.String:
		v.SetString(someTexts[r.IntN(len(someTexts))])
	case v.Kind() == reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case v.Kind() == reflect.Int:
		v.SetInt(r.Int64() >> r.IntN(64))
	default:
		panic("the test does not know " + v.Type().String())
	}
}

func TestClientEncoderRefusesTimes(t *testing.T) {
	c := &Client{TaskAgent: &TaskAgent{RegisteredAt: &Time{}}}
	if text, err := AppendClient([]byte("before"), c); err == nil || string(text) != "before" {
		t.Errorf("%q, %v", text, err)
	}
}
