package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/fixtures/planted"
	"github.com/nscheck/nscheck/report"
)

// packageNames are the names that messages call the required packages by.
var packageNames = map[string]string{
	"plugin": "Software Update Plug-in",
	"scan":   "Patch Windows System Assessment Scan",
	"tools":  "Patch Install Tools",
}

// TestPlantedFaults holds a scan of the demo estate to docs/planted-faults.md:
// every fault there is found, every client is attributed to its fault, and
// nothing else is found.
func TestPlantedFaults(t *testing.T) {
	text, err := os.ReadFile("../../docs/planted-faults.md")
	if err != nil {
		t.Fatal(err)
	}
	page, err := planted.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	result := scanDemo(t)
	if diff := cmp.Diff(wantedFindings(page), foundFindings(result)); diff != "" {
		t.Errorf("findings (-page +scan):\n%s", diff)
	}
	compareUnknowns(t, page, result)
	for _, sound := range page.Sound {
		for _, f := range result.Findings {
			if sound.Covers(f.Rule, f.Resource.Name) {
				t.Errorf("%s is sound, and yet found: %s", sound.Object, line(f.Rule, f.Msg, ""))
			}
		}
	}
	if diff := cmp.Diff(wantedCauses(page), foundCauses(result)); diff != "" {
		t.Errorf("causes of NS-LIC-001 (-page +scan):\n%s", diff)
	}
	rows := map[string]int64{}
	for _, section := range result.Snapshot.Manifest.Sections {
		rows[section.Name] = section.Rows
	}
	for what, got := range map[string]int64{
		"sites": rows["sites"], "subnets": rows["subnets"],
		"licences of computers that are not active": findingsOf(result, "NS-LIC-003"),
		"computers": result.Snapshot.Clients, "clients": result.Snapshot.ActiveClients,
		"unlicensed clients": findingsOf(result, "NS-LIC-001"),
	} {
		if got != int64(page.Counts[what]) {
			t.Errorf("%d %s, the page says %d", got, what, page.Counts[what])
		}
	}
}

func findingsOf(res report.Document, rule string) int64 {
	i := slices.IndexFunc(res.Rules, func(r result.RuleResult) bool { return r.ID == rule })
	return res.Rules[i].Findings
}

func scanDemo(t *testing.T) report.Document {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if status := run([]string{"nscheck", "scan", "--demo", "-f", "json"}, &stdout, &stderr); status != result.ExitFindings {
		t.Fatalf("exit status %d: %s", status, stderr.String())
	}
	var result report.Document
	if err := json.Unmarshal(stdout.Bytes(), &result); err != nil {
		t.Fatal(err)
	}
	return result
}

// line is one finding in words: the rule, the object, and the package.
func line(rule, object, role string) string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", rule, object, role))
}

func wantedFindings(page *planted.Page) []string {
	var out []string
	for _, f := range page.Findings {
		out = append(out, line(f.Rule, f.Object, f.Package))
	}
	for client := range page.Unlicensed() {
		out = append(out, line("NS-LIC-001", client, ""))
	}
	slices.Sort(out)
	return out
}

func foundFindings(result report.Document) []string {
	var out []string
	for _, f := range result.Findings {
		out = append(out, line(f.Rule, f.Resource.Name, roleIn(f.Rule, f.Msg)))
	}
	slices.Sort(out)
	return slices.Compact(out) // client rules find some clients once a package
}

// roleIn finds the package that a message of NS-PKG-001 is about.
func roleIn(rule, msg string) string {
	if rule != "NS-PKG-001" {
		return ""
	}
	for role, name := range packageNames {
		if strings.Contains(msg, name) {
			return role
		}
	}
	return "?"
}

// compareUnknowns holds the unknown objects to the page. A result names only
// the first of many, so those are looked up and all are counted.
func compareUnknowns(t *testing.T, page *planted.Page, result report.Document) {
	t.Helper()
	wanted, counts := map[string]bool{}, map[string]int64{}
	for _, f := range page.Unknowns {
		wanted[line(f.Rule, f.Object, f.Package)] = true
		counts[f.Rule]++
	}
	for _, rule := range result.Rules {
		if got := rule.UnknownCount(); got != counts[rule.ID] {
			t.Errorf("%s cannot judge %d objects, the page says %d", rule.ID, got, counts[rule.ID])
		}
		for _, u := range rule.Unknown {
			for _, r := range u.Sample {
				if object := line(rule.ID, r.Name, roleIn(rule.ID, u.Msg)); !wanted[object] {
					t.Errorf("unknown and not on the page: %s", object)
				}
			}
		}
	}
}

func wantedCauses(page *planted.Page) map[string]string {
	out := map[string]string{}
	for client, fault := range page.Unlicensed() {
		out[client] = line(fault.Rule, fault.Object, fault.Certainty)
	}
	return out
}

func foundCauses(result report.Document) map[string]string {
	objects := map[string]string{}
	for _, c := range result.Causes {
		if c.Resource != nil {
			objects[c.ID] = line(c.Rule, c.Resource.Name, "")
		}
	}
	out := map[string]string{}
	for _, f := range result.Findings {
		if f.Rule != "NS-LIC-001" {
			continue
		}
		out[f.Resource.Name] = line(objects[f.Cause], string(f.Certainty), "")
		if objects[f.Cause] == "" { // the client's own step, or nothing known
			out[f.Resource.Name] = ""
		}
	}
	return out
}
