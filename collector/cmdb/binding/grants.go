package binding

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb/tsql"
)

// ItemObject is the view of items.
const ItemObject = "vItem"

// grantRole is the role that receives the rights.
const grantRole = "nscheck_reader"

// Grants returns a script that lets a login read what the bindings read and nothing
// else. It runs on SQL Server 2005 and later. Without a login it only makes the role.
func (s *Set) Grants(database, login string) (string, error) {
	if strings.ContainsFunc(login, func(r rune) bool { return r < ' ' }) {
		return "", fmt.Errorf("the login %q has a control character in it", login)
	}
	var out strings.Builder
	out.WriteString("-- Lets nscheck read the CMDB: SELECT on the objects that it reads, nothing else.\n")
	byDatabase := s.grantObjects(database)
	for _, name := range slices.Sorted(maps.Keys(byDatabase)) {
		if name != "" {
			fmt.Fprintf(&out, "USE %s;\n", tsql.Quote(name))
		}
		role := tsql.QuoteText(grantRole)
		fmt.Fprintf(&out, "IF DATABASE_PRINCIPAL_ID(%s) IS NULL\n    CREATE ROLE %s;\n", role, tsql.Quote(grantRole))
		for _, object := range byDatabase[name] {
			// A CMDB need not have every object; that must not end the script.
			fmt.Fprintf(&out, "IF OBJECT_ID(%s) IS NOT NULL\n    GRANT SELECT ON %s TO %s;\n", tsql.QuoteText(object), object, tsql.Quote(grantRole))
		}
		if login != "" {
			fmt.Fprintf(&out, "IF USER_ID(%s) IS NULL\n    CREATE USER %s FOR LOGIN %s;\n", tsql.QuoteText(login), tsql.Quote(login), tsql.Quote(login))
			fmt.Fprintf(&out, "EXEC sp_addrolemember %s, %s;\n", role, tsql.QuoteText(login))
		}
	}
	return out.String(), nil
}

// grantObjects returns what the bindings read, by database, as [schema].[object]. It
// omits SQL Server's own catalogue: every login may read its part of it.
func (s *Set) grantObjects(database string) map[string][]string {
	found := map[string][]string{database: {}}
	add := func(text string) {
		name, ok := tsql.ParseName(text)
		if !ok {
			return
		}
		in := database
		if len(name) == 1 {
			name = tsql.Name{"dbo", name[0]}
		}
		if name[0] == "" {
			name[0] = "dbo"
		}
		if strings.EqualFold(name[0], "sys") || strings.EqualFold(name[0], "INFORMATION_SCHEMA") {
			return
		}
		for known := range found {
			if strings.EqualFold(known, in) {
				in = known
			}
		}
		if !slices.ContainsFunc(found[in], func(o string) bool { return strings.EqualFold(o, name.String()) }) {
			found[in] = append(found[in], name.String())
		}
	}
	for _, list := range s.OrShipped().sections {
		for _, b := range list {
			for _, o := range b.Objects {
				add(o.Name)
			}
			if b.versions == nil {
				break // what follows is never chosen
			}
		}
	}
	add(ItemObject)
	for _, list := range found {
		slices.SortFunc(list, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	}
	return found
}
