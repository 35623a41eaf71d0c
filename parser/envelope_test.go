package parser

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"diagnose"
)

// What an envelope knows of its line stands in the entry, which keeps the raw text.
func TestWhatEnvelopesTell(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		e := New().Parse([]byte(in+"\n"), time.Time{})
		got := strings.Join([]string{e.Format, e.Time.Format(time.RFC3339Nano), e.Host, e.Process, e.PID, idText(e.Mentions), e.Message}, "|")
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
		if e.Text != in {
			t.Errorf("the text is %q, want %q", e.Text, in)
		}
	}
	f(`{"log":"curl: (6) x\n","stream":"stderr","time":"2022-11-04T23:27:51.747589212Z"}`,
		"curl|2022-11-04T23:27:51.747589212Z||curl|||curl: (6) x")
	f(`{"log":"make: *** boom\n","stream":"stderr","time":"2022-11-04T23:27:51Z","kubernetes":{"pod_name":"web-0","host":"node-7"}}`,
		"text|2022-11-04T23:27:51Z|node-7|||pod:web-0|make: *** boom")
	f(`{"@timestamp":"2022-11-04T23:27:51.747Z","agent":{"type":"filebeat"},"host":{"name":"web1"},"message":"make: *** boom"}`,
		"text|2022-11-04T23:27:51.747Z|web1||||make: *** boom")
	f(`{"timestamp":1667604471747,"message":"make: *** boom","ingestionTime":1667604475000,"logStreamName":"s"}`,
		"text|2022-11-04T23:27:51.747Z|||||make: *** boom")
	f(`{"__REALTIME_TIMESTAMP":"1667604471747589","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"app","_PID":"12","MESSAGE":"boom\nsecond"}`,
		"syslog|2022-11-04T23:27:51.747589Z|h|app|12||boom\nsecond")
	f(`{"__REALTIME_TIMESTAMP":"1667604471747589","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"deploy","_PID":"12","MESSAGE":"curl: (6) x"}`,
		"curl|2022-11-04T23:27:51.747589Z|h|curl|12||curl: (6) x")
}

// Records over several lines are read as the line inside.
func TestRecords(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		p := New()
		w := Window{Text: []byte("before\n" + in)}
		at := len("before\n")
		for _, pos := range []int{at, at + strings.Index(in, "MESSAGE")} {
			if s := p.Finder(w).Span(pos); s.Start != at || s.End != len(w.Text) || len(s.Gaps) > 0 {
				t.Errorf("the record is found at %v of %d..%d", s, at, len(w.Text))
			}
		}
		e := p.Parse([]byte(in), time.Time{})
		got := strings.Join([]string{e.Format, e.Time.Format(time.RFC3339Nano), e.Host, e.PID, e.Message}, "|")
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
	f("__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1667604471747589\n_BOOT_ID=3b\nPRIORITY=3\n_HOSTNAME=h\n_PID=12\nSYSLOG_IDENTIFIER=sshd\nMESSAGE=error: x\n\n",
		"sshd|2022-11-04T23:27:51.747589Z|h|12|error: x")
	f("__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1667604471747589\n_HOSTNAME=h\n_PID=12\n_COMM=deploy\nMESSAGE=curl: (6) x\n\n",
		"curl|2022-11-04T23:27:51.747589Z|h|12|curl: (6) x")
	f("__CURSOR=s=1\n__REALTIME_TIMESTAMP=1667604471747589\n_HOSTNAME=h\nSYSLOG_IDENTIFIER=app\n"+binaryField("MESSAGE", "boom\n  more")+"\n_PID=12\n\n",
		"syslog|2022-11-04T23:27:51.747589Z|h|12|boom\n  more")
	f("{\n\t\"__CURSOR\" : \"s=1\",\n\t\"__REALTIME_TIMESTAMP\" : \"1667604471747589\",\n\t\"_HOSTNAME\" : \"h\",\n\t\"_PID\" : \"12\",\n"+
		"\t\"SYSLOG_IDENTIFIER\" : \"app\",\n\t\"MESSAGE\" : \"boom\\nmore\"\n}\n",
		"syslog|2022-11-04T23:27:51.747589Z|h|12|boom\nmore")
	f("Fri 2022-11-04 23:27:51.747589 UTC [s=1;i=2;b=3;m=4;t=5;x=6]\n    _TRANSPORT=stdout\n    _HOSTNAME=h\n    _PID=12\n    SYSLOG_IDENTIFIER=app\n    MESSAGE=boom\n            more\n    PRIORITY=6\n",
		"syslog|2022-11-04T23:27:51.747589Z|h|12|boom\nmore")
}

// A mark is sought in the forms that an envelope gives it.
func TestEscapedMarks(t *testing.T) {
	f := func(mark string, want ...string) {
		t.Helper()
		if got := escapedMarks(mark); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", mark, got, want)
		}
	}
	f("UNREACHABLE!")
	f(`"level":"error"`, `\"level\":\"error\"`)
	f("FAILED! =>", `FAILED! =\u003e`)
	f(`) => {"a`, `) => {\"a`, `) =\u003e {\"a`)
	marks := New().Marks()
	for _, want := range []string{`\"level\":\"error\"`, `FAILED! =\u003e`} {
		if !slices.Contains(marks, want) {
			t.Errorf("%q is no mark", want)
		}
	}
}

// journalctl indents the further lines of a message by the length of its prefix, and
// names units instead of programs when it is asked to.
func TestJournalctl(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		e := New().Parse([]byte(in), time.Time{})
		if got := strings.Join([]string{e.Format, e.Host, e.Process, e.PID, e.Message}, "|"); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
	f("Nov 04 23:27:52 build-7 app[813]: boom\n                                    second\n                                      third\n",
		"syslog|build-7|app|813|boom\n  second\n    third")
	f("Nov 04 23:27:52 build-7 app[813]: boom\n    second\n", "syslog|build-7|app|813|boom\n    second")
	f("Fri 2022-11-04 23:27:53 UTC build-7 ssh.service[814]: error: x\n", "sshd|build-7|ssh|814|error: x")
	f("Fri 2022-11-04 23:27:53 UTC build-7 app.service[814]: x\n", "syslog|build-7|app|814|x")
}

// binaryField is a field of the export format whose value holds line ends.
func binaryField(name, value string) string {
	var size [8]byte
	binary.LittleEndian.PutUint64(size[:], uint64(len(value)))
	return name + "\n" + string(size[:]) + value
}

// The members of every valid object are found, with values that are valid again.
func FuzzEnvelope(f *testing.F) {
	for _, l := range peelLines {
		f.Add([]byte(l))
	}
	f.Add([]byte(`{"a":{"b":[1,"]}"]},"c":null,"d":-1.5e3}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		fields := readFields(b)
		var object map[string]json.RawMessage
		if json.Unmarshal(b, &object) != nil || len(object) == 0 || len(object) > 64 {
			return
		}
		if fields == nil && len(b) > 0 && bytes.TrimSpace(b)[0] == '{' {
			t.Fatalf("%s has no members", b)
		}
		for _, m := range fields {
			if !json.Valid(m.value) {
				t.Fatalf("%s: %s is %q", b, m.key, m.value)
			}
		}
	})
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte("__CURSOR=s=1\n__REALTIME_TIMESTAMP=1667604471747589\n_HOSTNAME=h\n" + binaryField("MESSAGE", "boom\nmore") + "\n\n"))
	f.Add([]byte("Fri 2022-11-04 23:27:51.747589 UTC [s=1;i=2]\n    MESSAGE=boom\n            more\n    _PID=1\n"))
	f.Add([]byte("{\n\t\"__REALTIME_TIMESTAMP\" : \"1667604471747589\",\n\t\"MESSAGE\" : \"boom\"\n}\n"))
	p := New()
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		var e diagnose.Entry
		if inner := unpackRecord(b, &e); len(inner) > len(b)+64 {
			t.Fatalf("%d bytes of %d", len(inner), len(b))
		}
		p.Parse(b, time.Time{})
		if !bytes.Equal(b, before) {
			t.Fatal("the text was changed")
		}
	})
}
