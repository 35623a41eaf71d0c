package verdict

import (
	"regexp"
	"strings"
	"sync"

	"diagnose"
)

// tongue is how programs speak of failures, whatever they are: made when it is needed,
// which only a verdict without a known cause does.
var tongue = sync.OnceValue(func() *speech {
	return &speech{
		heading:  regexp.MustCompile(`:\s*$|^error: Failed to \w+ (the )?\w+( '[^']*'| \S+)?\s*$`),
		names:    regexp.MustCompile(`(?i)\b(id|name|file|resource|host|path|url|line|object|details?|context|state)[^\w]{1,3}\S{0,60} ?[:：]\s*$`),
		reason:   anyOf(reasons...),
		constant: regexp.MustCompile(`\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)+\b`),
		raised:   regexp.MustCompile(`\b[A-Za-z_][\w.$]*(Error|Exception|Failure|Fault)\b:? ?\S|^\s*Message=\S|^(Caused by: )?([a-z][\w$]*\.)+[A-Z]\w*(Error|Exception)\W*$`),
		special:  regexp.MustCompile(`(?i)\b(signature|handshake|checksum|authentication|assertion|integrity|decryption|negotiation|name resolution)\b[\w ]{0,30}\bfailed\b`),
		notNull:  regexp.MustCompile(`(?i)\bnot null\b`),
		proviso:  regexp.MustCompile(`(?i)\b(if|unless|whether) (this|that|it|they|these) (is|are|was|were) \w+`),
		option:   regexp.MustCompile(`(^|\s)--[a-z][\w-]+=?`),
		says:     regexp.MustCompile(`(?i)\b(error|failed|failure|fatal|errno)\b.{0,60}: \S`),
		concrete: anyOf(things...),
		general:  anyOf(generalities...),
		frame:    regexp.MustCompile(`^\s*(at |\.\.\. \d+|@ +0x[0-9a-f]+|from \S+:\d+:in |File ".*", line \d+|#\d+ |\d+: 0x|Caused by:$)|^\s+[\w.$/<>]+\([\w.]+:\d+\)$|^\s*[\^~-]+\s*$|^(>>> *)?\d+ \|( |$)|^\S+:\d+:in [\x60'‘][^'’]*['’]?$|^[^\x22']{0,80}\b(raise|throw) (new )?[\w.]+ ?\(|(^|[\s/\\])javaw?(\.exe)?"? +-[\w:]`),
		value:    regexp.MustCompile(`[{,] ?"(?:error|err)": ?"([^"]{8,})"`),
		doing:    regexp.MustCompile(`(?i)^,? (when|while|during|in|on|at|executing|running|processing)\b[^:\n]{0,80}: `),
		field:    regexp.MustCompile(`(?i)^\W{0,4}\[?\b(error|err|reason|cause)="?[^"\s\]]{3}`),
		status:   regexp.MustCompile(`(?i)^\W*\b(exit(ed|s|ing)?( with)?( exit)?|with( exit)?) ?(code|status)?[ :=]*\(?-?\d+\)?\W*$`),
		han:      regexp.MustCompile(`^.{0,200}\p{Han}.{0,200}(失败|无法|不存在|找不到|未找到|没有找到|不正确|缺少|不可用|不支持|被拒绝|权限不够|超时|没有匹配到)`),
		tests:    regexp.MustCompile(`^(test |--- PASS|=== RUN|ok +\S+ |PASS\b|\s*(✓|√|✔) |Ran \d+ tests?|\s*\d+ (passing|passed)\b|Tests run: )|\b(tests? (suites? )?passed|test session starts|collected \d+ items)\b`),
		calls:    regexp.MustCompile(`(?i)^\W*([\w.+/-]+:? )?(fatal )?error ?[:：]`),
		guess:    regexp.MustCompile(`(?i)\b(possibly|probably|perhaps|maybe|likely) (due|because|caused|an?|the|insufficient|that|by)\b|\b(may|might|could) be (due to|caused by)\b|可能(是|由于|因为|原因)`),
		warns:    regexp.MustCompile(`(?i)^\W*warn(ing)?\b|^\(!\) |^<w> |\b[a-z]+warning: |##\[warning\]`),
		well:     anyOf(`^\W*(\+ |\$ |# )`, `^(Loaded: loaded|Docs: |Drop-In: |Main PID: |CGroup: |Tasks: |Memory: |Normal\s+(?-i:[A-Z])\w+\s)`, `(?-i:\d +INFO\b|\[(DEBUG|INFO)\])`, `^debug[123]: `, `^\W*Blocking waiting for file lock\b`, `^\W*(\[[\d;]*m)?OK\W*(\[[\d;]*m)?\W*\] (started|finished|reached|created|mounted|stopped) `, `\blegacy bootconsole .* disabled$`, `\bby (invalid user|authenticating user root) .*\[preauth\]\W*$`, `\bfor invalid user \S* from \S+ port \d+ ssh2\W*$`, `\bmay be (incorrect|wrong|incomplete|missing)\b`, `\b(this|that|which|it|these|warnings?|errors?|messages?|failures?) (is|are) expected\b`, `\bas expected\b`, `\b(is|are) expected (behaviou?r|and|when|if|here|during|on|after|in|at|for)\b`, `^SLF4J: `, `\breading from a closed fifo\b`, `\bPermanently added '`, `^Command: \S+ -`, `\b(DeprecationWarning|FutureWarning)\b`, `\bwill attempt to\b`, `\bclear(ing|ed) [\w ]{0,30}time-?out\b`, `^(XFAIL|XPASS|SKIPPED) `, `already (the newest|up[- ]to[- ]date|installed|satisfied|downloaded|cached)`, `\b(0|no) errors?\b`, `(无|没有|未发现|未见)(异常|错误)`, `\b(fail(ed|ures?)|errors?|aborted|unreachable) ?[:=] ?0\b`, `^Deprecated Gradle features\b`, `\bno broken\b`, `\bDomain id=\d+ is tainted\b`, `\bcan be disabled\b`, `\bany changes that are required\b`, `\bwait(ing)? (until|for) (the )?next (turn|round|run|cycle)\b`, `^npm notice\b`, `\b(printf|echo): write error: Broken pipe$`, `^\W*Failed in [\d.]+ ?m?s\b`, `\bwas resolved to \d`, `^\W*\[[^\]]*\d/\d+\] (RUN|COPY|ADD|FROM|WORKDIR) `, `\bcache is disabled\b`, `^Caching disabled for .* because:`, `^file or directory '.*', not found$`, `\bsucce(ss|eded|ssfully)\b`, `\b(is|are|was|were) (ok|okay|successful|valid|up[- ]to[- ]date)\b`, `deprecat.{0,40}\bwarn(ing)?\b|\bwarn(ing)?\b.{0,20}deprecat`, `\b(scheduling |received (\w+ )?)shutdown\b`, `\btries remaining\b`, `^\W*(copying|byte-compiling|inflating|adding) \S+`, `\bas the 'root' user\b`, `^\W*(\[[^\]]*\]\s*)*\w{3,}ing\b[^:]*(\.\.\.|…)\W*$`),
		gaveUp: regexp.MustCompile(`(?i)^\W{0,4}[\w./@'"() \p{Han}-]{2,120}[:：] ?.*(\b(can ?not|can't|could ?n[o']t|unable|fail(ed|s|ure)?|denied|refused|rejected|not found|no such|` +
			`must|missing|invalid|not (permitted|allowed|supported|available|authori[sz]ed|valid|a valid)|is not|does not|time(d )?out|expired|forbidden|unauthori[sz]ed|mismatch|exhausted|unexpected|requires?|no \w+ found)\b|` +
			`失败|无法|不能|找不到|不存在|拒绝|超时|错误|异常|缺少|无效)`),
		refuses: regexp.MustCompile(`(?i)\b(unable to|can ?not|can't|could ?n[o']t|failed|failure|denied|refused|rejected|aborted|(does|do|did) not exist|not found|no such|(is|are|was|were) not (supported|allowed|permitted|possible|available))\b|失败|无法|拒绝|不存在|找不到|不支持|异常|错误码|丢失`),
		goesOn: regexp.MustCompile(`(?i)(^|[,;.:(…–-] ?)((so|now|will|we|I|going to|it|is|are|and|then|we'll|'ll) )*((creat|retry|try|skipp|ignor|fall|continu|assum|install|download|fetch|generat|build|start|add|default|wait|proceed)(ing|ed)|using)\b` +
			`|(正在|将|开始|尝试|自动|准备)(重新)?(创建|下载|安装|重试|生成|构建|启动|使用|添加|初始化)|(跳过|忽略|使用默认|继续执行|稍后重试|重试中|正在重试|重新尝试)`),
	}
})

type speech struct {
	reason   *regexp.Regexp // the words in which programs say why
	constant *regexp.Regexp // the name of an error: VDI_IN_USE
	raised   *regexp.Regexp // an exception with its message, or with no more than its name
	special  *regexp.Regexp // that something failed which tells why by its name
	notNull  *regexp.Regexp // what the definition of a column says, and no value that is missing
	proviso  *regexp.Regexp // "if this is expected", which says of nothing that it is
	option   *regexp.Regexp // the name of an option: --connect-timeout
	says     *regexp.Regexp // "error: what"
	concrete *regexp.Regexp // a thing that is named
	general  *regexp.Regexp // that something failed, without why
	frame    *regexp.Regexp // a line of a trace, or of what was left out of one; the command that runs Java, whose options name what may fail
	value    *regexp.Regexp // the member of a record that holds an error in words
	doing    *regexp.Regexp // what was done when something failed, right behind
	field    *regexp.Regexp // the field of a record that holds an error, right behind
	status   *regexp.Regexp // how a process ended, and nothing behind it
	han      *regexp.Regexp // that it did not go, in Chinese, where nobody writes colons
	tests    *regexp.Regexp // a test, or that tests passed
	calls    *regexp.Regexp // a line that calls itself an error
	guess    *regexp.Regexp // that the program supposes why
	warns    *regexp.Regexp
	well     *regexp.Regexp // that all is well, or only what is done
	gaveUp   *regexp.Regexp // who it is about, and that it did not go
	refuses  *regexp.Regexp // that it did not go, in plain words
	goesOn   *regexp.Regexp // what is done about it
	names    *regexp.Regexp // it ends in the name of a thing and a colon
	heading  *regexp.Regexp // it ends in a colon, or is the first of virsh's two lines
}

// anyOf is true of texts with any of the expressions, in any case of letters.
func anyOf(list ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:` + strings.Join(list, `|`) + `)`)
}

var reasons = []string{
	`\bno (such|rule|data|route|host|module|matching|match|valid|suitable|default|provider|file|response|reply|answer|permission|access|heartbeat|package|configuration|space)\b`,
	`not found`, `can ?not`, `can't`, `could ?n[o']t`, `unable to`, `(does|do|did) ?n[o']t (exist|match|contain|support|have|appear|seem|look|work|respond|start|answer|come|return|finish)`, `\bmissing\b`,
	`(is|are|was|were) not\b`, `not (permitted|allowed|authori[sz]ed|supported|yet valid|enough)`,
	`not (defined|set|installed|configured|available|enabled|running|valid|writable|readable|mounted|initialized|accessible|trusted|ready|empty|locked|a |an )`,
	`denied`, `refused`, `rejected`, `forbidden`, `unauthori[sz]ed`, `tim(ed?[ -]?out|eout)`, `unreachable`, `\b(un|ir)resolv`, `name resolution`, `\b(lost|closed)\b`, `reset by`, `aborted by`, `interrupted`,
	`unknown`, `unrecogni[sz]ed`, `unsupported`, `invalid`, `illegal`, `malformed`, `mismatch`, `\bno [\w -]{2,40} detected\b`, `incompatible`, `inconsistent`, `corrupt`, `syntax`, `wrong`, `\bbad\b`, `broken`, `violat`,
	`conflict`, `already`, `in use(\b|_)`, `\b(dead|f)?lock(ed)?\b`, `duplicate`, `disabled`, `expired`, `\brequire[sd]?\b`, `\bmust (not )?(be|have|contain|specify|supply|provide|set|define|match|point|start|end|exist|run|give|pass|use|support)\b`,
	`too (many|large|long|big|old|few|small|short|low|high|new|deep|late|early|open)\b`, `format error`, `exceed`, `overflow`, `insufficient`, `out of (memory|space|range|bounds|disk)`, `undefined`, `unset\b`, `\bnull\b`, `null ?pointer`, `unexpected`, `assert`,
	`\bno [\w ./'-]{2,50} (provided|given|specified|configured|found|defined|set|selected|registered|present|available|supplied|returned|matches|exists?)\b`, `not (specified|given|provided|match(ing|ed)?|accepted|compatible|registered)\b`,
	`\bexpect(ed|s|ing)\b.{0,80}\b(got|found|but|received|was|were|to be|instead)\b`, `\b(but|,) (got|found|received)\b`, `\bshould (not )?(be|contain|match|start|have) ["'\w<>=]`, `\b(is|are|was|were) (empty|full|incomplete)\b`, `\bmore than one \w`, `\bneed(s|ed)? to (be|specify|set|have|define|provide)\b`,
	`\bonly (be )?(supports?|supported|valid|works?|allowed|available|used)\b`, `\bbogus\b`, `\bincorrect\b`, `\bboth\b.{1,60}\b(set|specified|given)\b`, `\bstill (running|in use|exists|needed|attached|mounted|open)\b`, `\b(does|do)(n't| not) (implement|satisfy|belong|support|know|apply|fit)\b`, `\bunavailable\b`,
	`\bno more\b`, `internal error: \S`, `never (received|came|started)`, `killed`, `rolled back`, `by zero\b`, `because`, `due to`, `fail(ed|s|ure)? (to|while|during|in|on)\b`, `URL returned error`,
	`\bE(ACCES|ADDRINUSE|PERM|NOENT|EXIST|CONN\w+|IO|NOTEMPTY|TIMEDOUT|BUSY|INVAL|ROFS|NOSPC|PIPE|HOSTUNREACH|AI_AGAIN|MFILE|INTEGRITY|RESOLVE|TARGET|401|403|404)\b`,
	`不存在`, `没有规则`, `未找到`, `找不到`, `没有找到`, `没有(任何|可用的?)?(匹配|可用)`, `拒绝`, `超时`, `无法`, `不能`, `缺少`, `缺失`, `无效`, `非法`, `不支持`, `已存在`, `已经存在`, `占用`, `未定义`, `未设置`, `未安装`, `未启动`, `没有权限`, `权限不足`,
	`authenticat(ion|ing) (failed|failure|error)`, `login (failed|incorrect)`, `\b(internal server error|bad gateway|service unavailable|gateway time-?out)\b`, `\breason\b`, `原因(是|为|[:：])`,
	`损坏`, `不足`, `未(就绪|准备好|登录|授权|配置|开启|启用|绑定|部署|生效|完成|响应|注册|连接|通过)`, `超(过|出)\S{0,8}(限制|上限|最大|范围|长度|阈值|配额)`, `(过于|太)频繁`, `售罄`, `到期`, `不符合`, `不兼容`, `不满足`, `不可达`, `不同步`, `非空`, `已(被)?(删除|停用|禁用|锁定|冻结|停止|关闭|下线|离线|取消)`, `离线`, `掉线`, `正在(执行|运行|使用|处理)(中|，|,|$)`, `请先`, `中断`, `崩溃`, `溢出`, `泄漏`, `未知的?`, `不识别`, `无权`, `无响应`, `没有响应`, `无可用`, `没有可用`, `无法识别`, `校验(失败|不)`, `不对`,
	`不匹配`, `不一致`, `不正确`, `不合法`, `冲突`, `已满`, `空间不足`, `内存不足`, `断开`, `过期`, `错误的`, `重复`, `失败[:：，,；;]\s*\S`, `不允许`, `不可用`, `不通过`, `不完整`, `越界`, `过大`, `为空`, `除数`,
}

var things = []string{
	`"[^"]{2,}"`, `'[^']{2,}'`, "`[^`]{2,}`", `“[^”]{2,}”`,
	`(^|[\s(=:])[/~.]?/?[\w.-]+/[\w./-]+`, // paths
	`\b\d+\.\d+\.\d+`, `:\d{2,5}\b`,       // versions, addresses, ports
	`\b[\w-]+\.[a-z]{2,}\b`,                 // names of hosts, files, packages
	`\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b`, `\$\{`, // variables
}

var generalities = []string{
	`^[^\w\p{Han}]*(error|fatal|failed|failure|critical|severe)?[\]:! ]*((the|this|some|one or more|following)? ?[\w.'/-]+( [\w.'/-]+)?)? ?(failed|failure|failures|errors?|aborting|aborted|terminated|finished: failure|unsuccessful)( \(.*\))?[^\w\p{Han}]*$`,
	`\b(exit(ed|s|ing)?|return(ed|s)?|finished|completed?|died)\b.{0,30}\b(code|status|rc|value|signal)[ :=]*\(?-?\d+\)?[^\w\p{Han}]*$`, `\bexit(ed|s|ing)?( with)? \(?-?\d+\)?[^\w\p{Han}]*$`,
	`non-zero`, `returned an error`, `with an exception[^\w\p{Han}]*$`, `previous errors?\b`, `errors? (occurred|were)\b`, `unexpected (error|exception)`, `\brc=\d+[^\w\p{Han}]*$`, `退出码`, `返回码`, `执行失败[。!！]?$`,
	`^(npm (err!|error) )?(see|run|try|for more|for help)\b`, `: for help visit `, `complete log`, `re-run`, `stack ?trace`, `additional logging`, `try again later`, `what went wrong`, `skipped due to`,
	// what PostgreSQL and its kin add to a message
	`^(?-i:DETAIL|HINT|CONTEXT|STATEMENT): `,
	`^=?\w+ REPORT=`, `^(░░|--) (Subject|Defined-By|Support|Documentation|Unit|The (unit|result|process|start-up|job|error)|Automatic|Hibernate|User|Session)\b`, `^░░ `, `^Type +Reason +Age `, `^> Task \S+ FAILED[^\w\p{Han}]*$`, `\brsync error: [\w ,/()-]{3,80} \(code \d+\) at `, `exit code \d+: while executing`, `\bfailed to solve: process `, `^traceback \(most recent call last\):?[^\w\p{Han}]*$`, `上述异常是以下异常的直接原因`, `(the above exception was|during handling of the above exception)`, `处理上述异常(时|期间|的过程中)`, `interrupted by error[^\w\p{Han}]*$`, `terminated with exit code`, `failed to build gem native extension`, `failed with result`, `\(result: exit-code\)`, `(main|control) process exited`, `\bstatus=\d`, `^failed to start [^:]+$`, `^failed to start LSB: `, // systemd
	`^shared connection to `, `^connection to \S+ closed\.?[^\w\p{Han}]*$`, `module failure`, `see stdout/stderr`, `\bok=\d+ +changed=`, // Ansible
	`^npm (err!|error) \S+@\S+ \S+: `, `^npm (err!|error) (code|errno|syscall|path|dest|node|npm|argv|cwd|command)\b`, `make(\[\d+\])?: \*\*\* `, `failed to push some refs`, `^lost connection$`,
	`InvocationTargetException`, `common frames omitted`, `listeners? failed to start`, `listeners启动失败`, `unable to create a deployment for VM`, `resultCode: \d+, result: rO0AB`, `^\W*aborting\b`, `all hosts have already failed`, `you have held broken packages`, `failed to verify the legitimacy of the server`, `^\W*(can ?not|can't|unable to|could not) (continue|proceed)[^\w\p{Han}]*$`,
	`^\W*(x )?(the )?build failed in [\d.]+ ?m?s[^\w\p{Han}]*$`, `^\W*failing build: `, `\[remote rejected\] .*hook declined`, `this error originates from a subprocess`, `_logs[/\\]\S+-debug`,
	`\bld returned \d`, `^\s*(code|errno|syscall|signal): ['"]?-?\w+['"]?[,}]?\s*$`, `"?(offender|child)"?: *\[`, `setting locale failed`, `^(LANG|LANGUAGE|LC_[A-Z]+) = `,
}

// givesReason reports whether what stands before the status of a process names a reason
// behind who it is about.
func givesReason(before string) bool {
	before = strings.TrimRight(before, " ,;:(-")
	_, told, found := strings.Cut(before, ": ")
	return found && reasonWeight(told) >= leastStated
}

// ErrorIn is what a line's record says of the error, which outweighs what stands around it:
// the words of {"check": "is valid", "error": "why"}. It is the line where there is none.
func ErrorIn(line string) string {
	if value := tongue().value.FindStringSubmatch(line); value != nil {
		return value[1]
	}
	return line
}

// reasonWeight tells how much a line is like one that names a reason: 0 where it does not,
// less where it is one of those that stand around such lines.
func reasonWeight(line string) int {
	t := tongue()
	line = strings.TrimSpace(line)
	if len(line) < minLine || t.frame.MatchString(line) || diagnose.Quotes(line) {
		return -1
	}
	if len(line) > maxLine {
		line = line[:maxLine-maxTail] + "\n" + line[len(line)-maxTail:]
	}
	line = ErrorIn(line)
	special := t.special.MatchString(line)
	if at := t.general.FindStringIndex(line); at != nil && !special {
		behind := line[at[1]:]
		doing := t.doing.FindString(behind)
		switch {
		case t.raised.MatchString(behind), t.field.MatchString(behind):
			line = behind // "an unexpected error occurred" and then which
		case doing != "":
			line = behind[len(doing):] // "an error occurred while doing this:" and then which
		case at[0] > 0 && t.status.MatchString(line[at[0]:]) && givesReason(line[:at[0]]):
			return leastStated // it says why, and how it ended behind that
		default:
			return -1
		}
	}
	if t.well.MatchString(t.proviso.ReplaceAllString(line, "")) {
		return -1
	}
	w := 0
	words := t.option.ReplaceAllString(t.notNull.ReplaceAllString(line, ""), " ")
	words = t.constant.ReplaceAllStringFunc(words, func(name string) string { return strings.ReplaceAll(name, "_", " ") })
	if special || t.reason.MatchString(words) {
		w += 3
	}
	if t.raised.MatchString(line) {
		w += 2
	}
	if w == 0 && t.says.MatchString(line) {
		w = 2
	}
	if w >= 3 && t.calls.MatchString(line) {
		w++
	}
	if t.warns.MatchString(line) || t.guess.MatchString(line) {
		w--
	}
	if w > 0 && t.concrete.MatchString(line) {
		w++
	}
	return w
}

// Lines that are weighed, in bytes: shorter ones say nothing, and longer ones say it as they
// begin or as they end.
const (
	minLine = 8
	maxLine = 1000
	maxTail = 300
)
