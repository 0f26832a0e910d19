package cmdb

import (
	"context"
	"database/sql"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/fixtures"
)

// scaleFill fills the tables that the sections about clients read. SQLite makes
// the rows itself: a million computers have some fifteen million.
var scaleFill = []string{
	`CREATE TEMP TABLE k AS WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i + 1 < SIZE)
		SELECT printf('%08X-%04X-4000-8000-%012X', (i * (281474976710655 / SIZE)) >> 16, (i * (281474976710655 / SIZE)) & 65535, (i * 2654435761) % 281474976710656) AS g,
			printf('SITE%03d-PC%06d', i % 300, i) AS n, printf('10.%d.%d.%d', i >> 16 & 255, i >> 8 & 255, i & 255) AS a,
			datetime('2024-03-03 06:00:00', '-' || (i % 5000) || ' minutes') AS t, i FROM c`,
	`INSERT INTO [RM_ResourceComputer] SELECT g, n, 1 FROM k`,
	`INSERT INTO [vComputer] SELECT g, n, 'CORP', 'NS01', NULL, 'Windows 10 Enterprise', a, 1, 1 FROM k`,
	`INSERT INTO [Inv_AeX_AC_Identification] SELECT g, n || '.corp.example', 'CORP', 'Windows 10 Enterprise' FROM k`,
	`INSERT INTO [Inv_AeX_AC_TCPIP] SELECT g, n, 'corp.example', a, '255.255.252.0' FROM k`,
	`INSERT INTO [Inv_Client_Task_Resources] SELECT g, t, 1 FROM k`,
	`INSERT INTO [vProduct] VALUES ('11111111-0000-0000-0000-000000000001', 'Altiris Patch Management Solution')`,
	`INSERT INTO [LicenseInUse] SELECT '11111111-0000-0000-0000-000000000001', g FROM k WHERE i % 10 <> 0`,
	`INSERT INTO [CollectionMembership] SELECT 'D3BA9CA7-5E71-4D76-B961-1BA0B436AACB', g FROM k`,
	`INSERT INTO [vItem] VALUES ('6D417916-467C-46A7-A870-6D86D9345B61', 'Patch Windows System Assessment Scan', NULL, NULL),
		('832C527C-B9C9-46FB-B1F1-2F35434FF90D', 'Patch Install Tools', NULL, NULL)`,
	`INSERT INTO [DataClass] VALUES ('9E6F402A-6A45-4CBA-9299-C2323F73A506', 'AeX AC Identification'),
		('22222222-0000-0000-0000-000000000001', 'Applicable Windows Software Update')`,
	`INSERT INTO [Inv_AeX_AC_Client_Agent] SELECT g, x, '8.5.5032' FROM k, (SELECT 'Altiris Agent' AS x UNION ALL SELECT 'Altiris Software Update Agent' UNION ALL SELECT 'Inventory Agent')`,
	`INSERT INTO [Evt_AeX_SWD_Package] SELECT g, t, x, 'Downloaded' FROM k, (SELECT '6D417916-467C-46A7-A870-6D86D9345B61' AS x UNION ALL SELECT '832C527C-B9C9-46FB-B1F1-2F35434FF90D')`,
	`INSERT INTO [Evt_AeX_SWD_Execution] SELECT g, t, NULL, 'Windows System Assessment Scan', t, 0 FROM k`,
	`INSERT INTO [ResourceUpdateSummary] SELECT g, x, t FROM k, (SELECT '9E6F402A-6A45-4CBA-9299-C2323F73A506' AS x UNION ALL SELECT '22222222-0000-0000-0000-000000000001')`,
	`DROP TABLE k`,
	`ANALYZE`,
}

// scaleFile makes a SQLite file with an estate of that size.
func scaleFile(t *testing.T, size int) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "scale.db")
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, statement := range append([]string{
		"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "ATTACH ':memory:' AS [sys]", fixtures.Schema(), "BEGIN",
	}, append(scaleFill, "COMMIT")...) {
		if statement != fixtures.Schema() {
			statement = strings.ReplaceAll(statement, "SIZE", strconv.Itoa(size))
		}
		if _, err := db.ExecContext(context.Background(), statement); err != nil {
			t.Fatalf("%.60s: %v", statement, err)
		}
	}
	return file
}
