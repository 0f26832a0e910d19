package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/snapshot"
)

// writePeers writes one document of all clients, with their computed fields, and one
// of everything else.
func (e *estate) writePeers(d *documents) error {
	snap, err := snapshot.Open(e.plain())
	if err != nil {
		return err
	}
	defer snap.Close()
	_, text := snap.Estate()
	var estate map[string]json.RawMessage
	if err := json.Unmarshal(text, &estate); err != nil {
		return err
	}
	delete(estate, "kind")
	data, err := json.Marshal(map[string]any{
		"estate": estate, "params": d.params, "index": d.tables["index"], "totals": d.tables["totals"],
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(e.data(), data, 0o644); err != nil {
		return err
	}
	file, err := os.Create(e.input())
	if err != nil {
		return err
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	before := `{"clients":[`
	for line, err := range snap.Clients() {
		if err != nil {
			return err
		}
		c, err := line.Client()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s%s", before, line.Raw[:len(line.Raw)-1])
		for _, field := range computedFields {
			fmt.Fprintf(out, ",%q:%s", field, d.fields[c.GUID][field])
		}
		out.WriteString("}")
		before = ",\n"
	}
	if before != ",\n" {
		return errors.New("there is no client")
	}
	out.WriteString("]}\n")
	if err := out.Flush(); err != nil {
		return err
	}
	return file.Close()
}

// wrapper makes the rules judge all clients of one input. The rules of one
// client are asked at once, for then they share what their helpers found.
const wrapper = `package bench

deny contains object.union(one, {
	"rule": rule,
	"kind": kind,
	"resource": {"type": "client", "guid": client.guid, "name": client.name},
}) if {
	some client in input.clients
	some rule, sets in _client_rules with input as client
	some kind, set in sets
	some one in set
}

deny contains object.union(one, {"rule": rule, "kind": kind}) if {
	some rule, sets in _estate_rules
	some kind, set in sets
	some one in set
}

`

// writePack writes the built-in rules without their tests, and the wrapper.
func writePack(folder string) error {
	texts := map[string]string{}
	err := fs.WalkDir(policies.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".rego") || strings.HasSuffix(path, "_test.rego") {
			return err
		}
		text, err := fs.ReadFile(policies.FS, path)
		texts[path] = string(text)
		return err
	})
	if err != nil {
		return err
	}
	if texts["bench.rego"], err = wrapPack(texts); err != nil {
		return err
	}
	return writeFiles(folder, texts)
}

// wrapPack is the wrapper with the names of all rules.
func wrapPack(texts map[string]string) (string, error) {
	const source = "builtin"
	pack, err := rule.LoadPack(rule.Source{Name: source, FS: policies.FS})
	if err != nil {
		return "", err
	}
	rules := map[rule.Scope]string{}
	for _, r := range pack.Rules {
		text, ok := texts[strings.TrimPrefix(r.File, source+"/")]
		if !ok {
			return "", fmt.Errorf("rule %s: there is no file %s", r.ID, r.File)
		}
		sets := fmt.Sprintf("%q: %s.violation", "violation", r.Package)
		if strings.Contains(text, "\nunknown contains ") {
			sets += fmt.Sprintf(", %q: %s.unknown", "unknown", r.Package)
		}
		rules[r.Scope] += fmt.Sprintf("\t%q: {%s},\n", r.ID, sets)
	}
	return fmt.Sprintf("%s_client_rules := {\n%s}\n\n_estate_rules := {\n%s}\n",
		wrapper, rules[rule.ClientScope], rules[rule.EstateScope]), nil
}
