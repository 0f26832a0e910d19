package tsql

import "strings"

// reads checks what a statement reads and calls.
func (c *checker) reads() error {
	common := commonTables(c.tokens)
	for _, s := range sources(c.tokens) {
		if err := c.object(s); err != nil {
			return err
		}
	}
	for i := range c.tokens {
		if c.after(i).is("(") && c.tokens[i].isName() {
			if err := c.call(i, common); err != nil {
				return err
			}
		}
		if i >= 2 && c.bare(i) && c.bare(i-1) && c.bare(i-2) {
			return c.fail(i, "what does %s belong to? three names follow each other here, as where another statement begins; %s", c.tokens[i].text, readsOnly)
		}
	}
	return nil
}

// ownSchema is the schema in which the platform keeps all its objects.
const ownSchema = "dbo"

// object refuses objects of other servers, databases and schemas, and those of the
// server's catalogue.
func (c *checker) object(s source) error {
	schema, name := "", strings.ToLower(s.name[len(s.name)-1])
	if len(s.name) > 1 {
		schema = strings.ToLower(s.name[len(s.name)-2])
	}
	fail := func(what string) error {
		return errorAt(c.text, s.start, "%s %s; a binding reads the CMDB only: its tables and views in the schema dbo, by name or as dbo.name", s.name.Plain(), what)
	}
	switch {
	case len(s.name) > 3:
		return fail("is on another server")
	case len(s.name) > 2:
		return fail("names a database")
	case schema == "sys" && name == "databases": // whether the CMDB has row versions
	case schema == "sys", schema == "information_schema", systemViews[name]:
		return fail("is part of the server's own catalogue")
	case len(s.name) > 1 && schema != ownSchema:
		return fail("is in another schema")
	}
	return nil
}

// call refuses functions that are not on the allow-list. The text before a bracket
// may also be a word of the language, a type, the name of a common table expression,
// or an alias with a list of columns.
func (c *checker) call(i int, common map[string]bool) error {
	t := c.tokens[i]
	upper, before := strings.ToUpper(t.name()), c.before(i, 1)
	switch {
	case t.kind == word && !before.is(".") && (beforeBracket[upper] || functions[upper] || types[upper]):
		return nil
	case before.is(".") && xmlMethods[strings.ToUpper(t.name())] && !c.before(i, 2).isAny("DBO", "SYS"):
		return nil
	case vendorFunctions[upper] && (!before.is(".") || c.before(i, 2).is("dbo") || strings.EqualFold(c.before(i, 2).name(), "dbo")):
		return nil
	case common[strings.ToLower(t.name())] && !before.is("."):
		return nil
	case before.is("AS"), before.is(")"):
		return nil // an alias with its columns
	}
	return c.fail(i, "the function %s is not allowed; a binding calls only functions that read nothing by themselves, such as COUNT, COALESCE, CAST, LOWER and DATEADD", t.text)
}

// bare reports whether a token is a word that can only be a name: it is no word of
// the language, not behind a dot and not a function.
func (c *checker) bare(i int) bool {
	t := c.tokens[i]
	if t.kind == quoted {
		return true
	}
	upper := strings.ToUpper(t.text)
	return t.kind == word && !grammar[upper] && !context[upper] && !c.after(i).is("(")
}

// context are words that are of the language in some places and names in others.
var context = set(`
	APPLY AT AUTO ELEMENTS EXPLICIT FIRST FOLLOWING HASH JSON LAST LOOP NEXT NOLOCK NULLS OFFSET ONLY PARTITION
	PATH PRECEDING RANGE RAW READPAST READUNCOMMITTED RECOMPILE ROOT ROW ROWS TIES TIME TYPE UNBOUNDED USING
	WITHIN XML ZONE`)

// beforeBracket are words of the language that a bracket may follow.
var beforeBracket = set(`
	ALL AND ANY APPLY AS BETWEEN BY CASE CROSS DISTINCT ELSE EXCEPT EXISTS FROM GROUPING HAVING IN INTERSECT IS JOIN
	LIKE MAXDOP NOT ON OPTION OR OVER PATH PIVOT RAW ROOT SELECT SETS SOME TABLESAMPLE THEN TOP UNION UNPIVOT
	VALUES WHEN WHERE WITH GROUP`)

// functions compute from their arguments, or return the time.
var functions = set(`
	ABS ASCII AVG BINARY_CHECKSUM CAST CEILING CHAR CHARINDEX CHECKSUM CHECKSUM_AGG CHOOSE COALESCE CONCAT
	CONCAT_WS CONVERT COUNT COUNT_BIG CUME_DIST DATALENGTH DATEADD DATEDIFF DATEDIFF_BIG DATEFROMPARTS DATENAME
	DATEPART DATETIMEFROMPARTS DATETIME2FROMPARTS DAY DENSE_RANK DIFFERENCE EOMONTH EXP FIRST_VALUE FLOOR FORMAT
	GETDATE GETUTCDATE GREATEST GROUPING_ID HASHBYTES IIF ISDATE ISJSON ISNULL ISNUMERIC JSON_QUERY JSON_VALUE LAG
	LAST_VALUE LEAD LEAST LEFT LEN LOG LOG10 LOWER LTRIM MAX MIN MONTH NCHAR NTILE NULLIF PARSE PARSENAME PATINDEX
	PERCENT_RANK POWER QUOTENAME RANK REPLACE REPLICATE REVERSE RIGHT ROUND ROW_NUMBER RTRIM SIGN SMALLDATETIMEFROMPARTS
	SOUNDEX SPACE SQRT SQUARE STDEV STR STRING_AGG STRING_SPLIT STUFF SUBSTRING SUM SWITCHOFFSET SYSDATETIME
	SYSDATETIMEOFFSET SYSUTCDATETIME TODATETIMEOFFSET TRANSLATE TRIM TRY_CAST TRY_CONVERT TRY_PARSE UNICODE UPPER
	VAR YEAR`)

// types are data types with a length.
var types = set(`
	BINARY CHAR DATETIME2 DATETIMEOFFSET DEC DECIMAL FLOAT NCHAR NUMERIC NVARCHAR TIME VARBINARY VARCHAR`)

// xmlMethods are those of a column of XML.
var xmlMethods = set(`EXIST NODES QUERY VALUE`)

// vendorFunctions are functions of the CMDB that public sources name and that
// read subnets.
var vendorFunctions = set(`FNGETSUBNETMASKASTABLE`)

// systemViews are views of the server's catalogue that need no schema.
var systemViews = func() map[string]bool {
	views := make(map[string]bool)
	for name := range set(`
	sysaltfiles syscacheobjects syscharsets syscolumns syscomments sysconfigures sysconstraints syscurconfigs
	syscursorcolumns syscursorrefs syscursors syscursortables sysdatabases sysdepends sysdevices sysfilegroups
	sysfiles sysforeignkeys sysfulltextcatalogs sysindexes sysindexkeys syslanguages syslockinfo syslogins
	sysmembers sysmessages sysobjects sysoledbusers sysopentapes sysperfinfo syspermissions sysprocesses
	sysprotects sysreferences sysremotelogins sysservers systypes sysusers`) {
		views[name] = true
	}
	return views
}()
