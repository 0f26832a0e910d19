package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/evaluator/result"
)

// regalConfig has the keys of Regal's documentation that are used.
type regalConfig struct {
	Project struct {
		RegoVersion int `yaml:"rego-version"`
	}
	Rules map[string]map[string]struct {
		Level         string
		MaxLineLength int `yaml:"max-line-length"`
	}
}

// TestRegalConfig: Regal is not run, so the least is that it would understand the
// file.
func TestRegalConfig(t *testing.T) {
	text, err := os.ReadFile("../../.regal/config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var config regalConfig
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&config); err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{
		"idiomatic/directory-package-mismatch": true,
		"style/external-reference":             true,
		"style/line-length":                    true,
		"style/opa-fmt":                        true,
	}
	for category, rules := range config.Rules {
		for name, rule := range rules {
			if !documented[category+"/"+name] || !strings.Contains(" ignore warning error ", " "+rule.Level+" ") {
				t.Errorf("%s/%s with the level %q is not in Regal's documentation", category, name, rule.Level)
			}
			if (rule.MaxLineLength > 0) != (name == "line-length") {
				t.Errorf("%s has max-line-length %d", name, rule.MaxLineLength)
			}
		}
	}
	if config.Project.RegoVersion != 1 || len(config.Rules) == 0 {
		t.Errorf("%+v", config)
	}
}

// editorsBlocks are the blocks of a language in docs/editors.md.
func editorsBlocks(t *testing.T, language string) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/editors.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(text), "```")
	for i := 1; i < len(parts); i += 2 {
		if name, block, _ := strings.Cut(parts[i], "\n"); name == language {
			blocks = append(blocks, block)
		}
	}
	return blocks
}

func TestEditorsSettingsAreJSON(t *testing.T) {
	blocks := editorsBlocks(t, "json")
	if len(blocks) != 1 {
		t.Fatalf("%d blocks", len(blocks))
	}
	var settings map[string]any
	if err := json.Unmarshal([]byte(blocks[0]), &settings); err != nil {
		t.Error(err)
	}
}

// TestEditorsCommands runs the commands of docs/editors.md with the stock opa
// command, on a sound pack and on one with a misspelt field.
func TestEditorsCommands(t *testing.T) {
	t.Parallel()
	var commands [][]string
	for _, block := range editorsBlocks(t, "") {
		for _, line := range strings.Split(strings.TrimSpace(block), "\n") {
			commands = append(commands, strings.Fields(line))
		}
	}
	if len(commands) != 2 || commands[0][1] != "check" || commands[1][1] != "test" {
		t.Fatalf("the commands are %q", commands)
	}
	out, err := exec.Command("go", "tool", "-n", "opa").CombinedOutput()
	if err != nil {
		t.Fatalf("build opa: %v\n%s", err, out)
	}
	opa := strings.TrimSpace(string(out))
	dir := t.TempDir()
	house := filepath.Join(dir, "house")
	if err := os.CopyFS(house, os.DirFS("../../authoring/lint/testdata/house")); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	if run([]string{"nscheck", "schema", "-p", house, "--write", filepath.Join(dir, "schemas")}, io.Discard, &stderr) != result.ExitClean {
		t.Fatal(stderr.String())
	}
	stock := func(command []string) (string, error) {
		c := exec.Command(opa, command[1:]...)
		c.Dir = dir
		out, err := c.CombinedOutput()
		return string(out), err
	}
	for _, command := range commands {
		if out, err := stock(command); err != nil {
			t.Errorf("%q: %v\n%s", command, err, out)
		}
	}
	rule := filepath.Join(house, "client", "plugin_old.rego")
	text, err := os.ReadFile(rule)
	if err != nil {
		t.Fatal(err)
	}
	for right, wrong := range map[string]string{
		"input.plugin.installed":          "input.plugin.instaled",
		"data.params.plugin_oldest_major": "data.params.plugin_oldest_mayor",
	} {
		if err := os.WriteFile(rule, bytes.ReplaceAll(text, []byte(right), []byte(wrong)), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := stock(commands[0]); err == nil || !strings.Contains(out, "undefined ref: "+wrong) {
			t.Errorf("opa check does not find %s: %v\n%s", wrong, err, out)
		}
	}
}
