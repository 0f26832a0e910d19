package probe

import (
	"fmt"
	"strings"
	"testing"

	"github.com/antchfx/xmlquery"
	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/fixtures"
)

// secretXML has secrets under and next to names that indicate them. None
// of them may be shown.
const secretXML = `<?xml version="1.0" encoding="utf-16"?>
<item guid="{6d417916-467c-46a7-a870-6d86d9345b61}" name="Password Policy" password="Zero">
  <credential user="Alice" password="Alpha"><data>Beta</data><port>4711</port></credential>
  <settings><Password>Gamma</Password><pwd>Delta</pwd><apiKey>Epsilon</apiKey><AuthToken>Zeta</AuthToken><clientSecret>Eta</clientSecret></settings>
  <add key="Password" value="Theta"/>
  <add key="DatabaseUser" value="Iota"/>
  <property><name>password</name><value>Kappa</value></property>
  <property name="token"><value><deep>Lambda</deep></value></property>
  <blob>QWxhZGRpbjpvcGVuIHNlc2FtZQ==</blob>
  <blob2>QWxhZGRpbjpvcGVu</blob2>
  <hex>DEADBEEFCAFEBABEDEADBEEFCAFEBABE</hex>
  <code>Tr0ub4dor</code>
  <random>xkqzwvbtnr</random>
  <long>Mu Nu Xi: a sentence that an administrator wrote about the server room</long>
  <path>C:\Users\Omicron</path>
  <mail>pi@example.com</mail>
  <number>12345678901234567890</number>
  <nested>&lt;a password="Rho"/&gt;</nested>
  <connectionString>Sigma</connectionString>
  <account>Tau</account>
  <createdBy>Aspen</createdBy><contact>Birch</contact><wort>Cedar</wort><sqlAccess>dogwood</sqlAccess><runAs>svcelder</runAs><domain>FIRCO</domain><server>HAZELSRV</server>
  <x:cert xmlns:x="y"><x:body>Upsilon</x:body></x:cert>
  <mixed>Phi<b/>Chi</mixed>
  <!-- Psi -->
  <![CDATA[ Omega ]]>
</item>`

func readXML(t *testing.T, text string) *xmlquery.Node {
	t.Helper()
	settings, err := binding.ReadItem(&binding.Binding{}, text)
	if err != nil {
		t.Fatal(err)
	}
	return settings.Root
}

func TestItemHidesSecrets(t *testing.T) {
	list := listNodes(readXML(t, secretXML))
	text := fmt.Sprintf("%+v", list)
	for _, secret := range strings.Fields(`Zero Alice Alpha Beta 4711 Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda QWxh DEADBEEF
		Tr0ub xkqz Mu sentence Omicron example 1234567 Rho Sigma Tau Upsilon Phi Chi Psi Omega
		Aspen Birch Cedar dogwood elder FIRCO HAZEL`) {
		if strings.Contains(text, secret) {
			t.Errorf("%s is shown:\n%s", secret, text)
		}
	}
}

func TestItemNodes(t *testing.T) {
	got := listNodes(readXML(t, `<item xmlns:p="urn:p" guid="6d417916-467c-46a7-a870-6d86d9345b61">
  <assign p:kind="Site"><type>2</type><auto>True</auto><server guid="{02417916-467c-46a7-a870-6d86d9345b61}"/><server guid="03417916-467C-46A7-A870-6D86D9345B61"/></assign>
  <p:deny>Ns</p:deny><ratio>-1.5</ratio><empty/><start>2013-09-01T18:00:00</start><wait>00:05:00</wait>
  <v>1</v><v>All</v><v>1</v><text>two words</text>
  <deny>ExtPs</deny><when>onceDaily</when><how>HTTPS</how>
</item>`))
	want := []ItemNode{
		{"/item/@guid", 1, "GUID", []string{"6D417916-467C-46A7-A870-6D86D9345B61"}},
		{"/item/assign/@*[local-name()='kind']", 1, "word", []string{"Site"}},
		{"/item/assign/type", 1, "number", []string{"2"}},
		{"/item/assign/auto", 1, "boolean", []string{"True"}},
		{"/item/assign/server/@guid", 2, "GUID", []string{"02417916-467C-46A7-A870-6D86D9345B61", "03417916-467C-46A7-A870-6D86D9345B61"}},
		{"/item/*[local-name()='deny']", 1, "word", []string{"Ns"}},
		{"/item/ratio", 1, "number", []string{"-1.5"}},
		{"/item/empty", 1, "empty", nil},
		{"/item/start", 1, "time", nil},
		{"/item/wait", 1, "duration", nil},
		{"/item/v", 3, "number or word", []string{"1", "All"}},
		{"/item/text", 1, "text", nil},
		{"/item/deny", 1, "word", []string{"ExtPs"}},
		{"/item/when", 1, "word", []string{"onceDaily"}},
		{"/item/how", 1, "word", []string{"HTTPS"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestItemPathsFind: every path that is shown can be bound as it is.
func TestItemPathsFind(t *testing.T) {
	for _, text := range []string{secretXML, `<a xmlns="urn:d" xmlns:p="urn:p"><p:b p:c="1"><d e="2">x</d></p:b></a>`} {
		b := &binding.Binding{XPaths: map[string]string{}}
		settings, _ := binding.ReadItem(b, text)
		for _, node := range listNodes(settings.Root) {
			b.XPaths["node"] = node.Path
			if found := settings.Nodes("node", nil); len(found) < node.Count {
				t.Errorf("%s finds %d nodes of %d", node.Path, len(found), node.Count)
			}
		}
	}
}

func TestProbeItem(t *testing.T) {
	_, source := sqlServerOf(t, openCMDB(t, fixtures.Demo()))
	byName, err := Items(t.Context(), source, "Microsoft Vendor Policy", cmdb.Options{})
	if err != nil || len(byName) != 1 || len(byName[0].Nodes) < 4 {
		t.Fatalf("%+v %v", byName, err)
	}
	byGUID, err := Items(t.Context(), source, "{"+strings.ToLower(byName[0].GUID)+"}", cmdb.Options{})
	if diff := cmp.Diff(byName, byGUID); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if text := fmt.Sprint(byName); strings.Contains(text, "DECOY") || strings.Contains(text, "svc-patch") {
		t.Error(text)
	}
	if _, err := Items(t.Context(), source, "It's none", cmdb.Options{}); err == nil || !strings.Contains(err.Error(), `there is no item "It's none" in vItem; give its name as the console shows it`) {
		t.Error(err)
	}
}

func FuzzItemNodes(f *testing.F) {
	f.Add(secretXML)
	f.Add(`<a><b c="d">1</b></a>`)
	f.Add(strings.Repeat("<a>", 300))
	f.Fuzz(func(t *testing.T, text string) {
		settings, _ := binding.ReadItem(&binding.Binding{}, text)
		if settings == nil {
			return
		}
		for _, node := range listNodes(settings.Root) {
			for _, v := range node.Values {
				if len(v) > 40 || strings.ContainsAny(v, " <>\"'\\\n\t@=/") {
					t.Errorf("%s: %q is shown", node.Path, v)
				}
			}
		}
	})
}
