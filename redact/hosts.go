package redact

import (
	"cmp"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// names masks hosts, addresses and accounts. Public addresses become ones of
// 240.0.0.0/4 and 2001:db8::/32, which nobody has (RFC 1112, RFC 3849), private ones
// of 100.127.0.0/16 and fd00:db8::/32, which hardly anybody has (RFC 6598, RFC 4193),
// since rules tell strangers from neighbours; those of one /24 stay in one. Hosts become names below .invalid (RFC 2606), or masked-host-1 where the name
// has no dots.
type names struct {
	keep  func(string) bool
	addrs map[netip.Addr]string
	nets  map[netip.Prefix]int
	inNet map[netip.Prefix]int
	six   int
	known map[string]string // name, in small letters -> mask
	hosts int
	users int
}

// maxNames bounds the names that are told apart; the rest share one mask.
const maxNames = 10_000

func newNames(keep func(string) bool) *names {
	if keep == nil {
		keep = func(string) bool { return false }
	}
	return &names{keep: keep, addrs: map[netip.Addr]string{}, nets: map[netip.Prefix]int{}, inNet: map[netip.Prefix]int{}, known: map[string]string{}}
}

const label = `[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?`

var (
	addr4RE = lazy(`\d{1,3}(?:\.\d{1,3}){3}`)
	addr6RE = lazy(`(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}`)

	// hostRE finds names where only hosts stand.
	hostRE = lazy(`(?i)(?:://(?:[^\s/@"']*@)?|\b(?:ssh: connect to host|could not resolve host(?:name)?:?|failed to connect to|connection (?:to|closed by)|connect to|host(?:name)?["']?\s?[=:]\s?["']?|server["']?\s?[=:]\s?["']?|fatal: \[|(?:ok|changed|unreachable|failed): \[)\s?|[a-z0-9._-]{1,32}@)(` + label + `(?:\.` + label + `)*)`)
	// domainRE finds names that end as those of hosts do.
	domainRE = lazy(`(?i)\b` + label + `(?:\.` + label + `)*\.(?:com|net|org|cn|io|de|eu|dev|cloud|local|internal|intern|intra|lan|corp|home|localdomain)\b`)
	// syslogRE finds the host of a syslog line.
	syslogRE = lazy(`(?m)^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(?:Z|[+-]\d\d:?\d\d)) (` + label + `(?:\.` + label + `)*) [A-Za-z(]`)
	// userRE finds accounts where only accounts stand.
	userRE = lazy(`(?i)(?:\b(?:for(?: invalid)? user|for|user(?:name)?["']?\s?[=:]\s?["']?|invalid user|by user|login["']?\s?[=:]\s?["']?)\s?|session opened for user )([A-Za-z_][A-Za-z0-9._-]{1,31})(?: from |["'@,]|\(uid|$)`)
	atRE   = lazy(`\b([A-Za-z_][A-Za-z0-9._-]{1,31})@(?:` + label + `|\d|\[)`)

	maskedRE = lazy(`masked-(host|user)-(\d{1,9})`)
)

// common are names that belong to everybody.
var common = map[string]bool{}

func init() {
	for _, w := range strings.Fields(`localhost localhost.localdomain localdomain root admin administrator ubuntu centos debian
		ec2-user git nobody sshd jenkins gitlab-runner github.com gitlab.com bitbucket.org docker.io example example.com
		example.org example.net host hosts hostname server target user users username client the this that null none true
		false unknown default any all master main to from is has was not no and or for of on in at by with could cannot
		failed connect connection error java python node none http https ssh port proxy com org net io cn`) {
		common[w] = true
	}
}

// mask returns text without names and addresses.
func (n *names) mask(text string) string {
	n.resume(text)
	n.learn(text)
	text = n.replaceNames(text)
	text = addr4RE().ReplaceAllStringFunc(text, n.addr)
	return n.sixes(text)
}

// resume goes on counting behind the masks that text has already.
func (n *names) resume(text string) {
	for _, m := range maskedRE().FindAllStringSubmatch(text, -1) {
		k, _ := strconv.Atoi(m[2])
		if m[1] == "host" {
			n.hosts = max(n.hosts, k)
		} else {
			n.users = max(n.users, k)
		}
	}
}

// learn finds the names that stand where hosts and accounts do.
func (n *names) learn(text string) {
	for _, re := range []*regexp.Regexp{hostRE(), syslogRE()} {
		for _, m := range re.FindAllStringSubmatchIndex(text, -1) {
			if !follows(text, m[3], '@') {
				n.learnHost(text[m[2]:m[3]])
			}
		}
	}
	for _, m := range domainRE().FindAllString(text, -1) {
		n.learnHost(m)
	}
	for _, m := range userRE().FindAllStringSubmatch(text, -1) {
		n.learnUser(m[1])
	}
	for _, m := range atRE().FindAllStringSubmatchIndex(text, -1) {
		if !follows(text, m[1], '@') {
			n.learnUser(text[m[2]+escaped(text, m[2]) : m[3]])
		}
	}
}

// escaped is the length of what a name that is found at at begins with and that belongs to
// a line end in text inside text, "\r\nmary@": 1 or 0. CORP\nina is a name.
func escaped(text string, at int) int {
	if at < 2 || text[at-1] != '\\' || !strings.ContainsRune("nrt", rune(text[at])) {
		return 0
	}
	before := text[at-2]
	if letter := before|0x20 >= 'a' && before|0x20 <= 'z' || before >= '0' && before <= '9'; letter && !strings.HasSuffix(text[:at-1], `\r`) {
		return 0
	}
	return 1
}

// follows reports whether c stands at at: LEVEL@function@line is no account.
func follows(text string, at int, c byte) bool { return at < len(text) && text[at] == c }

// hidden reports whether a name is one to hide.
func (n *names) hidden(name string) bool {
	switch {
	case len(name) < 3 || common[name] || n.keep(name) || n.known[name] != "":
		return false
	case strings.Contains(name, "masked-") || strings.HasSuffix(name, ".invalid") || strings.HasSuffix(name, ".example"):
		return false
	case strings.Trim(name, "0123456789.:-_") == "":
		return false
	}
	return true
}

func (n *names) learnHost(name string) {
	name = strings.ToLower(name)
	if !n.hidden(name) || len(n.known) >= maxNames {
		return
	}
	first, _, dotted := strings.Cut(name, ".")
	if dotted && fileName(name) {
		return
	}
	n.hosts++
	mask := "masked-host-" + strconv.Itoa(n.hosts)
	if dotted {
		mask += ".invalid"
		if n.keep(first) && !common[first] {
			mask = first + "." + mask
		}
	}
	n.known[name] = mask
}

// fileName reports whether a dotted name is rather a file's or a class's.
func fileName(name string) bool {
	end := name[strings.LastIndexByte(name, '.')+1:]
	return slices.Contains([]string{"log", "out", "py", "sh", "java", "go", "js", "conf", "cfg", "yml", "yaml", "json", "xml", "tar", "gz", "zip", "txt", "service", "so", "rb", "md", "sock", "socket"}, end) ||
		strings.HasPrefix(name, "com.") || strings.HasPrefix(name, "org.") || strings.HasPrefix(name, "net.") || strings.HasPrefix(name, "io.") || strings.HasPrefix(name, "java.")
}

func (n *names) learnUser(name string) {
	name = strings.ToLower(name)
	if !n.hidden(name) || len(n.known) >= maxNames || strings.Contains(name, ".") && fileName(name) {
		return
	}
	n.users++
	n.known[name] = "masked-user-" + strconv.Itoa(n.users)
}

// nameRE is anything that could be a name, taken as long as it goes.
var nameRE = lazy(label + `(?:\.` + label + `)*`)

// replaceNames replaces known names where they stand whole.
func (n *names) replaceNames(text string) string {
	if len(n.known) == 0 {
		return text
	}
	var b strings.Builder
	end := 0
	for _, m := range nameRE().FindAllStringIndex(text, -1) {
		word := text[m[0]:m[1]]
		mask := n.maskOf(word)
		if skip := escaped(text, m[0]); mask == word && skip > 0 {
			mask = word[:skip] + n.maskOf(word[skip:])
		}
		b.WriteString(text[end:m[0]])
		b.WriteString(mask)
		end = m[1]
	}
	b.WriteString(text[end:])
	return b.String()
}

// maskOf is what stands for a word, the word itself where it is no name.
func (n *names) maskOf(word string) string {
	if mask := n.known[strings.ToLower(word)]; mask != "" {
		return mask
	}
	// bkapi.example.com.cn:80 is one word; host.domain of a known host too.
	if i := strings.IndexByte(word, '.'); i > 0 {
		if mask := n.known[strings.ToLower(word[:i])]; mask != "" && !strings.Contains(mask, ".") && !fileName(strings.ToLower(word)) {
			n.learnHost(word)
			return cmp.Or(n.known[strings.ToLower(word)], word)
		}
	}
	return word
}

// addr masks an IPv4 address, unless everybody has it, or it is a netmask.
func (n *names) addr(text string) string {
	a, err := netip.ParseAddr(text)
	if err != nil {
		return text
	}
	b := a.As4()
	if a.IsLoopback() || a.IsUnspecified() || a.IsMulticast() || b[0] >= 240 || b[0] == 100 && b[1] == 127 || b[0] == 0 || b[0] == 169 && b[1] == 254 && b[2] == 169 {
		return text
	}
	if known := n.addrs[a]; known != "" {
		return known
	}
	if len(n.addrs) >= maxNames {
		return "240.255.255.254"
	}
	net := netip.PrefixFrom(a, 24).Masked()
	if n.nets[net] == 0 {
		n.nets[net] = len(n.nets) + 1
	}
	near := a.IsPrivate() || b[0] == 100 && b[1]&0xc0 == 64
	host := 0
	if b[3] != 0 {
		n.inNet[net]++
		host = min(n.inNet[net], 254)
	}
	number := n.nets[net]
	mask := "240." + strconv.Itoa(number>>8&255) + "." + strconv.Itoa(number&255) + "." + strconv.Itoa(host)
	if near {
		mask = "100.127." + strconv.Itoa(min(number, 255)) + "." + strconv.Itoa(host)
	}
	n.addrs[a] = mask
	return mask
}

// sixes masks IPv6 addresses; times of day look like them at first sight.
func (n *names) sixes(text string) string {
	var b strings.Builder
	at := 0
	for _, m := range addr6RE().FindAllStringIndex(text, -1) {
		word := text[m[0]:m[1]]
		a, err := netip.ParseAddr(word)
		if err != nil || !strings.Contains(word, "::") && strings.Count(word, ":") != 7 || wordBefore(text, m[0]) || wordBehind(text, m[1]) {
			continue
		}
		if a.IsLoopback() || a.IsUnspecified() || strings.HasPrefix(a.String(), "2001:db8:") || strings.HasPrefix(a.String(), "fd00:db8:") || len(strings.Trim(word, ":")) < 3 {
			continue
		}
		b.WriteString(text[at:m[0]])
		b.WriteString(n.six6(a))
		at = m[1]
	}
	b.WriteString(text[at:])
	return b.String()
}

func (n *names) six6(a netip.Addr) string {
	if known := n.addrs[a]; known != "" {
		return known
	}
	if len(n.addrs) >= maxNames {
		return "2001:db8::ffff"
	}
	n.six++
	prefix := "2001:db8::"
	if a.IsPrivate() || a.IsLinkLocalUnicast() {
		prefix = "fd00:db8::"
	}
	n.addrs[a] = prefix + strconv.FormatInt(int64(n.six), 16)
	return n.addrs[a]
}

func wordBefore(text string, at int) bool { return at > 0 && isName(text[at-1]) }
func wordBehind(text string, at int) bool { return at < len(text) && isName(text[at]) }

func isName(c byte) bool {
	return c == '_' || c == ':' || isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
