package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"diagnose/report"
	"diagnose/rules"
	"diagnose/source"
)

// The diagnosis of a redacted log is that of the log: the same rules in the same
// order, without secrets as well as without hosts, addresses and accounts.
func TestDiagnosisOfRedactedTextIsTheSame(t *testing.T) {
	base := loadedBase(t)
	for _, dir := range caseDirs(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			logs, names := caseLogs(t, dir)
			want := rulesFound(diagnoseFiles(t, base, names, logs))
			for _, hosts := range []bool{false, true} {
				r := newRedactor(base, hosts)
				masked := map[string]string{}
				for _, name := range names {
					r.Learn(logs[name])
				}
				for _, name := range names {
					masked[name] = r.Text(logs[name])
				}
				if got := rulesFound(diagnoseFiles(t, base, names, masked)); got != want {
					t.Errorf("hosts masked: %v\n got %s\nwant %s\n%s", hosts, got, want, changedLines(logs, masked))
				}
			}
		})
	}
}

func rulesFound(r reading) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s causes %v symptoms %v", r.Verdict, rulesOf(r.Causes), rulesOf(r.Symptoms))
	for _, c := range r.Causes {
		fmt.Fprintf(&b, " %v", rulesOf(c.Explains))
	}
	return b.String()
}

func changedLines(before, after map[string]string) string {
	var b strings.Builder
	for _, name := range sortedKeys(before) {
		w, g := strings.Split(before[name], "\n"), strings.Split(after[name], "\n")
		for i := range min(len(w), len(g)) {
			if w[i] != g[i] && b.Len() < 3000 {
				fmt.Fprintf(&b, "%s:%d\n\t%s\n\t%s\n", name, i+1, w[i], g[i])
			}
		}
	}
	return b.String()
}

// knownLog has a cause whose evidence says a secret.
const knownLog = "+ git clone https://bob:Can4ry-20@git.example.com/x.git\n" +
	"fatal: unable to access 'https://bob:Can4ry-20@git.example.com/x.git/': Could not resolve host: git.example.com\n"

// secretLog fails for reasons that nobody knows, and says secrets all around.
const secretLog = `+ export DB_PASSWORD='Can4ry-01' API_TOKEN=Can4ryTok02xx
+ curl -fsS -u deploy:Can4ry-03 https://bob:Can4ry-04@nexus.example.com/a?access_token=Can4ryTok05
{"user": "bob", "password": "Can4ry 06", "sessionkey": "Can4ry07+x/y="}
Authorization: Bearer Can4ryBearer08abc
Cookie: JSESSIONID=Can4ry09ABCDEF
-----BEGIN RSA PRIVATE KEY-----
Can4ry10BIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTU
-----END RSA PRIVATE KEY-----
sshpass -p Can4ry-11 ssh root@web-1 uptime
ERROR: deploy failed: login password=Can4ry-12 token: Can4ryTok13 密码：Can4ry-14
mysql -uroot -pCan4ry-15 -e 'select 1'
ERROR: https://oapi.dingtalk.com/robot/send?access_token=Can4ry16abcdef could not be told
ERROR: postgres://app:Can4ry-17@db:5432/x refused; ghp_Can4ry18ABCDEFGHIJKLMNOP
`

func TestNoSecretIsKeptOrShown(t *testing.T) {
	base := loadedBase(t)
	noSecret(t, base, secretLog)
	noSecret(t, base, knownLog)
}

func noSecret(t *testing.T, base *rules.Base, log string) {
	t.Helper()
	e := newEngine(base, []*source.Stream{source.Memory("job.log", log, exampleTime, source.Options{})})
	v, err := e.diagnose(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var plain, text, data bytes.Buffer
	if err := report.JSON(&plain, v, "en"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(plain.String(), "Can4ry") {
		t.Fatal("the report of the log has no secret: the test shows nothing")
	}
	safe := redactVerdict(newRedactor(base, false), v)
	if err := report.Text(&text, safe, report.Style{Lang: "en"}); err != nil {
		t.Fatal(err)
	}
	if err := report.JSON(&data, safe, "en"); err != nil {
		t.Fatal(err)
	}
	in := incidentOf(safe, "en")
	redactIncident(newRedactor(base, false), in)
	in.ID = "a"
	file, err := in.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	var r savedReport
	if err := json.Unmarshal(plain.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	other := r.incident("en")
	redactIncident(newRedactor(base, false), other)
	other.ID = "b"
	fromReport, err := other.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for name, out := range map[string]string{"text": text.String(), "json": data.String(), "incident": string(file), "incident of a report": string(fromReport)} {
		for line := range strings.Lines(out) {
			if strings.Contains(line, "Can4ry") {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}
