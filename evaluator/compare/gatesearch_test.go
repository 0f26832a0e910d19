package compare

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/collector"
	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/settings"
	"github.com/nscheck/nscheck/snapshot"
)

// gateEdits is how many edits the search tries; make search-gate sets it.
var gateEdits = flag.Int("gate-edits", 0, "try every single edit of the demo estate, and so many pairs of edits")

// editedSide is a snapshot with another configuration.
type editedSide struct {
	*snapshot.Reader
	out *settings.Outcome
}

func (s editedSide) Estate() (*snapshot.Estate, json.RawMessage) { return s.out.Estate, s.out.Raw }

func (s editedSide) Blocks() iter.Seq2[*snapshot.Block, error] {
	return settings.RewriteBlocks(s.Reader.Blocks(), s.out)
}

// gateSearch is the demo estate, which edits are tried on.
type gateSearch struct {
	text    []byte
	raw     json.RawMessage
	pack    *rule.Pack
	base    *Side
	before  *reachModel
	clients []modelClient
}

func newGateSearch(t *testing.T) *gateSearch {
	t.Helper()
	s := &gateSearch{text: collectDemo(t), pack: builtin(t)}
	reader := s.open(t)
	_, s.raw = reader.Estate()
	s.base = s.evaluate(t, reader)
	s.clients = modelClients(t, s.open(t))
	s.before = newReachModel(t, s.raw)
	return s
}

// collectDemo collects the demo estate.
func collectDemo(t *testing.T) []byte {
	t.Helper()
	source, err := collector.Open(t.Context(), collector.Demo, collector.Access{})
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	var b bytes.Buffer
	w := snapshot.NewWriter(&b)
	if _, err := collector.Collect(t.Context(), source, w, collector.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (s *gateSearch) open(t *testing.T) *snapshot.Reader {
	t.Helper()
	reader, err := snapshot.NewReader(bytes.NewReader(s.text), "demo")
	if err != nil {
		t.Fatal(err)
	}
	return reader
}

func (s *gateSearch) evaluate(t *testing.T, snap evaluator.Snapshot) *Side {
	t.Helper()
	r, err := EvaluateSide(t.Context(), s.pack, snap, evaluator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// try applies an edit and checks the gate's answer. It returns what is wrong with
// it, or an empty text, and the exit status; refused edits are 2.
func (s *gateSearch) try(t *testing.T, overlays ...string) (wrong string, status int) {
	t.Helper()
	var files []settings.File
	for i, overlay := range overlays {
		files = append(files, settings.File{Name: fmt.Sprintf("%d.yaml", i), Text: []byte(overlay)})
	}
	out, err := settings.Apply(s.raw, files)
	if err != nil {
		return "", result.ExitTrouble
	}
	head := s.evaluate(t, editedSide{s.open(t), out})
	defer head.Close()
	d, err := Compare(t.Context(), s.base, head, out.Settings, GateLimits{FullBase: true})
	if err != nil {
		return err.Error(), result.ExitTrouble
	}
	status = d.ExitStatus(rule.Medium, false)
	after := newReachModel(t, out.Raw)
	var cut []string
	for _, c := range s.clients {
		for _, role := range []string{"plugin", "scan", "tools"} {
			if s.before.reaches(&c, role) && after.surelyCut(&c, role) {
				cut = append(cut, c.name)
				break
			}
		}
	}
	if len(cut) > 0 && status == result.ExitClean {
		return fmt.Sprintf("the gate ends with 0, and the model says that packages no longer reach %d clients, such as %s", len(cut), cut[0]), status
	}
	was, is := surelyAffected(t, s.base, s.before, s.clients), surelyAffected(t, head, after, s.clients)
	newly := 0
	for _, c := range s.clients {
		if is[c.guid] && !was[c.guid] {
			newly++
		}
	}
	if newly > 0 && status != result.ExitFindings {
		return fmt.Sprintf("the gate ends with %d, and two evaluations differ in %d clients that are surely affected", status, newly), status
	}
	var fresh int64
	for severity, n := range d.Findings[result.New] {
		if severity.AtLeast(rule.Medium) {
			fresh += n
		}
	}
	if fresh+d.Clients.Harmed.Sure == 0 && status == result.ExitFindings {
		return "the gate ends with 1, and nothing is new", status
	}
	if status == result.ExitIncomplete && d.Clients.Harmed.Possible == 0 && !d.Incomplete() {
		return "the gate ends with 3, and nothing is unknown", status
	}
	return "", status
}

// TestGateSearch tries edits of the demo estate. No edit that surely cuts a client
// off may end with 0, by a model of its own and by the plain difference of two
// evaluations. make search-gate tries all single edits and many pairs.
func TestGateSearch(t *testing.T) {
	s := newGateSearch(t)
	defer s.base.Close()
	random := rand.New(rand.NewPCG(13, 1))
	edits := estateEdits(t, s.raw)
	random.Shuffle(len(edits), func(i, j int) { edits[i], edits[j] = edits[j], edits[i] })
	singles, pairs := edits, *gateEdits
	if pairs == 0 {
		// One of every kind of edit: of one field, of objects that come or go.
		singles, pairs = nil, 6
		kinds := map[string]int{}
		for _, e := range edits {
			if kinds[e.kind]++; kinds[e.kind] <= 1 {
				singles = append(singles, e)
			}
		}
	}
	tried, wrong, statuses := 0, 0, map[int]int{}
	check := func(overlays ...string) {
		message, status := s.try(t, overlays...)
		statuses[status]++
		if tried++; message != "" {
			wrong++
			t.Errorf("%s\n%s", strings.Join(overlays, "\n"), message)
		}
		if tried%250 == 0 {
			t.Logf("%d edits tried, %d wrong answers", tried, wrong)
		}
	}
	for _, e := range singles {
		check(e.text)
	}
	for range pairs {
		a, b := edits[random.IntN(len(edits))], edits[random.IntN(len(edits))]
		check(a.text, b.text)
	}
	t.Logf("%d edits tried, %d wrong answers; exit statuses: %v", tried, wrong, statuses)
}

// surelyAffected are the clients that some finding of the estate surely affects, by
// where the model says that they are.
func surelyAffected(t *testing.T, r *Side, m *reachModel, clients []modelClient) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for f, err := range r.Findings() {
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range f.Affects {
			if s.Certainty == result.Possible {
				continue
			}
			for _, c := range clients {
				sites, subnet := m.placeOf(&c)
				switch {
				case m.isServer[c.guid],
					s.Site != "" && (len(sites) != 1 || sites[0] != s.Site),
					s.Subnet != "" && s.Subnet != subnet,
					s.Network != "" && s.Network != c.network.String(),
					s.Client != "" && s.Client != c.guid:
				default:
					out[c.guid] = true
				}
			}
		}
	}
	return out
}

// estateEdit is an edit of one kind: of one field, or of objects that come or go.
type estateEdit struct{ kind, text string }

// editable are the settings that are tried, with the values that their type allows.
var editable = []struct {
	section, field string
	values         []string
	of             string // the section that the field refers to
}{
	{section: "sites", field: "prevent_downloads", values: []string{"[]", "[Ns]", "[ExtPs]", "[Ns, ExtPs]"}},
	{section: "subnets", field: "sites", of: "sites"},
	{section: "package_servers", field: "constrained", values: []string{"true", "false", "null"}},
	{section: "package_servers", field: "task_service", values: []string{"true", "false", "null"}},
	{section: "package_servers", field: "sites", of: "sites"},
	{section: "package_servers", field: "addresses", values: []string{"[]", "[10.10.1.9/24]", "[203.0.113.9/24]"}},
	{section: "packages", field: "enabled", values: []string{"true", "false", "null"}},
	{section: "vendor_policies", field: "enabled", values: []string{"true", "false", "null"}},
	{section: "vendor_policies", field: "package_assignment.type", values: []string{"all", "individual", "site", "null"}},
	{section: "vendor_policies", field: "package_assignment.automatic_site_assignment", values: []string{"true", "false", "null"}},
	{section: "vendor_policies", field: "package_assignment.package_servers", of: "package_servers"},
	{section: "policies", field: "enabled", values: []string{"true", "false", "null"}},
	{section: "policies", field: "target_filters", of: "filters"},
	{section: "policies", field: "schedules", values: []string{"[]", "[{type: daily, repeat_minutes: 60}]", "[{type: once, repeat_minutes: 0}]"}},
}

// estateEdits are the single edits of an estate, as overlays.
func estateEdits(t *testing.T, raw json.RawMessage) []estateEdit {
	t.Helper()
	estate := modelEstate(t, raw)
	var out []estateEdit
	add := func(kind, format string, args ...any) {
		out = append(out, estateEdit{kind, fmt.Sprintf(format, args...)})
	}
	for _, e := range editable {
		kind := e.section + "." + e.field
		for _, o := range estate.objects(e.section) {
			values := e.values
			if e.of != "" {
				values = append(values, "[]")
				for _, other := range estate.objects(e.of) {
					values = append(values, fmt.Sprintf("[%s]", other.guid()), fmt.Sprintf("{add: [%s]}", other.guid()), fmt.Sprintf("{remove: [%s]}", other.guid()))
				}
			}
			open, closing := "", ""
			for part := range strings.SplitSeq(e.field, ".") {
				open, closing = open+part+": {", closing+"}"
			}
			open, closing = strings.TrimSuffix(open, "{"), closing[1:]
			for _, v := range values {
				add(kind, "%s: {%s: {%s%s%s}}", e.section, o.guid(), open, v, closing)
			}
		}
	}
	for _, section := range []string{"sites", "subnets", "package_servers", "packages", "vendor_policies", "policies", "filters"} {
		for i, o := range estate.objects(section) {
			add(section+" removed", "remove: {%s: [%s]}", section, o.guid())
			if section != "subnets" {
				add(section+" renamed", "%s: {%s: {name: Renamed %d}}", section, o.guid(), i)
			}
		}
	}
	for i, o := range estate.objects("sites") {
		for _, constrained := range []string{"true", "false"} {
			add("package_servers added", "add: {package_servers: {NEW-%d: {constrained: %s, task_service: true, sites: [%s], addresses: []}}}", i, constrained, o.guid())
		}
		add("subnets added", "sites: {%s: {subnets: {add: [10.10.1.%d/28]}}}", o.guid(), i%16*16)
		add("subnets added", "sites: {%s: {subnets: {add: [10.0.0.0/8]}}}", o.guid())
	}
	add("sites added", "add: {sites: {Hull: {subnets: [10.10.1.0/25]}}}")
	return out
}

// object is an object of an estate as JSON has it.
type object map[string]any

func (o object) guid() string { return o.text("guid") }

func (o object) text(field string) string {
	s, _ := o[field].(string)
	return s
}

func (o object) texts(field string) []string {
	list, _ := o[field].([]any)
	var out []string
	for _, item := range list {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

type estateDoc map[string]any

func modelEstate(t *testing.T, raw json.RawMessage) estateDoc {
	t.Helper()
	var doc estateDoc
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func (e estateDoc) objects(section string) []object {
	list, _ := e[section].([]any)
	var out []object
	for _, item := range list {
		if o, ok := item.(map[string]any); ok {
			out = append(out, object(o))
		}
	}
	slices.SortFunc(out, func(a, b object) int { return strings.Compare(a.guid(), b.guid()) })
	return out
}
