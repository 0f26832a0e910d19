package tdstest

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// builtin answers PRINT of a string, and SELECTs made only of constants and of
// the functions that drivers and people ask by themselves.
func (s *session) builtin(w []lexeme) *Answer {
	if len(w) == 2 && w[0].is("print") && w[1].kind == lexString {
		return &Answer{Info: []Message{{State: 1, Text: unquote(w[1].text)}}}
	}
	if len(w) < 2 || !w[0].is("select") {
		return nil
	}
	var columns []Column
	var row []any
	for _, item := range splitItems(w[1:]) {
		name := ""
		if n := len(item); n > 2 && item[n-2].is("as") {
			name, item = item[n-1].name(), item[:n-2]
		}
		column, value, ok := s.constant(item)
		if !ok {
			return nil
		}
		column.Name = name
		columns, row = append(columns, column), append(row, value)
	}
	return &Answer{Columns: columns, Rows: Rows(row)}
}

// splitItems cuts a select list at its commas outside parentheses.
func splitItems(w []lexeme) [][]lexeme {
	var out [][]lexeme
	depth, start := 0, 0
	for i, l := range w {
		switch {
		case l.text == "(":
			depth++
		case l.text == ")":
			depth--
		case l.text == "," && depth == 0:
			out = append(out, w[start:i])
			start = i + 1
		}
	}
	return append(out, w[start:])
}

func unquote(s string) string {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "N"), "n")
	return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(s, "'"), "'"), "''", "'")
}

// constant gives the value of an expression that needs no data.
func (s *session) constant(w []lexeme) (Column, any, bool) {
	if len(w) == 1 {
		switch l := w[0]; {
		case l.kind == lexString:
			text := unquote(l.text)
			form := "varchar(%d)"
			if l.text[0] != '\'' {
				form = "nvarchar(%d)"
			}
			n := max(1, len(utf16.Encode([]rune(text))))
			return Column{Type: fmt.Sprintf(form, n)}, text, n <= 4000
		case l.kind == lexWord:
			if n, err := strconv.ParseInt(l.text, 10, 32); err == nil {
				return Column{Type: "int", NotNull: true}, n, true
			}
		}
	}
	var expr strings.Builder
	for _, l := range w {
		expr.WriteString(strings.ToLower(l.text))
	}
	if strings.HasPrefix(expr.String(), "serverproperty('") {
		return s.serverProperty(unquote(w[2].text))
	}
	c, ok := s.constants()[expr.String()]
	return Column{Type: c.kind}, c.value, ok
}

type constant struct {
	kind  string
	value any
}

func (s *session) constants() map[string]constant {
	now := s.srv.opts.Now()
	return map[string]constant{
		"@@version":           {"nvarchar(300)", s.productName()},
		"@@spid":              {"smallint", int64(s.spid)},
		"@@servername":        {"nvarchar(128)", serverName},
		"@@lock_timeout":      {"int", s.lockWait},
		"@@trancount":         {"int", int64(s.tranCount)},
		"@@microsoftversion":  {"int", int64(s.srv.version[0])<<24 | int64(s.srv.version[2])<<8 | int64(s.srv.version[3])},
		"@@language":          {"nvarchar(128)", "us_english"},
		"@@max_precision":     {"tinyint", int64(38)},
		"db_name()":           {"nvarchar(128)", s.database},
		"app_name()":          {"nvarchar(128)", s.login.AppName},
		"host_name()":         {"nvarchar(128)", s.login.HostName},
		"suser_name()":        {"nvarchar(128)", s.login.User},
		"suser_sname()":       {"nvarchar(128)", s.login.User},
		"original_login()":    {"nvarchar(128)", s.login.User},
		"system_user":         {"nvarchar(128)", s.login.User},
		"user_name()":         {"nvarchar(128)", "dbo"},
		"getdate()":           {"datetime", now},
		"getutcdate()":        {"datetime", now.UTC()},
		"sysdatetime()":       {"datetime2", now},
		"sysutcdatetime()":    {"datetime2", now.UTC()},
		"sysdatetimeoffset()": {"datetimeoffset", now},
		"current_timestamp":   {"datetime", now},
		"null":                {"int", nil},
		"schema_name()":       {"nvarchar(128)", "dbo"},
		"xact_state()":        {"smallint", int64(min(s.tranCount, 1))},
	}
}

func (s *session) productName() string {
	return fmt.Sprintf("Microsoft SQL Server (tdstest) - %s (X64)", s.srv.opts.Version)
}

// serverProperty gives a property as text where a server gives sql_variant.
func (s *session) serverProperty(name string) (Column, any, bool) {
	text := Column{Type: "nvarchar(128)"}
	switch strings.ToLower(name) {
	case "productversion":
		return text, s.srv.opts.Version, true
	case "productlevel":
		return text, "RTM", true
	case "edition":
		return text, "Developer Edition (64-bit)", true
	case "servername", "machinename":
		return text, serverName, true
	case "collation":
		return text, "SQL_Latin1_General_CP1_CI_AS", true
	case "engineedition":
		return Column{Type: "int"}, int64(3), true
	case "instancename":
		return text, nil, true
	}
	return text, nil, true // as for any name a server does not know
}
