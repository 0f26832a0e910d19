package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/evaluator"
)

// job is what the tests read of a Kubernetes Job.
type job struct {
	Kind string
	Spec struct {
		CompletionMode string `yaml:"completionMode"`
		Completions    int
		Parallelism    int
		Template       struct {
			Spec struct {
				RestartPolicy string `yaml:"restartPolicy"`
				Containers    []struct {
					Command, Args []string
					VolumeMounts  []struct {
						Name      string
						MountPath string `yaml:"mountPath"`
					} `yaml:"volumeMounts"`
				}
				Volumes []struct {
					Name                  string
					PersistentVolumeClaim struct{ ClaimName string } `yaml:"persistentVolumeClaim"`
				}
			}
		}
	}
}

func readJob(t *testing.T, file string) *job {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	j := &job{}
	if err := yaml.Unmarshal(text, j); err != nil {
		t.Fatal(err)
	}
	spec := j.Spec.Template.Spec
	if j.Kind != "Job" || len(spec.Containers) != 1 || len(spec.Volumes) != 1 || len(spec.Containers[0].VolumeMounts) != 1 ||
		spec.Containers[0].VolumeMounts[0].Name != spec.Volumes[0].Name || spec.RestartPolicy != "Never" {
		t.Fatalf("%s: %+v", file, j)
	}
	return j
}

// run runs the container's command, with a folder in the place of its volume.
func (j *job) run(t *testing.T, data string, env ...string) int {
	t.Helper()
	c := j.Spec.Template.Spec.Containers[0]
	var words []string
	for _, word := range append(c.Command, c.Args...) {
		words = append(words, strings.ReplaceAll(word, c.VolumeMounts[0].MountPath+"/", filepath.ToSlash(data)+"/"))
	}
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	if stderr.Len() > 0 || cmd.ProcessState == nil {
		t.Fatalf("%v: %v: %s", words, err, stderr.String())
	}
	return cmd.ProcessState.ExitCode()
}

// TestScalingJobs runs the commands of the manifests in docs/scaling as the pods
// would, and compares with one run.
func TestScalingJobs(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("containers run sh")
	}
	eval, merge := readJob(t, "../../docs/scaling/job.yaml"), readJob(t, "../../docs/scaling/merge.yaml")
	if eval.Spec.CompletionMode != "Indexed" || eval.Spec.Parallelism != eval.Spec.Completions || eval.Spec.Completions < 2 {
		t.Errorf("the job is not an indexed one with a pod for every shard: %+v", eval.Spec)
	}
	data, path := t.TempDir(), "PATH="+buildProgram(t)+string(os.PathListSeparator)+os.Getenv("PATH")
	estate := filepath.Join(data, "estate.jsonl.zst")
	var out bytes.Buffer
	must := func(status int, args ...string) {
		t.Helper()
		out.Reset()
		if got := run(append([]string{"nscheck"}, args...), &out, &out); got != status {
			t.Fatalf("exit status %d: %s", got, out.String())
		}
	}
	must(evaluator.ExitClean, "fixture", "generate", "--clients", "2500", "--violating", "50", "-o", estate)
	for i := range eval.Spec.Completions {
		if status := eval.run(t, data, path, fmt.Sprintf("JOB_COMPLETION_INDEX=%d", i)); status != evaluator.ExitClean {
			t.Fatalf("pod %d: exit status %d", i, status)
		}
	}
	if status := merge.run(t, data, path); status != evaluator.ExitFindings {
		t.Errorf("merge: exit status %d", status)
	}
	must(evaluator.ExitFindings, "eval", estate, "--quiet", "-f", "json="+filepath.Join(data, "one.json"))
	want, err := os.ReadFile(filepath.Join(data, "one.json"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(data, "result.json"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Error("the merged result is not that of one run")
	}
}
