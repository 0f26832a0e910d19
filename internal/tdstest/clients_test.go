package tdstest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The clients here share no code with go-mssqldb, so that the double is not
// merely what one driver happens to accept.

// missing skips a test for want of a client, unless clients are required.
func missing(t *testing.T, what, how string) {
	t.Helper()
	if os.Getenv("CI") != "" || os.Getenv("NSCHECK_REQUIRE_CLIENTS") != "" {
		t.Fatalf("%s is missing; get it with: %s", what, how)
	}
	t.Skipf("%s is missing; get it with: %s", what, how)
}

// clientServer knows what the clients ask.
func clientServer(t *testing.T, e Encryption) *Server {
	srv := Start(t, Options{
		Backend: fixture(t, createComputers, fillComputers), Encryption: e,
		WindowsUsers: map[string]string{`CORP\anna`: "Wind0ws-Pässword"},
	})
	row := []any{
		guidText, "Zürich 😀", strings.Repeat("x", 9000), "Zürich €", true, 255, math16, -5, int64(1) << 62, 2.5,
		"-12.3450", "-1.5", date(1753, 1, 1, 0, 0, 0, 0), date(9999, 12, 31, 23, 59, 59, 0), "1899-12-31",
		"<a/>", "ntext ü", []byte{1, 2, 255},
	}
	srv.Handle(Exact("SELECT everything"), Answer{Columns: []Column{
		{Name: "guid", Type: "uniqueidentifier"}, {Name: "nv", Type: "nvarchar(50)"}, {Name: "nvmax", Type: "nvarchar(max)"},
		{Name: "v", Type: "varchar(20)"}, {Name: "bit", Type: "bit"}, {Name: "tiny", Type: "tinyint"}, {Name: "small", Type: "smallint"},
		{Name: "int", Type: "int"}, {Name: "big", Type: "bigint"}, {Name: "f", Type: "float"}, {Name: "dec", Type: "decimal(18,4)"},
		{Name: "money", Type: "money"}, {Name: "dt", Type: "datetime"}, {Name: "dt2", Type: "datetime2(0)"}, {Name: "date", Type: "date"},
		{Name: "xml", Type: "xml"}, {Name: "ntext", Type: "ntext"}, {Name: "bin", Type: "varbinary(8)"},
	}, Rows: Rows(row, make([]any, len(row)))})
	srv.Handle(Exact("SELECT parameters"), Answer{Affected: 1})
	srv.Handle(Word("numbers"), numbers(2000))
	srv.Fail(Word("deadlock"), Deadlock())
	srv.Fail(Word("stalled"), Stall(0))
	return srv
}

const math16 = -32768

func tedious(t *testing.T, srv *Server, user, password, database, encrypt string) map[string][]json.RawMessage {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "node", "install Node.js 18.17 or later")
	}
	dir := filepath.Join("testdata", "tedious")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "tedious")); err != nil {
		missing(t, "tedious", "npm ci --prefix internal/tdstest/testdata/tedious")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	host, port, _ := net.SplitHostPort(srv.Addr())
	cmd := exec.CommandContext(ctx, node, filepath.Join(dir, "client.mjs"), host, port, user, password, database, srv.CAFile(), encrypt)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tedious: %v\n%s\n%s", err, shorten(string(out)), stderr.Bytes())
	}
	said := map[string][]json.RawMessage{}
	for text := range bytes.Lines(out) {
		var line struct {
			What  string
			Value json.RawMessage
		}
		if err := json.Unmarshal(text, &line); err != nil {
			t.Fatalf("tedious printed %q: %v", text, err)
		}
		said[line.What] = append(said[line.What], line.Value)
	}
	return said
}

var runs = regexp.MustCompile("x{60,}")

func shorten(s string) string { return strings.ReplaceAll(s, strings.Repeat("x", 9000), "x…x") }

// tediousExpects is what the client must hear, as JSON.
var tediousExpects = map[string][]string{
	"types": {`{"count":2,"rows":[["` + guidText + `","Zürich 😀","` + strings.Repeat("x", 9000) + `","Zürich €",true,255,-32768,-5,` +
		`"4611686018427387904",2.5,-12.345,-1.5,"1753-01-01T00:00:00.000Z","9999-12-31T23:59:59.000Z","1899-12-31T00:00:00.000Z",` +
		`"<a/>","ntext ü","0102ff"],[null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null]]}`},
	"sql":        {`{"count":1,"rows":[["LEEDS-01",7]]}`},
	"parameters": {`{"count":1,"rows":[]}`},
	"info":       {`"hello"`},
	"batch":      {`{"count":2,"rows":[[1],[2]]}`},
	"inside":     {`{"count":1,"rows":[[1]]}`},
	"outside":    {`{"count":1,"rows":[[0]]}`},
	"prepared":   {`[7]`, `[]`},
	"cancelled":  {`"ECANCEL"`},
	"reset":      {`{"count":1,"rows":[["Symantec_CMDB"]]}`},
}

func TestTedious(t *testing.T) {
	for name, c := range map[string]struct {
		server  Encryption
		encrypt string
		user    string
		pass    string
	}{
		"plain":    {EncryptOff, "false", defaultUser, defaultPassword},
		"tls":      {EncryptOff, "true", defaultUser, defaultPassword},
		"required": {EncryptRequired, "true", defaultUser, defaultPassword},
		"strict":   {EncryptStrict, "strict", defaultUser, defaultPassword},
		"ntlm":     {EncryptOff, "true", `CORP\anna`, "Wind0ws-Pässword"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := clientServer(t, c.server)
			said := tedious(t, srv, c.user, c.pass, defaultDatabase, c.encrypt)
			for what, want := range tediousExpects {
				var got []string
				for _, v := range said[what] {
					got = append(got, string(v))
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s is\n%s\nwant\n%s\nafter the login %s", what, shorten(fmt.Sprint(got)), shorten(fmt.Sprint(want)), said["login"])
				}
			}
			checkTediousRequests(t, srv, said)
		})
	}
}

func checkTediousRequests(t *testing.T, srv *Server, said map[string][]json.RawMessage) {
	t.Helper()
	if got := fmt.Sprintf("%s", said["deadlock"]); !strings.Contains(got, `"number":1205`) {
		t.Errorf("deadlock is %s", got)
	}
	if got := fmt.Sprintf("%s", said["again"]); !strings.Contains(got, `"count":2000`) {
		t.Errorf("after the cancellation: %.200s", got)
	}
	want := map[string]any{
		"i": int64(-5), "b": int64(1) << 62, "t": true, "f": 2.5, "d": "-12.345", "n": "Zürich 😀", "m": strings.Repeat("x", 9000),
		"v": "Zürich €", "x": []byte{1, 2, 255}, "w": date(2024, 2, 29, 23, 59, 59, 123e6), "o": date(1899, 12, 31, 23, 59, 59, 0), "z": nil,
	}
	kinds := map[Kind]int{}
	for _, e := range srv.Log() {
		kinds[e.Kind]++
		if e.SQL != "SELECT parameters" {
			continue
		}
		got := map[string]any{}
		for _, a := range e.Args {
			if got[a.Name] = a.Value; !same(a.Value, want[a.Name]) {
				t.Errorf("parameter %s came as %.60v; want %.60v", a.Name, a.Value, want[a.Name])
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d parameters came; want %d", len(got), len(want))
		}
	}
	if kinds[KindBegin] != 1 || kinds[KindCommit] != 1 || kinds[KindAttention] != 1 {
		t.Errorf("the log has %v", kinds)
	}
}

func TestTediousIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ user, pass, database, want string }{
		"password": {defaultUser, "wrong", defaultDatabase, "Login failed for user 'reader'."},
		"database": {defaultUser, defaultPassword, "nowhere", "Login failed for user 'reader'."},
		"ntlm":     {`CORP\anna`, "wrong", defaultDatabase, "Login failed. The login is from an untrusted domain"},
	} {
		srv := clientServer(t, EncryptOff)
		said := tedious(t, srv, c.user, c.pass, c.database, "true")
		if got := fmt.Sprintf("%s", said["login"]); !strings.Contains(got, c.want) {
			t.Errorf("%s: the client says %s; want %q", name, got, c.want)
		}
	}
	said := tedious(t, Start(t, Options{UnknownCA: true}), defaultUser, defaultPassword, defaultDatabase, "true")
	if got := fmt.Sprintf("%s", said["login"]); !strings.Contains(got, "certificate") && !strings.Contains(got, "signature") {
		t.Errorf("unknown CA: the client says %s", got)
	}
}

// tsql runs FreeTDS's shell on a script.
func tsql(t *testing.T, srv *Server, user, password, script string, env ...string) (string, error) {
	t.Helper()
	path := os.Getenv("NSCHECK_TSQL")
	if path == "" {
		path = "tsql"
	}
	path, err := exec.LookPath(path)
	if err != nil {
		missing(t, "tsql", "apt-get install freetds-bin (or name it in NSCHECK_TSQL)")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	host, port, _ := net.SplitHostPort(srv.Addr())
	conf := filepath.Join(t.TempDir(), "freetds.conf")
	text := fmt.Sprintf("[global]\nclient charset = UTF-8\n[double]\nhost = %s\nport = %s\nencryption = request\ntext size = 10000000\n", host, port)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, path, "-S", "double", "-U", user, "-P", password, "-D", defaultDatabase, "-o", "qf", "-t", "|")
	cmd.Env = append(os.Environ(), append([]string{"FREETDSCONF=" + conf, "LC_ALL=C.UTF-8"}, env...)...)
	cmd.Stdin = strings.NewReader(script)
	var stdout, stderr bytes.Buffer // kept apart, for messages would stand inside rows
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	return stdout.String() + stderr.String(), err
}

func TestFreeTDS(t *testing.T) {
	for name, c := range map[string]struct {
		server Encryption
		env    []string
	}{
		"login only":  {EncryptOff, nil},
		"plain":       {EncryptNotSupported, nil},
		"required":    {EncryptRequired, nil},
		"version 7.2": {EncryptOff, []string{"TDSVER=7.2"}},
		"version 7.3": {EncryptOff, []string{"TDSVER=7.3"}},
		"version 7.4": {EncryptOff, []string{"TDSVER=7.4"}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := clientServer(t, c.server)
			out, err := tsql(t, srv, defaultUser, defaultPassword,
				"SELECT Guid, Name, [OS Name], IsManaged, N FROM vComputer ORDER BY Name\ngo\n"+
					"SELECT everything\ngo\nSELECT deadlock FROM t\ngo\nSET LOCK_TIMEOUT 5000\ngo\nPRINT 'hello'\ngo\nSELECT n FROM numbers\ngo\n"+
					"SELECT DB_NAME(), 'last'\ngo\nexit\n", c.env...)
			if err != nil {
				t.Fatalf("tsql: %v\n%s", err, out)
			}
			for _, want := range []string{
				guidText + "|LEEDS-01|Windows 10|1|7",
				"00000000-0000-0000-0000-000000000001|Zürich|NULL|0|NULL",
				guidText + "|Zürich 😀|" + strings.Repeat("x", 9000) + "|Zürich €|1|255|-32768|-5|4611686018427387904|2.5|-12.3450|-1.5",
				"|Jan  1 1753 12:00AM|Dec 31 9999 11:59PM|Dec 31 1899 12:00AM|<a/>|ntext ü|0102FF",
				strings.TrimSuffix(strings.Repeat("NULL|", 18), "|"),
				"1999|" + strings.Repeat("x", 49),
				"Symantec_CMDB|last",
			} {
				if !strings.Contains(out, want) && !strings.Contains(out, strings.ReplaceAll(want, "0102FF", "0102ff")) {
					t.Errorf("output lacks %q:\n%.3000s", shorten(want), runs.ReplaceAllString(out, "x…x"))
				}
			}
			for _, want := range []string{"Msg 1205", "hello"} {
				if !strings.Contains(out, want) {
					t.Errorf("output lacks the message %q:\n%.3000s", want, shorten(out))
				}
			}
			if l := srv.Logins(); len(l) != 1 || !l[0].Accepted || l[0].Encrypted != (c.server == EncryptRequired) {
				t.Errorf("logins are %+v", l)
			}
		})
	}
}

func TestFreeTDSSignsInWithNTLM(t *testing.T) {
	srv := clientServer(t, EncryptOff)
	out, err := tsql(t, srv, `CORP\anna`, "Wind0ws-Pässword", "SELECT SUSER_SNAME()\ngo\nexit\n")
	if err != nil || !strings.Contains(out, `CORP\anna`) {
		t.Errorf("tsql: %v\n%s", err, out)
	}
	if out, err := tsql(t, srv, `CORP\anna`, "wrong", "exit\n"); err == nil || !strings.Contains(out, "18452") {
		t.Errorf("with a wrong password: %v\n%s", err, out)
	}
}

func TestFreeTDSIsRefused(t *testing.T) {
	srv := clientServer(t, EncryptOff)
	out, err := tsql(t, srv, defaultUser, "wrong", "exit\n")
	if err == nil || !strings.Contains(out, "Msg 18456") || !strings.Contains(out, "Login failed for user 'reader'.") {
		t.Errorf("tsql: %v\n%s", err, out)
	}
}

// TestLockFileNamesNoRegistry keeps the place the packages came from out of it.
func TestLockFileNamesNoRegistry(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "tedious", "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]map[string]any
	}
	if err := json.Unmarshal(data, &lock); err != nil {
		t.Fatal(err)
	}
	for name, p := range lock.Packages {
		if p["resolved"] != nil || name != "" && reflect.ValueOf(p["integrity"]).Kind() != reflect.String {
			t.Errorf("package %q has %v", name, p)
		}
	}
}
