package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/nscheck/nscheck/fixtures"
	"github.com/nscheck/nscheck/internal/tdstest"
	"github.com/nscheck/nscheck/snapshot"
)

// TestSameAsDemo: over the wire the demo estate is what it is without: GUIDs
// in SQL Server's bytes, its types of times, its order of rows. Only what tells
// where the data comes from differs.
func TestSameAsDemo(t *testing.T) {
	demo := t.TempDir()
	want := collectInto(t, demo, "--demo")
	if want.status != 0 {
		t.Fatal(want.stderr)
	}
	for name, backend := range map[string]func(tdstest.Backend) tdstest.Backend{
		"plain bytes":     func(b tdstest.Backend) tdstest.Backend { return b },
		"SQL Server":      sortedAsSQLServer,
		"text, no GUID":   textOrder,
		"unknown to us":   backwards,
		"strict and TLS8": func(b tdstest.Backend) tdstest.Backend { return b },
	} {
		t.Run(strings.NewReplacer(" ", "_", ",", "").Replace(name), func(t *testing.T) {
			strict := strings.HasPrefix(name, "strict")
			d := startDouble(t, fixtures.Demo(), func(o *tdstest.Options) {
				o.Backend = backend(o.Backend)
				if strict {
					o.Encryption = tdstest.EncryptStrict
				}
			})
			source := d.url()
			if strict {
				source = d.url("encrypt=strict")
			}
			got := collectInto(t, t.TempDir(), "--source", source, "--ca-file", d.CAFile())
			if got.status != 0 {
				t.Fatal(got.stderr)
			}
			sameManifest(t, want.manifest, got.manifest, name == "unknown to us")
			sameRest(t, filepath.Join(want.folder, "estate.jsonl"), filepath.Join(got.folder, "estate.jsonl"))
		})
	}
}

func sameManifest(t *testing.T, want, got *snapshot.Manifest, unknown bool) {
	t.Helper()
	if got.Source.Kind != "sqlserver" || got.Source.Isolation != "read committed snapshot" || (got.Source.Notes != nil) != unknown {
		t.Errorf("%+v", got.Source)
	}
	ignore := cmp.Options{
		cmpopts.IgnoreFields(snapshot.Section{}, "DurationMS"),
		cmpopts.IgnoreFields(snapshot.Origin{}, "Kind", "Server", "Isolation", "Notes"),
	}
	if diff := cmp.Diff(want, got, ignore); diff != "" {
		t.Errorf("the manifests differ (-demo, +double): %s", diff)
	}
}

// sameRest compares estates and clients, these in any order.
func sameRest(t *testing.T, want, got string) {
	t.Helper()
	lines := func(name string) []string {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Split(strings.TrimSpace(string(text)), "\n")
		clients := all[2 : len(all)-1]
		slices.Sort(clients)
		return all[1 : len(all)-1]
	}
	if diff := cmp.Diff(lines(want), lines(got)); diff != "" {
		t.Errorf("the snapshots differ (-demo, +double): %.2000s", diff)
	}
}

// TestSameReport: the verdict is the same to the byte.
func TestSameReport(t *testing.T) {
	d := startDouble(t, fixtures.Demo(), nil)
	t.Setenv(passwordVariable, plantedPassword)
	var demo, double, stderr bytes.Buffer
	if status := run([]string{"nscheck", "scan", "--demo"}, &demo, &stderr); status != 1 {
		t.Fatal(stderr.String())
	}
	if status := run([]string{"nscheck", "scan", "--source", d.url(), "--ca-file", d.CAFile()}, &double, &stderr); status != 1 {
		t.Fatal(stderr.String())
	}
	if diff := cmp.Diff(demo.String(), double.String()); diff != "" {
		t.Errorf("the reports differ (-demo, +double): %s", diff)
	}
	if stderr.Len() > 0 {
		t.Error(stderr.String())
	}
}

// resorted answers with rows in another order wherever a query asks for the
// order of keys.
func resorted(b tdstest.Backend, weight func(guid string) string) tdstest.Backend {
	return tdstest.BackendFunc(func(ctx context.Context, query string, args []sql.NamedArg) (tdstest.Answer, error) {
		a, err := b.Query(ctx, query, args)
		if err != nil || len(a.Columns) == 0 || a.Columns[0].Name != "key" {
			return a, err
		}
		byText := strings.Contains(query, "CAST(")
		var rows [][]any
		for row, err := range a.Rows {
			if err != nil {
				return a, err
			}
			rows = append(rows, slices.Clone(row))
		}
		if !byText {
			slices.SortStableFunc(rows, func(x, y []any) int { return strings.Compare(heavy(x[0], weight), heavy(y[0], weight)) })
		}
		a.Rows = tdstest.Rows(rows...)
		return a, nil
	})
}

func heavy(key any, weight func(string) string) string {
	switch v := key.(type) {
	case string:
		return weight(v)
	case []byte:
		return weight(string(v))
	}
	return "" // NULL comes first
}

// sortedAsSQLServer weighs the last six bytes first, then the groups from right
// to left.
func sortedAsSQLServer(b tdstest.Backend) tdstest.Backend {
	return resorted(b, func(g string) string {
		group := strings.Split(g, "-")
		return group[4] + group[3] + turned(group[2]) + turned(group[1]) + turned(group[0])
	})
}

// turned writes a group's bytes in the order in which they are stored.
func turned(group string) string {
	raw, err := hex.DecodeString(group)
	if err != nil {
		panic(err)
	}
	slices.Reverse(raw)
	return hex.EncodeToString(raw)
}

// textOrder is a server that knows no GUIDs and sends text.
func textOrder(b tdstest.Backend) tdstest.Backend {
	return tdstest.BackendFunc(func(ctx context.Context, query string, args []sql.NamedArg) (tdstest.Answer, error) {
		a, err := b.Query(ctx, query, args)
		for i := range a.Columns {
			if a.Columns[i].Type == "uniqueidentifier" {
				a.Columns[i].Type = "nvarchar(36)"
			}
		}
		return a, err
	})
}

// backwards sorts GUIDs downwards, which is no order of their bytes.
func backwards(b tdstest.Backend) tdstest.Backend {
	return resorted(b, func(g string) string {
		digits := []byte(g)
		for i, d := range digits {
			digits[i] = 0xFF - d
		}
		return string(digits)
	})
}
