// Command follow measures how long it takes from the write of a deciding line to
// what names it: the report of `diagnose watch`, and beside it the line that
// `tail -F | grep` prints of the same files.
//
//	go build -o /tmp/diagnose ./cmd/diagnose && go run ./bench/follow -diagnose /tmp/diagnose
//
// It writes noise to many files at a rate, and a line with a new cause at intervals.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

func main() {
	program := flag.String("diagnose", "diagnose", "the program")
	files := flag.Int("files", 200, "files that are written to")
	rate := flag.Int("rate", 20, "noise, in MB a second over all files")
	samples := flag.Int("samples", 100, "deciding lines")
	every := flag.Duration("every", 250*time.Millisecond, "time between them")
	flag.Parse()
	if err := run(*program, *files, *rate, *samples, *every); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(program string, files, rate, samples int, every time.Duration) error {
	dir, err := os.MkdirTemp("", "follow")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	logs := filepath.Join(dir, "logs")
	if err := os.Mkdir(logs, 0o755); err != nil {
		return err
	}
	var out []*os.File
	var names []string
	for i := range files {
		f, err := os.Create(filepath.Join(logs, fmt.Sprintf("%03d.log", i)))
		if err != nil {
			return err
		}
		defer f.Close()
		out, names = append(out, f), append(names, f.Name())
	}
	watch := exec.Command(program, "watch", "--format", "json", "--settle", "0s", "--state", filepath.Join(dir, "state"), logs)
	tail := exec.Command("sh", "-c", `exec tail -q -n 0 -F "$@" | grep --line-buffered 'Could not resolve host: h'`, "sh")
	tail.Args = append(tail.Args, names...)
	seen := map[*exec.Cmd]*arrivals{}
	for _, c := range []*exec.Cmd{watch, tail} {
		pipe, err := c.StdoutPipe()
		if err != nil {
			return err
		}
		if err := c.Start(); err != nil {
			return err
		}
		seen[c] = &arrivals{at: map[int]time.Time{}}
		go seen[c].read(pipe)
	}
	time.Sleep(2 * time.Second)
	written := write(out, rate, samples, every)
	time.Sleep(10 * time.Second)
	watch.Process.Signal(os.Interrupt)
	watch.Wait()
	for _, f := range out {
		os.Remove(f.Name())
	}
	tail.Process.Kill()
	report("diagnose watch", written, seen[watch])
	report("tail -F | grep", written, seen[tail])
	return nil
}

// write writes noise and deciding lines, and returns when each of those was written.
func write(out []*os.File, rate, samples int, every time.Duration) []time.Time {
	const step = 10 * time.Millisecond
	noise := strings.Repeat("2026-11-21 10:00:00,123 INFO  [c.c.a.ApiServlet] (qtp-1:ctx-1) (logid:1) ===END=== 10.0.0.1 -- GET\n", 10)
	var written []time.Time
	begin, sent := time.Now(), 0
	for i := 0; len(written) < samples; i++ {
		now := time.Since(begin)
		for want := int(now.Seconds() * float64(rate) * 1e6); sent < want; sent += len(noise) {
			out[sent/len(noise)%len(out)].WriteString(noise)
		}
		if now > time.Duration(len(written)+1)*every {
			fmt.Fprintf(out[len(written)%len(out)], "curl: (6) Could not resolve host: h%d.example.org\n", len(written))
			written = append(written, time.Now())
		}
		time.Sleep(step)
	}
	fmt.Printf("%.1f MB/s of noise over %d files, %d deciding lines\n", float64(sent)/1e6/time.Since(begin).Seconds(), len(out), samples)
	return written
}

// arrivals are when a deciding line was first named.
type arrivals struct {
	mu sync.Mutex
	at map[int]time.Time
}

func (a *arrivals) read(r io.Reader) {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		now := time.Now()
		before, _, ok := strings.Cut(s.Text(), ".example.org")
		n, err := strconv.Atoi(before[strings.LastIndexByte(before, 'h')+1:])
		if !ok || err != nil {
			continue
		}
		a.mu.Lock()
		if _, ok := a.at[n]; !ok {
			a.at[n] = now
		}
		a.mu.Unlock()
	}
}

func report(name string, written []time.Time, a *arrivals) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var took []time.Duration
	for i, at := range written {
		if got, ok := a.at[i]; ok {
			took = append(took, got.Sub(at))
		}
	}
	if len(took) == 0 {
		fmt.Printf("%s: nothing arrived\n", name)
		return
	}
	slices.Sort(took)
	fmt.Printf("%s: %d of %d, median %v, p99 %v, most %v\n", name, len(took), len(written),
		took[len(took)/2].Round(time.Millisecond), took[(len(took)*99)/100].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
}
