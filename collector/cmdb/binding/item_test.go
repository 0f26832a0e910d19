package binding

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// packageAssignment and schedules read an item as the sections do.
func packageAssignment(b *Binding, state string) *snapshot.PackageAssignment {
	settings, _ := ReadItem(b, state)
	if settings == nil {
		return &snapshot.PackageAssignment{}
	}
	return settings.PackageAssignment()
}

func schedules(b *Binding, state string) []snapshot.Schedule {
	settings, _ := ReadItem(b, state)
	if settings == nil {
		return nil
	}
	return settings.Schedules()
}

func TestPackageAssignment(t *testing.T) {
	b := Shipped()["vendor_policies"]
	for name, c := range map[string]struct{ state, want string }{
		"prestaging": {`<item><packageServerAssignment><assignmentType>2</assignmentType><automaticSiteAssignment>true</automaticSiteAssignment></packageServerAssignment></item>`,
			`{"type":"site","automatic_site_assignment":true,"package_servers":[]}`},
		"individually": {`<?xml version="1.0" encoding="utf-16"?><item><a><packageServerAssignment><assignmentType> 1 </assignmentType>
			<automaticSiteAssignment>False</automaticSiteAssignment>
			<packageServer guid="{6d417916-467c-46a7-a870-6d86d9345b61}"/>
			<packageServer guid="02417916-467C-46A7-A870-6D86D9345B61"/></packageServerAssignment></a></item>`,
			`{"type":"individual","automatic_site_assignment":false,"package_servers":["02417916-467C-46A7-A870-6D86D9345B61","6D417916-467C-46A7-A870-6D86D9345B61"]}`},
		"an invalid server": {`<item><packageServerAssignment><assignmentType>1</assignmentType><packageServer guid="x"/><packageServer guid="02417916-467C-46A7-A870-6D86D9345B61"/></packageServerAssignment></item>`,
			`{"type":"individual","automatic_site_assignment":null}`},
		"unknown values":  {`<item><packageServerAssignment><assignmentType>7</assignmentType><automaticSiteAssignment>perhaps</automaticSiteAssignment></packageServerAssignment></item>`, `{"type":null,"automatic_site_assignment":null}`},
		"two that differ": {`<item><packageServerAssignment><assignmentType>0</assignmentType><assignmentType>1</assignmentType></packageServerAssignment></item>`, `{"type":null,"automatic_site_assignment":null}`},
		"empty nodes":     {`<item><packageServerAssignment><assignmentType/><automaticSiteAssignment/></packageServerAssignment></item>`, `{"type":null,"automatic_site_assignment":null}`},
		"other nodes":     {`<item><settings/></item>`, `{"type":null,"automatic_site_assignment":null}`},
		"no XML":          {`settings=1`, `{"type":null,"automatic_site_assignment":null}`},
		"broken XML":      {`<item><packageServerAssignment><assignmentType>2`, `{"type":null,"automatic_site_assignment":null}`},
		"nothing":         {``, `{"type":null,"automatic_site_assignment":null}`},
	} {
		got, err := json.Marshal(packageAssignment(b, c.state))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s %v\nwant %s", name, got, err, c.want)
		}
	}
}

func TestSchedules(t *testing.T) {
	b := Shipped()["policies"]
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
		if got, err := json.Marshal(schedules(b, c.state)); err != nil || string(got) != c.want {
			t.Errorf("%s: %s %v, want %s", name, got, err, c.want)
		}
	}
}

func TestHugeItem(t *testing.T) {
	if _, err := ReadItem(Shipped()["policies"], "<i>"+strings.Repeat(" ", maxItemXML)+"</i>"); !errors.Is(err, errLongItem) {
		t.Error(err)
	}
}

func FuzzItemXML(f *testing.F) {
	f.Add(`<item><packageServerAssignment><assignmentType>2</assignmentType></packageServerAssignment></item>`)
	f.Add(`<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`)
	f.Add(`<i><schedule><trigger type="daily" repetition="04:30:00"/></schedule></i>`)
	f.Add(`<a xmlns:x="y"><x:b x:c="d"/></a>`)
	f.Add("<?xml")
	f.Fuzz(func(t *testing.T, state string) {
		for _, s := range schedules(Shipped()["policies"], state) {
			if s.RepeatMinutes != nil && *s.RepeatMinutes < 0 {
				t.Errorf("repeats every %d minutes", *s.RepeatMinutes)
			}
		}
		for _, server := range packageAssignment(Shipped()["vendor_policies"], state).PackageServers {
			if _, err := guid.Parse(server); err != nil {
				t.Error(err)
			}
		}
	})
}
