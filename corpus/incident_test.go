package corpus

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func example() *Incident {
	return &Incident{
		ID: "20261121-libvirtd-a1b2c3", Title: "libvirtd 没有应答: host 49", Time: time.Date(2026, 11, 21, 2, 11, 6, 0, time.UTC), Lang: "zh",
		Systems: []string{"cloudstack"}, Rules: []string{"cloudstack/libvirtd-unreachable"}, Verdict: "cause",
		Causes:   []Cause{{"cloudstack/libvirtd-unreachable", "libvirtd does not answer", "It was stopped:\nsee journal"}},
		Captures: map[string]string{"host": "49", "socket": "/var/run/x"}, IDs: []string{"job-733"}, Hosts: []string{"kvm-49"},
		Fix: "systemctl enable --now libvirtd\n", ConfirmedBy: "wang", Confirmed: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
		Links:       []string{"https://example.org/1"},
		Evidence:    []Evidence{{"agent.log", 218, time.Date(2026, 11, 21, 2, 11, 6, 0, time.UTC), "ERROR: \"quoted\" --- \t#x"}},
		Fingerprint: []Template{{4, "cause", "Connection with libvirtd is broken: <*>"}}, Notes: "# 经过\n\n---\n凌晨更新后没有启动。",
	}
}

func TestRoundTrip(t *testing.T) {
	want := example()
	text, err := want.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Parse("x.md", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	got.Extra = nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v\n%s", got, want, text)
	}
	again, err := got.Marshal()
	if err != nil || string(again) != string(text) {
		t.Errorf("second time:\n%s\nfirst:\n%s%v", again, text, err)
	}
}

func TestUnknownFieldsStay(t *testing.T) {
	text := "---\nid: a\ntitle: t\nlang: en\nticket: OPS-1\nlater: {x: [1, 2]}\n---\n"
	in, err := Parse("a.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	out, err := in.Marshal()
	if err != nil || !strings.Contains(string(out), "ticket: OPS-1") || !strings.Contains(string(out), "later:") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		_, err := Parse("a.md", []byte(text))
		for _, w := range want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%q: %v, want %q", text, err, w)
			}
		}
	}
	f("title: x", "a.md:1: does not begin")
	f("---\ntitle: x\n", "no second line")
	f("---\nid: A/../b\nlang: fr\n---\n", `id "A/../b"`, "no title", `a.md:3:7: lang is "fr"`, "a.md:2:5: id")
	f("---\nid: a\ntitle: [x\n---\n", "a.md:")
	f("---\nid: a\ntitle: t\nlang: en\ncauses: 3\nevidence: x\n---\n", "a.md:5:9:", "a.md:6:11:")
	f("---\nid: a\ntitle: t\nlang: fr\ncauses: 3\n---\n", "a.md:5:9:", "a.md:4:7: lang")
	f("---\nid: a\ntitle: t\nlang: en\nconfirmed_by: me\n---\n", "says no fix")
	f("---\n"+strings.Repeat("x", MaxFile), "bytes")
	f("---\nid: a\xff\n---\n", "not UTF-8")
	f("---\na: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d]\n---\n", "a.md")
}

func TestValidID(t *testing.T) {
	f := func(id string, want bool) {
		t.Helper()
		if got := ValidID(id); got != want {
			t.Errorf("%q: got %v, want %v", id, got, want)
		}
	}
	f("a", true)
	f("20260131-disk-full-a1b2c3", true)
	f(strings.Repeat("a", 80), true)
	f(strings.Repeat("a", 81), false)
	f("", false)
	f("-a", false)
	f("A", false)
	f("a/b", false)
	f("a.md", false)
	f("a\n", false)
	f("磁盘", false)
}
