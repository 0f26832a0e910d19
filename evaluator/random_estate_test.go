package evaluator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// randomEstate makes snapshots: small estates whose clients are alike often
// enough to be remembered, and odd often enough to find what that breaks.
type randomEstate struct {
	*rand.Rand
	clients int
	kinds   int  // clients of one kind differ only in who they are
	fat     bool // some clients fill a block of the reader by themselves
	odd     int  // percent of the clients that are written in unusual ways
}

func newRandomEstate(seed uint64) *randomEstate {
	g := &randomEstate{Rand: rand.New(rand.NewPCG(seed, 5))}
	g.clients = 1 + g.IntN(150)
	if g.IntN(10) == 0 {
		g.clients += 300
	}
	g.kinds = []int{1, 4, 12, 1 << 30}[g.IntN(4)]
	g.fat = g.IntN(5) == 0
	g.odd = []int{0, 10, 60}[g.IntN(3)]
	return g
}

func (g *randomEstate) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *randomEstate, of ...T) T { return of[g.IntN(len(of))] }

func testGUID(n int) string { return fmt.Sprintf("00000000-0000-0000-0000-%012d", n) }

// text is the snapshot as JSON Lines, with the clients' lines.
func (g *randomEstate) text(t testing.TB, estate *snapshot.Estate, lines []string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := snapshot.NewWriter(&b)
	m := &snapshot.Manifest{Tool: "test", Source: snapshot.Origin{Kind: "demo"}}
	if err := m.CollectedAt.UnmarshalText([]byte("2014-03-03T06:00:00Z")); err != nil {
		t.Fatal(err)
	}
	names := append([]string{"clients"}, rule.EstateSections...)
	for _, s := range rule.ClientSections {
		names = append(names, s)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		status := snapshot.Collected
		if g.chance(2) {
			status = pick(g, snapshot.Partial, snapshot.Denied)
		}
		m.Sections = append(m.Sections, snapshot.Section{Name: name, Status: status})
	}
	steps := []func() error{func() error { return w.WriteManifest(m) }, func() error { return w.WriteEstate(estate) }}
	for _, line := range lines {
		steps = append(steps, func() error { return w.WriteClientLine([]byte(line)) })
	}
	for _, step := range append(steps, w.Close) {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// estate has subnets that lie in each other, that are of several sites, of none
// and of unknown ones, and package servers that are clients too.
func (g *randomEstate) estate() *snapshot.Estate {
	version := pick(g, "7.5.3153", "8.6.1", "")
	e := &snapshot.Estate{
		Server: &snapshot.Server{Name: "NS", Version: &version}, Sites: []snapshot.Site{}, Subnets: []snapshot.Subnet{},
		PackageServers: []snapshot.PackageServer{}, Filters: []snapshot.Filter{}, Policies: []snapshot.Policy{}, Packages: []snapshot.Package{},
	}
	for i := range 3 {
		e.Sites = append(e.Sites, snapshot.Site{GUID: testGUID(501 + i), Name: string(rune('A' + i))})
	}
	for i, cidr := range []string{"0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/24", "10.1.0.0/24", "10.1.0.128/25", "10.2.0.1/32", "255.0.0.0/8"} {
		s := snapshot.Subnet{GUID: testGUID(601 + i), CIDR: cidr}
		switch g.IntN(5) {
		case 0:
			continue
		case 1: // unknown
		case 2:
			s.Sites = []string{}
		case 3:
			s.Sites = []string{testGUID(501 + g.IntN(3))}
		case 4:
			s.Sites = []string{testGUID(502), testGUID(501)}
		}
		e.Subnets = append(e.Subnets, s)
	}
	for range g.IntN(3) {
		e.PackageServers = append(e.PackageServers, snapshot.PackageServer{
			GUID: testGUID(g.IntN(g.clients)), Name: "PS", Addresses: []string{"10.1.0.9/24"}, Sites: []string{},
		})
	}
	return e
}

// clientLines are the clients as they stand in a file.
func (g *randomEstate) clientLines() []string {
	kind := g.Uint64()
	lines := make([]string, g.clients)
	for i := range lines {
		own := *g
		own.Rand = rand.New(rand.NewPCG(kind, uint64(g.IntN(g.kinds))))
		if !g.chance(g.odd) {
			own.odd = 0
		}
		lines[i] = own.client(i, g)
	}
	return lines
}

// client writes a client; who it is comes from another source than what it has.
func (g *randomEstate) client(number int, who *randomEstate) string {
	fields := g.fields(snapshot.ClientFields)
	fields = append(fields,
		[2]string{"guid", `"` + testGUID(number) + `"`},
		[2]string{"name", who.string(pick(who, "X", "Y", "PC-é", `a"b\c`, "日本", "😀", "<&>", "a\tb", "\u2028", "", "null", fmt.Sprintf("N%d", number)))})
	if who.fat && who.chance(10) {
		fields = append(slices.DeleteFunc(fields, func(f [2]string) bool { return f[0] == "domain" }),
			[2]string{"domain", `"` + strings.Repeat("x", 100<<10) + `"`})
	}
	if g.chance(g.odd) {
		g.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	}
	return g.join(append([][2]string{{"kind", `"client"`}}, fields...))
}

func (g *randomEstate) fields(n *snapshot.FieldNode) (out [][2]string) {
	for _, c := range n.Children {
		switch {
		case c.Name == "guid" || c.Name == "name":
		case c.Children != nil:
			if g.chance(75) {
				inner := g.fields(c)
				if g.chance(g.odd) {
					g.Shuffle(len(inner), func(i, j int) { inner[i], inner[j] = inner[j], inner[i] })
				}
				out = append(out, [2]string{c.Name, g.join(inner)})
			}
		case slices.Contains([]string{"addresses", "filters", "plugin_policies"}, c.Name):
			if g.chance(75) {
				out = append(out, [2]string{c.Name, g.list(c.Name)})
			}
		case !g.chance(g.odd / 4): // else it is left out, and stands for null
			out = append(out, [2]string{c.Name, g.scalar(n, c)})
		}
	}
	return out
}

func (g *randomEstate) join(fields [][2]string) string {
	space := func() string {
		if g.chance(g.odd / 2) {
			return pick(g, " ", "\t", "  ", "\r")
		}
		return ""
	}
	var b strings.Builder
	b.WriteString("{")
	for i, f := range fields {
		if i > 0 {
			b.WriteString(space() + ",")
		}
		name := f[0]
		if f[0] != "kind" && g.chance(g.odd/10) {
			name = fmt.Sprintf(`\u%04x%s`, name[0], name[1:])
		}
		b.WriteString(space() + `"` + name + `"` + space() + ":" + space() + f[1])
	}
	b.WriteString(space() + "}")
	return b.String()
}

func (g *randomEstate) list(name string) string {
	items := make([]string, g.IntN(4))
	for i := range items {
		if name == "addresses" {
			items[i] = `"` + pick(g, "10.1.0.5/24", "10.1.0.200/24", "10.1.1.9/16", "10.2.0.1/32", "192.168.0.1/24", "10.1.0.5/8", "0.0.0.0/0", "255.255.255.255/32") + `"`
			if g.chance(g.odd / 10) {
				items[i] = strings.Replace(items[i], "/", `\/`, 1)
			}
			continue
		}
		items[i] = `"` + testGUID(700+g.IntN(4)) + `"`
	}
	return "[" + strings.Join(items, pick(g, ",", ",")) + "]"
}

func (g *randomEstate) scalar(parent, n *snapshot.FieldNode) string {
	if g.chance(15) {
		return "null"
	}
	switch {
	case n.Name == "status" && parent != snapshot.ClientFields:
		return g.string(pick(g, "downloaded", "failed", "pending"))
	case strings.HasSuffix(n.Name, "_at"):
		return pick(g, `"2014-02-28T23:59:59Z"`, `"2014-03-01T00:00:00Z"`, `"1970-01-01T00:00:00Z"`)
	case strings.HasSuffix(n.Name, "_days"):
		if g.chance(g.odd / 4) {
			return pick(g, "9223372036854775807", "-9223372036854775808", "-0", "999999999999999999")
		}
		return pick(g, "0", "1", "7", "14", "31", "-1", "-400", "100000")
	case n.Name == "return_code":
		return pick(g, "0", "1641", "3010", "1", "-2147483648")
	case slices.Contains([]string{"managed", "installed", "in_use", "succeeded", "completed", "patch_returned"}, n.Name):
		return pick(g, "true", "false")
	case n.Name == "status":
		return g.string(pick(g, "Active", "Active", "Active", "Retired"))
	}
	return g.string(pick(g, "X", "7.5.3153", "8", "corp", "é", "a/b", "null", "\\", "😀"))
}

// string writes a text, at times with escapes.
func (g *randomEstate) string(text string) string {
	if !g.chance(g.odd / 3) {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(text) // a text can always be encoded
		return strings.TrimSpace(b.String())
	}
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, pick(g, `\u%04x`, `\u%04X`), unit)
	}
	if text == "X" && g.chance(20) {
		b.WriteString(`\ud800`)
	}
	return `"` + b.String() + `"`
}
