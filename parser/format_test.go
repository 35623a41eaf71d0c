package parser

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"diagnose"
)

// formatSamples are lines of every layout of loggers, servers and databases, and
// how they are read: format, time, level, whether it is trouble, host, process, pid,
// thread, logger, message. A line end in a sample is one in the log.
var formatSamples = []struct{ in, want string }{
	// apt and dpkg: names of packages are no words
	{"Start-Date: 2024-11-21  02:04:15\nCommandline: apt install git\nInstall: git:amd64 (2.20.1), liberror-perl:amd64 (0.17027-2, automatic)\nUpgrade: libgpg-error0:amd64 (1, 2)\nEnd-Date: 2024-11-21  02:04:16",
		"dpkg 2024-11-21T02:04:15Z: Start-Date: 2024-11-21  02:04:15⏎Commandline: apt install git⏎Install: git:amd64 (2.20.1), liberror-perl:amd64 (0.17027-2, automatic)⏎" +
			"Upgrade: libgpg-error0:amd64 (1, 2)⏎End-Date: 2024-11-21  02:04:16"},
	{"2024-11-21 02:04:15 status installed liberror-perl:all 0.17027-2", "dpkg 2024-11-21T02:04:15Z INFO: status installed liberror-perl:all 0.17027-2"},
	{"Selecting previously unselected package libgpg-error-dev:amd64.", "text -: Selecting previously unselected package libgpg-error-dev:amd64."},
	{"Setting up liberror-perl (0.17027-2) ...", "text -: Setting up liberror-perl (0.17027-2) ..."},
	// containerd, whose backslashes a paste lost
	{`time="2024-11-21T02:04:15Z" level=error msg="StartContainer for "db58" failed" error="failed to find pid=12345 "process""`,
		`logfmt 2024-11-21T02:04:15Z ERROR trouble: StartContainer for "db58" failed: failed to find pid=12345 "process"`},
	// uWSGI
	{"[pid: 5722|app: 0|req: 3/5] 10.0.0.9 () {40 vars in 682 bytes} [Thu Nov 21 02:04:15 2024] GET /a => generated 7001 bytes in 41 msecs (HTTP/1.1 500) 2 headers in 80 bytes (1 switches on core 0)",
		"uwsgi 2024-11-21T02:04:15Z WARN pid=5722: GET /a => generated 7001 bytes in 41 msecs (HTTP/1.1 500) 2 headers in 80 bytes (1 switches on core 0)"},
	{"[pid: 5722] {} [Thu Nov 21 02:04:15] no error", "text -: [pid: 5722] {} [Thu Nov 21 02:04:15] no error"},
	// sealos, and others that print no level there
	{"2024-11-21T02:04:15 error Applied to cluster error: no", "text 2024-11-21T02:04:15Z ERROR trouble: Applied to cluster error: no"},
	{"2024-11-21T02:04:15 info start to copy", "text 2024-11-21T02:04:15Z INFO: start to copy"},
	{"2024-11-21 02:04:15 error rates are low", "text 2024-11-21T02:04:15Z: error rates are low"},
	// a verbosity in place of a level
	{"2024-11-21T02:04:15.500+0000\tV0\t❌ Validation failed\t{\"error\": \"no\"}", "zap 2024-11-21T02:04:15.5Z trouble: ❌ Validation failed\t{\"error\": \"no\"}"},
	{"2024-11-21T02:04:15.500+0000\tV4\tTask start\t{\"task_name\": \"a\"}", "zap 2024-11-21T02:04:15.5Z: Task start\t{\"task_name\": \"a\"}"},
	// MongoDB's WiredTiger, whose words are a record from version 6.0 on
	{`{"t":{"$date":"2024-11-21T02:04:15.500+00:00"},"s":"E",  "c":"WT","id":22435,"ctx":"Checkpointer","msg":"WiredTiger error message","attr":{"error":28,"message":{"msg":"pwrite: failed to write 128 bytes","error_str":"No space left on device"}}}`,
		"mongodb 2024-11-21T02:04:15.5Z ERROR trouble thread=Checkpointer logger=WT: WiredTiger error message: pwrite: failed to write 128 bytes: No space left on device"},
	{`{"t":{"$date":"2024-11-21T02:04:15.500+00:00"},"s":"E","c":"WT","id":22435,"ctx":"main","msg":"WiredTiger error message","attr":{"error":-31804,"message":"file:x.wt: handle-write"}}`,
		"mongodb 2024-11-21T02:04:15.5Z ERROR trouble thread=main logger=WT: WiredTiger error message: file:x.wt: handle-write"},
	// Minecraft, whose threads have the level behind them
	{"[10:00:01] [Server thread/ERROR]: No wheel", "text clock ERROR trouble: [Server thread/ERROR]: No wheel"},
	{"[05Aug2022 12:17:06.256] [User Authenticator #21/INFO] [net.example.Login/]: UUID of player", "text 2022-08-05T12:17:06.256Z INFO: [User Authenticator #21/INFO] [net.example.Login/]: UUID of player"},
	{"[10:00:01] [a/b] not a level", "text clock: [a/b] not a level"},
	// levels that a column cut
	{"[17:38:49] [Core] [ERRO] [core.zip:76]: no host", "text clock ERROR trouble: [ERRO] [core.zip:76]: no host"},
	{"2024/11/21 02:04:15.000101 [FTL] no port", "golog 2024-11-21T02:04:15Z FATAL trouble: [FTL] no port"},
	// Sidekiq
	{"2022-04-29T06:40:31.082Z 11433 TID-1jx96x UploadWorker JID-8a0d INFO: start", "text 2022-04-29T06:40:31.082Z INFO: 11433 TID-1jx96x UploadWorker JID-8a0d INFO: start"},
	{"2022-04-29T06:40:31.082Z 11433 TID-1jx96x WARN: ArgumentError: wrong number", "text 2022-04-29T06:40:31.082Z WARN: 11433 TID-1jx96x WARN: ArgumentError: wrong number"},
	{"2024-11-21T02:04:15.500Z pid=7 tid=2kp class=UploadWorker jid=8a0d elapsed=0.01 INFO: done", "text 2024-11-21T02:04:15.5Z INFO: pid=7 tid=2kp class=UploadWorker jid=8a0d elapsed=0.01 INFO: done"},
	{"2024-11-21T02:04:15.500Z pid=7 is alone", "text 2024-11-21T02:04:15.5Z: pid=7 is alone"},
	// a day without a year, where a level tells that it is one
	{"11-21 02:04:15 [error] gone", "text 11-21T02:04:15Z ERROR trouble: gone"},
	{"11-21 02:04:15 gone", "text -: 11-21 02:04:15 gone"},
	// the kernel's own ring
	{"[    2.845348] init: Unable to open '/init.rc': No such file or directory", "syslog - process=kernel: init: Unable to open '/init.rc': No such file or directory"},
	{"[    0.505291] [    0.505278]@0 mdss: no regulator", "syslog - process=kernel: mdss: no regulator"},
	{"[  363.081779] [20180812_18:15:13.043383]@3 tz: target", "syslog - process=kernel: tz: target"},
	{"[    1.250000][    T1] Run /init as init process", "syslog - process=kernel: Run /init as init process"},
	{"[    0.734294] Failed to access perfctr msr", "syslog - process=kernel: Failed to access perfctr msr"},
	// a program whose output journald keeps, without a level
	{"Nov 21 02:04:15 web01 app[12]: Error reading the plan: no such file", "syslog 11-21T02:04:15Z host=web01 process=app pid=12: Error reading the plan: no such file"},
	{"Nov 21 02:04:15 web01 app[12]: Errno::ECONNREFUSED: Connection refused - connect(2)", "syslog 11-21T02:04:15Z trouble host=web01 process=app pid=12: Errno::ECONNREFUSED: Connection refused - connect(2)"},
	{"[   35.123] (EE) no screens found", "text -: [   35.123] (EE) no screens found"},
	// Gradle
	{"22:52:03.391 [INFO] [org.gradle.internal.resource.HttpClientHelper] Failed to get resource: GET.", "gradle clock INFO logger=org.gradle.internal.resource.HttpClientHelper: Failed to get resource: GET."},
	{"22:52:03.418 [LIFECYCLE] [org.gradle.BuildResultLogger] BUILD FAILED", "gradle clock INFO trouble logger=org.gradle.BuildResultLogger: BUILD FAILED"},
	{"2024-11-21T02:04:15.500+0000 [QUIET] [system.out] hello", "gradle 2024-11-21T02:04:15.5Z INFO logger=system.out: hello"},
	{"2024-11-21T02:04:15.500+0000 [ERROR] [system.err] Note: some files use unchecked operations.", "gradle 2024-11-21T02:04:15.5Z logger=system.err: Note: some files use unchecked operations."},
	{"2024-11-21T02:04:15.500+0000 [ERROR] [org.gradle.api.Task] a.jar is missing", "gradle 2024-11-21T02:04:15.5Z ERROR trouble logger=org.gradle.api.Task: a.jar is missing"},
	// Python with the place
	{"2024-11-21 02:04:15,500 - INFO environment.py:547 -- Result of \"x\": error: no", "python 2024-11-21T02:04:15.5Z INFO logger=environment.py:547: Result of \"x\": error: no"},
	{"2024-11-21 02:04:15,500\tERROR worker.py:1538 -- no", "python 2024-11-21T02:04:15.5Z ERROR trouble logger=worker.py:1538: no"},
	// log4j, everything in brackets
	{"11-21 02:04:15,500[main][r.Listener:37][INFO]-Starting: error: none", "log4j 11-21T02:04:15.5Z INFO thread=main logger=r.Listener:37: Starting: error: none"},
	{"11-21 02:04:15,500[7@qtp-1_8f81...][at.web.Base:193][ERROR]-no", "log4j 11-21T02:04:15.5Z ERROR trouble thread=7@qtp-1_8f81... logger=at.web.Base:193: no"},
	// what a server answers
	{`{"timestamp":"2024-11-21T02:04:15.500+00:00","status":400,"error":"Bad Request","trace":"a.XException: no\r\n\tat a.B","message":"no","path":"/x"}`,
		`text - trouble: {"timestamp":"2024-11-21T02:04:15.500+00:00","status":400,"error":"Bad Request","trace":"a.XException: no\r\n\tat a.B","message":"no","path":"/x"}`},
	{`{"statusCode":500,"message":"Internal server error"}`, `text - trouble: {"statusCode":500,"message":"Internal server error"}`},
	{`{"status":404,"error":"Not Found","path":"/x"}`, `text -: {"status":404,"error":"Not Found","path":"/x"}`},
	{`{"trace":"org.x.YException: no\r\n\tat a.B","error":"no"}`, `text - trouble: {"trace":"org.x.YException: no\r\n\tat a.B","error":"no"}`},
	{`{"status":200,"error":null}`, `text -: {"status":200,"error":null}`},
	// an error in a column
	{"2024-11-21T02:04:15.500Z\tMaster(13917/C1N0)\tReferenceError: elem is not defined; /a.js:44:33", "text 2024-11-21T02:04:15.5Z trouble: Master(13917/C1N0)\tReferenceError: elem is not defined; /a.js:44:33"},
	{"2024-11-21T02:04:15.500Z\tMaster\tno ReferenceError: seen", "text 2024-11-21T02:04:15.5Z: Master\tno ReferenceError: seen"},
	// zap, logrus, zerolog, slog
	{`{"level":"error","ts":1732154655.5,"logger":"ctl","caller":"a/b.go:12","msg":"cannot sync","error":"dial tcp 10.0.0.1:443: connect: connection refused","stacktrace":"main.run\n\t/a/b.go:12"}`,
		"json 2024-11-21T02:04:15.5Z ERROR trouble logger=ctl: cannot sync: dial tcp 10.0.0.1:443: connect: connection refused: main.run"},
	{`{"level":"info","ts":"2024-11-21T02:04:15.500Z","msg":"ok"}`, "json 2024-11-21T02:04:15.5Z INFO: ok"},
	{`{"error":"EOF","level":"fatal","msg":"bye","time":"2024-11-21T10:04:15+08:00"}`, "json 2024-11-21T02:04:15Z FATAL trouble: bye: EOF"},
	{`{"time":"2024-11-21T02:04:15Z","level":"WARN","msg":"slow","took":12}`, "json 2024-11-21T02:04:15Z WARN: slow"},
	// pino, bunyan
	{`{"level":50,"time":1732154655500,"pid":12,"hostname":"web1","err":{"type":"Error","message":"boom","stack":"Error: boom\n    at x (a.js:1:2)"},"msg":"request failed"}`,
		"json 2024-11-21T02:04:15.5Z ERROR trouble host=web1 pid=12: request failed: Error: boom"},
	{`{"name":"app","hostname":"web1","pid":12,"level":30,"msg":"up","time":"2024-11-21T02:04:15.500Z","v":0}`,
		"json 2024-11-21T02:04:15.5Z INFO host=web1 pid=12 logger=app: up"},
	// log4j2, logback
	{`{"instant":{"epochSecond":1732154655,"nanoOfSecond":500000000},"thread":"main","level":"ERROR","loggerName":"o.x.Y","message":"no","thrown":{"name":"java.io.IOException","message":"disk full"},"endOfBatch":false}`,
		"json 2024-11-21T02:04:15.5Z ERROR trouble thread=main logger=o.x.Y: no: java.io.IOException: disk full"},
	{`{"@timestamp":"2024-11-21T02:04:15.500Z","@version":"1","message":"no","logger_name":"o.x.Y","thread_name":"main","level":"ERROR","level_value":40000,"stack_trace":"java.io.IOException: disk full\n\tat a.B.c(B.java:1)\n"}`,
		"json 2024-11-21T02:04:15.5Z ERROR trouble thread=main logger=o.x.Y: no: java.io.IOException: disk full"},
	{`{"version":"1.1","host":"web1","short_message":"no","timestamp":1732154655.5,"level":3,"_thread":"main"}`,
		"json 2024-11-21T02:04:15.5Z ERROR trouble host=web1 thread=main: no"},
	// ECS, flat and nested
	{`{"@timestamp":"2024-11-21T02:04:15.500Z","log.level":"ERROR","message":"no","ecs.version":"1.2.0","service.name":"shop","log.logger":"o.x.Y","process.thread.name":"main","error.type":"X","error.message":"disk full"}`,
		"json 2024-11-21T02:04:15.5Z ERROR trouble process=shop thread=main logger=o.x.Y: no: X: disk full"},
	{`{"@timestamp":"2024-11-21T02:04:15.500Z","log":{"level":"error","logger":"o.x.Y"},"message":"no"}`,
		"json 2024-11-21T02:04:15.5Z ERROR trouble logger=o.x.Y: no"},
	// structlog, python-json-logger, winston, GCP, hclog, tracing
	{`{"event":"no","level":"error","timestamp":"2024-11-21T02:04:15.500000Z","logger":"app","exception":"Traceback (most recent call last):\n  x\nValueError: bad"}`,
		"json 2024-11-21T02:04:15.5Z ERROR trouble logger=app: no: Traceback (most recent call last):"},
	{`{"asctime": "2024-11-21 02:04:15,500", "levelname": "CRITICAL", "name": "app", "message": "no"}`,
		"json 2024-11-21T02:04:15.5Z FATAL trouble logger=app: no"},
	{`{"level":"error","message":"no","stack":"Error: no\n    at x","timestamp":"2024-11-21T02:04:15.500Z"}`,
		"json 2024-11-21T02:04:15.5Z ERROR trouble: no: Error: no"},
	{`{"severity":"ALERT","message":"no","timestamp":{"seconds":1732154655,"nanos":500000000}}`, "json 2024-11-21T02:04:15.5Z FATAL trouble: no"},
	{`{"@level":"error","@message":"no","@module":"agent","@timestamp":"2024-11-21T02:04:15.500000Z","error":"EOF"}`,
		"json 2024-11-21T02:04:15.5Z ERROR trouble logger=agent: no: EOF"},
	{`{"timestamp":"2024-11-21T02:04:15.500000Z","level":"ERROR","fields":{"message":"no","code":7},"target":"app::net"}`,
		"json 2024-11-21T02:04:15.5Z ERROR trouble logger=app::net: no"},
	// Serilog, .NET, Elasticsearch
	{`{"@t":"2024-11-21T02:04:15.5Z","@mt":"Lost {Host}","@l":"Error","@x":"System.IO.IOException: no\n   at A.B()","Host":"h"}`,
		"json 2024-11-21T02:04:15.5Z ERROR trouble: Lost {Host}: System.IO.IOException: no"},
	{`{"@t":"2024-11-21T02:04:15.5Z","@m":"up","@i":"a1"}`, "json 2024-11-21T02:04:15.5Z INFO: up"},
	{`{"Timestamp":"2024-11-21T02:04:15.5Z","EventId":0,"LogLevel":"Error","Category":"A.B","Message":"no","Exception":"X: y"}`,
		"json 2024-11-21T02:04:15.5Z ERROR trouble logger=A.B: no: X: y"},
	{`{"type": "server", "timestamp": "2024-11-21T02:04:15,500Z", "level": "ERROR", "component": "o.e.b.B", "node.name": "n1", "message": "no", "stacktrace": ["a.B: disk full", "at c"] }`,
		"json 2024-11-21T02:04:15.5Z ERROR trouble logger=o.e.b.B: no: a.B: disk full"},
	// cut off, and continued
	{`{"level":"error","ts":1732154655.5,"msg":"a long te`, "json 2024-11-21T02:04:15.5Z ERROR trouble: a long te"},
	{"{\"level\":\"error\",\"ts\":1732154655.5,\"msg\":\"no\"}\n\tat a.B.c(B.java:1)", "json 2024-11-21T02:04:15.5Z ERROR trouble: no⏎\tat a.B.c(B.java:1)"},

	{`{"t":{"$date":"2024-11-21T02:04:15.500+00:00"},"s":"E",  "c":"STORAGE",  "id":20557,   "ctx":"initandlisten","msg":"DBException in initAndListen, terminating","attr":{"error":"Location28596: no"}}`,
		"mongodb 2024-11-21T02:04:15.5Z ERROR trouble thread=initandlisten logger=STORAGE: DBException in initAndListen, terminating: Location28596: no"},
	{"2024-11-21T02:04:15.500+0000 I NETWORK  [conn12] end connection", "mongodb 2024-11-21T02:04:15.5Z INFO thread=conn12 logger=NETWORK: end connection"},

	{`time="2024-11-21T02:04:15.500000000Z" level=error msg="Handler for POST /x returned error: no" spanID=ab`,
		"logfmt 2024-11-21T02:04:15.5Z ERROR trouble: Handler for POST /x returned error: no spanID=ab"},
	{`time=2024-11-21T02:04:15.500Z level=ERROR source=/a/b.go:7 msg="cannot \"x\"" err="EOF" id=7`,
		`logfmt 2024-11-21T02:04:15.5Z ERROR trouble logger=/a/b.go:7: cannot "x": EOF id=7`},
	{`ts=2024-11-21T02:04:15.500Z caller=main.go:7 level=warn component=tsdb msg=late`, "logfmt 2024-11-21T02:04:15.5Z WARN logger=main.go:7: late"},
	{`level=error t=2024-11-21T02:04:15.5Z msg="no start" err="yaml: unmarshal errors:\n  line 10: no x\n  line 11: no y"`, "logfmt 2024-11-21T02:04:15.5Z ERROR trouble: no start: yaml: unmarshal errors: line 10: no x"},
	{`logger=sqlstore t=2024-11-21T02:04:15.5Z level=eror msg=no error="disk full"`, "logfmt 2024-11-21T02:04:15.5Z ERROR trouble logger=sqlstore: no: disk full"},
	{"ERRO[0012] cannot pull                                image=x", "logrus - ERROR trouble: cannot pull                                image=x"},
	{"INFO[2024-11-21T02:04:15Z] up", "logrus 2024-11-21T02:04:15Z INFO: up"},
	{"2024-11-21T02:04:15.500Z\tERROR\tcontroller\tapp/main.go:12\tno\t{\"error\": \"EOF\"}",
		"zap 2024-11-21T02:04:15.5Z ERROR trouble logger=app/main.go:12: no\t{\"error\": \"EOF\"}"},
	{"1.7321546555e+09\tinfo\tcmd/main.go:7\tup", "zap 2024-11-21T02:04:15.5Z INFO logger=cmd/main.go:7: up"},
	{"2024-11-21T02:04:15.500Z [ERROR] agent.server: no: error=\"EOF\"", "hclog 2024-11-21T02:04:15.5Z ERROR trouble logger=agent.server: no: error=\"EOF\""},
	{"[2024-11-21T02:04:15Z ERROR app::net] no", "rust 2024-11-21T02:04:15Z ERROR trouble logger=app::net: no"},
	{"2024-11-21T02:04:15.500000Z  INFO app::net: up", "rust 2024-11-21T02:04:15.5Z INFO logger=app::net: up"},
	{"2024-11-21T02:04:15.500000Z ERROR request{id=7 path=\"/\"}: app::net: no", "rust 2024-11-21T02:04:15.5Z ERROR trouble logger=app::net: no"},
	{`E1121 02:04:15.500000       1 sync.go:12] "Failed to sync" err="EOF" pod="default/web-0"`,
		`glog 11-21T02:04:15.5Z ERROR trouble thread=1 logger=sync.go:12: "Failed to sync" err="EOF" pod="default/web-0"`},

	{"2024-11-21 02:04:15,500 - app.db - ERROR - no", "python 2024-11-21T02:04:15.5Z ERROR trouble logger=app.db: no"},
	{"2024-11-21 02:04:15,500 - ERROR - no", "python 2024-11-21T02:04:15.5Z ERROR trouble: no"},
	{"ERROR:app.db:no", "python - ERROR trouble logger=app.db: ERROR:app.db:no"},
	{"[2024-11-21 02:04:15 +0000] [12] [CRITICAL] WORKER TIMEOUT (pid:13)", "python 2024-11-21T02:04:15Z FATAL trouble pid=12: WORKER TIMEOUT (pid:13)"},
	{"[2024-11-21 02:04:15,500: ERROR/ForkPoolWorker-1] Task x raised", "python 2024-11-21T02:04:15.5Z ERROR trouble thread=ForkPoolWorker-1: Task x raised"},
	{"[2024-11-21T02:04:15.500+0000] {taskinstance.py:1824} ERROR - Task failed", "python 2024-11-21T02:04:15.5Z ERROR trouble logger=taskinstance.py:1824: Task failed"},
	{"[2024-11-21, 02:04:15 UTC] {local.py:212} INFO - Task exited", "python 2024-11-21T02:04:15Z INFO logger=local.py:212: Task exited"},
	{"2024-11-21 02:04:15.500 | ERROR    | app.db:connect:12 - no", "python 2024-11-21T02:04:15.5Z ERROR trouble logger=app.db:connect:12: no"},
	{"2024-11-21 02:04:15.500 812 ERROR nova.compute.manager [req-38101a0b-2096 u p - - -] no", "oslo 2024-11-21T02:04:15.5Z ERROR trouble pid=812 logger=nova.compute.manager: no"},
	{"nova-api.log.1.2024-11-21_13:53:08 2024-11-21 02:04:15.500 812 INFO nova.x [-] up", "oslo 2024-11-21T02:04:15.5Z INFO pid=812 logger=nova.x: up"},

	{"2024-11-21 02:04:15,500 ERROR [RMCommunicator Allocator] org.x.Some: no", "log4j 2024-11-21T02:04:15.5Z ERROR trouble thread=RMCommunicator Allocator logger=org.x.Some: no"},
	{"2024-11-21T02:04:15,500 ERROR org.x.Some: no", "log4j 2024-11-21T02:04:15.5Z ERROR trouble logger=org.x.Some: no"},
	{"2024-11-21 02:04:15,500 ERROR org.x.Some: no", "log4j 2024-11-21T02:04:15.5Z ERROR trouble logger=org.x.Some: no"},
	{"2024-11-21 02:04:15 ERROR Some:12 - no", "log4j 2024-11-21T02:04:15Z ERROR trouble logger=Some:12: no"},
	{"2024-11-21 02:04:15.500 [main] ERROR c.f.Some - no", "log4j 2024-11-21T02:04:15.5Z ERROR trouble thread=main logger=c.f.Some: no"},
	{"2024-11-21 02:04:15.500 [main] ERROR c.f.Some [Some.java:12] - no", "log4j 2024-11-21T02:04:15.5Z ERROR trouble thread=main logger=c.f.Some: no"},
	{"02:04:15.500 [main] ERROR c.f.Some - no", "log4j clock ERROR trouble thread=main logger=c.f.Some: no"},
	{"[main] ERROR org.x.Some - no", "log4j - ERROR trouble thread=main logger=org.x.Some: no"},
	{"2024-11-21 02:04:15,500 - WARN  [QuorumPeer[myid=1]/0:0:2181:Quorum@774] - late", "log4j 2024-11-21T02:04:15.5Z WARN thread=QuorumPeer[myid=1]/0:0:2181 logger=Quorum@774: late"},
	{"[2024-11-21 02:04:15,500] ERROR Error while reading (kafka.server.Some)", "log4j 2024-11-21T02:04:15.5Z ERROR trouble logger=kafka.server.Some: Error while reading (kafka.server.Some)"},
	{"24/11/21 02:04:15 ERROR Executor: Exception in task 0.0", "log4j 2024-11-21T02:04:15Z ERROR trouble logger=Executor: Exception in task 0.0"},
	{"241121 020415 148 WARN dfs.DataNode: late", "log4j 2024-11-21T02:04:15Z WARN thread=148 logger=dfs.DataNode: late"},
	{"[2024-11-21T02:04:15,500][ERROR][o.e.b.Bootstrap          ] [node-1] Exception", "elasticsearch 2024-11-21T02:04:15.5Z ERROR trouble host=node-1 logger=o.e.b.Bootstrap: Exception"},

	{"2024/11/21 02:04:15 [error] 12#13: *1 connect() failed (111: Connection refused), client: 10.0.0.1", "nginx 2024-11-21T02:04:15Z ERROR trouble pid=12 thread=13: *1 connect() failed (111: Connection refused), client: 10.0.0.1"},
	{"2024/11/21 02:04:15 server.go:12: listen tcp :80: bind: permission denied", "golog 2024-11-21T02:04:15Z trouble logger=server.go:12: listen tcp :80: bind: permission denied"},
	{"2024/11/21 02:04:15.500000 up", "golog 2024-11-21T02:04:15.5Z: up"},
	{"2024/11/21 02:04:15 fatal: no", "golog 2024-11-21T02:04:15Z FATAL trouble: fatal: no"},
	{"2024/11/21 02:04:15 ERROR: no", "golog 2024-11-21T02:04:15Z ERROR trouble: no"},
	{"2024/11/21 02:04:15 [ERROR] no", "golog 2024-11-21T02:04:15Z ERROR trouble: no"},
	{"[Thu Nov 21 02:04:15 2024] [error] [client 10.0.0.1] File does not exist: /x", "apache 2024-11-21T02:04:15Z ERROR trouble: File does not exist: /x"},
	{"[Thu Nov 21 02:04:15.500000 2024] [core:error] [pid 1:tid 2] (13)Permission denied: [client 10.0.0.1:5] AH00035: no", "apache 2024-11-21T02:04:15.5Z ERROR trouble pid=1 thread=2 logger=core: (13)Permission denied: [client 10.0.0.1:5] AH00035: no"},
	{`10.0.0.1 - alice [21/Nov/2024:02:04:15 +0000] "GET /x HTTP/1.1" 502 157 "-" "curl/8.5"`, `access 2024-11-21T02:04:15Z WARN: "GET /x HTTP/1.1" 502 157 "-" "curl/8.5"`},
	{`web:80 10.0.0.1 - - [21/Nov/2024:02:04:15 +0000] "GET /x HTTP/1.1" 200 157`, `access 2024-11-21T02:04:15Z INFO: "GET /x HTTP/1.1" 200 157`},
	{"[ALERT]    (1) : config : parsing [/etc/haproxy.cfg:3] : unknown keyword 'x'", "haproxy - FATAL trouble process=haproxy pid=1: config : parsing [/etc/haproxy.cfg:3] : unknown keyword 'x'"},
	{"[WARNING] 038/121500 (12) : Server web/a is DOWN, reason: Layer4 connection problem", "haproxy - WARN trouble process=haproxy pid=12: Server web/a is DOWN, reason: Layer4 connection problem"},
	{`10.0.0.1:33317 [21/Nov/2024:02:04:15.500] http-in web/<NOSRV> 0/-1/-1/-1/0 503 212 - - SC-- 0/0/0/0/0 0/0 "GET / HTTP/1.1"`,
		`haproxy 2024-11-21T02:04:15.5Z WARN process=haproxy: http-in web/<NOSRV> 0/-1/-1/-1/0 503 212 - - SC-- 0/0/0/0/0 0/0 "GET / HTTP/1.1"`},
	{"[21-Nov-2024 02:04:15] WARNING: [pool www] child 12 exited on signal 11", "php 2024-11-21T02:04:15Z WARN: [pool www] child 12 exited on signal 11"},
	{"[21-Nov-2024 02:04:15 UTC] PHP Fatal error:  Uncaught Error: no in /x.php:12", "php 2024-11-21T02:04:15Z ERROR trouble: PHP Fatal error:  Uncaught Error: no in /x.php:12"},
	{"[21-Nov-2024 02:04:15 Asia/Shanghai] PHP Warning:  no", "php 2024-11-21T02:04:15Z WARN: PHP Warning:  no"},

	{"2024-11-21 02:04:15.500 UTC [12] app@db ERROR:  relation \"x\" does not exist\n2024-11-21 02:04:15.500 UTC [12] app@db STATEMENT:  SELECT 1\n\tFROM x",
		"postgres 2024-11-21T02:04:15.5Z ERROR trouble pid=12: relation \"x\" does not exist⏎STATEMENT:  SELECT 1⏎\tFROM x"},
	{"2024-11-21 02:04:15.500 UTC [1] LOG:  database system is ready to accept connections", "postgres 2024-11-21T02:04:15.5Z INFO pid=1: database system is ready to accept connections"},
	{"2024-11-21T02:04:15.500000Z 0 [ERROR] [MY-010119] [Server] Aborting", "mysql 2024-11-21T02:04:15.5Z ERROR trouble thread=0 logger=Server: [MY-010119] [Server] Aborting"},
	{"2024-11-21  2:04:15 0 [ERROR] Aborting", ""},
	{"2024-11-21  2:04:15 0 [ERROR] mariadbd: cannot", "mysql 2024-11-21T02:04:15Z ERROR trouble thread=0: mariadbd: cannot"},
	{"2024-11-21 02:04:15 139 [Warning] Access denied for user 'x'@'y'", "mysql 2024-11-21T02:04:15Z WARN thread=139: Access denied for user 'x'@'y'"},
	{"2024-11-21 02:04:15+00:00 [ERROR] [Entrypoint]: Database is uninitialized", "mysql 2024-11-21T02:04:15Z ERROR trouble: [Entrypoint]: Database is uninitialized"},
	{"241121 02:04:15 [ERROR] Aborting", "mysql 2024-11-21T02:04:15Z ERROR trouble: Aborting"},
	{"241121 02:04:15  InnoDB: Completed", "mysql 2024-11-21T02:04:15Z INFO: InnoDB: Completed"},
	{"1:M 21 Nov 2024 02:04:15.500 # Can't save in background: fork: Cannot allocate memory", "redis 2024-11-21T02:04:15.5Z WARN trouble pid=1 thread=M: Can't save in background: fork: Cannot allocate memory"},
	{"1:M 21 Nov 2024 02:04:15.500 * Ready to accept connections tcp", "redis 2024-11-21T02:04:15.5Z INFO pid=1 thread=M: Ready to accept connections tcp"},
	{"[12] 21 Nov 02:04:15.500 # Server initialized", "redis 11-21T02:04:15.5Z WARN pid=12: Server initialized"},
	{"2024-11-21 02:04:15.500000+00:00 [error] <0.123.0> no", "rabbitmq 2024-11-21T02:04:15.5Z ERROR trouble pid=0.123.0: no"},
	{"=ERROR REPORT==== 2-Nov-2024::02:04:15 ===\nconnection closed", "rabbitmq 2024-11-02T02:04:15Z ERROR trouble: ERROR REPORT==== 2-Nov-2024::02:04:15 ===⏎connection closed"},
	{"2024-11-21 02:04:15.500000 E | etcdserver: no", "capnslog 2024-11-21T02:04:15.5Z ERROR trouble logger=etcdserver: no"},
	{"2024-11-21 02:04:15,500 INFO gave up: web entered FATAL state, too many start retries too quickly", "supervisord 2024-11-21T02:04:15.5Z INFO trouble process=supervisord: gave up: web entered FATAL state, too many start retries too quickly"},
	{"2024-11-21 02:04:15,500 CRIT Supervisor is running as root.", "supervisord 2024-11-21T02:04:15.5Z WARN process=supervisord: Supervisor is running as root."},
	{"2024-11-21 02:04:15 status installed libc6:amd64 2.36-9", "dpkg 2024-11-21T02:04:15Z INFO: status installed libc6:amd64 2.36-9"},
	{"Log started: 2024-11-21  02:04:15", "dpkg 2024-11-21T02:04:15Z: Log started: 2024-11-21  02:04:15"},

	{"E, [2024-11-21T02:04:15.500000 #12] ERROR -- web: no", "ruby 2024-11-21T02:04:15.5Z ERROR trouble process=web pid=12: no"},
	{"INF [20241121-02:04:15.500] thr=1   paramiko.transport: Authentication (publickey) failed.", "paramiko 2024-11-21T02:04:15.5Z INFO thread=1 logger=paramiko.transport: Authentication (publickey) failed."},
	{"ERR [20241121-02:04:15.500] thr=12  paramiko.transport.sftp: no", "paramiko 2024-11-21T02:04:15.5Z ERROR trouble thread=12 logger=paramiko.transport.sftp: no"},
	{"fail: Microsoft.Hosting.Lifetime[0]\n      no", "dotnet - ERROR trouble logger=Microsoft.Hosting.Lifetime: Microsoft.Hosting.Lifetime[0]⏎no"},
	{"Get-Item : Cannot find path 'C:\\x'\nAt line:1 char:1\n    + CategoryInfo          : ObjectNotFound", "powershell - ERROR trouble process=Get-Item: Get-Item : Cannot find path 'C:\\x'⏎At line:1 char:1⏎    + CategoryInfo          : ObjectNotFound"},
	{"Get-Item : Cannot find path 'C:\\x'\nAt C:\\a.ps1:1 char:1\n+ Get-Item C:\\x\n+ ~~~~~~~~~~~~~\n+ CategoryInfo : ObjectNotFound\n+ FullyQualifiedErrorId : PathNotFound", "powershell - ERROR trouble process=Get-Item: Get-Item : Cannot find path 'C:\\x'⏎At C:\\a.ps1:1 char:1⏎+ Get-Item C:\\x⏎+ ~~~~~~~~~~~~~⏎+ CategoryInfo : ObjectNotFound⏎+ FullyQualifiedErrorId : PathNotFound"},
	{"Invoke-WebRequest: C:\\a.ps1:3", "powershell - ERROR trouble process=Invoke-WebRequest: Invoke-WebRequest: C:\\a.ps1:3"},
	{"2024-11-21 02:04:15, Error                 CBS    no", "cbs 2024-11-21T02:04:15Z ERROR trouble logger=CBS: no"},
	{"Error\t11/21/2024 2:04:15 AM\tService Control Manager\t7000\tNone\tThe x service failed", "winevent 2024-11-21T02:04:15Z ERROR trouble process=Service Control Manager logger=7000: The x service failed"},
	{"错误\t2024/11/21 2:04:15\tService Control Manager\t7000\t无\tx", "winevent 2024-11-21T02:04:15Z ERROR trouble process=Service Control Manager logger=7000: x"},
	{"11-21 02:04:15.500  1702  2395 E ActivityManager: ANR in com.x", "logcat 11-21T02:04:15.5Z ERROR trouble pid=1702 thread=2395 logger=ActivityManager: ANR in com.x"},
	{"W/ActivityManager( 1702): slow", "logcat - WARN pid=1702 logger=ActivityManager: slow"},
	{"Nov 21 02:04:15 mac Google Chrome He[123]: no", "macos 11-21T02:04:15Z host=mac process=Google Chrome He pid=123: no"},
	{"Nov 21 02:04:15 mac com.apple.xpc.launchd[1] (com.apple.x[12]) <Error>: no", "macos 11-21T02:04:15Z ERROR trouble host=mac process=com.apple.xpc.launchd pid=1: no"},
	{"2024-11-21 02:04:15.500000+0000 0x1a2b     Error       0x0                  12     0    x: (lib) no", "macos 2024-11-21T02:04:15.5Z ERROR trouble process=x pid=12 thread=0x1a2b: (lib) no"},

	{"APPSEV 1732154655 2024.11.21 R71-M1 2024-11-21-02.04.15.500000 R71-M1 RAS APP FATAL ciod: no", "bgl 2024-11-21T02:04:15.5Z FATAL trouble host=R71-M1 logger=APP: ciod: no"},
	{"- 1732154655 2024.11.21 dn228 Nov 21 02:04:15 dn228/dn228 crond[2915]: up", "thunderbird 2024-11-21T02:04:15Z host=dn228 process=crond pid=2915: up"},
	{"134681 node-246 unix.hw state_change.unavailable 1732154655 1 no", "hpc 2024-11-21T02:04:15Z host=node-246 logger=unix.hw state_change.unavailable: no"},
	{"20241121-2:4:15:500|Step_LSC|30002312|up", "bars 2024-11-21T02:04:15.5Z pid=30002312 logger=Step_LSC: up"},
	{"2024-11-21 02:04:15.5000|ERROR|App.Main|no", "nlog 2024-11-21T02:04:15.5Z ERROR trouble logger=App.Main: no"},
	{"[11.21 02:04:15] chrome.exe - proxy.example:5070 close, 0 bytes sent", "proxifier 11-21T02:04:15Z process=chrome.exe: proxy.example:5070 close, 0 bytes sent"},
}

// readAs describes an entry the way formatSamples do.
func readAs(e *diagnose.Entry) string {
	var b strings.Builder
	b.WriteString(e.Format + " ")
	switch {
	case e.Time.IsZero():
		b.WriteString("-")
	case e.Time.Year() == dayUnknown:
		b.WriteString("clock")
	case e.Time.Year() == yearUnknown:
		b.WriteString(e.Time.Format("01-02T15:04:05.999Z"))
	default:
		b.WriteString(e.Time.UTC().Format("2006-01-02T15:04:05.999Z"))
	}
	if e.Level != diagnose.LevelUnknown {
		b.WriteString(" " + e.Level.String())
	}
	if e.Trouble {
		b.WriteString(" trouble")
	}
	for _, f := range [][2]string{{"host", e.Host}, {"process", e.Process}, {"pid", e.PID}, {"thread", e.Thread}, {"logger", e.Logger}} {
		if f[1] != "" {
			b.WriteString(" " + f[0] + "=" + f[1])
		}
	}
	return b.String() + ": " + strings.ReplaceAll(e.Message, "\n", "⏎")
}

func TestFormats(t *testing.T) {
	for _, s := range formatSamples {
		if s.want == "" {
			continue
		}
		e := readTool(s.in)
		if got := readAs(&e); got != s.want {
			t.Errorf("%q:\ngot  %s\nwant %s", s.in, got, s.want)
		}
		if got := New().Parse([]byte(s.in), time.Time{}).Format; got != e.Format {
			t.Errorf("%q: the parser reads it as %s, not as %s", s.in, got, e.Format)
		}
	}
}

// Objects and lines that look like a format's and are none.
func TestNoFormat(t *testing.T) {
	for _, in := range []string{
		`{"changed": false, "msg": "no", "rc": 1, "start": "2024-11-21 02:04:15.5", "stderr": "x"}`,
		`{"timestamp":"2024-11-21T02:04:15.500+00:00","status":500,"error":"Internal Server Error","message":"no","path":"/x"}`,
		`{"kind":"Status","apiVersion":"v1","status":"Failure","message":"no","reason":"NotFound","code":404}`,
		`{"result":false,"code":1306201,"message":"no"}`,
		`{"State":{"Status":"running","Health":{"Log":[]}},"Created":"2024-11-21T02:04:15Z"}`,
		`{"message":"no"}`, `{"level":"error"}`, `{"a":`, `{`, `{"error":{"code":403,"message":"no"}}`,
		"time=now", "level=error", "t=1", "time=2024-11-21T02:04:15Z elapsed=7",
		"Content-Type: text/html", "Set-Cookie: a=b", "X-Request-Id: 7", "well-known : text",
		"fail: to see the point", "info: see above [0] x",
		"1:M is a key", "[12] 21 apples", "12:34 noon",
		"2024-11-21 02:04:15 ERROR no", "2024-11-21 02:04:15 [ERROR] Host 10.0.0.1: no",
		"2024-11-21 02:04:15,500 ERROR java.lang.OutOfMemoryError: Java heap space", "2024-11-21 02:04:15.5000|ERROR|no",
		"100 hosts are up since 1732154655 1 or so", "Error,see,below",
	} {
		e := New().Parse([]byte(in), time.Time{})
		for _, f := range loggerFormats {
			if e.Format == f.Name {
				t.Errorf("%q is read as %s", in, e.Format)
			}
		}
	}
}

// Every format's Head tells without allocation whether it takes a line.
func TestHeadsDoNotAllocate(t *testing.T) {
	for _, f := range loggerFormats {
		n := testing.AllocsPerRun(1, func() {
			for _, s := range formatSamples {
				line, _, _ := strings.Cut(s.in, "\n")
				scratch = append(scratch[:0], line...)
				f.Head(scratch, nil)
			}
		})
		if n > 0 {
			t.Errorf("%s: %.0f allocations", f.Name, n)
		}
	}
}

var scratch = make([]byte, 0, 1<<12)

// A line of level ERROR shows a mark, or is of a format whose lines have none that
// is long enough; those are found in streams that are parsed whole.
func TestMarksOfFormats(t *testing.T) {
	marks := New().Marks()
	for i, m := range marks {
		if len(m) < 9 {
			t.Errorf("mark %q has %d bytes", m, len(m))
		}
		marks[i] = strings.ToLower(m)
	}
	without := map[string]bool{"\tV0\t": true, "golog": true, "glog": true, "logcat": true, "macos": true, "logrus": true, "nlog": true, "ERROR Some:12": true, "ERROR:app.db:": true, "15 error Applied": true,
		"Invoke-WebRequest: ": true}
	for _, s := range formatSamples {
		e := readTool(s.in)
		excused := without[e.Format]
		for text := range without {
			excused = excused || strings.Contains(s.in, text)
		}
		if e.Trouble && !excused && !holdsMark(strings.ToLower(s.in), marks) {
			t.Errorf("no mark in %q", s.in)
		}
	}
}

// The lines of all entries joined are the lines read, for mixes of all formats.
func TestNoLineOfFormatsIsLost(t *testing.T) {
	p := New()
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 3))
		var b strings.Builder
		for range 200 {
			switch r.IntN(4) {
			case 0:
				b.WriteString(lineKinds[r.IntN(len(lineKinds))])
			default:
				b.WriteString(formatSamples[r.IntN(len(formatSamples))].in)
			}
			b.WriteString([]string{"\n", "\n", "\r\n"}[r.IntN(3)])
		}
		text := []byte(b.String())
		entries, lost := readEntries(p, text, time.Time{})
		if lost > 0 || len(entries) == 0 {
			t.Fatalf("seed %d: %d bytes are in no entry or in several", seed, lost)
		}
	}
}

// What programs print below their own log line is part of it.
func TestTracesBelowLoggers(t *testing.T) {
	for _, in := range []string{
		"2024-11-21 02:04:15,500 - app.db - ERROR - no\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\n    f()\nValueError: bad\n",
		"2024-11-21 02:04:15.500 [main] ERROR c.f.Some - no\njava.io.IOException: disk full\n\tat a.B.c(B.java:1)\nCaused by: a.X: y\n\t... 3 more\n",
		"24/11/21 02:04:15 ERROR Executor: no\norg.x.SomeException: disk full\n\tat a.B.c(B.java:1)\n",
		"2024-11-21 02:04:15.500 UTC [12] ERROR:  no\n2024-11-21 02:04:15.500 UTC [12] DETAIL:  why\n2024-11-21 02:04:15.500 UTC [12] STATEMENT:  SELECT 1\n\tFROM x\n",
		"fail: A.B[0]\n      no\n      System.Exception: bad\n         at A.B()\n",
		"Get-Item : no\nAt line:1 char:1\n    + CategoryInfo          : x\n    + FullyQualifiedErrorId : y\n",
		"=ERROR REPORT==== 2-Nov-2024::02:04:15 ===\nno\nat all\n",
	} {
		if entries, lost := readEntries(New(), []byte(in), time.Time{}); len(entries) != 1 || lost > 0 || !entries[0].Trouble {
			t.Errorf("%q: %d entries, %d bytes lost", in, len(entries), lost)
		}
	}
}

// readEntries parses text from its start, and counts the bytes that are not in
// exactly one entry.
func readEntries(p *Parser, text []byte, ref time.Time) (entries []diagnose.Entry, lost int) {
	f := p.Finder(Window{Text: text})
	covered := make([]int, len(text))
	for pos := f.First(0); pos < len(text); pos = f.Next(pos) {
		span := f.Span(pos)
		for i := span.Start; i < span.End; i++ {
			covered[i]++
		}
		for _, g := range span.Gaps {
			for i := g.From; i < g.To; i++ {
				covered[i]--
			}
		}
		own := span.Text(text)
		e := p.Parse(own, ref)
		if rest, ok := strings.CutPrefix(string(own), e.Text); !ok || strings.Trim(rest, "\r\n") != "" {
			lost += len(own)
		}
		entries = append(entries, e)
	}
	for _, n := range covered {
		if n != 1 {
			lost++
		}
	}
	return entries, lost
}

// What a format that takes a line says of it stays inside the line.
func FuzzFormats(f *testing.F) {
	for _, s := range formatSamples {
		f.Add([]byte(s.in))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		line, _, _ := strings.Cut(string(text), "\n")
		for _, format := range loggerFormats {
			tested := format.Head([]byte(line), nil)
			var e diagnose.Entry
			read := format.Head([]byte(line), &e)
			if tested < -1 || tested > len(line) || read > len(line) || (tested < 0) != (read < 0) {
				t.Fatalf("%s: %q: %d when only asked, %d when read", format.Name, line, tested, read)
			}
			if read < 0 {
				continue
			}
			e.Message, e.Text = string(text[read:]), string(text)
			format.Finish(&e)
			if e.Level > diagnose.LevelFatal || strings.Count(e.Message, "\n") > strings.Count(string(text), "\n") {
				t.Fatalf("%s: %q is read as %+v", format.Name, text, e)
			}
		}
	})
}

// BenchmarkHeads is what a plain line costs that no format takes.
func BenchmarkHeads(b *testing.B) {
	for _, line := range []string{"some plain words of a program", "2024-11-21 02:04:15 a line with a time", "   indented text", "12 files"} {
		b.Run(line[:8], func(b *testing.B) {
			text := []byte(line)
			for b.Loop() {
				for i := range loggerFormats {
					loggerFormats[i].Head(text, nil)
				}
			}
		})
	}
}
