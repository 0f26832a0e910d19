package main

import (
	"encoding/xml"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/evaluator/result"
)

// badSetting is the setting that the bad change makes.
const badSetting = "package_servers[BRS-PS01].constrained false -> true (estate.yaml:"

// changes are branches of the sample repository: what each makes of a package
// server's constrained, and what the gate then exits with.
var changes = []struct {
	name, server, from, to string
	status                 int
}{
	{"good", "LDS-PS01", "true", "false", result.ExitClean},
	{"bad", "BRS-PS01", "false", "true", result.ExitFindings},
	{"unclear", "LDS-PS01", "true", "null", result.ExitIncomplete},
}

// pipelineRun is what one system did with one change.
type pipelineRun struct {
	out    string // all that the steps wrote
	folder string
}

func (r pipelineRun) read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.folder, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// pipelines are the set-ups of docs/ci: the shell's options, the variables that
// the system sets, the steps, and what must be there afterwards.
var pipelines = []struct {
	file   string
	shell  []string
	env    []string
	goPath bool // the system has $GOPATH/bin on the PATH
	steps  func(t *testing.T, text []byte) []string
	check  func(t *testing.T, r pipelineRun, text []byte, change string)
}{
	{"github.yml", []string{"-e"}, []string{"GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=summary.md", "GITHUB_BASE_REF=main"}, true, githubSteps, checkGitHub},
	{"azure-pipelines.yml", nil, []string{"TF_BUILD=True", "AGENT_TEMPDIRECTORY=temp", "SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main"}, false, azureSteps, checkAzure},
	{"gitlab-ci.yml", []string{"-e"}, []string{"GITLAB_CI=true", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main"}, true, gitlabSteps, checkGitLab},
	{"Jenkinsfile", []string{"-xe"}, []string{"JENKINS_URL=https://ci.example/", "WORKSPACE_TMP=temp", "CHANGE_TARGET=main"}, true, jenkinsSteps, checkJenkins},
}

// TestPipelines runs the set-ups of docs/ci in a repository with a good, a bad
// and an unclear change.
func TestPipelines(t *testing.T) {
	t.Parallel()
	s := newSample(t)
	t.Run("systems", func(t *testing.T) { testSystems(t, s) })
	t.Run("git hook", func(t *testing.T) { testGitHook(t, s) })
	t.Run("pre-commit", func(t *testing.T) { testPreCommit(t, s) })
}

func testSystems(t *testing.T, s *sample) {
	for _, p := range pipelines {
		text := readDoc(t, p.file)
		steps := p.steps(t, text)
		for _, c := range changes {
			t.Run(p.file+"/"+c.name, func(t *testing.T) {
				r := pipelineRun{folder: s.checkout(t, c.name)}
				var bin []string
				if p.goPath {
					bin = []string{filepath.Join(r.folder, "gopath", "bin")}
				}
				env := s.env(append(bin, s.tools), append(slices.Clone(p.env), "GOPATH="+filepath.Join(r.folder, "gopath"))...)
				for i, step := range steps {
					out, status := runShell(t, r.folder, env, append(slices.Clone(p.shell), "-c", step)...)
					r.out += out
					want := result.ExitClean
					if i == len(steps)-1 {
						want = c.status
					}
					if status != want {
						t.Fatalf("%s\nexits with %d, not %d:\n%s", step, status, want, out)
					}
				}
				p.check(t, r, text, c.name)
			})
		}
	}
}

func githubSteps(t *testing.T, text []byte) []string {
	var workflow struct {
		Jobs map[string]struct{ Steps []struct{ Run string } }
	}
	decode(t, text, &workflow)
	var steps []string
	for _, s := range workflow.Jobs["gate"].Steps {
		if s.Run != "" {
			steps = append(steps, s.Run)
		}
	}
	return steps
}

func checkGitHub(t *testing.T, r pipelineRun, _ []byte, change string) {
	summary := html.UnescapeString(strings.ReplaceAll(r.read(t, "summary.md"), `\`, ""))
	expect(t, change, map[string]string{"good": "Exit status 0: no new finding", "bad": badSetting, "unclear": "1 incomparable"}, summary)
	expect(t, change, map[string]string{"good": "::notice title=nscheck::", "bad": badSetting, "unclear": "::warning title=nscheck::The effect of the change is unknown for"}, r.out)
	if got, want := strings.Contains(r.out, "::error file=estate.yaml,line="), change == "bad"; got != want || strings.Count(r.out, "::error") > 2 {
		t.Errorf("annotations:\n%s", r.out)
	}
}

func azureSteps(t *testing.T, text []byte) []string {
	var pipeline struct{ Steps []struct{ Script string } }
	decode(t, text, &pipeline)
	var steps []string
	for _, s := range pipeline.Steps {
		if s.Script != "" {
			steps = append(steps, s.Script)
		}
	}
	return steps
}

func checkAzure(t *testing.T, r pipelineRun, text []byte, change string) {
	var pipeline struct {
		Steps []struct{ Inputs map[string]string }
	}
	decode(t, text, &pipeline)
	checkJUnit(t, r.read(t, pipeline.Steps[len(pipeline.Steps)-1].Inputs["testResultsFiles"]), change)
	expect(t, change, map[string]string{"good": "complete result=Succeeded;", "bad": badSetting, "unclear": "complete result=Failed;"}, r.out)
}

// gitlabJob is what the test reads of a job.
type gitlabJob struct {
	Image     string
	Script    []string
	Artifacts struct{ Reports struct{ Junit string } }
}

func gitlabSteps(t *testing.T, text []byte) []string {
	var jobs map[string]gitlabJob
	decode(t, text, &jobs)
	return jobs["nscheck"].Script
}

func checkGitLab(t *testing.T, r pipelineRun, text []byte, change string) {
	var jobs map[string]gitlabJob
	decode(t, text, &jobs)
	checkJUnit(t, r.read(t, jobs["nscheck"].Artifacts.Reports.Junit), change)
	checkTable(t, r.out, change)
}

func jenkinsSteps(_ *testing.T, text []byte) []string {
	var steps []string
	for _, m := range regexp.MustCompile(`(?m)^ *sh '([^'\n]+)'$`).FindAllSubmatch(text, -1) {
		steps = append(steps, string(m[1]))
	}
	return steps
}

func checkJenkins(t *testing.T, r pipelineRun, text []byte, change string) {
	m := regexp.MustCompile(`testResults: '([^']+)'`).FindSubmatch(text)
	if m == nil || strings.Count(string(text), "{") != strings.Count(string(text), "}") {
		t.Fatalf("%s", text)
	}
	checkJUnit(t, r.read(t, string(m[1])), change)
	checkTable(t, r.out, change)
}

// checkJUnit: only what is new fails.
func checkJUnit(t *testing.T, text, change string) {
	t.Helper()
	var suites struct {
		Failures int `xml:"failures,attr"`
	}
	if err := xml.Unmarshal([]byte(text), &suites); err != nil {
		t.Fatal(err)
	}
	want := 0
	if change == "bad" {
		want = 2 // the finding, and the clients
	}
	if suites.Failures != want {
		t.Errorf("%d failures, not %d", suites.Failures, want)
	}
	if strings.Contains(text, badSetting) != (change == "bad") {
		t.Error("the test report does not name the setting that makes the finding, or names it without one")
	}
}

func checkTable(t *testing.T, out, change string) {
	t.Helper()
	expect(t, change, map[string]string{"good": "no new findings: 1 fixed", "bad": badSetting, "unclear": "Exit status 3"}, strings.Join(strings.Fields(out), " "))
}

func expect(t *testing.T, change string, want map[string]string, got string) {
	t.Helper()
	if !strings.Contains(got, want[change]) {
		t.Errorf("%q is missing in\n%s", want[change], got)
	}
}

func decode(t *testing.T, text []byte, v any) {
	t.Helper()
	if err := yaml.Unmarshal(text, v); err != nil {
		t.Fatal(err)
	}
}

func readDoc(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../docs/ci", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func runShell(t *testing.T, folder string, env []string, args ...string) (out string, status int) {
	t.Helper()
	return runIn(t, folder, env, "sh", args...)
}

func runIn(t *testing.T, folder string, env []string, program string, args ...string) (out string, status int) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = folder, env
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

func needShell(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the set-ups run on Linux")
	}
	for _, program := range []string{"git", "sh"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatal(err)
		}
	}
}
