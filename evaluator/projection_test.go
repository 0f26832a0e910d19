package evaluator

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// FuzzProjection holds what rules see of a client, which is cut from its text,
// to what a standard decoder makes of that text; and it holds what is remembered
// of two clients to what rules see of them. The masks choose the fields.
func FuzzProjection(f *testing.F) {
	g := newRandomEstate(3)
	g.clients, g.odd, g.kinds, g.fat = 40, 10, 20, false
	lines := g.clientLines()
	for i := range lines {
		f.Add([]byte(lines[i]), []byte(lines[(i*7+1)%len(lines)]), g.Uint64(), g.Uint64())
	}
	f.Add([]byte(lines[0]), []byte(lines[0]), ^uint64(0), uint64(0))
	nets := newNetworks(g.estate())
	head := g.text(f, g.estate(), nil)
	head = head[:bytes.LastIndex(head[:len(head)-1], []byte("\n"))+1] // without the end
	f.Fuzz(func(t *testing.T, one, other []byte, values, presence uint64) {
		p := programOf(values, presence)
		var keys, seen []string
		for _, line := range [][]byte{one, other} {
			c := scannedClient(t, head, line, nets)
			if c == nil {
				return
			}
			projected, err := p.projection(c)
			if err != nil {
				t.Fatal(err)
			}
			want := projectionByDecoder(t, p, c)
			if ast.Compare(projected, want) != 0 {
				t.Fatalf("got  %v\nwant %v\nfrom %s", projected, want, line)
			}
			keys = append(keys, string(p.appendKey(nil, c)))
			seen = append(seen, projected.String())
		}
		if keys[0] == keys[1] && seen[0] != seen[1] {
			t.Fatalf("remembered as the same:\n%s\n%s\n%s", seen[0], seen[1], keys[0])
		}
	})
}

// programOf is a program that reads the fields that the masks name, and what
// nscheck computes.
func programOf(values, presence uint64) *program {
	var r rule.Reads
	objects := objectFields()
	for f := range snapshot.Field(snapshot.NumFields) {
		r.Values[f] = f != snapshot.Root && values>>f&1 == 1
		r.Presence[f] = f != snapshot.Root && objects[f] && presence>>f&1 == 1
	}
	p := &program{}
	p.values, p.presence = r.Fields()
	names := []rule.ComputedField{{Object: "location", Name: "network"}, {Object: "location", Name: "site"}, {Object: "location", Name: "sites"}, {Object: "location", Name: "subnet"},
		{Object: "events", Name: "newest_age_days"}, {Object: "events", Name: "undated"}}
	for i, name := range names {
		if values>>(63-i)&1 == 1 {
			p.computed = append(p.computed, name)
		}
	}
	// Each object that is computed is known by a section whose being there is
	// part of every key.
	p.hostReads(addressesField)
	p.hostReads(packagesField)
	return p
}

// scannedClient is the client of a line; nil where the scan does not take it.
func scannedClient(t *testing.T, head, line []byte, nets *Networks) *streamed {
	if bytes.IndexByte(line, '\n') >= 0 {
		return nil
	}
	snap, err := snapshot.NewReader(bytes.NewReader(append(append(bytes.Clone(head), line...), '\n')), "s")
	if err != nil {
		return nil // such as binary data
	}
	for block, err := range snap.Blocks() {
		if err != nil {
			return nil
		}
		c := &streamed{nets: nets}
		for l, err := range block.Clients(&c.scan) {
			if err != nil || l.Raw != nil {
				return nil
			}
		}
		if c.place, err = NewLocator(nets, func(*Place) {}).At(c.scan.Text(addressesField)); err != nil {
			t.Fatal(err)
		}
		return c
	}
	return nil
}

// projectionByDecoder decodes the client in full and copies what p reads.
func projectionByDecoder(t *testing.T, p *program, c *streamed) ast.Value {
	raw := c.scan.AppendObject(nil)
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var doc map[string]any
	if err := dec.Decode(&doc); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	full, err := readClient(raw, c.nets)
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range []string{"location", "events"} {
		if _, ok := full.fields[object]; ok {
			doc[object] = full.fields[object]
		}
	}
	out := map[string]any{}
	for _, f := range p.values {
		copyPath(out, doc, rule.FieldPaths[f], true)
	}
	for _, f := range p.presence {
		copyPath(out, doc, rule.FieldPaths[f], false)
	}
	for _, f := range p.computed {
		if _, ok := doc[f.Object]; ok {
			copyPath(out, doc, []string{f.Object}, false)
			copyPath(out, doc, []string{f.Object, f.Name}, true)
		}
	}
	value, err := ast.InterfaceToValue(out)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// copyPath copies what stands at a path, if it is there: in full, or as an empty
// object, and as null where it is none.
func copyPath(to, from map[string]any, path []string, full bool) {
	name := path[0]
	value, ok := from[name]
	if !ok {
		return
	}
	inner, isMap := value.(map[string]any)
	switch {
	case len(path) == 1 && full:
		to[name] = value
		return
	case !isMap:
		if !full {
			to[name] = nil
		}
		return
	}
	if to[name] == nil {
		// The parents of what is there are there too.
		if len(path) > 1 && !reaches(inner, path[1:]) {
			return
		}
		to[name] = map[string]any{}
	}
	if len(path) > 1 {
		copyPath(to[name].(map[string]any), inner, path[1:], full)
	}
}

func reaches(doc map[string]any, path []string) bool {
	value, ok := doc[path[0]]
	if !ok || len(path) == 1 {
		return ok
	}
	inner, isMap := value.(map[string]any)
	return isMap && reaches(inner, path[1:])
}

// objectFields are the fields of a client that are objects.
func objectFields() (set rule.FieldSet) {
	var walk func(n *snapshot.FieldNode)
	walk = func(n *snapshot.FieldNode) {
		set[n.Field] = n.Children != nil
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(snapshot.ClientFields)
	return set
}
