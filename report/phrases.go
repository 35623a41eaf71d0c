package report

import (
	"regexp"
	"strings"
	"sync"
)

// phrase is a note in English, as the rooms write it, and the same in Chinese. {}
// stands for what varies; in Chinese {1}, {2} name them where their order differs.
type phrase struct{ en, zh string }

// phrases are the notes on data quality. One that is missing here is shown in
// English: better than not at all.
var phrases = []phrase{
	{"ends at {}, {} before the failure ({})", "在 {} 就结束了，比故障（{3}）早 {2}"},
	{"begins at {}, {} after the first sign of the failure ({})", "从 {} 才开始，比故障的最早迹象（{3}）晚 {2}"},
	{"has nothing between {} and {}, and the failure falls into it ({})", "在 {} 到 {} 之间没有内容，而故障正发生在这段时间（{}）"},
	{"the time goes back by {} at line {}: several runs in one file, or a clock that was set", "时间在第 {2} 行倒退了 {1}：一个文件里有多次运行，或时钟被调整过"},
	{"the time goes back by {}: several runs in one file, or a clock that was set", "时间倒退了 {}：一个文件里有多次运行，或时钟被调整过"},
	{"the time goes back {} times, most by {} at line {}: several runs in one file, or a clock that was set", "时间倒退了 {} 次，最多 {}（第 {} 行）：一个文件里有多次运行，或时钟被调整过"},
	{"the time goes back {} times, most by {}: several runs in one file, or a clock that was set", "时间倒退了 {} 次，最多 {}：一个文件里有多次运行，或时钟被调整过"},
	{"some time stamps have no year: it was inferred from {}", "有些时间没有年份：年份是推断的（依据：{}）"},
	{"some time stamps have no date: it was inferred from {}", "有些时间没有日期：日期是推断的（依据：{}）"},
	{"some time stamps have no year, and nothing tells it (--now does)", "有些时间没有年份，也无从推断（可用 --now 指定）"},
	{"some time stamps have no date, and nothing tells it (--now does)", "有些时间没有日期，也无从推断（可用 --now 指定）"},
	{"its time stamps name no zone: taken as {}, {}", "其时间没有时区：按 {} 处理（{}）"},
	{"the file's time stamp (--now overrides it)", "文件的修改时间；可用 --now 指定"},
	{"the file's time stamp", "文件的修改时间"},
	{"the date in the file's name", "文件名中的日期"},
	{"the file that took its place in the rotation", "轮转后接替它的文件"},
	{"the other logs (--now overrides it)", "其他日志；可用 --now 指定"},
	{"since the file's time stamp is that of its last line but for the zone", "文件的修改时间与最后一行只差时区"},
	{"its clock is ahead of that of {} by about {}, as {} show: their times are given as they stand", "它的时钟比 {} 的快约 {}（依据：{}）；时间仍按原样给出"},
	{"the order of {} and {} is uncertain by {}, and a cause and what it explains stand nearer than that", "{} 与 {} 的先后次序有 {} 的误差，而某个原因与它所解释的现象相距更近"},
	{"no entry lies between --since and --until: the logs go from {} to {}", "--since 与 --until 之间没有日志：日志的时间从 {} 到 {}"},
	{"nothing in the logs bears the name {}", "日志中没有出现 {} 这个名字"},
	{"the time line was cut at {} entries", "时间线只保留了前 {} 条"},
	{"could not be read a second time: cases may lack entries ({})", "无法再读一遍：任务可能缺少部分日志（{}）"},
	{"{} matches beyond the first {} kinds of a signal were counted and not judged", "有 {} 处匹配超出单个信号前 {} 种的上限，只计数，未参与判断"},
	{"{} trouble entries beyond the first {} kinds of text were counted and not judged", "有 {} 条异常超出前 {} 种文本的上限，只计数，未参与判断"},
	{"rule {}: {} groups beyond its bound were not judged", "规则 {}：有 {} 组超出上限，未参与判断"},
	{"rule {}: {} matches beyond its bound were not judged", "规则 {}：有 {} 处匹配超出上限，未参与判断"},
	{"signal {} of {} matched {} times: of each kind the first and last {} are kept", "规则 {2} 的信号 {1} 匹配了 {3} 次：每种只保留最前和最后各 {4} 次"},
	{"{} entries beyond the bound of what is kept to tie cases: cases may lack entries", "有 {} 条日志超出用于归并任务的保留上限：任务可能缺少部分日志"},
	{"{} entries that stand side by side are one case ({} ...): it was split into {}", "有 {} 条日志因相邻（{} …）连成一个任务：已拆成 {} 段"},
	{"ids tie {} entries to one case ({} ...): it was split by time into {}", "有 {} 条日志因编号（{} …）连成一个任务：已按时间拆成 {} 段"},
	{"lines longer than {} bytes, cut into pieces: {}", "有 {2} 行超过 {1} 字节，已分段读取"},
	{"{} data ends early: {} bytes were decoded", "{} 数据不完整：已解出 {} 字节"},
	{"{} data stopped after {} bytes: {}", "{} 数据在解出 {} 字节后停止：{}"},
	{"{} data is damaged after {} decoded bytes: {}", "{} 数据在解出 {} 字节后损坏：{}"},
	{"{} data is followed by something else, which is not read: {} bytes were decoded", "{} 数据后面还有别的内容，未读取：已解出 {} 字节"},
	{"it expands more than {} times", "膨胀超过 {} 倍"},
	{"it expands to more than {} bytes", "膨胀超过 {} 字节"},
	{"is compressed more than {} times over: it is not opened further", "压缩嵌套超过 {} 层：不再继续打开"},
	{"is {} in part, recognised by its bytes (lines transcoded: {})", "按字节特征识别，一部分为 {}（已转码 {} 行）"},
	{"is {} in part, recognised by its marks and bytes (lines transcoded: {})", "按标记和字节特征识别，一部分为 {}（已转码 {} 行）"},
	{"is {}, recognised by its bytes (lines transcoded: {})", "按字节特征识别为 {}（已转码 {} 行）"},
	{"was cut at {} columns by the window of PowerShell: its lines are put together again ({} pieces)", "曾被 PowerShell 窗口按 {} 列折行：已重新拼接（{} 段）"},
	{"is {} by its byte order mark (lines transcoded: {})", "按字节顺序标记为 {}（已转码 {} 行）"},
	{"1 byte could not be decoded", "有 1 个字节无法解码"},
	{"{} bytes could not be decoded", "有 {} 个字节无法解码"},
	{"is {} data, which is not opened: it is read as it stands", "是 {} 数据，没有打开：按原样读取"},
	{"has blanks of a page or a word processor (no-break spaces and the like), read as spaces (lines: {})", "含网页或文字处理软件的空白字符（不换行空格等），已按普通空格读取（{} 行）"},
	{"was quoted and wrapped at {} columns in a message: its lines are put together again ({} pieces)", "是邮件中引用并在 {} 列处折行的文本，各行已重新拼接（{} 段）"},
	{"was wrapped at {} columns: its lines are put together again ({} pieces)", "曾在 {} 列处折行，各行已重新拼接（{} 段）"},
	{"was quoted in a message: the signs before its lines are taken off", "是邮件中引用的文本，行首的引用符号已去掉"},
	{"looks binary: {} of its first {} bytes are NULs and other control characters", "像是二进制文件：前 {2} 字节中有 {1} 是 NUL 等控制字符"},
	{"shrank from {} to {} bytes while it was read; {} bytes were read", "读取期间从 {} 字节缩短到 {} 字节；已读取 {} 字节"},
	{"was replaced by another file since it was first read", "首次读取之后被另一个文件替换"},
	{"could not be read behind byte {}: {}", "从第 {} 字节之后无法读取：{}"},
	{"is longer than the {} bytes that are kept of a pipe, so it cannot be read again", "超过管道可保留的 {} 字节，因此不能再读一遍"},
	{"is a link that leads nowhere", "是一个无效链接"},
	{"is a directory loop: it leads back to {}", "是一个目录循环：又回到了 {}"},
	{"holds sockets, devices or pipes, which are not read: {}", "其中有套接字、设备或管道，未读取：{} 个"},
	{"holds version control directories, which are not read: {}", "其中有版本控制目录，未读取：{} 个"},
	{"holds members that are not text, which are not read: {}", "其中有不是文本的成员，未读取：{}"},
	{"holds links or devices, which are not read: {}", "其中有链接或设备，未读取：{} 个"},
	{"holds files of version control directories, which are not read: {}", "其中有版本控制目录的文件，未读取：{} 个"},
	{"holds sockets, devices or pipes, which are not read", "套接字、设备或管道，未读取"},
	{"holds version control directories, which are not read", "版本控制目录，未读取"},
	{"holds members that are not text, which are not read", "不是文本的成员，未读取"},
	{"holds links or devices, which are not read", "链接或设备，未读取"},
	{"holds files of version control directories, which are not read", "版本控制目录的文件，未读取"},
	{"has more problems like those that are said: {}", "还有 {} 个同类问题"},
	{"has more problems like those that are said", "同类问题"},
	{"is a {}, which is not read", "是{}，未读取"},
	{"device", "设备"},
	{"socket", "套接字"},
	{"no such file, and as a pattern it is malformed", "没有这个文件，作为模式也写得不对"},
	{"there is no standard input", "没有标准输入"},
	{"texts inside its entries that were not opened, beyond what is opened of one entry: {}", "日志条目内嵌的文本超出单条上限，有 {} 段没有展开"},
	{"is an archive without members", "是一个没有成员的归档"},
	{"lies in {} archives in one another: it is not opened", "处于 {} 层嵌套归档之内：没有打开"},
	{"is cut off with its archive: {} of its {} bytes were read", "随归档一起被截断：{2} 字节中读到 {1} 字节"},
	{"there are more than {} files; this one and those after it are not read", "文件超过 {} 个；此文件及其后的都没有读取"},
	{"there are more than {} members; those after them are not read", "成员超过 {} 个；其后的都没有读取"},
	{"no such file or directory", "没有这个文件或目录"},
	{"permission denied", "没有权限"},
	{"is a directory", "是一个目录"},
	{"no file has this name or matches it as a pattern", "没有文件是这个名字，也没有文件匹配这个模式"},
	{"lines longer than 64 KiB, read in pieces", "超过 64 KiB 而分段读取的行"},
}

// compiledPhrases are the patterns of phrases, made when Chinese is first asked for.
var compiledPhrases = sync.OnceValue(func() []*regexp.Regexp {
	out := make([]*regexp.Regexp, len(phrases))
	for i, p := range phrases {
		out[i] = regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(p.en), `\{\}`, "(.+?)") + "$")
	}
	return out
})

// translate says a note in the language of the report.
func translate(text, lang string) string {
	if lang != "zh" {
		return text
	}
	more := ""
	if m := moreLogs.FindStringSubmatch(text); m != nil {
		text, more = m[1], "；另有 "+m[2]+" 个日志也是如此"
	}
	var parts []string
	all := true
	for _, part := range strings.Split(text, "; ") {
		zh := translateOne(part)
		all = all && zh != part
		parts = append(parts, zh)
	}
	if all {
		return strings.Join(parts, "；") + more
	}
	return translateOne(text) + more
}

var moreLogs = regexp.MustCompile(`^(.*); and so it is with (\d+) more logs$`)

func translateOne(text string) string {
	for i, re := range compiledPhrases() {
		if m := re.FindStringSubmatch(text); m != nil {
			return fillPhrase(phrases[i].zh, m[1:])
		}
	}
	return text
}

// fillPhrase puts what varies into a phrase, by number or in order.
func fillPhrase(zh string, args []string) string {
	next := 0
	return phraseBlank.ReplaceAllStringFunc(zh, func(blank string) string {
		i := next
		if n := strings.Trim(blank, "{}"); n != "" {
			i = int(n[0]-'0') - 1
		}
		next = i + 1
		if i < len(args) {
			return translateOne(args[i])
		}
		return blank
	})
}

var phraseBlank = regexp.MustCompile(`\{\d?\}`)
