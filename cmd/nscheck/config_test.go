package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/nscheck/nscheck/snapshot"
)

// inFolder makes a folder with a configuration and goes there.
func inFolder(t *testing.T, configuration string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "nscheck.yaml"), []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder)
	return folder
}

// TestConfiguration: the file in the working folder is read, names of files in
// it are relative to it, and environment and flags go before it.
func TestConfiguration(t *testing.T) {
	d := startDouble(t, smallEstate(t), nil)
	authority, err := os.ReadFile(d.CAFile())
	if err != nil {
		t.Fatal(err)
	}
	folder := inFolder(t, "source: "+d.url()+"\nca_file: authority.pem\npassword_file: secret.txt\nstatement_timeout: 7m\n")
	for name, text := range map[string][]byte{"authority.pem": authority, "secret.txt": []byte(plantedPassword + "\n")} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv(passwordVariable, "")
	if o := collectInto(t, t.TempDir()); o.status != 0 || o.clients != smallClients || !o.deadlines[7*time.Minute] || o.deadlines[10*time.Minute] {
		t.Errorf("status %d, deadlines %v: %s", o.status, o.deadlines, o.stderr)
	}
	if o := collectInto(t, t.TempDir(), "--statement-timeout", "8m"); o.status != 0 || !o.deadlines[8*time.Minute] || o.deadlines[7*time.Minute] {
		t.Errorf("status %d, deadlines %v: %s", o.status, o.deadlines, o.stderr)
	}
	if o := collectInto(t, t.TempDir(), "--demo"); o.status != 0 || o.manifest.Source.Kind != "demo" {
		t.Errorf("a flag does not go before the file: %s", o.stderr)
	}
	t.Setenv("NSCHECK_SOURCE", "demo:")
	if o := collectInto(t, t.TempDir()); o.status != 0 || o.manifest.Source.Kind != "demo" {
		t.Errorf("the environment does not go before the file: %s", o.stderr)
	}
	if o := collectInto(t, t.TempDir(), "--source", d.url()); o.status != 0 || o.manifest.Source.Kind != "sqlserver" {
		t.Errorf("a flag does not go before the environment: %s", o.stderr)
	}
	t.Setenv("NSCHECK_SOURCE", "")
	t.Setenv(passwordVariable, "wrong")
	if o := collectInto(t, t.TempDir()); o.status != 2 || !strings.Contains(o.stderr, "refused the login reader") {
		t.Errorf("the environment's password does not go before the file's: %s", o.stderr)
	}
	t.Chdir(t.TempDir())
	if o := collectInto(t, t.TempDir(), "-c", filepath.Join(folder, "nscheck.yaml"), "--password-file", filepath.Join(folder, "secret.txt")); o.status != 0 {
		t.Errorf("status %d: %s", o.status, o.stderr)
	}
}

// TestEmptyEnvironment: a variable that is set to nothing is one that is not
// set, whatever kind of flag it is for.
func TestEmptyEnvironment(t *testing.T) {
	d := startDouble(t, smallEstate(t), nil)
	folder := inFolder(t, "source: "+d.url()+"\nca_file: authority.pem\nstatement_timeout: 7m\naccept_unencrypted_connection: true\n")
	authority, err := os.ReadFile(d.CAFile())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "authority.pem"), authority, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{"CONFIG", "SOURCE", "CA_FILE", "PASSWORD_FILE", "BINDINGS", "STATEMENT_TIMEOUT", "TIMEOUT", "ACCEPT_UNENCRYPTED_CONNECTION", "QUIET"} {
		t.Setenv("NSCHECK_"+flag, "")
	}
	o := collectInto(t, t.TempDir())
	if o.status != 0 || o.clients != smallClients || !o.deadlines[7*time.Minute] || !strings.Contains(o.stderr, "WARNING: --accept-unencrypted-connection") {
		t.Errorf("status %d, deadlines %v: %s", o.status, o.deadlines, o.stderr)
	}
	if o := collectInto(t, t.TempDir(), "--ca-file", "", "--password-file", ""); o.status != 0 {
		t.Errorf("a flag that names nothing: status %d: %s", o.status, o.stderr)
	}
	for _, flag := range []string{"FORMAT", "FAIL_ON", "POLICY", "NO_BUILTIN", "ALLOW_INCOMPLETE", "TIMEOUT"} {
		t.Setenv("NSCHECK_"+flag, "")
	}
	var stdout, stderr bytes.Buffer
	if status := run([]string{"nscheck", "scan", "--demo"}, &stdout, &stderr); status != 1 {
		t.Errorf("status %d: %s", status, stderr.String())
	}
}

func TestConfigurationRefused(t *testing.T) {
	for text, want := range map[string]string{
		"sauce: 'demo:'":                          `nscheck.yaml:1:1: there is no key "sauce"; known are accept_unencrypted_connection, `,
		"\n\npassword: hunter2":                   "nscheck.yaml:3:1: a password is not allowed here; put it into a separate file",
		"source: [a, b]":                          "nscheck.yaml:1:9: source: the value has the wrong type",
		"source: 'demo:'\nsources: [x]":           "nscheck.yaml:1:1: source and sources exclude each other",
		"source: a\nsource: b":                    "nscheck.yaml:2:1: ",
		"- source":                                "nscheck.yaml:1:1: a configuration consists of keys with values",
		"source: a\ntimeout: often":               "nscheck.yaml:2:10: timeout: the value must be a duration above zero, such as 10m",
		"statement_timeout: -3s":                  "nscheck.yaml:1:20: statement_timeout: the value must be a duration above zero",
		"a: {":                                    "nscheck.yaml:1:1: ",
		"accept_unverified_certificate: perhaps":  "nscheck.yaml:1:32: accept_unverified_certificate: the value has the wrong type",
		"sources: ['demo:', 'csv:x']":             "open source csv:x: read the folder: ",
		"source: demo:":                           "nscheck.yaml:1:1: not valid YAML: mapping values are not allowed in this context; a value that ends in a colon needs quotes, such as 'demo:'",
		"timeout: 1h\nsources:\n- csv:x\n- demo:": "nscheck.yaml:3:1: sources: a value that ends in a colon needs quotes, such as 'demo:'",
		"source:\n  demo:":                        "nscheck.yaml:2:3: source: a value that ends in a colon needs quotes, such as 'demo:'",
		"source: {a":                              "nscheck.yaml:1:1: not valid YAML: did not find expected ',' or '}'\n",
		"timeout: 0s":                             "nscheck.yaml:1:10: timeout: the value must be a duration above zero, such as 10m",
		"source: 'demo:'\ntimeout: 1ns":           "nothing was written: the time limit of timeout in nscheck.yaml, 1ns, is over",
		"# nothing":                               "name a source with --source",
	} {
		inFolder(t, text)
		o := collectInto(t, t.TempDir())
		if o.status != 2 || !strings.Contains(o.stderr, want) || strings.Contains(o.stderr, "hunter2") {
			t.Errorf("%q: status %d: %s", text, o.status, o.stderr)
		}
	}
	if o := collectInto(t, t.TempDir(), "--config", "nowhere.yaml"); o.status != 2 || !strings.Contains(o.stderr, "read the configuration: open nowhere.yaml") {
		t.Errorf("status %d: %s", o.status, o.stderr)
	}
}

func TestPasswordFiles(t *testing.T) {
	d := startDouble(t, smallEstate(t), nil)
	for text, want := range map[string]string{
		"":                                   "is empty",
		"\n":                                 "is empty",
		plantedPassword + "\nmore\n":         "has more than one line of text; is it the right file?",
		strings.Repeat(plantedPassword, 400): "has more than one line",
		"\xEF\xBB\xBF\r\n":                   "is empty",
		"p\xE4ss":                            "is neither UTF-8 nor UTF-16",
		"\xFF\xFEP\x00l":                     "is neither UTF-8 nor UTF-16",
		"\xFF\xFEP\x00\x00\xD8x\x00":         "is neither UTF-8 nor UTF-16",
	} {
		file := filepath.Join(t.TempDir(), "secret.txt")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if o := collectRun(t, d, "--password-file", file); o.status != 2 || !strings.Contains(o.stderr, want) {
			t.Errorf("%.20q: status %d: %s", text, o.status, o.stderr)
		}
	}
	for name, text := range map[string]string{
		"UTF-8 with a mark":     "\xEF\xBB\xBF" + plantedPassword + "\r\n",
		"UTF-16":                utf16Text(plantedPassword+"\r\n", binary.LittleEndian),
		"UTF-16, big end first": utf16Text(plantedPassword, binary.BigEndian),
	} {
		file := filepath.Join(t.TempDir(), "secret.txt")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if o := collectRun(t, d, "--password-file", file); o.status != 0 {
			t.Errorf("%s: status %d: %s", name, o.status, o.stderr)
		}
	}
	if o := collectRun(t, d, "--password-file", "nowhere"); o.status != 2 || !strings.Contains(o.stderr, "read the password: open nowhere") {
		t.Errorf("status %d: %s", o.status, o.stderr)
	}
}

// utf16Text is text with a byte order mark, as PowerShell writes it with >.
func utf16Text(text string, order binary.AppendByteOrder) string {
	out := order.AppendUint16(nil, 0xFEFF)
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

// TestPrompt: on a terminal the password is asked for; the answer is not shown.
func TestPrompt(t *testing.T) {
	d := startDouble(t, smallEstate(t), nil)
	t.Setenv(passwordVariable, "")
	real := terminalInput
	defer func() { terminalInput = real }()
	restored := false
	ask := func(read func() ([]byte, error)) *outcome {
		terminalInput = func() (func() ([]byte, error), func(), bool) { return read, func() { restored = true }, true }
		return collectRun(t, d)
	}
	if o := ask(func() ([]byte, error) { return []byte(plantedPassword), nil }); o.status != 0 || o.stderr[:len("Password of reader: \n")] != "Password of reader: \n" {
		t.Errorf("status %d: %s", o.status, o.stderr)
	}
	if o := ask(func() ([]byte, error) { return nil, nil }); o.status != 2 || !strings.Contains(o.stderr, "it is empty") {
		t.Errorf("status %d: %s", o.status, o.stderr)
	}
	if o := ask(func() ([]byte, error) { return nil, errors.New("input/output error") }); o.status != 2 || !strings.Contains(o.stderr, "read the password: input/output error") {
		t.Errorf("status %d: %s", o.status, o.stderr)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	never := make(chan struct{})
	defer close(never)
	terminalInput = func() (func() ([]byte, error), func(), bool) {
		return func() ([]byte, error) {
			cancel(errors.New("interrupt"))
			<-never
			return nil, nil
		}, func() { restored = true }, true
	}
	restored = false
	if _, err := askPassword(ctx, new(bytes.Buffer), "reader"); err == nil || err.Error() != "interrupt" || !restored {
		t.Errorf("%v, terminal restored: %t", err, restored)
	}
	terminalInput = func() (func() ([]byte, error), func(), bool) { return nil, nil, false }
	if o := collectRun(t, d); o.status != 2 || !strings.Contains(o.stderr, "no password for the login reader; set the environment variable NSCHECK_PASSWORD") {
		t.Errorf("status %d: %s", o.status, o.stderr)
	}
}

// TestConfigurationOfSources: several sources and bindings come from the file,
// for all commands that read sources.
func TestConfigurationOfSources(t *testing.T) {
	t.Setenv("NSCHECK_SOURCE", "")
	t.Setenv("NSCHECK_BINDINGS", "")
	folder := inFolder(t, "sources: ['csv:export', 'demo:renamed']\nbindings:\n  sites:\n    sql: SELECT s.[SiteGuid] AS [guid], s.[SiteName] AS [name] FROM [vSites] s\n")
	if err := os.Mkdir(filepath.Join(folder, "export"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "export", "subnets.csv"), []byte("guid,cidr\nD3BA9CA7-5E71-4D76-B961-1BA0B436AACB,10.1.0.0/16\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	config := filepath.Join(folder, "nscheck.yaml")
	o := collectInto(t, t.TempDir(), "--config", config)
	if s := o.section(t, "sites"); s.Status != snapshot.Collected || s.Evidence != "user" || s.Source != "demo:renamed" {
		t.Errorf("sites: %+v", s)
	}
	if s := o.section(t, "subnets"); s.Status != snapshot.Collected || s.Source != "csv:"+filepath.Join(folder, "export") || s.QuerySHA256 != "" {
		t.Errorf("subnets: %+v", s)
	}
	var stdout, stderr bytes.Buffer
	if status := run([]string{"nscheck", "probe", "--config", config}, &stdout, &stderr); status != 3 || !regexp.MustCompile(`(?m)^sites +bound +user`).MatchString(stdout.String()) {
		t.Errorf("probe: status %d: %s%s", status, stdout.String(), stderr.String())
	}
	stdout.Reset()
	if status := run([]string{"nscheck", "licences", "--config", config}, &stdout, &stderr); status != 0 || stdout.Len() == 0 {
		t.Errorf("licences: status %d: %s", status, stderr.String())
	}
	stdout.Reset()
	if status := run([]string{"nscheck", "probe", "--grants", "--config", config}, &stdout, &stderr); status != 0 || !strings.Contains(stdout.String(), "[vSites]") {
		t.Errorf("grants: status %d: %s%s", status, stdout.String(), stderr.String())
	}
	inFolder(t, "source: 'demo:'\nbindings:\n  site: {}\n")
	if o := collectInto(t, t.TempDir()); o.status != 2 || !strings.HasPrefix(o.stderr, "nscheck: nscheck.yaml:3: bindings: unknown section \"site\"") {
		t.Errorf("status %d: %s", o.status, o.stderr)
	}
}
