package main

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// template is a line after its time stamp, cut at its verbs. The verbs:
//
//	%P %W   thread and logid of a job's API executor, of its work job
//	%A      thread and logid of an API request
//	%B      context and logid of a background thread, after its name
//	%j %c   numbers of the job and of its work job
//	%v %h   numbers of the job's VM and host
//	%o      number of another host
//	%s      sequence number of a command to the job's host
//	%l      the job's logid
//	%u %x   a random uuid, eight random hex digits
//	%n %N   a random number below 40, one of seven digits
type template []part

type part struct {
	text string
	verb byte // after the text; 0 for none
}

func parse(line string) template {
	var t template
	for {
		text, rest, found := strings.Cut(line, "%")
		if !found {
			return append(t, part{text: text})
		}
		if rest == "" || !strings.Contains("PWABjcvhosluxnN", rest[:1]) {
			panic("template: unknown verb in " + line)
		}
		t = append(t, part{text, rest[0]})
		line = rest[1:]
	}
}

func parseAll(lines ...string) []template {
	templates := make([]template, len(lines))
	for i, line := range lines {
		templates[i] = parse(line)
	}
	return templates
}

// job is what ties the lines of one asynchronous job together.
type job struct {
	id, child     int
	vm, host      int
	executor      int
	outer, work   uint64 // contexts
	inner, worker uint64
	logid         uint64
	seq           int
	step          int // of the script
	failed        bool
	failure       template // pending
}

const hosts = 24

// appendLine fills in a template.
func (t template) appendTo(b []byte, j *job, r *rand.Rand) []byte {
	for _, p := range t {
		b = append(b, p.text...)
		switch p.verb {
		case 'P':
			b = strconv.AppendInt(append(b, "(API-Job-Executor-"...), int64(j.executor), 10)
			b = appendHex(append(b, ":ctx-"...), j.outer, 8)
			b = strconv.AppendInt(append(b, " job-"...), int64(j.id), 10)
			b = appendHex(append(b, " ctx-"...), j.inner, 8)
			b = append(appendHex(append(b, ") (logid:"...), j.logid, 8), ')')
		case 'W':
			b = strconv.AppendInt(append(b, "(Work-Job-Executor-"...), int64(j.executor+7), 10)
			b = appendHex(append(b, ":ctx-"...), j.work, 8)
			b = strconv.AppendInt(append(b, " job-"...), int64(j.id), 10)
			b = strconv.AppendInt(append(b, "/job-"...), int64(j.child), 10)
			b = appendHex(append(b, " ctx-"...), j.worker, 8)
			b = append(appendHex(append(b, ") (logid:"...), j.logid, 8), ')')
		case 'A':
			n := r.Uint64()
			b = strconv.AppendUint(append(b, "(qtp510113906-"...), n>>54, 10)
			b = appendHex(append(b, ":ctx-"...), n, 8)
			n = r.Uint64()
			b = appendHex(append(b, " ctx-"...), n, 8)
			b = append(appendHex(append(b, ") (logid:"...), n>>32, 8), ')')
		case 'B':
			n := r.Uint64()
			b = appendHex(append(b, ":ctx-"...), n, 8)
			b = append(appendHex(append(b, ") (logid:"...), n>>32, 8), ')')
		case 'j':
			b = strconv.AppendInt(b, int64(j.id), 10)
		case 'c':
			b = strconv.AppendInt(b, int64(j.child), 10)
		case 'v':
			b = strconv.AppendInt(b, int64(j.vm), 10)
		case 'h':
			b = strconv.AppendInt(b, int64(j.host), 10)
		case 'o':
			b = strconv.AppendInt(b, int64(1+r.IntN(hosts)), 10)
		case 's':
			b = strconv.AppendInt(b, int64(j.host), 10)
			b = strconv.AppendInt(append(b, '-'), int64(j.seq), 10)
		case 'l':
			b = appendHex(b, j.logid, 8)
		case 'x':
			b = appendHex(b, r.Uint64(), 8)
		case 'u':
			b = appendUUID(b, r.Uint64(), r.Uint64())
		case 'n':
			b = strconv.AppendInt(b, int64(r.IntN(40)), 10)
		case 'N':
			b = strconv.AppendInt(b, int64(1_000_000+r.IntN(9_000_000)), 10)
		}
	}
	return append(b, '\n')
}

// appendHex appends the lowest digits of n.
func appendHex(b []byte, n uint64, digits int) []byte {
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		b = append(b, "0123456789abcdef"[n>>shift&15])
	}
	return b
}

func appendUUID(b []byte, m, n uint64) []byte {
	b = append(appendHex(b, m, 8), '-')
	b = append(appendHex(b, m>>32, 4), '-')
	b = append(appendHex(append(b, '4'), m>>48, 3), '-')
	b = append(appendHex(append(b, 'a'), n, 3), '-')
	return appendHex(b, n>>12, 12)
}
