package parser

import (
	"strings"
	"testing"
)

func TestInEnglish(t *testing.T) {
	f := func(chinese, want string) {
		t.Helper()
		got, ok := inEnglish(chinese)
		if got != want || ok != (chinese != want) {
			t.Errorf("%q is %q, %t; want %q", chinese, got, ok, want)
		}
		if again, ok := inEnglish(got); ok && strings.Contains(got, "Chinese") {
			t.Errorf("%q is read again as %q", got, again)
		}
	}
	f("nothing to do", "nothing to do")
	f("部署成功", "部署成功")
	f("ssh: connect to host 10.0.0.5 port 22: 没有到主机的路由", "ssh: connect to host 10.0.0.5 port 22: No route to host")
	f("curl: (7) Failed to connect to 10.0.0.5 port 8080: 拒绝连接", "curl: (7) Failed to connect to 10.0.0.5 port 8080: Connection refused")
	// bash 5.2, 5.0 and 4.2
	f("./start.sh: 第 12 行：/opt/app/bin/run: 权限不够", "./start.sh: line 12: /opt/app/bin/run: Permission denied")
	f("./start.sh: 行 12: /opt/app/bin/run: 权限不够", "./start.sh: line 12: /opt/app/bin/run: Permission denied")
	f("./start.sh:行12: /opt/app/bin/run: 权限不够", "./start.sh: line 12: /opt/app/bin/run: Permission denied")
	f("bash: kubectl：未找到命令", "bash: kubectl: command not found")
	// coreutils
	f("mkdir: 无法创建目录 \"/opt/app\": 权限不够", "mkdir: cannot create directory '/opt/app': Permission denied")
	f("mkdir: 无法创建目录“/opt/app”: 权限不够", "mkdir: cannot create directory '/opt/app': Permission denied")
	f("cp: 对 'a.txt' 调用 stat 失败: 没有那个文件或目录", "cp: cannot stat 'a.txt': No such file or directory")
	f("cp: 写入 '/backup/x' 时出错: 设备上没有空间", "cp: error writing '/backup/x': No space left on device")
	// apt, dpkg
	f("E: 无法定位软件包 docker-ce", "E: Unable to locate package docker-ce")
	f("E: 软件包 docker-ce 没有可安装候选", "E: Package 'docker-ce' has no installation candidate")
	f("E: 仓库 “http://deb.debian.org/debian buster Release” 没有 Release 文件。", "E: The repository 'http://deb.debian.org/debian buster Release' does not have a Release file。")
	f("错误:6 http://archive.ubuntu.com/ubuntu boinc Release\n  404  Not Found", "Err:6 http://archive.ubuntu.com/ubuntu boinc Release\n  404  Not Found")
	f("  无法连接上 mirrors.example:80 (192.0.2.7)，连接超时", "  Could not connect to mirrors.example:80 (192.0.2.7), connection timed out")
	f("E: 无法获得锁 /var/lib/dpkg/lock-frontend。锁正由进程 812（apt）持有", "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (apt)")
	f("E: 无法获得锁 /var/lib/dpkg/lock - open (11: 资源暂时不可用)", "E: Could not get lock /var/lib/dpkg/lock - open (11: Resource temporarily unavailable)")
	f("  暂时不能解析域名“mirrors.example.com”", "  Temporary failure resolving 'mirrors.example.com'")
	f("  无法解析域名“mirrors.example.com”\nE: x", "  Could not resolve 'mirrors.example.com'\nE: x")
	f("E: 软件源列表 /etc/apt/sources.list.d/docker.list 第 1 行中的类别 “<!DOCTYPE” 无法识别", "E: Type '<!DOCTYPE' is not known on line 1 in source list /etc/apt/sources.list.d/docker.list")
	f(" docker-ce : 依赖: containerd.io (>= 1.6.4) 但无法安装它", " docker-ce : Depends: containerd.io (>= 1.6.4) but it is not installable")
	// dnf
	f("错误：没有任何匹配: python-pip", "Error: Unable to find a match: python-pip")
	f("错误：为仓库 'appstream' 下载元数据失败 : Cannot prepare internal mirrorlist", "错误：Failed to download metadata for repo 'appstream': Cannot prepare internal mirrorlist")
	f(" 问题: 软件包 docker-ce-3:20.10.9-3.el8.x86_64 需要 containerd.io >= 1.4.1，但没有提供者可以被安装", " 问题: package docker-ce-3:20.10.9-3.el8.x86_64 requires containerd.io >= 1.4.1, but none of the providers can be installed")
	f("tar (child): jdk.tar.gz：无法 open: 没有那个文件或目录", "tar (child): jdk.tar.gz: Cannot open: No such file or directory")
	f("mount: 挂载点 /mnt/data 不存在", "mount: mount point /mnt/data does not exist")
	// make, ld
	f("make: *** 没有规则可制作目标“x.o”，由“all” 需求。 停止。", "make: *** No rule to make target 'x.o', needed by 'all'。 停止。")
	f("make: *** [Makefile:3：all] 错误 2", "make: *** [Makefile:3：all] Error 2")
	f("/usr/bin/ld: 找不到 -lssl", "/usr/bin/ld: cannot find -lssl")
	f("a.c:1:10: 致命错误：Python.h：没有那个文件或目录", "a.c:1:10: fatal error: Python.h: No such file or directory")
	// Java, Windows
	f("java.net.ConnectException: 拒绝连接 (Connection refused)", "java.net.ConnectException: Connection refused (Connection refused)")
	f("由于目标计算机积极拒绝，无法连接。", "No connection could be made because the target machine actively refused it。")
	f(strings.Repeat("x", maxLocalized)+"拒绝连接", strings.Repeat("x", maxLocalized)+"拒绝连接")
}

// The filter stops at every text that is read in English.
func TestLocalizedTextHoldsAMark(t *testing.T) {
	marks := localizedMarks()
	for _, w := range wordings() {
		text := strings.NewReplacer("%s", "x", "%q", "'x'", "%d", "7").Replace(w.chinese)
		if _, ok := inEnglish(text); !ok {
			t.Errorf("%q is not read in English", text)
		}
		if !holdsMark(text, marks) && len(w.chinese) >= minInner && !strings.ContainsAny(w.chinese, "%：") {
			t.Errorf("%q holds no mark", text)
		}
	}
}

// A wording whose words are short is found by the words together.
func TestMarksAcrossSpaces(t *testing.T) {
	if text := "E: 仓库 “http://deb.debian.org/debian buster Release” 没有 Release 文件。"; !holdsMark(text, localizedMarks()) {
		t.Errorf("%q holds no mark", text)
	}
}
