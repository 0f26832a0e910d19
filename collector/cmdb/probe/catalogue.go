package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/collector/cmdb/tsql"
)

// Catalogue has the queries that list the tables, views and columns of a kind of
// database.
type Catalogue struct {
	// objects returns schema, object, kind, column, type, ordered by object.
	objects string
	// users returns schema, object and kind of the users of the function @function;
	// empty if the database has no functions.
	users string
	// schema is the one that names without a schema mean.
	schema string
}

// The catalogues of the databases that are read.
var (
	SQLServer = Catalogue{
		schema: "dbo",
		objects: `SELECT
    c.[TABLE_SCHEMA] AS [schema],
    c.[TABLE_NAME] AS [object],
    t.[TABLE_TYPE] AS [kind],
    c.[COLUMN_NAME] AS [column],
    c.[DATA_TYPE] AS [type]
FROM [INFORMATION_SCHEMA].[COLUMNS] c
JOIN [INFORMATION_SCHEMA].[TABLES] t
    ON t.[TABLE_SCHEMA] = c.[TABLE_SCHEMA]
    AND t.[TABLE_NAME] = c.[TABLE_NAME]
ORDER BY c.[TABLE_SCHEMA], c.[TABLE_NAME], c.[ORDINAL_POSITION]`,
		users: `SELECT
    s.[name] AS [schema],
    o.[name] AS [object],
    o.[type_desc] AS [kind]
FROM [sys].[sql_modules] m
JOIN [sys].[objects] o
    ON o.[object_id] = m.[object_id]
JOIN [sys].[schemas] s
    ON s.[schema_id] = o.[schema_id]
WHERE m.[definition] LIKE '%' + @function + '%'
    AND o.[name] <> @function
ORDER BY s.[name], o.[name]`,
	}
	SQLite = Catalogue{
		schema: "main",
		objects: `SELECT
    'main' AS [schema],
    m.[name] AS [object],
    m.[type] AS [kind],
    p.[name] AS [column],
    p.[type] AS [type]
FROM [sqlite_master] m
JOIN pragma_table_info(m.[name]) p
WHERE m.[type] IN ('table', 'view')
ORDER BY m.[name], p.[cid]`,
	}
)

// table is a table or view of the database.
type table struct {
	schema, name string
	kind         string // table or view
	columns      []tableColumn
}

type tableColumn struct{ name, dataType string }

// shownName returns the name of a table for output, without the usual schema.
func (c *Catalogue) shownName(o *table) string {
	if strings.EqualFold(o.schema, c.schema) {
		return tsql.Name{o.name}.Plain()
	}
	return tsql.Name{o.schema, o.name}.Plain()
}

// load reads the whole catalogue. It omits objects on which the login has no right at
// all.
func (c *Catalogue) load(ctx context.Context, db *cmdb.Connection) ([]*table, error) {
	columns := []binding.Column{{Name: "schema", Kind: binding.Text}, {Name: "object", Kind: binding.Text}, {Name: "kind", Kind: binding.Text}, {Name: "column", Kind: binding.Text}, {Name: "type", Kind: binding.Text}}
	rows, err := db.ReadRows(ctx, binding.NewQuery("catalogue", c.objects, nil), columns, 0)
	if err != nil {
		return nil, err
	}
	var all []*table
	for _, row := range rows {
		last := len(all) - 1
		if last < 0 || all[last].schema != row[0] || all[last].name != row[1] {
			kind := "table"
			if strings.Contains(strings.ToLower(row[2]), "view") {
				kind = "view"
			}
			all = append(all, &table{schema: row[0], name: row[1], kind: kind})
			last++
		}
		all[last].columns = append(all[last].columns, tableColumn{row[3], strings.ToLower(row[4])})
	}
	return all, nil
}

// subnetFunction splits the text of a subnet. Objects that use it contain subnets.
const subnetFunction = "fnGetSubnetMaskAsTable"

// module is an object that uses a function.
type module struct{ schema, name, kind string }

// usersOf lists the objects that use a function, if the login may see definitions.
func (c *Catalogue) usersOf(ctx context.Context, db *cmdb.Connection, function string) ([]module, error) {
	if c.users == "" {
		return nil, nil
	}
	columns := []binding.Column{{Name: "schema", Kind: binding.Text}, {Name: "object", Kind: binding.Text}, {Name: "kind", Kind: binding.Text}}
	rows, err := db.ReadRows(ctx, binding.NewQuery("catalogue", c.users, map[string]any{"function": function}), columns, 0)
	if err != nil {
		return nil, err
	}
	var found []module
	for _, row := range rows {
		kind := strings.ToLower(strings.ReplaceAll(row[2], "_", " "))
		kind = strings.TrimSpace(strings.TrimPrefix(kind, "sql "))
		found = append(found, module{row[0], row[1], kind})
	}
	return found, nil
}

// lookInCatalogue reads the catalogue. If that fails it adds a note and returns nil;
// the probe continues.
func (p *prober) lookInCatalogue(ctx context.Context) []*table {
	objects, err := p.catalogue.load(ctx, p.Connection)
	if err != nil {
		p.note("The database's list of tables and views could not be read, so no candidates are named: %s", serverMessage(err))
		return nil
	}
	return objects
}

// subnetModules returns the users of subnetFunction, by schema and name in lower
// case.
func (p *prober) subnetModules(ctx context.Context) map[string]module {
	found, err := p.catalogue.usersOf(ctx, p.Connection, subnetFunction)
	if err != nil {
		p.note("The objects that use %s, and so contain subnets, could not be listed (that needs VIEW DEFINITION): %s", subnetFunction, serverMessage(err))
		return nil
	}
	table := make(map[string]module)
	for _, m := range found {
		table[strings.ToLower(m.schema+"."+m.name)] = m
		if m.kind != "view" {
			p.note("The %s %s uses %s; its text shows where subnets are.", m.kind, tsql.Name{m.schema, m.name}.Plain(), subnetFunction)
		}
	}
	return table
}

// serverMessage returns an error of the catalogue in the server's words, without
// advice.
func serverMessage(err error) string {
	var server interface {
		error
		SQLErrorMessage() string
	}
	if errors.As(err, &server) {
		return server.SQLErrorMessage()
	}
	_, message := cmdb.Explain("catalogue", err)
	return message
}

// reason explains why a table is a candidate.
func reason(o *table, name string, columns []string, lacking []string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = tsql.Name{c}.Plain()
	}
	noun := "columns"
	if len(columns) == 1 {
		noun = "column"
	}
	text := fmt.Sprintf("%s %s has %s %s", o.kind, name, noun, strings.Join(list, ", "))
	if len(lacking) == 0 {
		return text
	}
	text += "; nothing for " + strings.Join(lacking, ", ")
	var others []string
	for _, c := range o.columns {
		if !slices.Contains(columns, c.name) && len(others) < 10 {
			others = append(others, tsql.Name{c.name}.Plain())
		}
	}
	if len(others) > 0 {
		text += "; it also has " + strings.Join(others, ", ")
	}
	return text
}
