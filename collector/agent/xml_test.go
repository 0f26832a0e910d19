package agent

import (
	"strings"
	"testing"

	"github.com/nscheck/nscheck/internal/guid"
)

func TestReadStatus(t *testing.T) {
	for name, c := range map[string]struct{ text, status, since, err string }{
		"attributes":    {`<PackageStatus Id="x" Status="Deleted" Time="2014-03-01 10:00:00"/>`, "Deleted", "2014-03-01", ""},
		"elements":      {`<p><status> Ready </status><Time>2014-03-01T10:00:00Z</Time></p>`, "Ready", "2014-03-01", ""},
		"declared":      {`<?xml version="1.0" encoding="utf-16"?><p Status="Deleted" Time="soon"/>`, "Deleted", "", ""},
		"the first":     {`<p Status="Deleted"><q Status="Ready"/></p>`, "Deleted", "", ""},
		"cut off":       {`<p Status="Deleted"><q`, "Deleted", "", "it is not whole XML: "},
		"no status":     {`<p/>`, "", "", "it has no Status"},
		"empty":         {``, "", "", "it is empty"},
		"text":          {`Deleted`, "", "", "it is empty"},
		"entities":      {`<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><p Status="&x;"/>`, "", "", "it is not whole XML: "},
		"deep":          {strings.Repeat("<a>", 300), "", "", "its elements are nested too deeply"},
		"long":          {"<p>" + strings.Repeat("<a/>", maxXML/4+1) + "</p>", "", "", "it is longer than 8 MiB"},
		"big attribute": {`<p Status="` + strings.Repeat("x", maxXML) + `"/>`, "", "", "it is longer than 8 MiB"},
	} {
		s, err := readStatus(strings.NewReader(c.text))
		if s.status != c.status || s.since() != c.since || (err == nil) != (c.err == "") || err != nil && !strings.HasPrefix(err.Error(), c.err) {
			t.Errorf("%s: %.50q since %q, %v", name, s.status, s.since(), err)
		}
	}
}

func FuzzReadStatus(f *testing.F) {
	f.Add(`<PackageStatus Status="Deleted" Time="2014-03-01 10:00:00"/>`)
	f.Add(`<?xml version="1.0" encoding="utf-16"?><p><Status>Deleted</Status></p>`)
	f.Add(`<p xmlns:a="b" a:status="x"><![CDATA[y]]></p>`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := readStatus(strings.NewReader(text))
		if err == nil && s.status == "" {
			t.Error("neither a status nor an error")
		}
		_ = s.since()
	})
}

func FuzzReadSnapshot(f *testing.F) {
	f.Add(`<snapshot package="{6D417916-467C-46A7-A870-6D86D9345B61}"><file name="a" size="1"/></snapshot>`)
	f.Add(`<s><id>6d417916-467c-46a7-a870-6d86d9345b61</id></s>`)
	f.Add("\xFE\xFF\x00<\x00s\x00/\x00>")
	f.Fuzz(func(t *testing.T, text string) {
		guids, err := readSnapshot(strings.NewReader(text))
		if err == nil && guids == nil {
			t.Error("neither GUIDs nor an error")
		}
		for g := range guids {
			if _, err := guid.Parse(g.String()); err != nil {
				t.Error(err)
			}
		}
	})
}
