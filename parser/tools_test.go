package parser

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"diagnose"
)

// readTool reads one entry with the tool formats and the generic one, the way the
// core does.
func readTool(text string) diagnose.Entry {
	var e diagnose.Entry
	lines := bytes.Split([]byte(text), []byte("\n"))
	first := strip(bytes.TrimRight(lines[0], "\r"))
	format, at := textFormat, 0
	for _, f := range append(append([]Format{}, toolFormats...), textFormat) {
		if n := f.Head(first, &e); n >= 0 {
			format, at = f, n
			break
		}
	}
	e.Format = format.Name
	e.Text, e.Message = text, string(first[at:])
	for _, l := range lines[1:] {
		l = strip(bytes.TrimRight(l, "\r"))
		if format.Strip != nil {
			l = format.Strip(l)
		}
		e.Message += "\n" + string(l)
	}
	format.Finish(&e)
	return e
}

// idText joins ids for comparison.
func idText(ids []diagnose.ID) string {
	var s []string
	for _, id := range ids {
		s = append(s, id.String())
	}
	return strings.Join(s, ", ")
}

func TestBlueKing(t *testing.T) {
	f := func(in, format string, level diagnose.Level, trouble bool, outcome diagnose.Outcome, message string) {
		t.Helper()
		e := readTool(in)
		if e.Format != format || e.Level != level || e.Trouble != trouble || e.Outcome != outcome || e.Message != message {
			t.Errorf("%q: %s %v trouble=%v %v %q;\nwant %s %v trouble=%v %v %q", in,
				e.Format, e.Level, e.Trouble, e.Outcome, e.Message, format, level, trouble, outcome, message)
		}
	}
	const unknown, failed, succeeded = diagnose.OutcomeUnknown, diagnose.OutcomeFailed, diagnose.OutcomeSucceeded
	f("[时间略 INFO] [script] curl http://bkrepo.bkce7.bktencent.com/generic/setup_agent.sh -sSfg",
		"blueking", diagnose.LevelInfo, false, unknown, "[script] curl http://bkrepo.bkce7.bktencent.com/generic/setup_agent.sh -sSfg")
	f("[时间略 ERROR] [3803009] 命令返回非零值: exit_status -> 6, stdout -> , stderr -> curl: (6) Could not resolve host: h; Unknown error",
		"blueking", diagnose.LevelError, true, failed,
		"[3803009] 命令返回非零值: exit_status -> 6, stdout -> , stderr -> curl: (6) Could not resolve host: h; Unknown error")
	f("[2024-05-30 11:09:00 ERROR] agent(PID: 12) is not connect to gse server",
		"blueking", diagnose.LevelError, true, unknown, "agent(PID: 12) is not connect to gse server")
	f("[2024-05-30 11:09:00 WARNING] 远程登录失败，等待自动重试", "blueking", diagnose.LevelWarn, false, unknown, "远程登录失败，等待自动重试")
	f("时间略 [ERROR] [1306201] [作业平台]API请求异常:(x)", "blueking", diagnose.LevelError, true, unknown, "[1306201] [作业平台]API请求异常:(x)")
	f("[script] gse agent is setup successfully.", "blueking", diagnose.LevelUnknown, false, unknown, "[script] gse agent is setup successfully.")
	f("[script] tar: /tmp/x: No space left on device", "blueking", diagnose.LevelUnknown, true, unknown, "[script] tar: /tmp/x: No space left on device")
	f("2024-05-30 11:09:00 ERROR check_env FAILED connect to upstream server(10.0.0.1)-(28668) failed",
		"blueking", diagnose.LevelError, true, unknown, "check_env FAILED connect to upstream server(10.0.0.1)-(28668) failed")
	f("2024-05-30 11:09:00 INFO check_deploy_result DONE gse agent is deployed",
		"blueking", diagnose.LevelInfo, false, succeeded, "check_deploy_result DONE gse agent is deployed")
	f("[2024-05-30 11:09:00 INFO] exit_status -> 0, stdout -> ok", "blueking", diagnose.LevelInfo, false, unknown, "exit_status -> 0, stdout -> ok")
	f("2023.02.14 17:37:52,623|5d0b2ab1c3| [http-nio-1] ERROR c.t.d.p.Svc 88 boom", "bkci", diagnose.LevelError, true, unknown, "boom")
	f("2021/09/14 14:18:19.757 [E]  agent upgrade failed", "bkci", diagnose.LevelError, true, unknown, "agent upgrade failed")
	f("[2024-05-30 11:09:00 LAUTER] x", "text", diagnose.LevelUnknown, false, unknown, "LAUTER] x")

	e := readTool("[2024-05-30 11:09:00 INFO] 作业任务ID为[20000123]，curl http://repo.example/x 到 10.0.0.7")
	if got := idText(e.IDs); got != "task:20000123" {
		t.Errorf("ids %s", got)
	}
	if got := idText(e.Mentions); got != "host:repo.example, address:10.0.0.7" {
		t.Errorf("mentions %s", got)
	}
	if want := stamp(t, "2024-05-30T11:09:00Z"); !e.Time.Equal(want) {
		t.Errorf("time %s", e.Time)
	}
	if got := idText(readTool("2023.02.14 17:37:52,623|5d0b2ab1c3| [http-nio-1] ERROR c.t.d.p.Svc 88 boom").IDs); got != "trace:5d0b2ab1c3" {
		t.Errorf("bk-ci ids %s", got)
	}
}

func TestZooKeeperAndGlog(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		e := readTool(in)
		got := strings.Join([]string{e.Format, e.Level.String(), e.PID, e.Thread, e.Logger, e.Message}, "|")
		if got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", in, got, want)
		}
	}
	f("2015-07-17 23:06:12,049:4242(0x7f0c1):ZOO_ERROR@handle_socket_error_msg@1697: Socket [10.0.0.1:2181] zk retcode=-4",
		"zookeeper|ERROR|4242|0x7f0c1|handle_socket_error_msg|ZOO_ERROR@handle_socket_error_msg@1697: Socket [10.0.0.1:2181] zk retcode=-4")
	f("2015-07-17 23:06:12,049:4242:ZOO_INFO@check_events@1703: initiated connection to server [10.0.0.1:2181]",
		"zookeeper|INFO|4242||check_events|ZOO_INFO@check_events@1703: initiated connection to server [10.0.0.1:2181]")
	f("   时间略 (略):ZOO_ERROR@getaddrs@599: getaddrinfo: No such file or directory",
		"zookeeper|ERROR|||getaddrs|ZOO_ERROR@getaddrs@599: getaddrinfo: No such file or directory")
	f("E0717 23:06:12.049000 4242 zk.cpp:31] 2015-07-17 23:06:12,049:4242(0x7f):ZOO_WARN@zookeeper_interest@1570: Exceeded deadline by 20ms",
		"zookeeper|WARN|4242|0x7f|zookeeper_interest|ZOO_WARN@zookeeper_interest@1570: Exceeded deadline by 20ms")
	f("I0417 04:54:34.187605 14740 hierarchical.cpp:310] Removed agent", "glog|INFO||14740|hierarchical.cpp:310|Removed agent")
	f("F0417 04:54:34.187605 14740 main.cc:1] ", "glog|FATAL||14740|main.cc:1|")
	f("I0431 04:54:34.187605 14740 main.cc:1] x", "text||||"+"|I0431 04:54:34.187605 14740 main.cc:1] x")
	if e := readTool("I0417 04:54:34.187605 14740 a.cc:1] x"); !e.Time.Equal(time.Date(0, 4, 17, 4, 54, 34, 187605000, time.UTC)) {
		t.Errorf("glog time %s", e.Time)
	}
}

func TestSpring(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		e := readTool(in)
		got := strings.Join([]string{e.Format, e.Level.String(), e.PID, e.Thread, e.Logger, idText(e.IDs), e.Message}, "|")
		if got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", in, got, want)
		}
	}
	f("时间略 ERROR [,,] 14 --- [           main] c.t.b.j.g.s.impl.EsbJwtServiceImpl       : Build esb jwt public key caught error!",
		"spring|ERROR|14|main|c.t.b.j.g.s.impl.EsbJwtServiceImpl||Build esb jwt public key caught error!")
	f("[2024-05-30 11:09:00.240]  INFO [job-execute,4bf92f3577b34da6,00f0] 6 --- [io-10503-exec-1] c.t.b.j.X : ok",
		"spring|INFO|6|io-10503-exec-1|c.t.b.j.X|trace:4bf92f3577b34da6|ok")
	f("2024-05-30 11:09:00.240 ERROR 9 --- [  XNIO-1 task-1] ExceptionLogger [TID: N/A] : User[x] GET [/p] from [Api] failed[Exc]: [250115]Expired token",
		"spring|ERROR|9|XNIO-1 task-1|ExceptionLogger||User[x] GET [/p] from [Api] failed[Exc]: [250115]Expired token")
	f("2024-05-30T11:09:00.240+08:00  WARN 6 --- [app] [           main] o.s.b.X  : careful",
		"spring|WARN|6|main|o.s.b.X||careful")
	// the trace, where there is none and where there is one
	f("2025-05-02T11:48:20.281Z  INFO 1 --- [shop] [rap-executor-0] [                                                 ] c.n.d.s.r.aws.X      : resolving",
		"spring|INFO|1|rap-executor-0|c.n.d.s.r.aws.X||resolving")
	f("2025-05-02T11:26:36.183Z DEBUG 1 --- [           main] [                                                 ] o.s.b.X : careful",
		"spring|DEBUG|1|main|o.s.b.X||careful")
	f("2025-05-02T11:26:36.183Z DEBUG 1 --- [shop] [nio-8084-exec-2] [6814abe9f49b9a7bf18c67662da553b1-70976e2876a3ec19] o.s.a.X : asked",
		"spring|DEBUG|1|nio-8084-exec-2|o.s.a.X|trace:6814abe9f49b9a7bf18c67662da553b1|asked")

	e := readTool("2024-05-30 11:09:00.240 ERROR [,,] 14 --- [ main] c.t.X : Build failed!\n" +
		"org.x.ResourceAccessException: I/O error on GET; nested exception is y\n\tat a.b.C.d(C.java:1)\nCaused by: java.net.ConnectException: connect timed out")
	if !e.Trouble || strings.Count(e.Message, "\n") != 3 {
		t.Errorf("stack: %+v", e)
	}
}

func TestCurl(t *testing.T) {
	const meter = "  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0"
	f := func(in, format string, trouble bool, message string) {
		t.Helper()
		if e := readTool(in); e.Format != format || e.Trouble != trouble || e.Message != message {
			t.Errorf("%q: %s trouble=%v %q; want %s trouble=%v %q", in, e.Format, e.Trouble, e.Message, format, trouble, message)
		}
	}
	f("curl: (6) Could not resolve host: x.invalid", "curl", true, "curl: (6) Could not resolve host: x.invalid")
	f("\r"+meter+"curl: (6) Could not resolve host: x.invalid", "curl", true, "curl: (6) Could not resolve host: x.invalid")
	f("\r"+meter+"\r"+meter+"curl: (28) Connection timed out", "curl", true, "curl: (28) Connection timed out")
	f("\r"+meter+"*   Trying 127.0.0.1:1...", "curl", false, "*   Trying 127.0.0.1:1...")
	f("\r"+meter+"04:28:21.886449 *   Trying 127.0.0.1:1...", "curl", false, "*   Trying 127.0.0.1:1...")
	f("\r"+meter+"Warning: Failed to open the file /x: No such file or directory", "curl", false, "Warning: Failed to open the file /x: No such file or directory")
	f("\r100   331  100   331    0     0   145k      0 --:--:-- --:--:-- --:--:--  161k", "curl", false,
		"100   331  100   331    0     0   145k      0 --:--:-- --:--:-- --:--:--  161k")
	f("  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current", "curl", false,
		"  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current")
	f("04:28:21.886613 * connect to 127.0.0.1 port 1 failed: Connection refused", "curl", false, "* connect to 127.0.0.1 port 1 failed: Connection refused")
	f("> GET / HTTP/1.1\r", "curl", false, "> GET / HTTP/1.1")
	f("> ", "curl", false, "> ")
	f("< HTTP/1.0 200 OK", "curl", false, "< HTTP/1.0 200 OK")
	f("{ [331 bytes data]", "curl", false, "{ [331 bytes data]")
	f("04:28:21.886613 http.c:756              == Info: Trying", "curl", false, "http.c:756              == Info: Trying")
	f("curl: try 'curl --help' for more information", "curl", false, "curl: try 'curl --help' for more information")
	f("* 配置目的主机的 hosts", "text", false, "* 配置目的主机的 hosts")
	f("> 参考上述日志", "text", false, "> 参考上述日志")
}

func TestSSH(t *testing.T) {
	f := func(in string, trouble bool, mentions string) {
		t.Helper()
		e := readTool(in + "\r")
		if e.Format != "ssh" || e.Trouble != trouble || idText(e.Mentions) != mentions || e.Message != in {
			t.Errorf("%q: %s trouble=%v mentions=%s %q; want trouble=%v %s", in, e.Format, e.Trouble, idText(e.Mentions), e.Message, trouble, mentions)
		}
	}
	f("ssh: connect to host web1 port 22: Connection refused", true, "host:web1, address:web1:22")
	f("ssh: Could not resolve hostname x.invalid: Name or service not known", true, "host:x.invalid")
	f("mux_client_request_session: read from master failed: Connection reset by peer", true, "")
	f("Failed to connect to new control master", true, "")
	f("mm_send_fd: sendmsg(2): Broken pipe", true, "")
	f("ControlSocket /tmp/x already exists, disabling multiplexing", false, "")
	f("root@10.0.0.5: Permission denied (publickey,password).", true, "user:root, host:10.0.0.5, address:10.0.0.5")
	f("Permission denied (publickey).", true, "")
	f("Permission denied, please try again.", false, "")
	f("debug1: connect to address 127.0.0.1 port 1: Connection refused", false, "host:127.0.0.1, address:127.0.0.1:1, address:127.0.0.1")
	f("debug1: Authenticating to web1:22 as 'deploy'", false, "user:deploy")
	f("channel 0: open failed: administratively prohibited: open failed", true, "")
	f("Connection to web1 closed.", false, "")
	f("Connection to web1 closed by remote host.", true, "")
	f("Connection closed by UNKNOWN port 65535", true, "")
	f("mux_client_request_session: session request failed: Session open refused by peer", false, "")
	f("Warning: Permanently added 'web1' (ED25519) to the list of known hosts.", false, "")
	f("@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @", true, "")
	f("@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@", false, "")
	f("/root/.ssh/config: line 3: Bad configuration option: foo", true, "")
	f("Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures", true, "host:10.0.0.1, address:10.0.0.1:22, address:10.0.0.1")
	f("Received disconnect from 10.0.0.1 port 22:11: disconnected by user", false, "host:10.0.0.1, address:10.0.0.1:22, address:10.0.0.1")
	if e := readTool("Connection to the database was lost"); e.Format != "text" {
		t.Errorf("prose read as %s", e.Format)
	}
}

func TestSyslog(t *testing.T) {
	f := func(in, head, ids, mentions, message string) {
		t.Helper()
		e := readTool(in)
		got := strings.Join([]string{e.Format, e.Host, e.Process, e.PID, e.Level.String()}, "|")
		if got != head || idText(e.IDs) != ids || idText(e.Mentions) != mentions || e.Message != message {
			t.Errorf("%q:\ngot  %s; %s; %s; %q\nwant %s; %s; %s; %q", in, got, idText(e.IDs), idText(e.Mentions), e.Message, head, ids, mentions, message)
		}
	}
	f("Nov 21 02:04:15 web1 sshd[17041]: Failed password for root from 10.0.0.9 port 51234 ssh2",
		"sshd|web1|sshd|17041|", "connection:web1 sshd[17041], connection:10.0.0.9:51234", "address:10.0.0.9, user:root",
		"Failed password for root from 10.0.0.9 port 51234 ssh2")
	f("2024-04-12T20:23:01.123456+01:00 web1 sshd-session[99]: User child is on pid 101",
		"sshd|web1|sshd-session|99|", "connection:web1 sshd[99], connection:web1 sshd[101]", "", "User child is on pid 101")
	f("feb 29 02:04:15 web1 sshd(pam_unix)[7]: authentication failure; rhost=10.0.0.9  user=bob",
		"sshd|web1|sshd|7|", "connection:web1 sshd[7]", "address:10.0.0.9, user:bob", "authentication failure; rhost=10.0.0.9  user=bob")
	f("Nov 21 02:04:15 web1 sshd[1]: error: no more sessions", "sshd|web1|sshd|1|ERROR", "connection:web1 sshd[1]", "", "error: no more sessions")
	f("Nov 21 02:04:15 web1 sshd[1]: drop connection #3 from [10.0.0.9]:4022 on [10.0.0.1]:22 past MaxStartups",
		"sshd|web1|sshd|1|", "connection:web1 sshd[1], connection:10.0.0.9:4022", "address:10.0.0.9, address:10.0.0.1",
		"drop connection #3 from [10.0.0.9]:4022 on [10.0.0.1]:22 past MaxStartups")
	f("Nov 21 02:04:15 web1 sshd[1]: Connection closed by authenticating user bob fe80::1 port 4022 [preauth]",
		"sshd|web1|sshd|1|", "connection:web1 sshd[1], connection:[fe80::1]:4022", "address:fe80::1, user:bob",
		"Connection closed by authenticating user bob fe80::1 port 4022 [preauth]")
	f("Nov 21 02:04:15 web1 sshd[1]: Server listening on 0.0.0.0 port 22.", "sshd|web1|sshd|1|", "connection:web1 sshd[1]", "address:0.0.0.0",
		"Server listening on 0.0.0.0 port 22.")
	f("Nov 21 02:04:15 web1 sshd[1]: Timeout before authentication for connection from 10.0.0.9 to 10.0.0.1, pid = 55",
		"sshd|web1|sshd|1|", "connection:web1 sshd[1], connection:web1 sshd[55]", "address:10.0.0.9, address:10.0.0.1, user:connection",
		"Timeout before authentication for connection from 10.0.0.9 to 10.0.0.1, pid = 55")
	f("Nov 21 02:04:15 web1 nologin: Attempted login by bob on UNKNOWN", "syslog|web1|nologin||", "", "user:bob", "Attempted login by bob on UNKNOWN")
	f("Nov 21 02:04:15 dnsmasq[30]: failed to load names from /x: No such file or directory", "syslog||dnsmasq|30|", "", "",
		"failed to load names from /x: No such file or directory")
	f("<34>Nov  1 02:04:15 web1 systemd[1]: Started x.", "syslog|web1|systemd|1|", "", "", "Started x.")
	f("dnsmasq: started, version 2.89 cachesize 150", "syslog||dnsmasq||", "", "", "dnsmasq: started, version 2.89 cachesize 150")

	for _, in := range []string{"Nov 21 02:04:15 web1 java[9]: \tat a.b.C.d(C.java:1)", "2024-05-30T11:09:00Z ERROR: text"} {
		if syslogHead([]byte(in), nil) >= 0 {
			t.Errorf("%q is a head", in)
		}
	}
}

func TestShell(t *testing.T) {
	f := func(in string, boundary bool, outcome diagnose.Outcome) {
		t.Helper()
		e := readTool(in)
		if e.Format != "shell" || e.Boundary != boundary || e.Outcome != outcome || e.Message != in {
			t.Errorf("%q: %s boundary=%v %v %q", in, e.Format, e.Boundary, e.Outcome, e.Message)
		}
	}
	const unknown, failed, succeeded = diagnose.OutcomeUnknown, diagnose.OutcomeFailed, diagnose.OutcomeSucceeded
	f("deploy@web1:~$ ./deploy.sh", true, unknown)
	f("root@web1:/var/log# tail -n 3 x", true, unknown)
	f("(venv) me@box:~/src$ ansible all -m ping", true, unknown)
	f("[root@web1 ~]# systemctl restart sshd", true, unknown)
	f("$ ./gradlew build", true, unknown)
	f("+ curl -sSf http://x/", true, unknown)
	f("++ hostname", true, unknown)
	f(`PS C:\Users\x> winrm quickconfig`, true, unknown)
	f("==> /var/log/auth.log <==", true, unknown)
	f("Step 4/16 : RUN make", true, unknown)
	f("Finished: SUCCESS", false, succeeded)
	f("Finished: FAILURE", false, failed)
	f("Job succeeded", false, succeeded)
	f("ERROR: Job failed: exit code 1", false, failed)
	f("##[error]Process completed with exit code 1.", false, failed)
	f("BUILD FAILED in 3s", false, failed)
	f("exit status 2", false, failed)
	for _, in := range []string{"$5 is the price", "Steps to take", "+1 for this", "a@b.com: hello # no", "Finished: the report is there",
		"exit code of the program", "==> see below", "user@host: Permission"} {
		if e := readTool(in); e.Format == "shell" && (e.Boundary || e.Outcome != unknown) && in != "Finished: the report is there" {
			t.Errorf("%q read as %+v", in, e)
		}
	}
}

func TestText(t *testing.T) {
	f := func(in string, at string, level diagnose.Level, trouble bool, message string) {
		t.Helper()
		e := readTool(in)
		if lacks(e.Time)&diagnose.LacksDay != 0 {
			e.Time = time.Time{} // the day is its neighbours' to tell
		}
		if e.Format != "text" || e.Level != level || e.Trouble != trouble || e.Message != message ||
			at == "" != e.Time.IsZero() || at != "" && !e.Time.Equal(stamp(t, at)) {
			t.Errorf("%q: %s %s %v trouble=%v %q;\nwant %s %v trouble=%v %q", in, e.Format, e.Time, e.Level, e.Trouble, e.Message, at, level, trouble, message)
		}
	}
	const none = diagnose.LevelUnknown
	f("2024-05-30 11:09:00 closed without ERROR", "2024-05-30T11:09:00Z", none, false, "closed without ERROR")
	// What separates fields is no part of the text; dashes that the text begins with are.
	f("2024-05-30 11:09:00 | ERROR - boom", "2024-05-30T11:09:00Z", diagnose.LevelError, true, "boom")
	f("2024-05-30 11:09:00 -- done", "2024-05-30T11:09:00Z", none, false, "done")
	f("2024-05-30 11:09:00 -rw-r--r-- 1 root root 0 a", "2024-05-30T11:09:00Z", none, false, "-rw-r--r-- 1 root root 0 a")
	f("2024-05-30 11:09:00 ----i---------e---- /root", "2024-05-30T11:09:00Z", none, false, "----i---------e---- /root")
	f("2024-05-30 11:09:00 -------------- /root", "2024-05-30T11:09:00Z", none, false, "-------------- /root")
	f("MESSAGE=root@web-1: Permission denied (publickey).", "", none, false, "MESSAGE=root@web-1: Permission denied (publickey).")
	f("2024-05-30 11:09:00 ERROR boom", "2024-05-30T11:09:00Z", diagnose.LevelError, true, "boom")
	f("2024-05-30T11:09:00Z [warn] careful", "2024-05-30T11:09:00Z", diagnose.LevelWarn, false, "careful")
	f("[2024-05-30 11:09:00] error: boom", "2024-05-30T11:09:00Z", diagnose.LevelError, true, "boom")
	f("1717067340 INFO ok", "2024-05-30T11:09:00Z", diagnose.LevelInfo, false, "ok")
	f("11:09:00 INFO ok", "", diagnose.LevelInfo, false, "ok")
	f("Nov 21 2026 02:04:15 something", "2026-11-21T02:04:15Z", none, false, "something")
	f("ERROR: it broke", "", diagnose.LevelError, true, "ERROR: it broke")
	f("[WARN] it may break", "", diagnose.LevelWarn, false, "[WARN] it may break")
	f("error: failed to push some refs", "", diagnose.LevelError, true, "error: failed to push some refs")
	f("warning: adding embedded repository", "", diagnose.LevelWarn, false, "warning: adding embedded repository")
	f("mkdir: cannot create directory '/x': No space left on device", "", none, true, "mkdir: cannot create directory '/x': No space left on device")
	f("bash: docker: command not found", "", none, true, "bash: docker: command not found")
	f("Traceback (most recent call last):", "", none, true, "Traceback (most recent call last):")
	f("make[1]: Entering directory '/src'", "", none, false, "make[1]: Entering directory '/src'")
	f("make[1]: *** [Makefile:3: all] Error 2", "", none, true, "make[1]: *** [Makefile:3: all] Error 2")
	f("", "", none, false, "")

	for _, healthy := range []string{
		"If the connection is refused, check the port.", "The error was fixed in 4.7.", "0 errors, 2 warnings", "Errors: 0", "no errors found",
		"Failed units: none", "Retrying after a failure is safe.", "常见错误: 无", "* **Severity**: Medium", "Fatalities are listed below",
		"errors are logged to /var/log/x", "Everything is up-to-date", "PASS", "ok  \tdiagnose/parser\t0.1s", "-rw------- 1 root root 0 key",
	} {
		if e := readTool(healthy); e.Trouble || e.Level >= diagnose.LevelError || e.Outcome == diagnose.OutcomeFailed {
			t.Errorf("%q reads as trouble: %+v", healthy, e)
		}
	}
}

// Tools of a few lines name no level: their name, and what they could not do. Nor does a trace.
func TestTroubleWithoutALevel(t *testing.T) {
	f := func(message string, want bool) {
		t.Helper()
		if got := soundsLikeTrouble(message); got != want {
			t.Errorf("soundsLikeTrouble(%q) = %v", message, got)
		}
	}
	f("su: must be run from a terminal", true)
	f("/usr/bin/mount: unrecognized filesystem type", true)
	f("start-stop-daemon: unable to stat /usr/libexec/polkitd (No such file or directory)", false)
	f("umount: /mnt/secondary: target is busy.", true)
	f("rm: cannot remove '/var/lib/docker': Device or resource busy", true)
	f("chsh: you must know the password", true)
	f("Note: must be set in production", false)
	f("two words: must be apart", false)
	f("the rule: it must be run as root", false)
	f("status: missingness 3 %", false)

	// a pasted trace often begins at its last cause
	f("Caused by: a.b.CException: URL must start with 'jdbc'\n\tat a.b.C.d(C.java:1)", true)
	f("\tat a.b.C.d(C.java:1)\nCaused by: a.b.CException: x", true)
	f("Caused by the change of yesterday", false)
	f("starting\na.b.CException: the thing is gone\n\tat a.b.C.d(C.java:1)", true)
	f("starting\na.b.CException is a name\n\tat home", false)
}

func TestContinuation(t *testing.T) {
	f := func(in string, want bool) {
		t.Helper()
		if got := isContinuation([]byte(in)); got != want {
			t.Errorf("isContinuation(%q) = %v", in, got)
		}
	}
	for _, in := range []string{"\tat a.b.C.d(C.java:12)", "    \"changed\": false,", "at java.base/java.lang.Thread.run(Thread.java:833) ~[x]",
		"Caused by: java.net.ConnectException: x", "Suppressed: x", "... 12 more", "... 3 common frames omitted", "}", "})", "},", "]",
		"...ignoring", "  File \"x.py\", line 3, in f", "ValueError: bad", "requests.exceptions.ConnectionError: x", "java.lang.NullPointerException",
		"2026-11-21 04:28:27,525 p=12800 u=root n=ansible | ...ignoring", "Nov 21 02:04:15 web1 java[9]: \tat a.b.C.d(C.java:1)",
		"Nov 21 02:04:15 web1 java[9]: com.cloud.exception.AgentUnavailableException: x", "management_1  | \tat a.b.C.d(C.java:1)"} {
		f(in, true)
		for _, format := range append(append([]Format{}, toolFormats...), textFormat) {
			if format.Head([]byte(in), nil) >= 0 {
				t.Errorf("%s takes %q as a head", format.Name, in)
			}
		}
	}
	for _, in := range []string{"", "   ", "plain", "at the end (of the day)", "Error: x", "error: x", "...", "... and so on",
		"} else {", "My Error: x", "Nov 21 02:04:15 web1 sshd[9]: error: x", "name  | value", "TypeError is thrown", "2026-11-21 04:28:27,525 p=12800 u=root n=ansible | ok: [x]", "Error"} {
		f(in, false)
	}
}

func TestStrip(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := string(strip([]byte(in))); got != want {
			t.Errorf("strip(%q) = %q, want %q", in, got, want)
		}
	}
	f("plain", "plain")
	f("\x1b[1;31mfatal: [dead]: UNREACHABLE!\x1b[0m", "fatal: [dead]: UNREACHABLE!")
	f("\x1b]0;title\x07text\x1b]8;;http://x\x1b\\link", "textlink")
	f("a\x1b[31", "a")
	f("a\x1b", "a")
	f("a\x1b]never ended", "anever ended")
	f("\x1b(Btext\x1b=", "text")
	f("Receiving objects:  10% (1/10)\rReceiving objects: 100% (10/10), done.", "Receiving objects: 100% (10/10), done.")
	f("\r  0     0 --:--:--\r  0     0 --:--:--     0curl: (6) x", "  0     0 --:--:--     0curl: (6) x")
	f("an error\rgoes on", "an error\rgoes on")
	f(" 10%\rdone\r", "done\r")
	f("Progress 10%\rProgress 20%\rerror: no space\rProgress 30%\rProgress 40%", "error: no space\rProgress 40%")
	f("Downloading 512 kB\rDownloading 1.5 MB\rDownloading 12 MB\rcurl: (56) Recv failure", "curl: (56) Recv failure")
	f("⠋ Installing\r⠙ Installing\r⠹ Installing\rnpm ERR! code E404\r", "npm ERR! code E404\r")
	f("[#  ] pulling a: 1MiB/2MiB 3s\r[## ] pulling a: 2MiB/2MiB 0s\rdenied: a", "denied: a")
	f("error: disk is 100% full\rgoes on", "error: disk is 100% full\rgoes on")
	f("error 1: refused\rerror 2: denied\r10%\rdone", "error 1: refused\rerror 2: denied\rdone")
	f("a\r10%\rb\r20%\rc", "a\rb\rc")

	line := []byte("2024-05-30 11:09:00 INFO nothing to take off")
	if n := testing.AllocsPerRun(50, func() { strip(line) }); n != 0 {
		t.Errorf("%v allocations on a plain line", n)
	}
}

func TestSpellTools(t *testing.T) {
	f := func(value string, line string) {
		t.Helper()
		for _, s := range spellTools(diagnose.ID{Kind: diagnose.KindConnection, Value: value}) {
			if strings.Contains(line, s) {
				return
			}
		}
		t.Errorf("no spelling of %q in %q", value, line)
	}
	f("web1 sshd[17041]", "Nov 21 02:04:15 web1 sshd[17041]: x")
	f("web1 sshd[17041]", "Nov 21 02:04:15 web1 sshd-session[17041]: x")
	f("web1 sshd[17041]", "Nov 21 02:04:15 web1 sshd[1]: User child is on pid 17041")
	f("10.0.0.9:51234", "Accepted publickey for x from 10.0.0.9 port 51234 ssh2")
	f("[fe80::1]:51234", "Accepted publickey for x from fe80::1 port 51234 ssh2")
	f("10.0.0.9:51234", "drop connection #1 from [10.0.0.9]:51234 on [10.0.0.1]:22")
	if s := spellTools(diagnose.ID{Kind: diagnose.KindHost, Value: "x"}); s != nil {
		t.Errorf("a weak id is spelt %q", s)
	}
}

// Every mark is long enough for the filter.
func TestToolMarks(t *testing.T) {
	for _, f := range append(append([]Format{}, toolFormats...), textFormat) {
		for _, m := range f.Marks {
			if len(m) < 9 {
				t.Errorf("%s: mark %q has %d bytes", f.Name, m, len(m))
			}
		}
	}
}

// Head without an entry and Head with one accept the same lines, on every line of the fixtures.
func TestToolHeadsAgree(t *testing.T) {
	for _, line := range fixtureLines(t) {
		for _, f := range append(append([]Format{}, toolFormats...), textFormat) {
			var e diagnose.Entry
			if a, b := f.Head(line, nil), f.Head(line, &e); (a < 0) != (b < 0) {
				t.Errorf("%s: Head(%q) = %d, with an entry %d", f.Name, line, a, b)
			}
		}
	}
}

func TestToolHeadsDoNotAllocate(t *testing.T) {
	lines := fixtureLines(t)
	for _, f := range append(append([]Format{}, toolFormats...), textFormat) {
		for _, line := range lines {
			if n := testing.AllocsPerRun(2, func() { f.Head(line, nil) }); n != 0 {
				t.Errorf("%s allocates on %q", f.Name, line)
			}
		}
	}
}

func fixtureLines(t testing.TB) [][]byte {
	t.Helper()
	var lines [][]byte
	files, err := os.ReadDir("testdata/tools")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile("testdata/tools/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			lines = append(lines, bytes.TrimRight(line, "\r\n"))
		}
	}
	if len(lines) < 100 {
		t.Fatalf("%d lines of fixtures", len(lines))
	}
	return lines
}

func FuzzToolFormats(f *testing.F) {
	for i, line := range fixtureLines(f) {
		if i%7 == 0 {
			f.Add(line)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, format := range append(append([]Format{}, toolFormats...), textFormat) {
			line, _, _ := bytes.Cut(b, []byte("\n"))
			line = strip(line)
			var e diagnose.Entry
			n := format.Head(line, nil)
			m := format.Head(line, &e)
			if (m < 0) != (n < 0) || m > len(line) {
				t.Fatalf("%s: %d without an entry, %d with one, %d bytes", format.Name, n, m, len(line))
			}
			if n = m; n < 0 {
				e, n = diagnose.Entry{}, 0
			}
			e.Message, e.Text = string(line[n:]), string(b)
			format.Finish(&e)
			if len(e.IDs) > maxMentions || len(e.Mentions) > maxMentions {
				t.Fatalf("%d ids, %d mentions", len(e.IDs), len(e.Mentions))
			}
		}
		isContinuation(b)
	})
}

// BenchmarkToolHeads is the cost of asking each format about a line of another.
func BenchmarkToolHeads(b *testing.B) {
	lines := [][]byte{
		[]byte("2014-07-24 04:11:08,193 DEBUG [cloud.async.AsyncJobManagerImpl] (Job-Executor-16:job-733) Executing job-733"),
		[]byte("Nov 21 02:04:15 web1 sshd[17041]: Failed password for root from 10.0.0.9 port 51234 ssh2"),
		[]byte("\tat com.cloud.vm.VirtualMachineManagerImpl.advanceStart(VirtualMachineManagerImpl.java:900)"),
		[]byte("some plain output of a program without any head at all"),
	}
	for _, f := range append(append([]Format{}, toolFormats...), textFormat) {
		b.Run(f.Name, func(b *testing.B) {
			var others [][]byte
			for _, line := range lines {
				if f.Head(line, nil) < 0 {
					others = append(others, line)
				}
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				f.Head(others[i%len(others)], nil)
				i++
			}
		})
	}
}
