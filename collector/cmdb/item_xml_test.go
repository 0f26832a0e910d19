package cmdb

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/snapshot"
)

// packageAssignment and schedules read an item as the sections do.
func packageAssignment(b *Binding, state string) (*snapshot.PackageAssignment, error) {
	settings := parseItem(b, state)
	if settings == nil {
		return &snapshot.PackageAssignment{}, nil
	}
	return packageAssignmentOf(settings)
}

func schedules(b *Binding, state string) ([]snapshot.Schedule, error) {
	settings := parseItem(b, state)
	if settings == nil {
		return nil, nil
	}
	return schedulesOf(settings)
}

func TestPackageAssignment(t *testing.T) {
	b := shipped()["vendor_policies"]
	for name, c := range map[string]struct{ state, want string }{
		"prestaging": {`<item><packageServerAssignment><assignmentType>2</assignmentType><automaticSiteAssignment>true</automaticSiteAssignment></packageServerAssignment></item>`,
			`{"type":"site","automatic_site_assignment":true,"package_servers":[]}`},
		"individually": {`<?xml version="1.0" encoding="utf-16"?><item><a><packageServerAssignment><assignmentType> 1 </assignmentType>
			<automaticSiteAssignment>False</automaticSiteAssignment>
			<packageServer guid="{6d417916-467c-46a7-a870-6d86d9345b61}"/>
			<packageServer guid="02417916-467C-46A7-A870-6D86D9345B61"/></packageServerAssignment></a></item>`,
			`{"type":"individual","automatic_site_assignment":false,"package_servers":["02417916-467C-46A7-A870-6D86D9345B61","6D417916-467C-46A7-A870-6D86D9345B61"]}`},
		"a server that is none": {`<item><packageServerAssignment><assignmentType>1</assignmentType><packageServer guid="x"/><packageServer guid="02417916-467C-46A7-A870-6D86D9345B61"/></packageServerAssignment></item>`,
			`{"type":"individual","automatic_site_assignment":null}`},
		"unknown values":  {`<item><packageServerAssignment><assignmentType>7</assignmentType><automaticSiteAssignment>perhaps</automaticSiteAssignment></packageServerAssignment></item>`, `{"type":null,"automatic_site_assignment":null}`},
		"two that differ": {`<item><packageServerAssignment><assignmentType>0</assignmentType><assignmentType>1</assignmentType></packageServerAssignment></item>`, `{"type":null,"automatic_site_assignment":null}`},
		"empty nodes":     {`<item><packageServerAssignment><assignmentType/><automaticSiteAssignment/></packageServerAssignment></item>`, `{"type":null,"automatic_site_assignment":null}`},
		"other nodes":     {`<item><settings/></item>`, `{"type":null,"automatic_site_assignment":null}`},
		"no XML":          {`settings=1`, `{"type":null,"automatic_site_assignment":null}`},
		"broken XML":      {`<item><packageServerAssignment><assignmentType>2`, `{"type":null,"automatic_site_assignment":null}`},
		"nothing":         {``, `{"type":null,"automatic_site_assignment":null}`},
	} {
		assignment, err := packageAssignment(b, c.state)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := json.Marshal(assignment)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s %v\nwant %s", name, got, err, c.want)
		}
	}
}

func TestSchedules(t *testing.T) {
	b := shipped()["policies"]
	for name, c := range map[string]struct{ state, want string }{
		"repeating": {`<i><schedule tz="x"><trigger type="daily" repetition="04:30:00"/></schedule></i>`, `[{"type":"daily","repeat_minutes":270}]`},
		"two":       {`<i><schedule><trigger type="daily" repetition="00:00:00"/><trigger type="weekly"/></schedule></i>`, `[{"type":"daily","repeat_minutes":0},{"type":"weekly","repeat_minutes":0}]`},
		"seconds":   {`<i><schedule><trigger type="daily" repetition="00:00:30"/></schedule></i>`, `[{"type":"daily","repeat_minutes":1}]`},
		"empty":     {`<i><schedule><trigger type="daily" repetition=""/></schedule></i>`, `[{"type":"daily","repeat_minutes":null}]`},
		"unlike":    {`<i><schedule><trigger kind="daily"/></schedule></i>`, `[{"type":null,"repeat_minutes":null}]`},
		"odd":       {`<i><schedule><trigger repetition="often"/></schedule></i>`, `[{"type":null,"repeat_minutes":null}]`},
		"negative":  {`<i><schedule><trigger repetition="-1:00:00"/></schedule></i>`, `[{"type":null,"repeat_minutes":null}]`},
		"none":      {`<i/>`, `[]`},
		"no XML":    {`x`, `null`},
	} {
		found, err := schedules(b, c.state)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := json.Marshal(found); err != nil || string(got) != c.want {
			t.Errorf("%s: %s %v, want %s", name, got, err, c.want)
		}
	}
}

func TestWrongXPath(t *testing.T) {
	b := &Binding{Section: "vendor_policies", XPaths: map[string]string{"assignment_type": "//["}}
	if _, err := packageAssignment(b, "<item/>"); err == nil || !strings.Contains(err.Error(), `the XPath "//[" for assignment_type`) {
		t.Errorf("%v", err)
	}
}

func TestHugeItem(t *testing.T) {
	if settings := parseItem(shipped()["policies"], "<i>"+strings.Repeat(" ", maxItemXML)+"</i>"); settings != nil {
		t.Error("it was parsed")
	}
}

func FuzzItemXML(f *testing.F) {
	f.Add(`<item><packageServerAssignment><assignmentType>2</assignmentType></packageServerAssignment></item>`)
	f.Add(`<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`)
	f.Add(`<i><schedule><trigger type="daily" repetition="04:30:00"/></schedule></i>`)
	f.Add(`<a xmlns:x="y"><x:b x:c="d"/></a>`)
	f.Add("<?xml")
	f.Fuzz(func(t *testing.T, state string) {
		if _, err := packageAssignment(shipped()["vendor_policies"], state); err != nil {
			t.Error(err)
		}
		if _, err := schedules(shipped()["policies"], state); err != nil {
			t.Error(err)
		}
	})
}
