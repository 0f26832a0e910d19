package snapshot

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// recordsOf returns the fields of the golden file's records by kind.
func recordsOf(t testing.TB) map[string][]byte {
	t.Helper()
	text, err := os.ReadFile("testdata/full.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	records := map[string][]byte{}
	for line := range bytes.Lines(text) {
		kind, rest, ok := splitKind(line)
		if !ok {
			t.Fatalf("no kind in %s", line)
		}
		records[kind] = append([]byte("{"), trimLineEnd(line)[rest+1:]...)
	}
	return records
}

// What the writer writes must take the short way.
func TestAcceptsWhatIsWritten(t *testing.T) {
	for kind, text := range recordsOf(t) {
		if !shapes[kind].accepts(text) {
			t.Errorf("%s is not accepted: %s", kind, text)
		}
	}
}

func TestAcceptsNothingElse(t *testing.T) {
	client := string(recordsOf(t)[kindClient])
	for name, change := range map[string][2]string{
		"unknown field":       {`"name"`, `"nam"`},
		"duplicate field":     {`"domain"`, `"name"`},
		"missing nullable":    {`"domain":"CORP",`, ``},
		"empty":               {client, ``},
		"open":                {client, `{`},
		"null name":           {`"LDS-PC0001"`, `null`},
		"control character":   {`LDS-PC0001`, "a\tb"},
		"bad escape":          {`LDS-PC0001`, `\x`},
		"short escape":        {`LDS-PC0001`, `\u12g4`},
		"no UTF-8":            {`LDS-PC0001`, "\xff"},
		"leading zero":        {`3010`, `03010`},
		"fraction":            {`3010`, `3010.0`},
		"sign alone":          {`3010`, `-`},
		"long number":         {`3010`, `9999999999999999999`},
		"enum":                {`"downloaded"`, `"gone"`},
		"GUID":                {`D3BA9CA7`, `d3ba9ca7`},
		"GUID with an escape": {`D3BA9CA7`, `\u0044BA9CA7`},
		"address":             {`10.4.0.17/24`, `10.4.0.17`},
		"offset":              {`2024-03-01T06:30:00Z`, `2024-03-01T07:30:00+01:00`},
		"comma":               {`"10.4.0.17/24"`, `"10.4.0.17/24",`},
		"location":            {`"task_agent"`, `"location"`},
		"text for a boolean":  {`true`, `"true"`},
	} {
		text := bytes.Replace([]byte(client), []byte(change[0]), []byte(change[1]), 1)
		if shapes[kindClient].accepts(text) {
			t.Errorf("%s: accepted %s", name, text)
		}
	}
}

func TestAcceptsMinima(t *testing.T) {
	for change, want := range map[[2]string]bool{
		{`"format":1`, `"format":10`}:                           true,
		{`"format":1`, `"format":0`}:                            false,
		{`"rows":1`, `"rows":0`}:                                true,
		{`"rows":1`, `"rows":-1`}:                               false,
		{`"utc_offset_minutes":60`, `"utc_offset_minutes":-60`}: true,
	} {
		text := strings.Replace(string(recordsOf(t)[kindManifest]), change[0], change[1], 1)
		if got := shapes[kindManifest].accepts([]byte(text)); got != want {
			t.Errorf("%s: accepted: %t", change[1], got)
		}
	}
}

// Whatever the short way accepts, the long way accepts as it is.
func FuzzAccepts(f *testing.F) {
	kinds := []string{kindManifest, kindEstate, kindClient, kindEnd}
	records := recordsOf(f)
	for i, kind := range kinds {
		f.Add(records[kind], byte(i))
	}
	f.Fuzz(func(t *testing.T, text []byte, which byte) {
		kind := kinds[int(which)%len(kinds)]
		if !(schemaValidator{}).accepts(kind, text) {
			return
		}
		value, fl := decodeJSON(text)
		if fl != nil {
			t.Fatalf("%s: accepted %q, which is %s", kind, text, fl.message)
		}
		if changed, findings := (schemaValidator{}).validate(kind, value); changed || len(findings) > 0 {
			t.Fatalf("%s: accepted %q: changed %t, %v", kind, text, changed, findings)
		}
	})
}
