package main

import (
	"regexp"
	"testing"
)

var colourCodes = regexp.MustCompile(`\x1b(?:\[[0-9;:]*[A-Za-z]|\(B)`)

// Programs colour words, so that escape sequences part what rules look for: the
// answer is that to the same text without them.
func TestColouredTools(t *testing.T) {
	base := loadedBase(t)
	f := func(rule, in string) {
		t.Helper()
		plain := diagnoseFiles(t, base, []string{"job.log"}, map[string]string{"job.log": colourCodes.ReplaceAllString(in, "")})
		got := diagnoseFiles(t, base, []string{"job.log"}, map[string]string{"job.log": in})
		if answered(plain) != answered(got) {
			t.Errorf("%q\nplain:\n%scoloured:\n%s", in, answered(plain), answered(got))
		}
		if rule != "" && (len(got.Causes) == 0 || got.Causes[0].Rule != rule) {
			t.Errorf("%q gives no %s but\n%s", in, rule, answered(got))
		}
	}
	// npm 6, and 7 to 10
	f("shared/host-name-unknown", "\x1b[37;40mnpm\x1b[0m \x1b[0m\x1b[31;40mERR!\x1b[0m\x1b[35m code\x1b[0m ENOTFOUND\n\x1b[0m\x1b[37;40mnpm\x1b[0m \x1b[0m\x1b[31;40mERR!\x1b[0m\x1b[35m errno\x1b[0m ENOTFOUND\n"+
		"\x1b[0m\x1b[37;40mnpm\x1b[0m \x1b[0m\x1b[31;40mERR!\x1b[0m\x1b[35m network\x1b[0m request to https://registry.example.com/left-pad failed, reason: getaddrinfo ENOTFOUND registry.example.com\n")
	f("build/npm-peer-conflict", "npm \x1b[31mERR!\x1b[39m \x1b[94mcode\x1b[39m ERESOLVE\nnpm \x1b[31mERR!\x1b[39m \x1b[94mERESOLVE\x1b[39m unable to resolve dependency tree\n")
	// pnpm, yarn 1
	f("build/npm-lock-file", "\x1b[41m\x1b[30m ERR_PNPM_OUTDATED_LOCKFILE \x1b[39m\x1b[49m \x1b[31mCannot install with \"frozen-lockfile\" because pnpm-lock.yaml is not up to date with package.json\x1b[39m\n")
	f("shared/http-not-found", "\x1b[41m\x1b[30m ERR_PNPM_FETCH_404 \x1b[39m\x1b[49m \x1b[31mGET https://registry.npmjs.org/@corp%2Fui: Not Found - 404\x1b[39m\n")
	f("build/yarn-package-missing", "\x1b[31merror\x1b[39m Couldn't find package \"@corp/ui\" on the \"npm\" registry.\n")
	// cargo and rustc, gcc
	f("build/compile-rust", "\x1b[0m\x1b[1m\x1b[38;5;9merror[E0425]\x1b[0m\x1b[0m\x1b[1m: cannot find value `x` in this scope\x1b[0m\n\x1b[0m \x1b[0m\x1b[0m\x1b[1m\x1b[38;5;12m--> \x1b[0m\x1b[0msrc/main.rs:2:5\x1b[0m\n"+
		"\x1b[1m\x1b[31merror\x1b[0m\x1b[1m:\x1b[0m could not compile `app` (bin \"app\") due to 1 previous error\n")
	f("build/header-missing", "\x1b[01m\x1b[Kmain.c:3:10:\x1b[m\x1b[K \x1b[01;31m\x1b[Kfatal error: \x1b[m\x1b[Kfoo.h: No such file or directory\n    3 | #include \x1b[01;31m\x1b[K<foo.h>\x1b[m\x1b[K\ncompilation terminated.\n")
	// tsc
	f("build/compile-typescript", "\x1b[96msrc/a.ts\x1b[0m:\x1b[93m3\x1b[0m:\x1b[93m7\x1b[0m - \x1b[91merror\x1b[0m\x1b[90m TS2322: \x1b[0mType 'string' is not assignable to type 'number'.\n")
	// Maven, Docker's buildx
	f("", "[\x1b[1;31mERROR\x1b[m] Failed to execute goal \x1b[32morg.apache.maven.plugins:maven-compiler-plugin:3.8.1:compile\x1b[m \x1b[1m(default-compile)\x1b[m on project \x1b[36mapp\x1b[m: \x1b[1;31mCompilation failure\x1b[m\n")
	f("", "\x1b[31m => ERROR [2/3] RUN npm ci\x1b[0m\n\x1b[31mERROR: \x1b[0mfailed to solve: process \"/bin/sh -c npm ci\" did not complete successfully: exit code: 1\n")
	// git, curl behind a shell that colours, Ansible
	f("curl/could-not-resolve-host", "\x1b[31mfatal:\x1b[m unable to access '\x1b[1mhttps://git.example.com/a.git/\x1b[m': Could not resolve host: \x1b[1mgit.example.com\x1b[m\n")
	f("ssh/connection-refused", "\x1b[0;31mfatal: [web1]: UNREACHABLE! => {\"changed\": false, \"msg\": \"Failed to connect to the host via ssh: \x1b[1mssh: connect to host\x1b[0m \x1b[0;31m10.0.0.5 port 22: Connection refused\", \"unreachable\": true}\x1b[0m\n")
	f("shared/port-in-use", "2024-05-30 11:09:00.123 \x1b[0;39m \x1b[31mERROR\x1b[0;39m \x1b[35m4711\x1b[0;39m \x1b[2m---\x1b[0;39m \x1b[2m[           main]\x1b[0;39m \x1b[36mo.s.b.d.LoggingFailureAnalysisReporter  \x1b[0;39m \x1b[2m:\x1b[0;39m \n\n***************************\nAPPLICATION FAILED TO START\n***************************\n\nDescription:\n\nWeb server failed to start. Port 8080 was already in use.\n")
}
