package tdstest

import (
	"slices"
	"testing"
)

func TestSplitBatch(t *testing.T) {
	for text, want := range map[string][]string{
		"SELECT 1":                                                {"SELECT 1"},
		" ;; SELECT 1 ; ; SELECT 2;":                              {"SELECT 1", "SELECT 2"},
		"SELECT ';', [a;b], \"c;d\" -- e;\n;":                     {"SELECT ';', [a;b], \"c;d\""},
		"SET NOCOUNT ON SELECT 1":                                 {"SET NOCOUNT ON", "SELECT 1"},
		"set ansi_nulls on\nset textsize -1\nUSE x\nselect 1":     {"set ansi_nulls on", "set textsize -1", "USE x", "select 1"},
		"SET ANSI_NULLS, QUOTED_IDENTIFIER ON SELECT 1":           {"SET ANSI_NULLS, QUOTED_IDENTIFIER ON", "SELECT 1"},
		"SET STATISTICS IO ON SELECT 1":                           {"SET STATISTICS IO ON", "SELECT 1"},
		"SET TRANSACTION ISOLATION LEVEL READ COMMITTED SELECT 1": {"SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "SELECT 1"},
		"SET TRANSACTION ISOLATION LEVEL SNAPSHOT SELECT 1":       {"SET TRANSACTION ISOLATION LEVEL SNAPSHOT", "SELECT 1"},
		"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ":         {"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"},
		"SET @x = 1; SELECT @x":                                   {"SET @x = 1", "SELECT @x"},
		"BEGIN TRAN SELECT 1; COMMIT WORK ROLLBACK TRAN a":        {"BEGIN TRAN", "SELECT 1", "COMMIT WORK", "ROLLBACK TRAN a"},
		"WITH a AS (SELECT 1) SELECT * FROM a":                    {"WITH a AS (SELECT 1) SELECT * FROM a"},
		"/* nothing */":                                           nil,
	} {
		if got := splitBatch(text); !slices.Equal(got, want) {
			t.Errorf("splitBatch(%q) is %q; want %q", text, got, want)
		}
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		match Match
		text  string
		want  bool
	}{
		{Word("vComputer"), "select * from VCOMPUTER c", true},
		{Word("vComputer"), "select * from dbo.[vComputer]", true},
		{Word("dbo.vComputer"), "select * from [vComputer]", true},
		{Word("[dbo].[vComputer]"), "select * from vComputer", true},
		{Word("vComputer"), "select * from vComputers", false},
		{Word("vComputer"), "select 'vComputer' -- vComputer\n/* vComputer */", false},
		{Word("OS Name"), "select [OS Name] from t", true},
		{Word("OS Name"), "select \"os name\" from t", true},
		{Word("OS Name"), "select OS, Name from t", false},
		{Word("a]b"), "select [a]]b]", true},
		{Exact("SELECT 'A' FROM t"), "select  'A'\nfrom T;", true},
		{Exact("SELECT 'A' FROM t"), "select 'a' from t", false},
		{Regexp("^SELECT"), "SELECT 1", true},
		{Any(), "", true},
	} {
		if got := c.match(c.text); got != c.want {
			t.Errorf("match of %q is %v", c.text, got)
		}
	}
}
