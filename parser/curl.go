package parser

import (
	"bytes"
	"fmt"
	"strings"

	"diagnose"
)

// curlFormat reads what curl prints on stderr: the meter, errors, warnings and the
// lines of -v, with or without the time of --trace-time, also when they follow the
// meter on the same physical line. git's GIT_CURL_VERBOSE lines are of the kind.
// Each line is an entry.
var curlFormat = Format{
	Name:   "curl",
	Head:   curlHead,
	First:  " cW*><{}" + firstDigits,
	Finish: curlFinish,
	Marks:  curlMarks(),
}

// curlMarks spells every exit code out: "curl: (" alone is too short to look for.
func curlMarks() []string {
	marks := []string{"Warning: Failed to create", "Warning: Failed to open", ". Will retry in ", "curl: option "}
	for code := 1; code <= maxCurlCode; code++ {
		marks = append(marks, fmt.Sprintf("curl: (%d) ", code))
	}
	return marks
}

// maxCurlCode is the highest exit code of curl 8.16 (CURLE_ECH_REQUIRED).
const maxCurlCode = 101

func curlHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 2 {
		return -1
	}
	switch c := line[0]; {
	case c == ' ' || c == '1' && len(line) > 4 && line[3] == ' ':
		return meterHead(line)
	case c == 'c' || c == 'W':
		if curlTexts.match(line) {
			return 0
		}
	case c == '*' || c == '>' || c == '<' || c == '{' || c == '}':
		if isCurlVerbose(line) {
			return 0
		}
	case c-'0' <= 9:
		n := tracedHead(line)
		if n >= 0 {
			noteClock(line, e)
		}
		return n
	}
	return -1
}

var curlTexts = newStarts("curl: ",
	"Warning: Problem", "Warning: Transient problem", "Warning: Failed to create", "Warning: Failed to open",
	"Warning: left.", "Warning: Binary output can mess", "Warning: Got more output options",
	"Warning: Illegal date format", "Warning: <FILE>", "Warning: to save to a file.",
	"Warning: The --", "Warning: Couldn't read data from file", "Warning: setting file mode")

// meterWidth is the width of the progress line (7.88, tool_progress.c and
// lib/progress.c): twelve columns, the times among them at fixed places.
const meterWidth = 78

// meterHead reads the two lines above the meter, and the meter itself with what was
// printed behind it.
func meterHead(line []byte) int {
	if hasPrefix(line, "  % Total    % Received") || hasPrefix(line, "                                 Dload ") {
		return 0
	}
	n := meterLen(line)
	switch {
	case n == 0:
		return -1
	case n == len(line):
		return 0
	}
	if rest := line[n:]; rest[0]-'0' <= 9 {
		if traced := tracedHead(rest); traced >= 0 {
			return n + traced
		}
	}
	return n
}

// meterLen returns the length of the meter that line begins with, 0 without one.
func meterLen(line []byte) int {
	if len(line) < meterWidth || line[2] < ' ' {
		return 0
	}
	const times = 46 // where the first of the three times begins
	for _, i := range [...]int{times + 2, times + 5, times + 11, times + 14, times + 20, times + 23} {
		if line[i] != ':' {
			return 0
		}
	}
	for _, c := range line[:times] {
		if c != ' ' && c-'0' > 9 && strings.IndexByte("kMGTP.-", c) < 0 {
			return 0
		}
	}
	return meterWidth
}

// tracedHead reads "15:04:05.000000 * text" and git's "15:04:05.000000 http.c:756 ".
func tracedHead(line []byte) int {
	if len(line) < 18 || line[2] != ':' || line[8] != '.' {
		return -1
	}
	_, n := readTimeOfDay(line)
	if n != len("15:04:05.000000") || line[n] != ' ' {
		return -1
	}
	rest := line[n+1:]
	if isCurlVerbose(rest) || hasPrefix(rest, "http.c:") {
		return n + 1
	}
	return -1
}

// isCurlVerbose reports whether line is one of -v. Bullets and quotations begin with
// the same marks, so what follows has to be known.
func isCurlVerbose(line []byte) bool {
	if len(line) < 2 || line[1] != ' ' {
		return false
	}
	rest := line[2:]
	if len(rest) == 0 { // the blank line that ends a request's or an answer's header
		return line[0] == '>' || line[0] == '<'
	}
	switch line[0] {
	case '*':
		return curlInfos.match(rest)
	case '>':
		return isRequestLine(rest) || isHTTPHeader(rest)
	case '<':
		return hasPrefix(rest, "HTTP/") || isHTTPHeader(rest)
	case '{', '}':
		return rest[0] == '[' && bytes.HasSuffix(bytes.TrimRight(rest, "\r"), []byte(" bytes data]"))
	}
	return false
}

var curlInfos = newStarts("  Trying ", " Trying ", "Trying ", "Connected to ", "connect to ", "Failed to ", "Failed connect",
	"Closing ", "Connection ", "Could not ", "Couldn't ", "Host ", "Hostname ", "TCP_NODELAY", "ALPN", "TLS", "SSL", "OpenSSL",
	"Server certificate", "subject", " subject", " start date", "start date", " expire date", " issuer", "issuer", " Certificate level",
	"using HTTP", "Using HTTP", "h2h3", "h2 [", "[HTTP", "Mark bundle", "old SSL", " CAfile", "CAfile", "CApath", " CApath",
	"HTTP ", "HTTP/", "Request completely", "Immediate connect", "Recv failure", "Send failure", "Resolving", "Operation timed out",
	"Uses proxy", "Establish HTTP", "CONNECT", "Proxy", "Empty reply", "upload completely", "We are completely", "Expire",
	"About to ", "Initializing NSS", "Peer", "NSS", "Curl_http", "Rebuilt URL", "Added ", "Found bundle", "Re-using", "Too old",
	"schannel", "getaddrinfo", "Name or service", "IPv4: ", "IPv6: ", "shutting down", "end of response", "transfer closed",
	"Server auth", "Issue another", "Ignoring the response", "The requested URL", "Connection timed", "Connection #", "No URL set",
	"Unsupported", "Unable to ", "error ", "GnuTLS", "ssl_", "Address already", "Local port", "Bound to", "Excess found",
	"Switch ", "SOCKS", "Trailing", "Remote", "After ", "Can not ", "Can't ", "getpeername", "ipv4 connect", "ipv6 connect", "Network is",
	"Using Stream", "opened ", "  CA", "  Certificate", "  subject", "  issuer", "  start", "  expire", " SSL", "  SSL",
	"Illegal", "Invalid", "Authentication", "Received", "no chunk", "Request", "Server ", "NPN", "Cipher", "successfully")

func isRequestLine(rest []byte) bool {
	method := 0
	for method < len(rest) && rest[method]-'A' < 26 {
		method++
	}
	return method > 2 && method < len(rest) && rest[method] == ' ' && contains(rest, " HTTP/")
}

// isHTTPHeader reports whether rest is "Name: value".
func isHTTPHeader(rest []byte) bool {
	n := 0
	for n < len(rest) && (rest[n]|0x20-'a' < 26 || rest[n] == '-' || rest[n]-'0' <= 9) {
		n++
	}
	return n > 1 && n < len(rest) && rest[n] == ':'
}

func curlFinish(e *diagnose.Entry) {
	e.Process = "curl"
	switch m := e.Message; {
	case strings.HasPrefix(m, "curl: ("):
		e.Level, e.Trouble, e.Outcome = diagnose.LevelError, true, diagnose.OutcomeFailed
	case strings.HasPrefix(m, "curl: "):
		e.Level, e.Trouble = diagnose.LevelError, !strings.HasPrefix(m, "curl: try ")
	case strings.HasPrefix(m, "Warning: "):
		e.Level = diagnose.LevelWarn
	case m != "" && strings.IndexByte("*<>{}", m[0]) >= 0:
		e.Level = diagnose.LevelDebug
	}
	mentionHosts(e)
}
