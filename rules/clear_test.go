package rules

import (
	"fmt"
	"strings"
	"testing"

	"diagnose"
)

// A log is drawn as words, each an entry: what it says, and who (process, then PID).
// "start" and "well" are the turns, everything else is trouble; "-" of each trouble in
// turn says that it stays, a number at which entry it is over.
func TestTurnsThatClear(t *testing.T) {
	f := func(clears Clears, log, want string) {
		t.Helper()
		l := &lives{&clears, map[string][]turn{}}
		var trouble []*diagnose.Entry
		for i, word := range strings.Fields(log) {
			says, who, _ := strings.Cut(word, ":")
			who, host, _ := strings.Cut(who, "@")
			process, pid, _ := strings.Cut(who, ".")
			e := &diagnose.Entry{Stream: "log", Offset: int64(i), Process: process, PID: pid}
			if pod, ok := strings.CutPrefix(host, "pod-"); ok {
				e.Mentions = []diagnose.ID{{Kind: diagnose.KindPod, Value: pod}}
			} else {
				e.Host = host
			}
			switch says {
			case "start", "well", "failed", "play-a", "play-b":
				l.turns["log"] = append(l.turns["log"], turn{Entry: e, begins: says != "well" && says != "failed", captures: map[string]string{"play": says}})
			}
			if says == "bad" || says == "failed" {
				trouble = append(trouble, e)
			}
		}
		var got []string
		for _, e := range trouble {
			if well := l.after(e); well != nil {
				got = append(got, fmt.Sprint(well.Offset))
			} else {
				got = append(got, "-")
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%+v of %q: %q, not %q", clears, log, s, want)
		}
	}
	own, earlier := Clears{From: "start", Runs: RunsOwn}, Clears{From: "start", Runs: RunsEarlier}
	f(own, "start bad well", "2")
	f(own, "bad well", "1")
	f(own, "start well bad", "-")
	f(own, "start well bad start well", "-") // what ended the first run
	f(own, "start bad start bad start well", "5 5")
	f(own, "start bad start", "-")
	f(own, "start:a bad:b well:a", "-")
	f(own, "start:a bad well:a", "2") // nobody knows who said it
	f(own, "start:a well:a bad:b well:b", "3")
	f(earlier, "start:j.1 start:j.2 well:j.1 bad:j.2 start:j.3 well:j.3", "5") // two side by side
	f(earlier, "start:j.1 well:j.1 bad:j.9 start:j.3 well:j.3", "-")           // a child of what was well
	f(own, "start bad:@pod-web well:@pod-db", "-")
	f(own, "start bad:@pod-web well:@pod-web bad:@pod-db", "2 -")
	f(own, "start bad well:@pod-db", "2")

	f(earlier, "start bad well", "-")
	f(earlier, "start bad start well", "3")
	f(earlier, "start bad well start well", "4")
	f(earlier, "start bad well start bad well", "5 -")
	f(earlier, "start well bad start well", "-")
	f(earlier, "bad well", "-")

	each := Clears{Runs: RunsEarlier}
	f(each, "bad:p.1 well:p.1", "-")
	f(each, "bad:p.1 well:p.2", "1")
	f(each, "bad:p.1 well:p.1 bad:p.2 well:p.3", "3 3")
	f(each, "well:p.1 bad:p.1 well:p.2", "-")
	f(each, "well:p.1 bad:p.2", "-")
	f(each, "bad:p.2 well:q.3", "-")

	this := Clears{From: "start", Runs: RunsThis}
	f(this, "start bad well", "2")
	f(this, "bad start well", "-")
	f(this, "bad start bad well bad", "- 3 -")
	f(this, "start bad start well", "-")
	f(this, "start:a bad:b well:a", "-")
	f(this, "start bad", "-")

	replaced := Clears{Runs: RunsReplaced}
	f(replaced, "well:p.1 bad:p.1 well:p.2", "2")
	f(replaced, "bad:p.1 well:p.2 bad:p.2", "1 -")
	f(replaced, "bad:p.1 well:p.1", "-")
	f(each, "bad:p.1@a well:p.2@b", "-")
	f(replaced, "bad:p.1@a well:p.2@b", "1") // the later run worked on other hosts

	again := Clears{From: "play", Runs: RunsReplaced}
	f(again, "play-a bad well play-a well", "4")
	f(again, "play-a bad failed play-a well", "4 4")
	f(again, "play-a bad well play-b well", "-") // of two playbooks
	f(again, "play-a bad well play-b well play-a well", "6")
	f(again, "play-a play-b bad well well play-a play-b well", "7")
	f(again, "play-a bad well play-a bad well", "5 -")
	f(again, "play-a bad well play-a bad", "- -") // nobody knows how that run went
	f(again, "play-a bad play-a well", "-")       // two plays of one name
	f(again, "bad well play-a well", "-")
	f(again, "play-a:p.1 bad:p.1 well:p.1 play-b:p.2 well:p.2", "4")
	f(again, "bad play-a:p.1 well:p.1 play-b:p.2 well:p.2", "4") // a line that names no process may be of the first that ends
	f(again, "bad play-a:p.1 well:p.1", "-")
	f(again, "play-a:p.1 bad:p.1 play-a:p.1 well:p.1", "-")
}

func TestClears(t *testing.T) {
	f := func(keys, want string) {
		t.Helper()
		r := ruleWith(t, "A failure", "when: lost\nunless: {all: [back, seen]}\nscope: stream\n")
		ready := parse(t, "shared/ready", `title: It is ready
system: shared
role: benign
signals:
  back: {match: "found the host <_> of <_>"}
  seen: {match: "there was a host <_> of <_>"}
`+keys+`
scope: stream
cause: It came.
zh: {title: 就绪, cause: 就绪}
examples:
  - {name: back, log: found the host a of b, expect: {}}
  - {name: none, log: nothing, expect: none}
`)
		s := play(t, r, `
			10:00 log#1 lost
			10:01 log#1 lost
			10:02 log#1 lost`)
		for i, at := range []string{"10:03 log#1 seen", "10:04 log#1 back"} {
			s.rule = ready
			s.add(strings.Fields(at))
			s.hits[3+i].Rule = ready
		}
		if got := s.findings(); got != want {
			t.Errorf("%s: %q, not %q", keys, got, want)
		}
		_, _, past := Evaluate(s.hits, s.scene())
		all := strings.Contains(keys, everyRule)
		for i, h := range s.hits { // trouble on these entries that no rule knows
			if got := past.Trouble(h.Entry); got != (all && i < 3) {
				t.Errorf("%s: past(%d) is %v", keys, i, got)
			}
		}
	}
	const lost = "lost:1 lost:2 lost:3"
	f("clears: {rules: shared/x, from: seen}", "seen:4 back:5 | "+lost+" until 10:04")
	f("clears: {rules: \"shared/*\", from: seen}", "seen:4 back:5 | "+lost+" until 10:04")
	f("clears: {rules: \"shared/*\", except: shared/x, from: seen}", "seen:4 back:5 | "+lost)
	f("clears: {rules: \"ssh/*\", from: seen}", "seen:4 back:5 | "+lost)
	f("clears: {rules: \"*/*\", from: seen}", "seen:4 back:5 | "+lost+" until 10:04")
	f("clears: {rules: shared/x, from: back, runs: own}", "seen:4 back:5 | "+lost+" until 10:03")
}

// What systemd says of a unit is of the program that the unit is named after.
func TestSystemdSpeaksForItsUnits(t *testing.T) {
	f := func(started, host, program string, want bool) {
		t.Helper()
		well := turn{Entry: &diagnose.Entry{Process: "systemd", PID: "1", Host: host, Message: started}}
		if got := (&lives{Clears: &Clears{Programs: []string{"nginx", "httpd"}}}).by(&well, &diagnose.Entry{Process: program, Host: "web1"}); got != want {
			t.Errorf("%q on %s, of %s: %v", started, host, program, got)
		}
	}
	f("Started ssh.service - OpenBSD Secure Shell server.", "web1", "sshd", true)
	f("Started nginx.service - A high performance web server.", "web1", "nginx", true)
	f("Started nginx.service - A high performance web server.", "web2", "nginx", false)
	f("Started nginx.service - A high performance web server.", "web1", "tomcat9", false)
	f("Started OpenBSD Secure Shell server.", "web1", "sshd", false)
	f("Started A high performance web server.", "web1", "nginx", true)
	f("Started A high performance web server.", "web2", "nginx", false)
	f("Started The Apache HTTP Server.", "web1", "httpd", true)
}
