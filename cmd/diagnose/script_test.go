package main

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output of scripts and cases")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"diagnose": func() {
			os.Exit(run(context.Background(), stdio{
				in: os.Stdin, out: os.Stdout, err: os.Stderr, terminal: isTerminal, width: terminalWidth, getenv: os.Getenv,
			}, os.Args[1:]))
		},
	})
}

func TestScripts(t *testing.T) {
	if *update {
		refuseInCI(t)
	}
	// The compiled rules are shared by all scripts, the rest is each one's own: with the
	// harness's /no-home, root would write into the machine's root directory.
	caches := t.TempDir()
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("LANG", "C")
			env.Setenv("LC_ALL", "")
			env.Setenv("XDG_CACHE_HOME", caches)
			env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data-home"))
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state-home"))
			return nil
		},
	})
}
