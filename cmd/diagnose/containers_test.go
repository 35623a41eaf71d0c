package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"diagnose/report"
	"diagnose/source"
)

// answerTo is the JSON report on what a path or standard input holds.
func answerTo(t *testing.T, path string, stdin io.Reader, opt source.Options) string {
	t.Helper()
	streams, problems := source.Open([]string{path}, stdin, opt)
	streams, more, err := source.Unpack(t.Context(), streams)
	if err != nil {
		t.Fatal(err)
	}
	e := newEngine(loadedBase(t), streams)
	e.problems = append(problems, more...)
	defer func() {
		for _, s := range streams {
			s.Close()
		}
	}()
	v, err := e.diagnose(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := report.JSON(&out, v, "en"); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// A bundle gives the answer that its directory gives, but for the names of streams,
// however it is packed and read.
func TestBundleIsItsDirectory(t *testing.T) {
	t.Parallel()
	const demo = "../../testdata/demo"
	files, err := os.ReadDir(demo)
	if err != nil {
		t.Fatal(err)
	}
	d := t.TempDir()
	if err := os.CopyFS(filepath.Join(d, "logs"), os.DirFS(demo)); err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(answerTo(t, filepath.Join(d, "logs"), nil, source.Options{}), d+string(filepath.Separator), "")
	var packed, zipped bytes.Buffer
	z, w := gzip.NewWriter(&packed), zip.NewWriter(&zipped)
	a := tar.NewWriter(z)
	for _, f := range slices.Backward(files) {
		text, err := os.ReadFile(filepath.Join(demo, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(d, "logs", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		h := &tar.Header{Name: "logs/" + f.Name(), Mode: 0o644, Size: int64(len(text)), ModTime: info.ModTime()}
		if err := a.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		a.Write(text)
		x, err := w.CreateHeader(&zip.FileHeader{Name: "logs/" + f.Name(), Method: zip.Deflate, Modified: info.ModTime()})
		if err != nil {
			t.Fatal(err)
		}
		x.Write(text)
	}
	a.Close()
	z.Close()
	w.Close()
	for name, data := range map[string][]byte{"bundle.tar.gz": packed.Bytes(), "bundle.zip": zipped.Bytes()} {
		path := filepath.Join(d, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, keep := range []int64{0, -1} {
			opt := source.Options{KeepMemory: keep}
			if got := strings.ReplaceAll(answerTo(t, path, nil, opt), path+":", ""); got != want {
				t.Errorf("%s:\n%s", name, difference(got, want))
			}
			if got := strings.ReplaceAll(answerTo(t, "-", bytes.NewReader(data), opt), "-:logs/", "logs/"); got != want {
				t.Errorf("%s from a pipe:\n%s", name, difference(got, want))
			}
		}
	}
}

// difference is the first line in which two texts differ.
func difference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "line " + strconv.Itoa(i+1) + ": " + a[i] + "\nwant: " + b[i]
		}
	}
	return "one ends earlier"
}
