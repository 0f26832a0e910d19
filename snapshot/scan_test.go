package snapshot

import (
	"bytes"
	"encoding/json"
	"testing"
)

// TestScanKnowsWhereValuesStand holds the scan of every seed to a decoder: each
// field's text must be the value that the decoder sees.
func TestScanKnowsWhereValuesStand(t *testing.T) {
	scanned := 0
	for _, record := range clientRecords() {
		if checkScan(t, record) {
			scanned++
		}
	}
	if scanned < 3 {
		t.Errorf("only %d records were scanned", scanned)
	}
}

func FuzzScan(f *testing.F) {
	for _, record := range clientRecords() {
		f.Add(record)
	}
	f.Fuzz(func(t *testing.T, record []byte) { checkScan(t, record) })
}

func clientRecords() [][]byte {
	full, err := AppendClient(nil, fullRecord())
	if err != nil {
		panic(err)
	}
	return [][]byte{
		full,
		bytes.ReplaceAll(bytes.ReplaceAll(full, []byte(`,"`), []byte(" ,\t\"")), []byte(`":`), []byte(`" : `)),
		[]byte(`{"kind":"client","name":"\u0041\"\\é","guid":"00679B3C-2722-5A83-96EF-93EB1CF4C11E","os_name":null,"managed":null,"status":null,"domain":null}`),
		[]byte(`{"kind":"client","guid":"00679B3C-2722-5A83-96EF-93EB1CF4C11E","guid":"x"}`),
		[]byte(`{"kind":"client"}`),
		[]byte(`{"kind":"client","guid":"00679B3C-2722-5A83-96EF-93EB1CF4C11E","name":"a","packages":{"scan":{"status":"x"}}}`),
	}
}

func fullRecord() *Client {
	text, yes, n := "text", true, 7
	when, _ := ParseTime("2014-02-28T23:59:59Z")
	run := &Run{StartedAt: &when, AgeDays: &n, ReturnCode: &n, Succeeded: &yes}
	status := "downloaded"
	p := &ClientPackage{Status: &status, StatusAgeDays: &n, LastRun: run}
	const guid = "00679B3C-2722-5A83-96EF-93EB1CF4C11E"
	return &Client{
		GUID: guid, Name: "a \" b", Domain: &text, Status: &text, Managed: &yes, OSName: nil,
		Agent: &Agent{&text}, Plugin: &Plugin{&yes, nil}, Licence: &LicenceUse{nil},
		Addresses: []string{"10.4.0.17/24", "192.168.0.1/32"}, Filters: []string{guid}, PluginPolicies: []string{},
		Packages:  &ClientPackages{Plugin: p, Scan: &ClientPackage{}, Tools: p},
		Inventory: &Inventory{&when, &n, nil, nil, &yes}, TaskAgent: &TaskAgent{&when, &n}, ScanLog: &ScanLog{&yes, nil},
	}
}

// checkScan reports whether the record was scanned.
func checkScan(t *testing.T, record []byte) bool {
	kind, rest, ok := splitKind(record)
	var scan ClientScan
	if !ok || kind != kindClient || !scan.scan(record, rest) {
		return false
	}
	object := scan.AppendObject(nil)
	value, fl := decodeJSON(object)
	if fl != nil {
		t.Fatalf("scanned what is not JSON: %s: %s", fl.message, record)
	}
	if _, flaws := (schemaValidator{}).validate(kindClient, value); len(flaws) > 0 {
		t.Fatalf("scanned what the schema refuses: %v: %s", flaws[0], record)
	}
	found := 0
	var walk func(n *FieldNode, value any)
	walk = func(n *FieldNode, value any) {
		object, _ := value.(map[string]any)
		for _, c := range n.Children {
			inner, present := object[c.Name]
			if present != scan.Has(c.Field) {
				t.Fatalf("%s is there: %t, scanned: %t", c.Name, present, scan.Has(c.Field))
			}
			if !present {
				if scan.Text(c.Field) != nil {
					t.Fatalf("%s has a text and is not there", c.Name)
				}
				walk(c, nil)
				continue
			}
			found++
			got, fl := decodeJSON(scan.Text(c.Field))
			if fl != nil {
				t.Fatalf("%s: %s", c.Name, fl.message)
			}
			if a, b := mustJSON(t, got), mustJSON(t, inner); !bytes.Equal(a, b) {
				t.Fatalf("%s is %s, scanned %s", c.Name, b, a)
			}
			if !scan.Is(c.Field, string(scan.Text(c.Field))) {
				t.Fatalf("%s is not what it is", c.Name)
			}
			walk(c, inner)
		}
	}
	walk(ClientFields, value)
	return found > 0
}

func mustJSON(t *testing.T, value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestIPv4Prefix(t *testing.T) {
	for text, want := range map[string]struct {
		address uint32
		bits    int
		ok      bool
	}{
		"10.4.0.17/24":       {0x0A040011, 24, true},
		"255.255.255.255/32": {0xFFFFFFFF, 32, true},
		"0.0.0.0/0":          {0, 0, true},
		"10.4.0.017/24":      {}, "10.4.0.256/24": {}, "10.4.0.17/33": {}, "10.4.0.17": {}, "10.4.0.17/": {}, "": {},
		"10.4.0.17/24 ": {}, "10.4.0/24": {}, "10..0.1/24": {}, "::1/64": {}, "10.4.0.1/04": {},
	} {
		address, bits, ok := IPv4Prefix([]byte(text))
		if ok != want.ok || ok && (address != want.address || bits != want.bits) {
			t.Errorf("%q: %x/%d, %t", text, address, bits, ok)
		}
		if ok && checkAddress(text) != nil {
			t.Errorf("%q is no address", text)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	record, err := AppendClient(nil, fullRecord())
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := splitKind(record)
	var scan ClientScan
	b.SetBytes(int64(len(record)))
	for b.Loop() {
		if !scan.scan(record, rest) {
			b.Fatal("not scanned")
		}
	}
}
