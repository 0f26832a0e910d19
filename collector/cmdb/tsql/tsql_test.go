package tsql

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// allowed read and do nothing else, however they look.
var allowed = []string{
	"SELECT 1",
	"select [Guid] from [vItem];",
	"SELECT a FROM b;;\n",
	"SELECT a FROM DBO.b JOIN [Dbo].[c] ON 1=1, dbo . d",
	";WITH a AS (SELECT 1 AS x) SELECT x FROM a",
	"SELECT CAST(a AS nvarchar(36)) AS b, SUM(c) OVER (PARTITION BY d) e FROM [dbo].[f] AS g (h) WHERE i AT TIME ZONE 'UTC' > GETUTCDATE()",
	"SELECT [is_read_committed_snapshot_on] FROM [sys].[databases] WHERE [name] = @database",
	"WITH a (b) AS (SELECT 1) SELECT x.b FROM a x CROSS APPLY t y",
	"-- DELETE\nSELECT /* DROP /* nested; */ TABLE */ a FROM b -- ; EXEC x",
	"SELECT 'DELETE FROM x; --' AS [DROP], N'it''s; EXEC' AS [a]]b; EXEC], \"UPDATE \"\" x\" FROM [INSERT]",
	"WITH a AS (SELECT 1 AS x), b (y) AS (SELECT x FROM a) SELECT y FROM b",
	"SELECT a FROM b UNION ALL SELECT a FROM c EXCEPT SELECT a FROM d INTERSECT SELECT a FROM e",
	"SELECT a FROM (SELECT a FROM b UNION SELECT a FROM c) d WHERE EXISTS (SELECT 1 FROM e)",
	"SELECT TOP (5) WITH TIES CASE WHEN a = 1 THEN CASE b WHEN 2 THEN 3 END END AS c FROM d ORDER BY e",
	"SELECT a FROM b ORDER BY a OFFSET 5 ROWS FETCH NEXT 10 ROWS ONLY",
	"SELECT a FROM b WITH (NOLOCK) WHERE c = @product OPTION (MAXDOP 1)",
	"SELECT LEFT(a, 2), COUNT(*), CONVERT(nvarchar(36), x.Move) FROM dbo.b x CROSS APPLY dbo.fnGetSubnetMaskAsTable(1) g",
	"SELECT SUM(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 1 PRECEDING AND CURRENT_ROW) FROM d",
	"SELECT Größe FROM [Ärger] AS ä WHERE x IS NOT DISTINCT FROM y",
	"SELECT updated, inserted_at, deleted, execs FROM created",
	"SELECT a.value('(/item/x)[1]', 'int') FROM b",
	"SELECT (SELECT ',' FROM c FOR XML PATH('')) AS x FROM b",
}

// refused have the sentence that refuses them.
var refused = map[string]string{
	"":                                  "line 1, column 1: no statement; ",
	" -- nothing\n;":                    "no statement; ",
	"DELETE FROM x":                     "line 1, column 1: it begins with DELETE; a binding is one SELECT statement that only reads",
	"EXEC xp_cmdshell 'dir'":            "begins with EXEC",
	"sp_who":                            "begins with sp_who",
	"(SELECT 1)":                        "begins with (",
	"SELECT 1; SELECT 2":                "line 1, column 9: another statement follows this semicolon",
	"SELECT 1;;SELECT 2":                "another statement follows",
	"SELECT 1 SELECT 2":                 "line 1, column 10: another statement begins with this SELECT",
	"SELECT 1\nFROM b\n  DELETE FROM b": "line 3, column 3: DELETE is not allowed",
	"SELECT 1DELETE FROM b":             "line 1, column 9: a blank is missing between the number 1 and what follows",
	"SELECT 1e5UPDATE b":                "a blank is missing",
	"SELECT 0xFFUPDATE b":               "a blank is missing",
	"SELECT[a]INTO[b]FROM[c]":           "column 10: INTO is not allowed",
	"SELECT a INTO #b FROM c":           "INTO is not allowed",
	"SELECT 'x'EXEC('y')":               "EXEC is not allowed",
	"SELECT a FROM t x GET CONVERSATION GROUP @g FROM dbo.q":                      "GET is not allowed",
	"SELECT a FROM t x Y CONVERSATION @g":                                         "three names follow each other",
	"SELECT a FROM t [x] [y] (b)":                                                 "the function [y] is not allowed",
	"SELECT a FROM sys.fn_xe_file_target_read_file('\\\\h\\x', NULL, NULL, NULL)": "sys.fn_xe_file_target_read_file is part of the server's own catalogue",
	"SELECT a FROM fn_trace_gettable('x', 1)":                                     "the function fn_trace_gettable is not allowed",
	"SELECT a FROM ::fn_trace_gettable('x', 1)":                                   "the sign : has no place",
	"SELECT a FROM sys.dm_os_file_exists('x')":                                    "is part of the server's own catalogue",
	"SELECT a FROM [SYS] . [sql_logins]":                                          "is part of the server's own catalogue",
	"SELECT a FROM INFORMATION_SCHEMA.TABLES":                                     "is part of the server's own catalogue",
	"SELECT a FROM sysobjects":                                                    "is part of the server's own catalogue",
	"SELECT a FROM dbo.syslogins":                                                 "is part of the server's own catalogue",
	"SELECT a FROM audit.logins":                                                  "audit.logins is in another schema; a binding reads the CMDB only: its tables and views in the schema dbo",
	"SELECT a FROM [guest].[x]":                                                   "guest.x is in another schema",
	"SELECT a FROM b JOIN db_owner.x ON 1=1":                                      "is in another schema",
	"SELECT a FROM b, other.x":                                                    "is in another schema",
	"SELECT a FROM [dbo ].x":                                                      "is in another schema",
	"SELECT a FROM b WHERE c IN (SELECT d FROM other.x)":                          "is in another schema",
	"WITH c AS (SELECT 1 FROM other.x) SELECT 1 FROM c":                           "is in another schema",
	"SELECT a FROM b CROSS APPLY other.x AS y":                                    "is in another schema",
	"SELECT a FROM other.fnGetSubnetMaskAsTable(1)":                               "is in another schema",
	"SELECT a FROM b UNION SELECT a FROM other.x":                                 "is in another schema",
	"SELECT a FROM master.dbo.x":                                                  "names a database",
	"SELECT a FROM master..x":                                                     "names a database",
	"SELECT a FROM srv.master.dbo.x":                                              "is on another server",
	"SELECT a FROM b WHERE EXISTS (SELECT 1 FROM master..x)":                      "names a database",
	"WITH c AS (SELECT 1 FROM master..x) SELECT 1 FROM c":                         "names a database",
	"SELECT a FROM b, master..x":                                                  "names a database",
	"SELECT dbo.f(a) FROM b":                                                      "the function f is not allowed",
	"SELECT SUSER_SNAME() FROM b":                                                 "the function SUSER_SNAME is not allowed",
	"SELECT [COUNT](a) FROM b":                                                    "the function [COUNT] is not allowed",
	"SELECT a FROM OPENJSON(@x)":                                                  "the function OPENJSON is not allowed",
	"SELECT a FROM OPENROWSET('x','y')":                                           "OPENROWSET is not allowed",
	"SELECT a FROM OPENQUERY(s, 'y')":                                             "OPENQUERY is not allowed",
	"SELECT a FROM OpenDataSource('x')":                                           "OPENDATASOURCE is not allowed",
	"SELECT xp_cmdshell('x')":                                                     "xp_cmdshell is an extended procedure",
	"SELECT [XP_x]('x')":                                                          "[XP_x] is an extended procedure",
	"SELECT a FROM b WAITFOR DELAY '1'":                                           "WAITFOR is not allowed",
	"SELECT a FROM b FOR UPDATE":                                                  "UPDATE is not allowed",
	"SELECT a FROM b FOR BROWSE":                                                  "BROWSE is not allowed",
	"SELECT NEXT VALUE FOR s":                                                     "NEXT VALUE changes a sequence",
	"SELECT a FROM b (UPDLOCK)":                                                   "the hint UPDLOCK takes locks",
	"SELECT a FROM b WITH (tablockx)":                                             "the hint TABLOCKX takes locks",
	"SELECT a FROM b FETCH NEXT FROM c":                                           "FETCH is not allowed",
	"SELECT a FROM b WITH c AS (d)":                                               "another statement begins with this WITH",
	"WITH a AS (SELECT 1) DELETE FROM a":                                          "DELETE is not allowed",
	"WITH a AS (SELECT 1)":                                                        "WITH is followed by no SELECT",
	"WITH a AS (SELECT 1) SELECT 1 SELECT 2":                                      "another statement begins with this SELECT",
	"SELECT (SELECT 1 SELECT 2)":                                                  "another statement begins with this SELECT",
	"SELECT 1 FROM a IF 1=1 SELECT 2":                                             "IF is not allowed",
	"SELECT 1 BEGIN TRAN":                                                         "BEGIN is not allowed",
	"SELECT 1 END":                                                                "this END belongs to no CASE",
	"SELECT CASE WHEN 1=1 THEN 2":                                                 "this CASE has no END",
	"SELECT 1 GO":                                                                 "GO is not allowed",
	"SELECT (1":                                                                   "column 8: this bracket is never closed",
	"SELECT 1)":                                                                   "column 9: this bracket closes none",
	"SELECT 'a":                                                                   "column 8: the text that begins here is never closed",
	"SELECT 'a''":                                                                 "never closed",
	"SELECT [a]]":                                                                 "the name that begins here is never closed",
	"SELECT \"a":                                                                  "the name that begins here is never closed",
	"SELECT /* /* */ 1":                                                           "the comment that begins here is never closed",
	"SELECT {fn NOW()}":                                                           "the sign { has no place",
	"SELECT 1 a: SELECT 2":                                                        "the sign : has no place",
	"SELECT 1 -- a\rDELETE FROM b":                                                "column 14: a carriage return without a line feed",
	"SELECT 1 -- a\u2028DELETE FROM b":                                            "the character U+2028 has no place",
	"SELECT 1\x00":                                                                "the character U+0000 has no place",
	"\ufeffSELECT 1":                                                              "the character U+FEFF has no place",
	"SELECT '\xff'":                                                               "it is not UTF-8 text",
	"SELECT ä,\n  ö DROP":                                                         "line 2, column 5: DROP",
}

func TestCheck(t *testing.T) {
	for _, text := range allowed {
		if err := Check(text); err != nil {
			t.Errorf("%s\nis refused: %v", text, err)
		}
	}
	for text, want := range refused {
		err := Check(text)
		var known *Error
		if err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, &known) {
			t.Errorf("%q: %v\nwant an error with %q", text, err, want)
		}
	}
}

// TestEveryForbiddenWord in every place where a statement could begin, in any
// case; quoted it is a name like others.
func TestEveryForbiddenWord(t *testing.T) {
	for _, words := range []map[string]bool{reserved, starters, locking} {
		for word := range words {
			for _, text := range []string{word, "SELECT 1 " + word, "SELECT a FROM b\n" + strings.ToLower(word) + " c",
				"SELECT (" + word + ")", "WITH a AS (SELECT 1) " + word, "SELECT 'a'" + word, "SELECT 1/**/" + word, "SELECT a FROM b; " + word} {
				if Check(text) == nil {
					t.Errorf("%s passes", text)
				}
			}
			if err := Check("SELECT [" + word + "], '" + word + "' FROM x -- " + word); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestObjects(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT 1": "",
		"SELECT a FROM b, [c d] x, (SELECT e FROM f) g WHERE h IN (SELECT i FROM j)":                           "b [c d] f j",
		"SELECT a FROM dbo.b JOIN [dbo].[c] AS k ON k.l = b.m, o":                                              "dbo.b dbo.c o",
		"WITH a AS (SELECT 1 FROM b), c (x, y) AS (SELECT 2 FROM a) SELECT 1 FROM C, d":                        "b d",
		"SELECT a FROM ([b] JOIN (c JOIN d ON 1=1) ON 1=1)":                                                    "b c d",
		"SELECT TRIM('x' FROM a) FROM STRING_SPLIT(1, b) UNION SELECT 2 FROM STRING_SPLIT(2, 3) ORDER BY 1, 2": "STRING_SPLIT",
		"SELECT a FROM b CROSS APPLY dbo.fnGetSubnetMaskAsTable(b.c, d) e":                                     "b dbo.fnGetSubnetMaskAsTable",
		"SELECT a FROM b WHERE c IS DISTINCT FROM d":                                                           "b",
	} {
		names, err := Objects(text)
		if err != nil {
			t.Error(err)
		}
		plain := []string{}
		for _, n := range names {
			plain = append(plain, n.Plain())
		}
		if got := strings.Join(plain, " "); got != want {
			t.Errorf("%s\nreads %s, want %s", text, got, want)
		}
	}
	if _, err := Objects("SELECT a FROM srv.db.dbo.b"); err == nil || !strings.Contains(err.Error(), "srv.db.dbo.b is on another server") {
		t.Error(err)
	}
}

func TestColumns(t *testing.T) {
	for text, want := range map[string][]string{
		"SELECT a, b.c, d AS [e f], g h, i = j, 1, COUNT(*), CASE WHEN 1=1 THEN k END, CASE l WHEN 1 THEN 2 END m FROM x": {"a", "c", "e f", "h", "i", "", "", "", "m"},
		"SELECT DISTINCT TOP (5) PERCENT a FROM x":                      {"a"},
		"SELECT TOP 5 WITH TIES a, (SELECT b, c FROM d) AS 'e' FROM x":  {"a", "e"},
		"WITH x AS (SELECT a, b FROM y) SELECT c FROM x UNION SELECT d": {"c"},
	} {
		got, err := Columns(text)
		if err != nil || cmp.Diff(want, got) != "" {
			t.Errorf("%s\nreturns %q %v, want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"SELECT * FROM a":      "column 8: it returns *; name the columns one by one",
		"SELECT b, a.* FROM a": "column 13: it returns *",
		"SELECT a,, b":         "its list of columns has a gap",
	} {
		if _, err := Columns(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestParameters(t *testing.T) {
	got, err := Parameters("SELECT @a, @@VERSION, '@b' FROM x WHERE y = @c OR z = @a AND w = @c")
	if diff := cmp.Diff([]string{"a", "c"}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := Parameters("SELECT @a = b FROM c"); err == nil || !strings.Contains(err.Error(), "@a is assigned to") {
		t.Error(err)
	}
}

func TestRename(t *testing.T) {
	got, err := Rename("SELECT s.[Guid], S.Name, a.[Guid], 's.[Guid]' FROM [vSite] s JOIN vSite a ON a.Guid = s.[Guid] JOIN dbo.[other] o ON 1=1 -- vSite s.Guid",
		map[string]Replacement{
			"vsite":     {Object: Name{"dbo", "v]New"}, Columns: map[string]string{"guid": "Site Guid"}},
			"dbo.other": {Columns: map[string]string{"x": "y"}},
		})
	const want = "SELECT s.[Site Guid], S.Name, a.[Site Guid], 's.[Guid]' FROM [dbo].[v]]New] s JOIN [dbo].[v]]New] a ON a.[Site Guid] = s.[Site Guid] JOIN dbo.[other] o ON 1=1 -- vSite s.Guid"
	if err != nil || got != want {
		t.Errorf("%v\n%s\n%s", err, got, want)
	}
}

func TestParameterise(t *testing.T) {
	const text = "SELECT CASE a WHEN 'x' THEN 'x' END FROM b WHERE c IN ('x', N'it''s') AND d LIKE 'x%'"
	literals, err := Literals(text)
	if diff := cmp.Diff([]string{"x", "it's", "x%"}, literals); err != nil || diff != "" {
		t.Error(err, diff)
	}
	got, err := Parameterise(text, map[string]string{"x": "v1", "it's": "v2"})
	const want = "SELECT CASE a WHEN @v1 THEN 'x' END FROM b WHERE c IN (@v1, @v2) AND d LIKE 'x%'"
	if err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestParameteriseKeepsWordsApart(t *testing.T) {
	got, err := Parameterise("SELECT a FROM b WHERE c LIKE'x'OR d='x'AND e=0'x'", map[string]string{"x": "p"})
	if want := "SELECT a FROM b WHERE c LIKE @p OR d=@p AND e=0 @p"; err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestWithoutComments(t *testing.T) {
	got, err := WithoutComments("-- head\n-- more\nSELECT\n    a, -- why\n    b /* x */ AS c\n/* y */ FROM d\n -- end\n;")
	if want := "SELECT\n    a,\n    b AS c\nFROM d"; err != nil || got != want {
		t.Errorf("%v\n%q", err, got)
	}
}

func TestNames(t *testing.T) {
	for text, want := range map[string]string{
		"vItem": "[vItem]", "dbo.[a b]": "[dbo].[a b]", "[a]]b]": "[a]]b]", "db..x": "[db]..[x]",
	} {
		name, ok := ParseName(text)
		if !ok || name.String() != want {
			t.Errorf("%s: %v %v", text, name, ok)
		}
	}
	for _, text := range []string{"", "a b", "a.", ".a", "'a'", "[a", "a;b"} {
		if name, ok := ParseName(text); ok && text != "a." {
			t.Errorf("%q is read as %v", text, name)
		}
	}
	if got := Quote("a]; DROP"); got != "[a]]; DROP]" {
		t.Error(got)
	}
	if got := QuoteText("O'Brien"); got != "N'O''Brien'" {
		t.Error(got)
	}
}

// FuzzCheck holds what passes to what it must never hide: whatever is written
// behind a statement that passes makes it one that does not.
func FuzzCheck(f *testing.F) {
	for _, text := range allowed {
		f.Add(text)
	}
	for text := range refused {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if Check(text) != nil {
			return
		}
		for _, more := range []string{"\n; DROP TABLE x", "\nDROP TABLE x", "\nEXEC x", "\n; SELECT 1", "\n SELECT 1 INTO y"} {
			if Check(text+more) == nil {
				t.Errorf("%q passes", text+more)
			}
		}
		for _, read := range []func(string) (string, error){
			WithoutComments,
			func(s string) (string, error) {
				return Rename(s, map[string]Replacement{"b": {Object: Name{"x]y"}, Columns: map[string]string{"a": "c]d"}}})
			},
			func(s string) (string, error) { return Parameterise(s, map[string]string{"x": "p"}) },
		} {
			if out, err := read(text); err != nil || Check(out) != nil {
				t.Errorf("%q became %q: %v %v", text, out, err, Check(out))
			}
		}
		_, _ = Objects(text)
		_, _ = Columns(text)
		_, _ = Parameters(text)
		_, _ = Literals(text)
	})
}
