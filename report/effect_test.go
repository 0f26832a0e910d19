package report

import (
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
)

func TestEffectOfFix(t *testing.T) {
	tests := []struct {
		name      string
		clients   int64
		unblocks  *int64
		certainty result.Certainty
		want      string
	}{
		{"all", 38, new(int64(38)), result.Sure, "Fixing this unblocks all 38 clients"},
		{"the only one", 1, new(int64(1)), result.Sure, "Fixing this unblocks the client"},
		{"some", 38, new(int64(20)), result.Sure, "Fixing this unblocks 20 of 38 clients; the others have a further sure cause"},
		{"none", 17, new(int64(0)), result.Sure, "Fixing this alone unblocks none of its 17 clients; they have a further sure cause"},
		{"not the only one", 1, new(int64(0)), result.Sure, "Fixing this alone unblocks no client; the client has a further sure cause"},
		{"possibly all", 24, new(int64(24)), result.Possible, "Fixing this may unblock all 24 clients; they may have another download source"},
		{"possibly the only one", 1, new(int64(1)), result.Possible, "Fixing this may unblock the client; it may have another download source"},
		{"possibly some", 24, new(int64(20)), result.Possible, "Fixing this may unblock 20 of 24 clients; they may have another download source; the others have a further sure cause"},
		{"possibly none", 24, new(int64(0)), result.Possible, "Fixing this alone unblocks none of its 24 clients; they have a further sure cause"},
		{"not known", 38, nil, result.Sure, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := result.Cause{Resource: &result.Resource{Type: "site"}, Clients: tt.clients, Unblocks: tt.unblocks, Certainty: tt.certainty}
			if got := effectOfFix(c); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if c.Resource = nil; effectOfFix(c) != "" {
				t.Errorf("a step of the clients' own has the effect %q", effectOfFix(c))
			}
		})
	}
}
