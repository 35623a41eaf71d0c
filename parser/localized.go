package parser

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Half of those who ask read Chinese, and so do their machines: the C library, the
// shell and the package manager print what went wrong in the language of the locale.
// Rather than each rule in two languages, an entry with such words also holds the text
// as it would read in English, and the rules for that are matched against it.

// wording is what a program prints in Chinese, and what it prints in English. %s stands
// for any text of a line, %q for text with or without quotes around it (at the end only with
// them), %d for a number; a full-width colon for any colon. Where the languages differ in
// the order, the English text names the place: %[2]s.
type wording struct{ chinese, english string }

// systemWordings are what strerror, strsignal and gai_strerror say (the catalogs of glibc
// 2.36 and, where two are given, of older ones), and Windows (its system messages).
var systemWordings = []wording{
	{"不允许的操作", "Operation not permitted"}, {"没有那个文件或目录", "No such file or directory"}, {"没有那个进程", "No such process"},
	{"输入/输出错误", "Input/output error"}, {"没有那个设备或地址", "No such device or address"}, {"参数列表过长", "Argument list too long"},
	{"可执行文件格式错误", "Exec format error"}, {"错误的文件描述符", "Bad file descriptor"}, {"坏的文件描述符", "Bad file descriptor"},
	{"无法分配内存", "Cannot allocate memory"}, {"权限不够", "Permission denied"}, {"设备或资源忙", "Device or resource busy"},
	{"文件已存在", "File exists"}, {"无效的跨设备链接", "Invalid cross-device link"}, {"无效的跨设备连接", "Invalid cross-device link"},
	{"没有那个设备", "No such device"}, {"是一个目录", "Is a directory"}, {"无效的参数", "Invalid argument"},
	{"系统中打开的文件过多", "Too many open files in system"}, {"打开的文件过多", "Too many open files"}, {"文本文件忙", "Text file busy"},
	{"设备上没有空间", "No space left on device"}, {"只读文件系统", "Read-only file system"}, {"断开的管道", "Broken pipe"},
	{"文件名过长", "File name too long"}, {"函数未实现", "Function not implemented"}, {"目录非空", "Directory not empty"},
	{"符号连接的层数过多", "Too many levels of symbolic links"}, {"符号链接的层数过多", "Too many levels of symbolic links"},
	{"不支持的操作", "Operation not supported"}, {"协议不支持的地址族", "Address family not supported by protocol"},
	{"地址已在使用", "Address already in use"}, {"地址已被使用", "Address already in use"}, {"无法指定被请求的地址", "Cannot assign requested address"},
	{"网络不可达", "Network is unreachable"}, {"由软件导致的连接断开", "Software caused connection abort"},
	{"连接被对方重设", "Connection reset by peer"}, {"连接被对方重置", "Connection reset by peer"},
	{"传输端点尚未连接", "Transport endpoint is not connected"}, {"连接超时", "Connection timed out"}, {"拒绝连接", "Connection refused"},
	{"主机关闭", "Host is down"}, {"没有到主机的路由", "No route to host"}, {"过旧的文件控柄", "Stale file handle"}, {"过旧的 NFS 文件控柄", "Stale NFS file handle"},
	{"超出磁盘限额", "Disk quota exceeded"}, {"资源暂时不可用", "Resource temporarily unavailable"}, {"未知的名称或服务", "Name or service not known"},
	{"域名解析暂时失败", "Temporary failure in name resolution"}, {"名称解析暂时失败", "Temporary failure in name resolution"},
	{"没有与主机名关联的地址", "No address associated with hostname"}, {"段错误", "Segmentation fault"}, {"核心已转储", "core dumped"},
	{"吐核", "core dumped"}, {"总线错误", "Bus error"}, {"非法指令", "Illegal instruction"},
	{"无法打开共享对象文件", "cannot open shared object file"}, {"载入共享库时出错", "error while loading shared libraries"},
	{"由于目标计算机积极拒绝，无法连接", "No connection could be made because the target machine actively refused it"},
	{"由于连接方在一段时间后没有正确答复或连接的主机没有反应，连接尝试失败", "A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond"},
	{"不知道这样的主机", "No such host is known"}, {"系统找不到指定的文件", "The system cannot find the file specified"},
	{"系统找不到指定的路径", "The system cannot find the path specified"}, {"远程主机强迫关闭了一个现有的连接", "An existing connection was forcibly closed by the remote host"},
	{"另一个程序正在使用此文件，进程无法访问", "The process cannot access the file because it is being used by another process"},
	{"通常每个套接字地址(协议/网络地址/端口)只允许使用一次", "Only one usage of each socket address (protocol/network address/port) is normally permitted"},
}

// programWordings are what programs say: bash 5.2, coreutils 9.1, apt 2.6, dpkg 1.21, make
// 4.3, binutils 2.40 and gcc by their catalogs, yum and dnf as their users quote them.
var programWordings = []wording{
	{"第 %d 行：", "line %s: "}, {"：行 %d：", ": line %s: "},
	{"未找到命令", "command not found"}, {"没有找到命令", "command not found"}, {"无法执行二进制文件", "cannot execute binary file"},
	{"无法执行：找不到需要的文件", "cannot execute: required file not found"}, {"解释器错误", "bad interpreter"},

	{"无法创建目录 %q：", "cannot create directory '%s': "}, {"无法创建普通文件 %q：", "cannot create regular file '%s': "}, {"无法创建符号链接 %q：", "cannot create symbolic link '%s': "},
	{": 无法访问 %q：", ": cannot access '%s': "}, {"无法打开 %q：", "cannot open '%s': "}, {"无法以读模式打开 %q：", "cannot open '%s' for reading: "},
	{"无法打开 %q 读取数据：", "cannot open '%s' for reading: "}, {"无法删除 %q：", "cannot remove '%s': "}, {"无法 touch %q：", "cannot touch '%s': "},
	{"对 %q 调用 stat 失败：", "cannot stat '%s': "}, {"无法获取 %q 的文件状态(stat)：", "cannot stat '%s': "}, {"写入 %q 时出错：", "error writing '%s': "},
	{"读取 %q 时出错：", "error reading '%s': "}, {"更改 %q 的所有者：", "changing ownership of '%s': "}, {"更改 %q 的权限：", "changing permissions of '%s': "},

	{"E: 无法定位软件包 ", "E: Unable to locate package "}, {"软件包 %q 没有可安装候选", "Package '%s' has no installation candidate"},
	{"无法获得锁 %s。锁正由进程 %d（%s）持有", "Could not get lock %s. It is held by process %s (%s)"}, {"无法获得锁 %s。锁正由进程 %d 持有", "Could not get lock %s. It is held by process %s"},
	{"E: 无法获得锁 ", "E: Could not get lock "}, {"无法获取 dpkg 前端锁 (%s)，", "Unable to acquire the dpkg frontend lock (%s), "}, {"是否有其他进程正占用它？", "is another process using it?"},
	{"请查看您是否正以 root 用户运行？", "are you root?"}, {"无法锁定管理目录(%s)，", "Unable to lock the administration directory (%s), "},
	{"仓库 %q 没有 Release 文件", "The repository '%s' does not have a Release file"}, {"仓库 %q 不再含有 Release 文件", "The repository '%s' no longer has a Release file"},
	{"错误:%d http", "Err:%s http"}, {"无法连接上 %s:%d (%s)，连接超时", "Could not connect to %s:%s (%s), connection timed out"},
	{"无法连接上 %s:%d (%s)。", "Could not connect to %s:%s (%s)."}, {"无法发起与 %s:%d (%s) 的连接", "Cannot initiate the connection to %s:%s (%s)"},
	{"下列签名无效：", "The following signatures were invalid: "}, {"仓库 %q 没有数字签名", "The repository '%s' is not signed"}, {"E: 无法下载 ", "E: Failed to fetch "}, {"Hash 校验和不符", "Hash Sum mismatch"},
	{"有几个软件包无法下载，要不运行 apt-get update", "Unable to fetch some archives, maybe run apt-get update"},
	{"无法修正错误，因为您要求某些软件包保持现状，就是它们破坏了软件包间的依赖关系", "Unable to correct problems, you have held broken packages"},
	{"由于没有公钥，无法验证下列签名", "The following signatures couldn't be verified because the public key is not available"},
	{"下列软件包有未满足的依赖关系：", "The following packages have unmet dependencies:"}, {"但是它将不会被安装", "but it is not going to be installed"},
	{"但无法安装它", "but it is not installable"}, {"暂时不能解析域名 %q", "Temporary failure resolving '%s'"}, {"无法解析域名 %q", "Could not resolve '%s'"},
	{"dpkg 被中断，您必须手工运行 %q 解决此问题", "dpkg was interrupted, you must manually run '%s' to correct the problem"},
	{"依赖关系问题 - 仍未被配置", "dependency problems - leaving unconfigured"}, {"子进程返回错误状态 %d", "subprocess returned error exit status %s"},
	{"子进程 %s 返回了一个错误号 (%d)", "Sub-process %s returned an error code (%s)"},

	{"没有规则可制作目标 %q，由 %q 需求", "No rule to make target '%s', needed by '%s'"}, {"没有规则可制作目标 “%s”", "No rule to make target '%s'"},
	{"] 错误 %d", "] Error %s"}, {"没有指明目标并且找不到 makefile", "No targets specified and no makefile found"},
	{"对‘%s’未定义的引用", "undefined reference to `%s'"}, {"找不到 -l%s", "cannot find -l%s"}, {": 致命错误：", ": fatal error: "},

	{"没有可用软件包 %s。", "No package %s available."}, {"未找到匹配的参数: ", "No match for argument: "}, {"没有任何匹配: ", "Unable to find a match: "},
	{"为仓库 %q 下载元数据失败", "Failed to download metadata for repo '%s'"}, {"为仓库 %q 下载元数据时出错", "Errors during downloading metadata for repository '%s'"},

	// the rest of what ends an installation, by the catalogs of apt 3.0, dpkg 1.22, yum 3.4, dnf 4.21 and libdnf 0.74
	{"为仓库 %q 下载元数据失败：", "Failed to download metadata for repo '%s': "}, {"为仓库 %q 获取 GPG 密钥失败：", "Failed to retrieve GPG key for repo '%s': "},
	{"错误：没有任何匹配: ", "Error: Unable to find a match: "}, {"没有可用的软件包 %s。", "No package %s available."}, {"没有软件包需要移除", "No packages marked for removal"},
	{"错误：GPG 检查失败", "Error: GPG check FAILED"}, {"获取 GPG 密钥失败：", "GPG key retrieval failed: "},
	{"没有提供 %s 所需要的 %s", "nothing provides %s needed by %s"}, {"软件包 %s 需要 %s，但没有提供者可以被安装", "package %s requires %s, but none of the providers can be installed"},
	{"没有已启用的源。", "There are no enabled repos."}, {"无法为存储库找到一个有效的 baseurl：", "Cannot find a valid baseurl for repo: "},
	{"错误：需要为 %s 指定软件包列表", "Error: Need to pass a list of pkgs to %s"}, {"[Errno -1] 软件包与预期下载的不符", "[Errno -1] Package does not match intended download"},
	{"您需要 root 权限执行此命令", "You need to be root to perform this command"}, {"运行此命令需要管理员特权", "This command has to be run with superuser privileges"},
	{"E: 无法打开锁文件 %s - open (%d: 权限不够)", "E: Could not open lock file %s - open (%s: Permission denied)"}, {"E: 无法对目录 %s 加锁", "E: Unable to lock directory %s"},
	{"GPG 错误：http", "GPG error: http"}, {"部分索引文件下载失败。如果忽略它们，那将转而使用旧的索引文件", "Some index files failed to download. They have been ignored, or old ones used instead"},
	{"软件源列表 %s 第 %d 行中的类别 “%s” 无法识别", "Type '%[3]s' is not known on line %[2]s in source list %[1]s"},
	{"未找到“%s”的“%s”版本", "Version '%[2]s' for '%[1]s' was not found"}, {"您在 %s 上没有足够的可用空间", "You don't have enough free space in %s"},
	{"有未能满足的依赖关系。请尝试", "Unmet dependencies. Try"},
	{" : 依赖: %s 但无法安装它", " : Depends: %s but it is not installable"}, {" : 依赖: %s 但是它将不会被安装", " : Depends: %s but it is not going to be installed"},
	{" : 依赖: %s 但是 %s 正要被安装", " : Depends: %s but %s is to be installed"}, {" : 依赖: %s 但是它还没有被安装", " : Depends: %s but it is not installed"},
	{" : 预依赖: %s 但是它将不会被安装", " : PreDepends: %s but it is not going to be installed"}, {" : 破坏: %s 但是 %s 正要被安装", " : Breaks: %s but %s is to be installed"},
	{" : 冲突: %s 但是 %s 正要被安装", " : Conflicts: %s but %s is to be installed"},
	{"正试图覆盖 %s，它同时被包含于软件包 %s", "trying to overwrite '%s', which is also in package %s"}, {"依赖关系问题使得 %s 的配置工作不能继续", "dependency problems prevent configuration of %s"},
	{"正在设置 %s (%s)", "Setting up %s (%s)"}, // that the installation went on

	// tar 1.34, mount of util-linux 2.38 and of old, bash before 4.3
	{"：无法 open: ", ": Cannot open: "}, {"：无法 mkdir: ", ": Cannot mkdir: "}, {"：无法 unlink: ", ": Cannot unlink: "},
	{"挂载点 %s 不存在", "mount point %s does not exist"}, {": 挂载点不存在", ": mount point does not exist"}, {"坏的解释器", "bad interpreter"},
}

// wordings are all, the longest first: of those that begin alike it is the one.
func wordings() []wording {
	return slices.SortedStableFunc(slices.Values(slices.Concat(programWordings, systemWordings)), func(a, b wording) int {
		return cmp.Compare(len(b.chinese), len(a.chinese))
	})
}

// maxLocalized bounds the text that is read in English.
const maxLocalized = 64 << 10

// template is a wording with something in it.
type template struct {
	fragment string // stands in every text of it
	re       *regexp.Regexp
	english  string
}

var localized = sync.OnceValue(func() (l struct {
	fixed     *strings.Replacer
	templates []template
}) {
	var pairs []string
	for _, w := range wordings() {
		if strings.Contains(w.chinese, "%") {
			l.templates = append(l.templates, newTemplate(w))
			continue
		}
		pairs = append(pairs, "："+w.chinese, ": "+w.english, w.chinese, w.english)
	}
	l.fixed = strings.NewReplacer(pairs...)
	return l
})

// variable are what divides the parts of a wording: the places of its values, and signs
// that are written in several ways.
const variable = "\n：:“”‘’"

// longestFixed is the longest part of the Chinese text that stands in it as it is,
// between any of the bytes that may stand in it in another way.
func (w wording) longestFixed(between string) string {
	longest := ""
	text := strings.NewReplacer("%s", "\n", "%q", "\n", "%d", "\n").Replace(w.chinese)
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(between, r) }) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}

func newTemplate(w wording) template {
	t := template{}
	t.fragment = w.longestFixed(variable + " ")
	source := regexp.QuoteMeta(w.chinese)
	if rest, ok := strings.CutSuffix(source, "%s"); ok {
		source = rest + `(\S{1,400})`
	} else if rest, ok := strings.CutSuffix(source, "%q"); ok { // nothing behind it would end a text without quotes
		source = rest + `[“‘'"]([^“”‘’'"\n]{1,400})[”’'"]`
	}
	source = strings.NewReplacer("%d", `(\d+)`, "%s", `([^\n]{1,400}?)`, "%q", "[“‘'\"]?([^“”‘’'\"\n]{1,400}?)[”’'\"]?", "：", " ?[:：] ?", " ", " ?").Replace(source)
	t.re = regexp.MustCompile(source)
	t.english = strings.ReplaceAll(w.english, "$", "$$")
	for n := 1; n < 10; n++ {
		t.english = strings.ReplaceAll(t.english, fmt.Sprintf("%%[%d]s", n), fmt.Sprintf("${%d}", n))
	}
	for n := 1; strings.Contains(t.english, "%s"); n++ {
		t.english = strings.Replace(t.english, "%s", fmt.Sprintf("${%d}", n), 1)
	}
	return t
}

// inEnglish returns a text as it would read in English, and whether that differs.
func inEnglish(text string) (string, bool) {
	if len(text) > maxLocalized || !hasIdeograph(text) {
		return text, false
	}
	l := localized()
	out := text
	for i := range l.templates {
		if t := &l.templates[i]; strings.Contains(out, t.fragment) {
			out = t.re.ReplaceAllString(out, t.english)
		}
	}
	out = l.fixed.Replace(out)
	return out, out != text
}

// hasIdeograph reports whether a text has a byte that begins a Chinese character in
// UTF-8.
func hasIdeograph(text string) bool {
	for i := range len(text) {
		if c := text[i]; c >= 0xE4 && c <= 0xE9 {
			return true
		}
	}
	return false
}

// localizedMarks are the words at which the filter stops, since rules are found by the
// English ones.
func localizedMarks() []string {
	var marks []string
	for _, w := range wordings() {
		longest := w.longestFixed(variable + " ")
		if len(longest) < minInner { // the program itself writes the spaces as the catalog has them
			longest = strings.TrimSpace(w.longestFixed(variable))
		}
		if len(longest) >= minInner {
			marks = append(marks, longest)
		}
	}
	return marks
}
