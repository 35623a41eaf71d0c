package parser

import "diagnose"

// sternWrapper is stern's default output, and the same with an arrow as older
// templates have it: the pod and the container. --timestamps puts the time behind
// them, a wrapper of its own:
//
//	web-6d4b75cb6d-hx7kp app text
//	web-0 app › text
//
// The names alone are any two words, so the pod must be named as those of a
// ReplicaSet are; of others, sternNamedWrapper wants something known behind them.
var (
	sternWrapper      = wrapper{name: "stern", first: firstLetters + firstDigits, take: takeStern}
	sternNamedWrapper = wrapper{name: "stern, other pods", first: firstLetters, guarded: true, take: takeSternNamed}
)

func takeStern(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	pod, end, text := sternColumns(line)
	if text == nil || !isReplica(line[:pod]) && len(text) == len(line)-end-1 {
		return nil, 0
	}
	return fromPod(line, pod, end, text, e)
}

func takeSternNamed(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	pod, end, text := sternColumns(line)
	if text == nil || !isNumbered(line[:pod]) || !isKnown(text) {
		return nil, 0
	}
	return fromPod(line, pod, end, text, e)
}

func fromPod(line []byte, pod, end int, text []byte, e *diagnose.Entry) ([]byte, uint64) {
	if e != nil {
		e.Mentions = addID(e.Mentions, diagnose.KindPod, string(line[:pod]))
	}
	return text, writerOf(line[:end])
}

// sternColumns returns the ends of the pod's and the container's name and the text
// behind them, nil when there are none.
func sternColumns(line []byte) (pod, end int, text []byte) {
	const arrow = " › "
	pod = hostLen(line)
	if pod == 0 || pod > maxHostColumn || pod+1 >= len(line) || line[pod] != ' ' {
		return 0, 0, nil
	}
	end = pod + 1 + hostLen(line[pod+1:])
	if end == pod+1 || end >= len(line) || line[end] != ' ' {
		return 0, 0, nil
	}
	if hasPrefix(line[end:], arrow) {
		return pod, end, line[end+len(arrow):]
	}
	return pod, end, line[end+1:]
}

// isReplica reports whether a pod's name ends in a ReplicaSet's hash and its own
// five letters; both lack vowels (k8s.io/apimachinery/pkg/util/rand).
func isReplica(pod []byte) bool {
	own := safeTail(pod)
	if len(pod)-own != 5 || own < 2 || pod[own-1] != '-' {
		return false
	}
	set := safeTail(pod[:own-1])
	n := own - 1 - set
	return n >= 6 && n <= 10 && set > 1 && pod[set-1] == '-'
}

// safeTail returns where the run of letters and digits that Kubernetes makes names
// of begins at the end of b.
func safeTail(b []byte) int {
	i := len(b)
	for i > 0 && isSafe(b[i-1]) {
		i--
	}
	return i
}

func isSafe(c byte) bool {
	switch c {
	case 'a', 'e', 'i', 'o', 'u', 'y', '0', '1', '3':
		return false
	}
	return c-'0' <= 9 || c-'a' < 26
}

// isNumbered knows web-0 of a StatefulSet, and web-x7kpq of a DaemonSet.
func isNumbered(pod []byte) bool {
	i := len(pod)
	for i > 0 && pod[i-1]-'0' <= 9 {
		i--
	}
	if i < len(pod) && i > 1 && pod[i-1] == '-' {
		return true
	}
	own := safeTail(pod)
	return len(pod)-own == 5 && own > 1 && pod[own-1] == '-'
}

// hostLen returns the length of the name that b begins with.
func hostLen(b []byte) int {
	n := 0
	for n < len(b) && (isASCIIWord(b[n]) || b[n] == '-' || b[n] == '.') {
		n++
	}
	return n
}
