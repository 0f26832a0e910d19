package binding

import (
	"encoding/json"
	"strings"
	"testing"
)

const itemHead = `<item guid="{d99ed811-174c-5e16-b6c5-7757940e6a7b}">`

func TestReadItemFile(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"vendor policy": {`<?xml version="1.0" encoding="utf-16"?>` + "\n" + itemHead + "\n<packageServerAssignment>\n<assignmentType>2</assignmentType>\n<automaticSiteAssignment>true</automaticSiteAssignment>\n</packageServerAssignment></item>",
			`{"vendor_policies.package_assignment.automatic_site_assignment":{"Value":true,"Line":5},"vendor_policies.package_assignment.package_servers":{"Value":[],"Line":4},"vendor_policies.package_assignment.type":{"Value":"site","Line":4}}`},
		"policy": {itemHead + "\n<schedule><trigger type='daily' repetition='04:00:00'/></schedule></item>",
			`{"policies.schedules":{"Value":[{"repeat_minutes":240,"type":"daily"}],"Line":2}}`},
		"site settings": {itemHead + "\n<siteSettings>\n<outbound><deny>ExtPs</deny><deny>Ns</deny></outbound></siteSettings></item>",
			`{"sites.prevent_downloads":{"Value":["ExtPs","Ns"],"Line":3}}`},
		"neither": {itemHead + "</item>", `{}`},
	} {
		for _, text := range []string{c.text, "\uFEFF" + c.text, utf16Text(c.text)} {
			item, err := ReadItemFile(nil, "", "p.xml", []byte(text))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			got, _ := json.Marshal(item.Settings)
			if string(got) != c.want || item.GUID != "D99ED811-174C-5E16-B6C5-7757940E6A7B" {
				t.Errorf("%s: %s %s\nwant %s", name, item.GUID, got, c.want)
			}
		}
	}
}

// utf16Text is a text as PowerShell writes it.
func utf16Text(s string) string {
	out := "\xFF\xFE"
	for _, r := range s {
		out += string([]byte{byte(r), byte(r >> 8)})
	}
	return out
}

func TestReadItemFileRefuses(t *testing.T) {
	for text, want := range map[string]string{
		itemHead + "\n<packageServerAssignment><assignmentType>7</assignmentType></packageServerAssignment></item>": `p.xml: line 2: assignment_type is "7", which is not a value that the bindings know`,
		itemHead + "\n<outbound><deny>Moon</deny></outbound></item>":                                                `p.xml: line 2: deny has a value that the bindings do not know`,
		itemHead + "\n<a>": "p.xml: line 2: not valid XML: ",
		"<item/>":          "p.xml: line 1: the element item has no attribute guid",
		"<item guid='x'/>": `p.xml: line 1: invalid guid of the item: "x"`,
		"<!-- nothing -->": "p.xml: line 1: not valid XML",
		"\xff\xfe<\x00i":   "p.xml: ",
	} {
		if _, err := ReadItemFile(nil, "", "p.xml", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
}

func FuzzReadItemFile(f *testing.F) {
	f.Add([]byte(itemHead + "<packageServerAssignment><assignmentType>2</assignmentType><packageServer guid='x'/></packageServerAssignment></item>"))
	f.Add([]byte(itemHead + "<schedule><trigger type='daily' repetition='04:00:00'/></schedule></item>"))
	f.Add([]byte("<?xml version='1.0' encoding='utf-16'?><item/>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := ReadItemFile(nil, "", "p.xml", text); err != nil && !strings.HasPrefix(err.Error(), "p.xml: ") {
			t.Errorf("an error without its place: %v", err)
		}
	})
}
