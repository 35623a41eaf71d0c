package redact

import (
	"encoding/base64"
	"strings"
)

// finder finds one kind of secret.
type finder struct {
	kind    string
	needles []string // one of them is in any text, in small letters, that has such a secret
	find    func(text string) []span
}

func (f *finder) needed(low string) bool {
	for _, n := range f.needles {
		if strings.Contains(low, n) {
			return true
		}
	}
	return false
}

// finders in the order they run: blocks first, then what says what it is, then what
// looks like it.
var finders []finder

func init() {
	add := func(kind string, find func(string) []span, needles ...string) {
		finders = append(finders, finder{kind, needles, find})
	}
	add("private key", keyBlocks, "private key", "ansible_vault;")
	add("authorization", authorization, "authorization", "bearer", "basic ", "negotiate ", "ntlm ", "-token", "x-api-key")
	add("cookie", cookies, "cookie", "sessionid", "sessid")
	add("URL", userinfo, "://")
	for _, w := range webhooks {
		add("webhook", groups(w.pattern), w.needle)
	}
	for _, f := range forms {
		add("token", groups(f.pattern), f.needle)
	}
	for _, c := range commands {
		add("command", afterCommand(c.pattern), c.needles...)
	}
	add("flag", flags, "--", " -pass", " /pass", " -token", " -secret", "-storepass", "-keypass")
	add("named", named, "pass", "pwd", "secret", "token", "key", "signature", "sig=", "sign=", "credential", "auth", "session", "sessid", "accountkey", "bk_ticket", "access_code", "encoding_aes")
	add("named in Chinese", namedChinese, "密码", "口令", "密钥", "秘钥", "令牌", "私钥", "暗号", "凭据", "凭证")
}

// groups finds what the groups of a pattern match; without any, the whole.
func groups(pattern string) func(string) []span {
	re := lazy(pattern)
	return func(text string) []span {
		var out []span
		for _, m := range re().FindAllStringSubmatchIndex(text, -1) {
			if len(m) == 2 {
				out = append(out, span{m[0], m[1]})
			}
			for i := 2; i < len(m); i += 2 {
				if m[i] >= 0 {
					out = append(out, span{m[i], m[i+1]})
				}
			}
		}
		return out
	}
}

// form is a text that tells by its looks what it is, as its issuer made it.
type form struct{ needle, pattern string }

var forms = []form{
	{"eyj", `\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){1,4}`},                   // JSON Web Token, also encrypted
	{"ia", `\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b`},                            // Amazon
	{"gh", `\bgh[pousr]_[A-Za-z0-9]{16,}`},                                       // GitHub
	{"github_pat_", `\bgithub_pat_[A-Za-z0-9_]{16,}`},                            //
	{"gl", `\bgl(?:pat|ptt|dt|rt|cbt|agent|oas|ft|imt|soat)-[A-Za-z0-9_.-]{8,}`}, // GitLab
	{"xox", `\bxox[a-z]-[A-Za-z0-9-]{8,}`},                                       // Slack
	{"xapp-", `\bxapp-[A-Za-z0-9-]{8,}`},
	{"aiza", `\bAIza[A-Za-z0-9_-]{30,}`}, // Google
	{"ya29.", `\bya29\.[A-Za-z0-9_-]{8,}`},
	{"npm_", `\bnpm_[A-Za-z0-9]{16,}`},
	{"pypi-", `\bpypi-[A-Za-z0-9_-]{16,}`},
	{"hv", `\bhv[sbr]\.[A-Za-z0-9_-]{16,}`}, // Vault
	{"dckr_", `\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{8,}`},
	{"sk", `\b[sr]k[-_][A-Za-z0-9_-]{20,}`}, // Stripe, OpenAI and others
	{"sg.", `\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`},
	{"glsa_", `\bglsa_[A-Za-z0-9_]{16,}`},
	{"hf_", `\bhf_[A-Za-z0-9]{20,}`},
	{"dop_v1_", `\bdo[op]_v1_[a-f0-9]{16,}`},
	{"ltai", `\bLTAI[A-Za-z0-9]{12,}`}, // Alibaba Cloud
	{"akid", `\bAKID[A-Za-z0-9]{13,}`}, // Tencent Cloud
	{"age-secret-key-", `\bAGE-SECRET-KEY-1[A-Z0-9]{16,}`},
	{"response=", `(?i)\bdigest\s[^\n]{0,400}\bresponse=\\*"?([A-Fa-f0-9]{16,})`},
	{"::server:", `\bK10[a-f0-9]{16,}::server:[A-Za-z0-9]+`}, // k3s
	{"$", `\$(?:1|2[aby]|5|6|y|apr1)\$[^\s:"'\\<>]{8,}`},     // password hashes
}

// webhooks whose address is the secret.
var webhooks = []form{
	{"hooks.slack.com", `hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9_/-]+)`},
	{"qyapi.weixin", `qyapi\.weixin\.qq\.com/cgi-bin/webhook/[a-z_]+\?(?:[^\s"']*&)?key=([A-Za-z0-9_-]+)`},
	{"/hook/", `/open-apis/bot/(?:v\d/)?hook/([A-Za-z0-9_-]+)`},
	{"/webhooks/", `discord(?:app)?\.com/api/webhooks/(\d+/[A-Za-z0-9_-]+)`},
	{"webhook", `(?:outlook\.office(?:365)?|webhook\.office)\.com/webhook[a-z0-9]*/([^\s"'<>\\]+)`},
	{"api.telegram", `api\.telegram\.org/bot([0-9]+:[A-Za-z0-9_-]+)`},
}

// command is a program that takes a secret behind a switch.
type command struct {
	pattern string // ends where the value begins
	needles []string
}

var commands = []command{
	{`(?i)\bsshpass\b[^\n|;]{0,80}?\s-p\s?`, []string{"sshpass"}},
	{`(?i)\bmysql[a-z_]*\b[^\n|;]*?\s-p`, []string{"mysql"}},
	{`(?i)\bmariadb[a-z_-]*\b[^\n|;]*?\s-p`, []string{"mariadb"}},
	{`(?i)\b(?:docker|podman|nerdctl|skopeo|buildah|helm(?:\s+registry)?|oras|crane)\s+login\b[^\n|;]*?\s-p\s*=?`, []string{"login"}},
	{`(?i)\b(?:mongo|mongosh|mongodump|mongorestore)\s[^\n|;]*?\s-p\s+`, []string{"mongo"}},
	{`(?i)\bredis-cli\b[^\n|;]*?\s-a\s+`, []string{"redis-cli"}},
	{`(?i)\bsave_?password[a-z_.]*\b[^\n|;]*?\s-p\s+`, []string{"password"}},
	{`(?i)\bldap[a-z]+\b[^\n|;]*?\s-w\s+`, []string{"ldap"}},
	{`(?i)\bipmitool\b[^\n|;]*?\s-P\s+`, []string{"ipmitool"}},
	{`(?i)\bhtpasswd\s+-[a-z]*b[a-z]*\s+\S+\s+\S+\s+`, []string{"htpasswd"}},
	{`(?i)\b(?:curl|wget)\b[^\n|;]*?\s(?:-u|-U|--user|--proxy-user)(?:\s+|=)?["']?[^\s:"'<>]+:`, []string{"curl", "wget"}},
	{`(?i)\blftp\b[^\n|;]*?\s-u\s+[^\s,]+,`, []string{"lftp"}},
	{`(?i)\b(?:sqlplus|expdp|impdp|rman)\s+(?:-\S+\s+)*[A-Za-z0-9_]+/`, []string{"sqlplus", "expdp", "impdp", "rman"}},
	{`(?i)\bnet\s+user\s+[^\s/]+\s+`, []string{"net user"}},
	{`(?i)\becho\s+(?:-[neE]+\s+)?(?:[A-Za-z0-9_]+:)?`, []string{"chpasswd", "--stdin", "sudo -s", "password-stdin"}},
	{`(?i)\b(?:identified\s+by|(?:with|set)\s+(?:encrypted\s+)?password|convertto-securestring(?:\s+-string)?)\s+`, []string{"identified", "password", "securestring"}},
	{`(?i)\bpassword\s*\(\s*`, []string{"password("}},
}

// piped are the readers that make what is echoed a secret.
var piped = lazy(`(?i)^["']?\s*\|\s*(?:sudo\s+)?(?:chpasswd|passwd\b[^\n]*--stdin|sudo\s+-S|(?:docker|podman|helm)\b[^\n]*--password-stdin)`)

// afterCommand finds the values behind a pattern.
func afterCommand(pattern string) func(string) []span {
	re := lazy(pattern)
	echo := strings.Contains(pattern, "echo")
	bracket := strings.Contains(pattern, `\(`)
	return func(text string) []span {
		var out []span
		for _, m := range re().FindAllStringIndex(text, -1) {
			if m[1] >= len(text) {
				continue
			}
			s := value(text, m[1])
			if q := openQuote(text[m[0]:m[1]]); q >= 0 {
				// A quote that closes before the value is not the value's.
				if end := quoted(text, m[0]+q).to; end >= m[1] {
					s = span{m[1], end}
				}
			}
			if echo && !piped().MatchString(text[s.to:min(len(text), s.to+200)]) {
				continue
			}
			if bracket && s.from == m[1] {
				continue
			}
			if strings.HasPrefix(text[s.from:s.to], "-") {
				continue // another switch: the password is asked for
			}
			if at := strings.LastIndexByte(text[s.from:s.to], '@'); at > 0 && strings.Contains(pattern, "sqlplus") {
				s.to = s.from + at
			}
			out = append(out, s)
		}
		return out
	}
}

// openQuote returns where the last word of text begins with a quote, or -1: the
// account of 'account:password'.
func openQuote(text string) int {
	i := strings.LastIndexAny(text, " \t") + 1
	if i < len(text) && (text[i] == '"' || text[i] == '\'') {
		return i
	}
	return -1
}

var flagRE = lazy(`(?i)(?:^|[\s"'\[,(])(?:--?|/)([a-z0-9_-]*(?:password|passwd|passphrase|pass|pwd|token|secret|api-?key|access-?key|secret-?key|storepass|keypass|bearer))(\\*["']?(?:,[ \t]*|[ \t]+)|[=:])`)

// flags finds the values of switches whose name says that they are secret. A single
// word behind them may also be the next argument of a list: "--token", "x".
func flags(text string) []span {
	var out []span
	for at := 0; at < len(text); {
		m := flagRE().FindStringSubmatchIndex(text[at:])
		if m == nil {
			break
		}
		name, from := lower(text[at+m[2]:at+m[3]]), at+m[1]
		at = from
		if strings.HasPrefix(name, "ask-") || strings.HasPrefix(name, "no-") || from >= len(text) {
			continue
		}
		s := value(text, from)
		if s.to > s.from && text[s.from] != '-' {
			out = append(out, s)
			at = s.to
		}
	}
	return out
}

// namedRE finds the name and the sign before a value. Words of the second group are
// used in prose too, so that their values must look like secrets.
var namedRE = lazy(`(?i)(?:(passwords?|passwd|passphrase|passwort|pwd|(?:^|[^a-z])pass|secret[_-]?(?:access[_-]?)?key|client[_-]?secret|app[_-]?secret|api[_-]?key|apikey|session[_-]?key|sessionid|accountkey|sharedaccesskey|private[_-]?token|_auth(?:token)?|client-key-data|bk_ticket|bk_token|access_code|encoding_?aes_?key)|` +
	`(token|secret|access[_-]?key(?:[_-]?id)?|private[_-]?key|auth[_-]?key|credentials?|signature|["']auth|[?&]sig|[?&]sign|[?&]key|encryption[_-]?key|signing[_-]?key|kek|dek))` +
	`[0-9]?(\\*["'])?[ \t]{0,8}(=>|:=|==|=|:|：)[ \t]{0,8}`)

// named finds the values of names that say that they are secret.
func named(text string) []span {
	var out []span
	for at := 0; at < len(text); {
		m := namedRE().FindStringSubmatchIndex(text[at:])
		if m == nil {
			break
		}
		for i := range m {
			if m[i] >= 0 {
				m[i] += at
			}
		}
		from := m[1]
		at = from
		if from >= len(text) {
			break
		}
		s := value(text, from)
		if s.to <= s.from || !secretOf(text, m, s) {
			continue
		}
		out = append(out, s)
		at = s.to
	}
	return out
}

// secretOf reports whether the value of a name is a secret, and not a word that
// prose goes on with, or a directory.
func secretOf(text string, m []int, s span) bool {
	v := text[s.from:s.to]
	strong := m[2] >= 0
	key := ""
	if strong {
		key = text[m[2]:m[3]]
	} else {
		key = text[m[4]:m[5]]
	}
	quotedValue := s.from > m[1]
	sign := text[m[8]:m[9]]
	switch {
	case strings.HasPrefix(v, "{") || strings.HasPrefix(v, "["):
		return false
	case lower(key) == "pwd" && strings.HasPrefix(v, "/"):
		return false
	case strings.HasPrefix(v, "/") && (strings.Count(v, "/") > 1 || !strong):
		return false // the file that holds it
	case strong && lower(key) != "passwords":
		return true
	case sign == ":" && !quotedValue || sign == "：":
		return secretLike(v)
	}
	return len(v) >= 4
}

var chineseRE = lazy(`(?:密码|口令|密钥|秘钥|令牌|私钥|暗号|凭据|凭证)["'”]?[ \t]{0,4}(：|:|=|是|为)[ \t]{0,4}`)

// namedChinese finds the values of Chinese names. Prose goes on in Chinese, a
// password does not begin so.
func namedChinese(text string) []span {
	var out []span
	for _, m := range chineseRE().FindAllStringIndex(text, -1) {
		if m[1] >= len(text) {
			continue
		}
		at := m[1]
		for _, open := range []string{"“", "「"} {
			if strings.HasPrefix(text[at:], open) {
				at += len(open)
			}
		}
		if at >= len(text) || text[at] >= 0x80 {
			continue
		}
		out = append(out, value(text, at))
	}
	return out
}

var (
	authRE   = lazy(`(?i)(?:authorization|x-auth-token|x-vault-token|x-api-key|private-token|job-token)\\*["']?[ \t]{0,4}[:=][ \t]{0,4}\\*["']?`)
	schemeRE = lazy(`(?i)\b(bearer|basic|negotiate|ntlm|digest|token|bot|apikey|hmac-sha\d*|aws4-hmac-sha256|aws)[ \t]+`)
)

// authorization finds what follows the headers that authorize, and what follows the
// name of a scheme.
func authorization(text string) []span {
	var out []span
	for _, m := range authRE().FindAllStringIndex(text, -1) {
		from := m[1]
		if strings.HasPrefix(lower(text[from:min(len(text), from+7)]), "digest ") {
			continue // of which only the response is secret, a form of its own
		}
		if s := schemeRE().FindStringIndex(text[from:min(len(text), from+40)]); s != nil && s[0] == 0 {
			from += s[1]
		}
		if from < len(text) && text[from] != '{' {
			out = append(out, headerRest(text, from))
		}
	}
	for _, m := range schemeRE().FindAllStringSubmatchIndex(text, -1) {
		if m[1] >= len(text) {
			continue
		}
		s := bare(text, m[1])
		v := text[s.from:s.to]
		switch lower(text[m[2]:m[3]]) {
		case "bearer":
			if secretLike(v) {
				out = append(out, s)
			}
		case "basic":
			if plain, err := base64.StdEncoding.DecodeString(v); err == nil && len(v) >= 8 && strings.Contains(string(plain), ":") {
				out = append(out, s)
			}
		case "negotiate", "ntlm":
			if len(v) >= 16 {
				out = append(out, s)
			}
		}
	}
	return out
}

// headerRest is the rest of a header's value: up to a quote or the line's end. A
// value of one word ends with it, so that what follows in a log's line stays.
func headerRest(text string, from int) span {
	end := from
	for end < len(text) && end < from+maxValue && strings.IndexByte("\"'\n\r\\", text[end]) < 0 {
		if t := tokenEnd(text, end); t > 0 {
			end = t
			continue
		}
		end++
	}
	s := bare(text, from)
	if rest := text[s.to:max(end, s.to)]; strings.HasPrefix(rest, ",") || strings.Contains(text[s.from:s.to], "=") && strings.Contains(rest, "=") {
		return span{from, end} // Digest and the like: name=value, name=value
	}
	return s
}

var (
	cookieRE  = lazy(`(?i)(?:set-cookie2?|cookies?)\\*["']?[ \t]{0,4}[:=][ \t]{0,4}\\*["']?`)
	pairRE    = lazy(`([A-Za-z0-9_.%-]+)=([^;,\s"'\\]+)`)
	sessionRE = lazy(`(?i)(?:jsessionid|phpsessid|asp\.net_sessionid|sessionid|csrftoken|connect\.sid|bk_ticket|bk_token|remember_token)(?:=|%3d)([^;,&\s"'\\<>]+)`)
)

// attributes of cookies, which tell nothing.
var attributes = map[string]bool{"path": true, "domain": true, "expires": true, "max-age": true, "samesite": true, "version": true, "priority": true}

// cookies finds the values of cookies.
func cookies(text string) []span {
	var out []span
	done := 0
	for _, m := range cookieRE().FindAllStringIndex(text, -1) {
		if m[1] < done {
			continue
		}
		line := text[m[1]:]
		if i := strings.IndexAny(line, "\"'\n"); i >= 0 {
			line = line[:i]
		}
		done = m[1] + len(line)
		for _, p := range pairRE().FindAllStringSubmatchIndex(line, -1) {
			if !attributes[lower(line[p[2]:p[3]])] {
				out = append(out, span{m[1] + p[4], m[1] + p[5]})
			}
		}
	}
	for _, m := range sessionRE().FindAllStringSubmatchIndex(text, -1) {
		out = append(out, span{m[2], m[3]})
	}
	return out
}

var userinfoRE = lazy(`://([^\s/?#"'\x60\\@]*(?:@[^\s/?#"'\x60\\@]*)*)@`)

// userinfo finds passwords, and tokens in the place of accounts, in addresses.
func userinfo(text string) []span {
	var out []span
	for _, m := range userinfoRE().FindAllStringSubmatchIndex(text, -1) {
		info := text[m[2]:m[3]]
		if i := strings.IndexByte(info, ':'); i >= 0 && tokenEnd(info, 0) < 0 {
			out = append(out, span{m[2] + i + 1, m[3]})
			if len(info[:i]) >= 20 && mixed(info[:i]) {
				out = append(out, span{m[2], m[2] + i})
			}
		} else if len(info) >= 16 && mixed(info) {
			out = append(out, span{m[2], m[3]})
		}
	}
	return out
}
