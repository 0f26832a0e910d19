package agent

import (
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

func parseScanLog(t *testing.T, text string) (*ScanLogPatterns, error) {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	return ParseScanLog(document.Content[0], "own.yaml")
}

// TestShippedScanLog: no pattern is known in public, so none is shipped.
func TestShippedScanLog(t *testing.T) {
	p := ShippedScanLog()
	if p.Known() || p.Confidence != "?" || len(p.started) > 0 {
		t.Errorf("%+v", p)
	}
}

const ownPatterns = `{started: ["^begin"], completed: ["scan complete$"], failed: ["scan failed", "aborted \\(code [1-9]"], confidence: R}`

func TestScanLogOutcome(t *testing.T) {
	yes, no := true, false
	for name, c := range map[string]struct {
		patterns, log string
		want          *bool
		note          string
	}{
		"completed":             {ownPatterns, "begin\nScan complete\n", &yes, "by the patterns of own.yaml:1 (confidence: R) the newest scan completed"},
		"failed":                {ownPatterns, "Scan Failed\r\n", &no, "the newest scan did not complete"},
		"failed after success":  {ownPatterns, "scan complete\nbegin\nAborted (code 5)\n", &no, ""},
		"success after failure": {ownPatterns, "scan failed\nscan complete", &yes, ""},
		"started again":         {ownPatterns, "scan complete\nbegin\n", nil, "the outcome of the newest scan is unknown"},
		"no line matches":       {ownPatterns, "scan completed\naborted (code 0)\n", nil, "the outcome of the newest scan is unknown"},
		"both match":            {ownPatterns, "scan complete\nscan failed, scan complete\n", nil, "unknown, and 1 of its lines match patterns of both outcomes"},
		"empty":                 {ownPatterns, "", nil, ""},
		"shipped patterns":      {"", "scan complete\n", nil, "its format is not public, so whether a scan completed is not concluded from them"},
		"empty lists":           {"{completed: [], failed: []}", "scan complete\n", nil, "its format is not public"},
		"UTF-16":                {ownPatterns, "\xFF\xFEs\x00c\x00a\x00n\x00 \x00f\x00a\x00i\x00l\x00e\x00d\x00", &no, ""},
	} {
		source := &Source{dir: "x"}
		if c.patterns != "" {
			var err error
			if source.ScanLog, err = parseScanLog(t, c.patterns); err != nil {
				t.Fatal(err)
			}
		}
		files := tree(map[string]string{"Software Delivery/{" + scan + "}/cache/STPatchAssessment.log": c.log, "Logs/a.log": plainEvent})
		r, err := source.read(t.Context(), files, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		got, want := "unknown", "unknown"
		if r.ScanCompleted != nil {
			got = map[bool]string{true: "completed", false: "failed"}[*r.ScanCompleted]
		}
		if c.want != nil {
			want = map[bool]string{true: "completed", false: "failed"}[*c.want]
		}
		if got != want || r.ScanLog == nil || !r.Delivery {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, c.note) {
			t.Errorf("%s: %s", name, notes)
		}
	}
}

func TestParseScanLog_refused(t *testing.T) {
	for text, want := range map[string]string{
		"[a]":                               "line 1: scan_log must have completed and failed",
		"{completed: [a]}":                  "line 1: scan_log needs both completed and failed",
		"{failed: [a]}":                     "needs both",
		"{started: [a]}":                    "needs both",
		"{completed: a, failed: [b]}":       "line 1: scan_log.completed must be a list",
		"{completed: ['('], failed: [b]}":   "line 1: scan_log.completed: error parsing regexp",
		"{completed: ['.*'], failed: [b]}":  `".*" matches every line`,
		"{completed: [''], failed: [b]}":    "a pattern must be a text",
		"{completed: [[a]], failed: [b]}":   "a pattern must be a text",
		"{done: [a]}":                       `unknown key "done"; the keys are completed, failed, started and confidence`,
		"confidence: []":                    "scan_log.confidence must be a text",
		"completed: [a]\nfailed:\n  - '[a'": "line 3: scan_log.failed: error parsing regexp",
	} {
		if _, err := parseScanLog(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
