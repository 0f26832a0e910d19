package cmdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	mssql "github.com/microsoft/go-mssqldb"

	"github.com/nscheck/nscheck/snapshot"
)

func TestClassify(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		status snapshot.Status
		text   string
	}{
		"object": {mssql.Error{Number: 208, Message: "Invalid object name 'vRM_Site_Item'."}, snapshot.Missing,
			`collect sites: table or view "vRM_Site_Item" does not exist in this database; section "sites" needs a query`},
		"column": {fmt.Errorf("reading: %w", mssql.Error{Number: 207, Message: "Invalid column name 'Site Name'."}), snapshot.Missing,
			`column "Site Name" does not exist`},
		"other language": {mssql.Error{Number: 208, Message: "Ungültiger Objektname \"x\"."}, snapshot.Missing, `table or view "?"`},
		"denied": {mssql.Error{Number: 229, Message: "The SELECT permission was denied on the object 'vItem'"}, snapshot.Denied,
			"on the object 'vItem'. Grant the login SELECT"},
		"column denied": {mssql.Error{Number: 230, Message: "denied."}, snapshot.Denied, "denied. Grant"},
		"lock":          {mssql.Error{Number: 1222, Message: "Lock request time out"}, snapshot.TimedOut, "held a lock for too long"},
		"deadlock":      {mssql.Error{Number: 1205, Message: "deadlocked"}, snapshot.Failed, "victim of a deadlock (error 1205)"},
		"other number":  {mssql.Error{Number: 8134, Message: "Divide by zero"}, snapshot.Failed, "error 8134: Divide by zero."},
		"SQLite table":  {errors.New("SQL logic error: no such table: vRM_Site_Item (1)"), snapshot.Missing, `"vRM_Site_Item" does not exist`},
		"SQLite schema": {errors.New("SQL logic error: no such table: sys.databases (1)"), snapshot.Missing, `"sys.databases" does not exist`},
		"SQLite column": {errors.New("SQL logic error: no such column: si.Name (1)"), snapshot.Missing, `column "si.Name"`},
		"deadline":      {fmt.Errorf("x: %w", context.DeadlineExceeded), snapshot.TimedOut, "took longer than it may"},
		"network":       {fmt.Errorf("read: %w", os.ErrDeadlineExceeded), snapshot.TimedOut, "did not answer in time"},
		"cut":           {errors.New("EOF"), snapshot.Failed, "EOF; this section was left out, collect again"},
		"lost":          {&lostError{errors.New("EOF")}, snapshot.Failed, "the connection to the server was lost (EOF); collect again"},
		"ended":         {&endedError{"an administrator ended it"}, snapshot.Failed, "collect sites: an administrator ended it"},
		"statement":     {errStatementTimeout, snapshot.TimedOut, "longer than it may; allow more with --statement-timeout"},
		"own":           {&sectionError{snapshot.Partial, "as it stands"}, snapshot.Partial, "as it stands"},
	} {
		got := classify("sites", c.err)
		if got.status != c.status || !strings.Contains(got.message, c.text) {
			t.Errorf("%s: %s %q, want %s and %q", name, got.status, got.message, c.status, c.text)
		}
	}
}
