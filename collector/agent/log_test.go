package agent

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

var written = time.Date(2014, 1, 2, 8, 0, 0, 0, time.UTC)

// read returns the events of a log in one line each.
func read(t *testing.T, text string) (lines []string, stats logStats) {
	t.Helper()
	stats, err := readLog(strings.NewReader(text), written, time.UTC, func(e event) {
		at := "-"
		if e.at != nil {
			at = e.at.Format("2006-01-02 15:04:05")
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s: %s", at, e.severity, e.host, e.source, e.text))
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines, stats
}

const plainEvent = `<event date='Jan 02 07:51:05' severity='2' hostName='LDS-PC1' source='AgentCore' module='x.dll' process='AeXNSAgent.exe' pid='2684' thread='2288' tickCount='1918530156' > <![CDATA[Access is denied]]></event>`

const plainLine = "2014-01-02 07:51:05 2 LDS-PC1 AgentCore: Access is denied"

func TestReadLog(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		want   []string
		broken int
	}{
		"nothing":            {"", nil, 0},
		"no events":          {"started\r\n<events>\n", nil, 0},
		"one":                {plainEvent, []string{plainLine}, 0},
		"several on a line":  {plainEvent + plainEvent + " " + plainEvent, []string{plainLine, plainLine, plainLine}, 0},
		"root and noise":     {"<?xml version='1.0'?><log>noise\r\n" + plainEvent + "\r\nmore > noise < here\r\n" + plainEvent + "</log>", []string{plainLine, plainLine}, 0},
		"several lines":      {"<event date='Dec  1 07:51:05'\n severity='1'\thostName=\"A\" source='S'>\n<![CDATA[one\ntwo <b> ]] > three]]>\n</event>", []string{"2013-12-01 07:51:05 1 A S: one\ntwo <b> ]] > three"}, 0},
		"unknown attributes": {`<event new='x>y' date='Jan 02 07:51:05' flag severity=4 hostName='A' source='S' source='T' ><![CDATA[x]]></event>`, []string{"2014-01-02 07:51:05 4 A S: x"}, 0},
		"entities":           {`<event date='Jan 02 07:51:05' severity='4' hostName='A' source='O&apos;Neil &amp; Co'>a &lt; b</event>`, []string{"2014-01-02 07:51:05 4 A O'Neil & Co: a < b"}, 0},
		"empty":              {`<event date='Jan 02 07:51:05' severity='4' hostName='A'/>` + plainEvent, []string{"2014-01-02 07:51:05 4 A : ", plainLine}, 0},
		"broken tail":        {plainEvent + plainEvent[:len(plainEvent)-20], []string{plainLine}, 1},
		"broken tag":         {plainEvent + plainEvent[:60], []string{plainLine}, 1},
		"broken in between":  {plainEvent[:190] + "\r\n" + plainEvent, []string{plainLine}, 1},
		"broken mark":        {"<event date='Jan 02\r\n" + plainEvent, []string{plainLine}, 1},
		"no date":            {`<event severity='1' hostName='A' source='S'><![CDATA[x]]></event>`, []string{"- 1 A S: x"}, 0},
		"other language":     {`<event date='Mai 16 11:51:05' severity='1' hostName='A' source='S'><![CDATA[x]]></event>`, []string{"- 1 A S: x"}, 0},
		"other elements":     {`<events><eventlog>` + plainEvent + `</eventlog></events>`, []string{plainLine}, 0},
		"capitals":           {strings.Replace(plainEvent, "<event", "<Event", 1), []string{plainLine}, 0},
		"huge":               {strings.Replace(plainEvent, "Access", strings.Repeat("x", maxEvent), 1) + plainEvent, []string{plainLine}, 1},
	} {
		lines, stats := read(t, c.text)
		if d := cmp.Diff(c.want, lines); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if stats.broken != c.broken || stats.events != len(c.want) {
			t.Errorf("%s: %+v, want %d broken", name, stats, c.broken)
		}
	}
}

// TestEncodings: the same events in every encoding, and with half a character
// at the end.
func TestEncodings(t *testing.T) {
	text := strings.Replace(plainEvent, "denied", "dénied", 1)
	want := []string{strings.Replace(plainLine, "denied", "dénied", 1)}
	var little, big []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		little = append(little, byte(unit), byte(unit>>8))
		big = append(big, byte(unit>>8), byte(unit))
	}
	for name, file := range map[string]string{
		"UTF-8": text, "UTF-8 with a mark": "\xEF\xBB\xBF" + text,
		"UTF-16": string(little), "UTF-16 with a mark": "\xFF\xFE" + string(little), "cut off": "\xFF\xFE" + string(little) + "<",
		"big-endian": string(big), "big-endian with a mark": "\xFE\xFF" + string(big),
	} {
		lines, _ := read(t, file)
		if d := cmp.Diff(want, lines); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// TestEventTime: the year is the latest that is not after the file was written.
func TestEventTime(t *testing.T) {
	east := time.FixedZone("", 5*3600)
	for _, c := range []struct {
		date, written string
		zone          *time.Location
		want          string
	}{
		{"May 16 11:51:05", "2014-05-16T12:00:00Z", time.UTC, "2014-05-16T11:51:05Z"},
		{"May  6 11:51:05", "2014-05-16T12:00:00Z", time.UTC, "2014-05-06T11:51:05Z"},
		{"Dec 31 23:59:59", "2014-01-01T00:00:10Z", time.UTC, "2013-12-31T23:59:59Z"},
		{"Jan 01 00:00:00", "2014-01-01T00:00:10Z", time.UTC, "2014-01-01T00:00:00Z"},
		{"Jan 01 04:00:00", "2013-12-31T23:00:10Z", east, "2013-12-31T23:00:00Z"}, // New Year has come in the east
		{"May 17 10:00:00", "2014-05-16T12:00:00Z", time.UTC, "2014-05-17T10:00:00Z"},
		{"May 18 10:00:00", "2014-05-16T12:00:00Z", time.UTC, "2013-05-18T10:00:00Z"},
		{"Feb 29 10:00:00", "2014-05-16T12:00:00Z", time.UTC, "2012-02-29T10:00:00Z"},
		{"Feb 30 10:00:00", "2014-05-16T12:00:00Z", time.UTC, ""},
		{"2014-05-16 10:00:00", "2014-05-16T12:00:00Z", time.UTC, ""},
	} {
		at, err := time.Parse(time.RFC3339, c.written)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if e := eventTime(c.date, at, c.zone); e != nil {
			got = e.UTC().Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("%s in a file written %s: %s, want %s", c.date, c.written, got, c.want)
		}
	}
}

// TestSplitCDATA: a text that holds ]]> is split into several sections.
func TestSplitCDATA(t *testing.T) {
	for text, want := range map[string]string{
		"<![CDATA[a]]]]><![CDATA[>b]]></event>": "a]]>b", "<![CDATA[a]]><![CDATA[b]]><![CDATA[]]></event>": "ab", "<![CDATA[a]]></event>": "a",
	} {
		if got, whole := eventText([]byte(text)); got != want || !whole {
			t.Errorf("%s: %q %t", text, got, whole)
		}
	}
	if _, whole := eventText([]byte("<![CDATA[a]]><![CDATA[b")); whole {
		t.Error("a text that breaks off is whole")
	}
}

func TestIsError(t *testing.T) {
	for _, c := range []struct {
		severity, text string
		want           bool
	}{
		{"1", "anything", true}, {"2", "Access is denied", true}, {"2", "Download FAILED", true},
		{"2", "Restart is due", false}, {"4", "No error", false}, {"", "Failed", false}, {" 1 ", "x", true},
		{"2", "Package download completed without errors", false}, {"2", "Finished: 0 failed, 12 updated", false},
		{"2", "Errors: 0", false}, {"2", "The update did not fail", false}, {"2", "No errors were found", false},
		{"2", "Default terror profile is set", false}, {"2", "Failover is configured", false},
		{"2", "Backing off (-2147467259)", true}, {"2", "HttpSession returned 0x80072EE7", true}, {"2", "Giving up on the download", true},
		{"2", "No errors in the list, but the download failed", true}, {"2", "Could not connect", true}, {"2", "Connection timed out", true},
	} {
		if got := isError(event{severity: c.severity, text: c.text}); got != c.want {
			t.Errorf("severity %q, %q: %t", c.severity, c.text, got)
		}
	}
}

func FuzzReadLog(f *testing.F) {
	f.Add(plainEvent)
	f.Add(plainEvent[:100] + plainEvent)
	f.Add("<event date='Jan 02 07:51:05' x=\"a>b\" severity=4><![CDATA[<event >]]></event>")
	f.Add("\xFF\xFE<\x00e\x00v\x00e\x00n\x00t\x00 \x00/\x00>\x00")
	f.Add("<event <event /> <event = = ='>")
	f.Fuzz(func(t *testing.T, text string) {
		events := 0
		stats, err := readLog(strings.NewReader(text), written, time.UTC, func(e event) {
			events++
			if e.at != nil && (e.at.After(written.Add(24*time.Hour)) || e.at.Before(written.AddDate(-6, 0, 0))) {
				t.Errorf("an event of %s in a file written %s", e.at, written)
			}
		})
		if err != nil || stats.events != events || stats.broken < 0 {
			t.Errorf("%+v, %d events handed over, %v", stats, events, err)
		}
		// A whole event is found after any other text.
		if !strings.HasPrefix(text, "\xFE\xFF") && !strings.HasPrefix(text, "\xFF\xFE") && !strings.Contains(text, "\x00") {
			last := ""
			if _, err := readLog(strings.NewReader(text+plainEvent), written, time.UTC, func(e event) { last = e.text }); err != nil || last != "Access is denied" {
				t.Errorf("the event behind it was lost: %q, %v", last, err)
			}
		}
	})
}
