package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// liveDir holds the scripts that make real programs fail; its README.md has
// the convention.
const liveDir = "../../testdata/live"

// liveTimeout bounds one script. The convention gives it 15 s on a quiet
// machine; several run at once here, and a CI machine may be many times slower.
const liveTimeout = 3 * time.Minute

// script is one live script with what its header says.
type script struct {
	name   string   // file name without extension
	path   string   // absolute
	expect []string // rules that must be root causes, or the one word clean
	also   []string // rules that may be root causes too
	needs  []string
}

// healthy reports whether the script looks bad and succeeds.
func (s script) healthy() bool { return slices.Equal(s.expect, []string{"clean"}) }

// answer is what the test reads of the JSON report.
type answer struct {
	Verdict string `json:"verdict"`
	Causes  []struct {
		Rule  string `json:"rule"`
		Title string `json:"title"`
	} `json:"causes"`
	Unexplained []struct {
		Text string `json:"text"`
	} `json:"unexplained"`
}

// outcome is how one script ended.
type outcome struct {
	missing string // what the machine lacks; the script did not run
	problem string // empty: diagnosed right
	output  string
}

// TestLive runs every script of testdata/live and compares the diagnosis of
// what the real programs printed with the script's header. Set
// DIAGNOSE_LIVE_MIN=25,8 to fail below so many failures and healthy runs.
func TestLive(t *testing.T) {
	if os.Getenv("DIAGNOSE_LIVE_MIN") == "" {
		t.Skip("real programs take their time: set DIAGNOSE_LIVE_MIN=25,8, as .ci/run does")
	}
	if runtime.GOOS == "windows" {
		t.Skip("the scripts are for bash")
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash")
	}
	scripts := readScripts(t)
	program := buildProgram(t)
	outcomes := runScripts(scripts, program)

	var failures, healthy, skipped int
	for i, s := range scripts {
		t.Run(s.name, func(t *testing.T) {
			switch o := outcomes[i]; {
			case o.missing != "":
				skipped++
				t.Skipf("this machine lacks: %s", o.missing)
			case o.problem != "":
				t.Errorf("%s\n--- printed:\n%s", o.problem, o.output)
			case s.healthy():
				healthy++
			default:
				failures++
			}
		})
	}
	fmt.Printf("live: %d failures, %d healthy, %d skipped\n", failures, healthy, skipped)
	checkLiveMinimum(t, failures, healthy)
}

// checkLiveMinimum fails below the numbers of DIAGNOSE_LIVE_MIN.
func checkLiveMinimum(t *testing.T, failures, healthy int) {
	minimum := os.Getenv("DIAGNOSE_LIVE_MIN")
	if minimum == "" {
		return
	}
	var wantFailures, wantHealthy int
	if _, err := fmt.Sscanf(minimum, "%d,%d", &wantFailures, &wantHealthy); err != nil {
		t.Fatalf("DIAGNOSE_LIVE_MIN=%q: want two numbers such as 25,8: %v", minimum, err)
	}
	if failures < wantFailures || healthy < wantHealthy {
		t.Errorf("%d failures and %d healthy runs were diagnosed right, want at least %d and %d",
			failures, healthy, wantFailures, wantHealthy)
	}
}

// readScripts reads the headers of all scripts, in order of their names.
func readScripts(t *testing.T) []script {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(liveDir, "*-*.sh"))
	if err != nil {
		t.Fatal(err)
	}
	var scripts []script
	for _, path := range paths {
		if strings.HasPrefix(filepath.Base(path), "lib-") {
			continue
		}
		s, err := readScript(path)
		if err != nil {
			t.Fatal(err)
		}
		scripts = append(scripts, s)
	}
	if len(scripts) == 0 {
		t.Fatalf("no scripts in %s", liveDir)
	}
	return scripts
}

// readScript reads the header of one script.
func readScript(path string) (script, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return script{}, err
	}
	s := script{name: strings.TrimSuffix(filepath.Base(path), ".sh"), path: absolute}
	file, err := os.Open(path)
	if err != nil {
		return s, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() && strings.HasPrefix(lines.Text(), "#") {
		key, value, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "# "), ":")
		switch words := strings.Fields(value); key {
		case "expect":
			s.expect = append(s.expect, words...)
		case "also":
			s.also = append(s.also, words...)
		case "needs":
			s.needs = append(s.needs, words...)
		}
	}
	if len(s.expect) == 0 {
		return s, fmt.Errorf("%s: no `# expect:` line", path)
	}
	return s, lines.Err()
}

// buildProgram builds the command that is tested.
func buildProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "diagnose")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

// runScripts runs all scripts, several at a time: they mostly wait.
func runScripts(scripts []script, program string) []outcome {
	outcomes := make([]outcome, len(scripts))
	slots := make(chan struct{}, runtime.NumCPU()+2)
	machine := machine{}
	var group sync.WaitGroup
	for i, s := range scripts {
		if missing := machine.lacks(s.needs); missing != "" {
			outcomes[i].missing = missing
			continue
		}
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			outcomes[i] = runOne(s, program)
		})
	}
	group.Wait()
	// Real programs have time limits of their own, which a crowded machine can make
	// them miss: what went wrong among others is run again alone, and said.
	for i, s := range scripts {
		if outcomes[i].problem != "" {
			fmt.Printf("live: %s again alone, after: %s\n", s.name, outcomes[i].problem)
			outcomes[i] = runOne(s, program)
		}
	}
	return outcomes
}

// machine remembers which abilities this machine has.
type machine map[string]bool

// lacks names the needs that the machine does not have.
func (m machine) lacks(needs []string) string {
	var missing []string
	for _, need := range needs {
		has, known := m[need]
		if !known {
			has = able(need)
			m[need] = has
		}
		if !has {
			missing = append(missing, need)
		}
	}
	return strings.Join(missing, ", ")
}

// able finds out one ability: root, private (root that may make namespaces),
// or a program.
func able(need string) bool {
	switch need {
	case "root":
		return os.Geteuid() == 0
	case "private":
		return os.Geteuid() == 0 && exec.Command("unshare", "-m", "-n", "-p", "--fork", "true").Run() == nil
	}
	if _, err := exec.LookPath(need); err == nil {
		return true
	}
	_, err := os.Stat(filepath.Join("/usr/sbin", need))
	return err == nil
}

// runOne runs one script in a fresh directory and diagnoses what it left.
func runOne(s script, program string) outcome {
	// Not t.TempDir: its path is too long for Unix sockets.
	dir, err := os.MkdirTemp("", "live")
	if err != nil {
		return outcome{problem: err.Error()}
	}
	defer os.RemoveAll(dir)
	printed, err := printedBy(s, dir)
	o := outcome{output: printed}
	if err != nil {
		o.problem = err.Error()
		return o
	}
	got, files, err := diagnoseLive(program, filepath.Join(dir, "out"), printed)
	o.output += files
	if err != nil {
		o.problem = err.Error()
		return o
	}
	o.problem = compare(s, got)
	return o
}

// printedBy runs the script and returns its standard output.
func printedBy(s script, dir string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), liveTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, "bash", s.path)
	command.Dir = dir
	command.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "LIVE_") }),
		"LIVE_TMP="+dir, "LIVE_OUT="+filepath.Join(dir, "out"))
	// The script ends its daemons on this signal.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 2 * time.Second
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return stdout.String(), fmt.Errorf("%s: %w\n%s", s.path, err, stderr.String())
	}
	if stdout.Len() == 0 {
		return "", fmt.Errorf("%s printed nothing\n%s", s.path, stderr.String())
	}
	return stdout.String(), nil
}

// diagnoseLive gives what was printed, and the log files the script left, to
// the program. It returns the files' text for the failure message.
func diagnoseLive(program, out, printed string) (answer, string, error) {
	logs, err := filepath.Glob(filepath.Join(out, "*.log"))
	if err != nil {
		return answer{}, "", err
	}
	command := exec.Command(program, "--format", "json")
	var shown strings.Builder
	if len(logs) == 0 {
		command.Stdin = strings.NewReader(printed)
	} else {
		for _, log := range logs {
			data, err := os.ReadFile(log)
			if err != nil {
				return answer{}, "", err
			}
			fmt.Fprintf(&shown, "==> %s <==\n%s", filepath.Base(log), data)
		}
		output := filepath.Join(out, "output.log")
		if err := os.WriteFile(output, []byte(printed), 0o600); err != nil {
			return answer{}, "", err
		}
		command.Args = append(append(command.Args, output), logs...)
	}
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err = command.Run()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 1) {
		return answer{}, shown.String(), fmt.Errorf("diagnose: %w\n%s", err, stderr.String())
	}
	var got answer
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
		return answer{}, shown.String(), fmt.Errorf("diagnose printed no report: %w\n%s", err, stdout.String())
	}
	return got, shown.String(), nil
}

// compare says what is wrong with the answer, empty when nothing is.
func compare(s script, got answer) string {
	var problems []string
	var rules []string
	for _, c := range got.Causes {
		rules = append(rules, c.Rule)
		if !slices.Contains(s.expect, c.Rule) && !slices.Contains(s.also, c.Rule) {
			problems = append(problems, fmt.Sprintf("false cause %s: %s", c.Rule, c.Title))
		}
	}
	if s.healthy() {
		if got.Verdict != "clean" {
			problems = append(problems, fmt.Sprintf("verdict %s, want clean", got.Verdict))
		}
		for _, u := range got.Unexplained {
			problems = append(problems, "unexplained: "+u.Text)
		}
		return strings.Join(problems, "\n")
	}
	for _, want := range s.expect {
		if !slices.Contains(rules, want) {
			problems = append(problems, fmt.Sprintf("verdict %s with causes %q lacks %s", got.Verdict, rules, want))
		}
	}
	return strings.Join(problems, "\n")
}
