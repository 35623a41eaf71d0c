package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diagnose/report"
	"diagnose/rules"
	"diagnose/source"
)

// demo is the shipped incident, which most tests of the engine read.
const demo = "../../testdata/demo"

// demoFiles returns the demo's logs by their names below the demo.
func demoFiles(t testing.TB) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(demo, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) == ".md" {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(demo, path)
		files[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no demo logs: %v", err)
	}
	return files
}

// answer is the JSON report over named texts.
func answer(t testing.TB, base *rules.Base, names []string, files map[string]string, workers, blockSize int) []byte {
	t.Helper()
	var streams []*source.Stream
	for _, name := range names {
		streams = append(streams, source.Memory(name, files[name], exampleTime, source.Options{BlockSize: blockSize}))
	}
	e := newEngine(base, streams)
	e.workers = workers
	v, err := e.diagnose(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := report.JSON(&b, v, "en"); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The same input gives the same bytes, whatever the order of the arguments, the
// number of workers, and the size of blocks.
func TestSameInputSameBytes(t *testing.T) {
	t.Parallel()
	base := shippedBase(t)
	files := demoFiles(t)
	dir := t.TempDir()
	var paths []string
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, exampleTime, exampleTime); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	var want []byte
	r := rand.New(rand.NewPCG(1, 1))
	shuffles := 9 // each size meets each number of workers three times
	if testing.Short() {
		shuffles = 6
	}
	for shuffle := range shuffles {
		r.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		for i, blockSize := range []int{1 << 10, 4096 + shuffle, 64 << 10, 1 << 20} {
			// Each size meets each number of workers in turn.
			workers := []int{1, 2, 8}[(shuffle+i)%3]
			streams, problems := source.Open(paths, nil, source.Options{BlockSize: blockSize})
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			e := newEngine(base, streams)
			e.workers = workers
			v, err := e.diagnose(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := report.JSON(&b, v, "en"); err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = b.Bytes()
			}
			if !bytes.Equal(b.Bytes(), want) {
				t.Fatalf("shuffle %d, %d workers, blocks of %d: another answer\n%s\nwanted\n%s", shuffle, workers, blockSize, b.Bytes(), want)
			}
		}
	}
}

// A failure is found wherever it stands in a long healthy log: at block edges,
// in the first line, in the last, which lacks its newline.
func TestFoundAmongHealthyLines(t *testing.T) {
	base := shippedBase(t)
	healthy := strings.Repeat("2019-03-01 10:00:00,123 DEBUG [c.c.s.StatsCollector] (StatsCollector-1:ctx-0a0a0a0a) (logid:5fa4d6ef) VmStatsCollector is running...\n", 3000)
	line := "curl: (6) Could not resolve host: bkrepo.example\n"
	for _, at := range []int{0, 1, 7, 500, 1499, 2999, 3000} {
		size := len(healthy) / 3000
		text := healthy[:at*size] + line + healthy[at*size:]
		if at == 3000 {
			text = strings.TrimSuffix(text, "\n")
		}
		got := string(answer(t, base, []string{"x.log"}, map[string]string{"x.log": text}, 2, 1<<10))
		if !strings.Contains(got, `"rule": "curl/could-not-resolve-host"`) || !strings.Contains(got, fmt.Sprintf(`"line": %d,`, at+1)) {
			t.Errorf("line %d: not found\n%s", at+1, got)
		}
	}
}

func sortedNames(files map[string]string) []string {
	return slices.Sorted(maps.Keys(files))
}

// Of a log of many runs each turn is known, not only the first and last few: what kept
// one in the midst from its start is over with the next.
func TestEachOfManyRunsCounts(t *testing.T) {
	var b strings.Builder
	for i := range 120 {
		at := fmt.Sprintf("2026-01-%02dT10:%02d", 1+i/6, i%6*10)
		fmt.Fprintf(&b, "%s:01.100+08:00  INFO 1 --- [main] com.example.Shop : Starting Shop using Java 17.0.9 with PID %d\n", at, i)
		if i == 60 {
			fmt.Fprintf(&b, "%s:02.100+08:00 ERROR 1 --- [main] com.example.Shop : Application startup failed\n"+
				"java.lang.IllegalArgumentException: Could not resolve placeholder 'shop.db' in value \"${shop.db}\"\n", at)
			continue
		}
		fmt.Fprintf(&b, "%s:04.100+08:00  INFO 1 --- [main] com.example.Shop : Started Shop in 3.456 seconds (process running for 4.1)\n", at)
	}
	got := string(answer(t, loadedBase(t), []string{"shop.log"}, map[string]string{"shop.log": b.String()}, 2, 0))
	if !strings.Contains(got, `"verdict": "clean"`) || !strings.Contains(got, "shared/spring-placeholder-missing") {
		t.Errorf("the failure of a run that others followed:\n%s", got)
	}
}

// A unit that failed is well again when its own program serves, as systemd before 250
// does not say of the unit's name.
func TestUnitIsOverWithItsCause(t *testing.T) {
	const failed = `Jan 31 10:00:01 web1 haproxy[811]: [ALERT]    (811) : config : parsing [/etc/haproxy/haproxy.cfg:31] : unknown keyword 'bnd' in 'frontend' section
Jan 31 10:00:01 web1 systemd[1]: haproxy.service: Failed with result 'exit-code'.
Jan 31 10:00:01 web1 systemd[1]: Failed to start HAProxy Load Balancer.
`
	const serves = `Jan 31 10:04:01 web1 haproxy[911]: [NOTICE]   (911) : New worker (913) forked
Jan 31 10:04:01 web1 haproxy[911]: [NOTICE]   (911) : Loading success.
Jan 31 10:04:01 web1 systemd[1]: Started HAProxy Load Balancer.
`
	base := loadedBase(t)
	for _, c := range [][2]string{{failed + serves, `"verdict": "clean"`}, {failed, `"verdict": "cause"`}, {failed + serves + failed, `"verdict": "cause"`}} {
		got := string(answer(t, base, []string{"journal"}, map[string]string{"journal": c[0]}, 2, 0))
		if !strings.Contains(got, c[1]) {
			t.Errorf("want %s of\n%s\ngot %s", c[1], c[0], got)
		}
	}
}

// However many causes quote words of their own, only so many are read.
func TestReadCausesAreBounded(t *testing.T) {
	var log strings.Builder
	log.WriteString("TASK [spin] ****\n")
	for i := range maxRead + 20 {
		fmt.Fprintf(&log, "fatal: [h%d]: FAILED! => {\"changed\": false, \"msg\": \"the spindle of rack %d is missing, widget %d is required\"}\n", i, i, i)
	}
	v, err := newEngine(loadedBase(t), []*source.Stream{source.Memory("play.log", log.String(), exampleTime, source.Options{})}).diagnose(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, c := range v.Causes {
		if c.Reason != nil {
			read++
		}
	}
	if len(v.Causes) <= maxRead || read != maxRead {
		t.Errorf("%d causes, %d of them read, want %d", len(v.Causes), read, maxRead)
	}
}
