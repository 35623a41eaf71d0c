package parser

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"diagnose"
)

// ids writes ids as "job-733 logid:5fa4d6ef".
func ids(list []diagnose.ID) string {
	var words []string
	for _, id := range list {
		words = append(words, id.String())
	}
	return strings.Join(words, " ")
}

// readOne reads text with one format, as the core does for an entry's bytes.
func readOne(t *testing.T, f Format, text string) diagnose.Entry {
	t.Helper()
	p := newParser([]Format{f})
	if f.Head([]byte(strings.SplitN(text, "\n", 2)[0]), nil) < 0 {
		t.Fatalf("no head: %q", text)
	}
	return p.Parse([]byte(text+"\n"), time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC))
}

func TestCloudStackHead(t *testing.T) {
	f := func(line, head, ids_, message string) {
		t.Helper()
		e := readOne(t, cloudstackFormat, line)
		stamp := ""
		if !e.Time.IsZero() {
			stamp = e.Time.Format("2006-01-02T15:04:05.000")
		}
		got := strings.Join([]string{stamp, e.Level.String(), e.Logger, e.Thread, e.Process, e.Host, e.PID}, "|")
		if got != head {
			t.Errorf("%q\n  head %s\n  want %s", line, got, head)
		}
		if got := ids(e.IDs); got != ids_ {
			t.Errorf("%q\n  ids  %s\n  want %s", line, got, ids_)
		}
		if e.Message != message {
			t.Errorf("%q\n  message %q\n  want    %q", line, e.Message, message)
		}
	}
	// Until 4.2: %c{3}, the job in the NDC.
	f("2014-07-24 04:11:08,193 DEBUG [cloud.async.AsyncJobManagerImpl] (Job-Executor-16:job-733) done",
		"2014-07-24T04:11:08.193|DEBUG|cloud.async.AsyncJobManagerImpl|Job-Executor-16|management-server||", "job-733", "done")
	// 4.2: brackets and blanks inside the parentheses.
	f("2014-01-09 02:00:00,001 WARN  [cloud.vm.UserVmManagerImpl] (Job-Executor-8:job-1131 = [ 5fa4d6ef-1c2d-4e5f-8a9b-0c1d2e3f4a5b ]) text",
		"2014-01-09T02:00:00.001|WARN|cloud.vm.UserVmManagerImpl|Job-Executor-8|management-server||", "job-1131 logid:5fa4d6ef", "text")
	// 4.3: %c{1.}, contexts and parent/child.
	f("2015-03-01 10:00:00,123 DEBUG [c.c.v.VirtualMachineManagerImpl] (Work-Job-Executor-5:ctx-0c81b6e7 job-40211/job-40214 ctx-71efab03) text",
		"2015-03-01T10:00:00.123|DEBUG|c.c.v.VirtualMachineManagerImpl|Work-Job-Executor-5|management-server||",
		"ctx:0c81b6e7 job-40211 job-40214 ctx:71efab03", "text")
	// 4.7: logid.
	f("2016-04-27 13:37:11,338 INFO  [a.c.c.a.ApiServer] (catalina-exec-6:ctx-915b5c84 ctx-a03152fa) (logid:66249df0) text",
		"2016-04-27T13:37:11.338|INFO|a.c.c.a.ApiServer|catalina-exec-6|management-server||",
		"ctx:915b5c84 ctx:a03152fa logid:66249df0", "text")
	// 4.20: log4j2 prints the NDC as a list.
	f("2025-09-24 12:43:34,012 INFO  [o.a.c.f.j.i.AsyncJobManagerImpl$5] (Work-Job-Executor-65:[ctx-90f03b48, job-390/job-391, ctx-1386e5f7]) (logid:817626d6) text",
		"2025-09-24T12:43:34.012|INFO|o.a.c.f.j.i.AsyncJobManagerImpl$5|Work-Job-Executor-65|management-server||",
		"ctx:90f03b48 job-390 job-391 ctx:1386e5f7 logid:817626d6", "text")
	// Agents and system VMs.
	f("2014-06-16 08:08:01,108 INFO  [utils.nio.NioClient] (Agent-Selector:null) Connecting to 192.168.1.2:8250",
		"2014-06-16T08:08:01.108|INFO|utils.nio.NioClient|Agent-Selector|agent||", "", "Connecting to 192.168.1.2:8250")
	f("2018-05-05 08:08:01,108 INFO  [cloud.agent.Agent] (agentRequest-Handler-2:null) (logid:20b2c4d0) text",
		"2018-05-05T08:08:01.108|INFO|cloud.agent.Agent|agentRequest-Handler-2|agent||", "logid:20b2c4d0", "text")
	f("2025-09-21T20:47:12,447 ERROR [utils.nio.NioClient] (main:[]) text",
		"2025-09-21T20:47:12.447|ERROR|utils.nio.NioClient|main|||", "", "text")
	f("2014-06-16 08:08:01,108 DEBUG [kvm.resource.KVMHAMonitor] (Thread-24:null) text",
		"2014-06-16T08:08:01.108|DEBUG|kvm.resource.KVMHAMonitor|Thread-24|agent||", "", "text")
	// Usage, with and without a date.
	f("2014-06-16 00:15:00,000 INFO  [cloud.usage.UsageManagerImpl] (Usage-Job-1:null) text",
		"2014-06-16T00:15:00.000|INFO|cloud.usage.UsageManagerImpl|Usage-Job-1|usage||", "", "text")
	f("INFO  [cloud.usage.UsageManagerImpl] (Usage-Job-1:null) (logid:) text",
		"|INFO|cloud.usage.UsageManagerImpl|Usage-Job-1|usage||", "", "text")
	// Console and catalina.out.
	f("INFO  [o.a.c.s.m.m.i.DefaultModuleDefinitionSet] (main:null) (logid:) text",
		"|INFO|o.a.c.s.m.m.i.DefaultModuleDefinitionSet|main|||", "", "text")
	f("ERROR [o.a.c.ServerDaemon] (main:) (logid:) text", "|ERROR|o.a.c.ServerDaemon|main|||", "", "text")
	// The journal, also in a Chinese locale, syslog with ISO times, compose, a host's name, grep.
	f("Sep 03 01:12:00 ms1.example.org java[2720]: INFO  [c.c.c.ConsoleProxyManagerImpl] (consoleproxy-1:ctx-2e62d742) (logid:cc558161) text",
		"2023-09-03T01:12:00.000|INFO|c.c.c.ConsoleProxyManagerImpl|consoleproxy-1|management-server|ms1.example.org|2720",
		"ctx:2e62d742 logid:cc558161", "text")
	f("2月 10 09:00:58 ms1.example.org java[1863]: INFO  [o.a.c.ServerDaemon] (main:null) (logid:) text",
		"2023-02-10T09:00:58.000|INFO|o.a.c.ServerDaemon|main||ms1.example.org|1863", "", "text")
	f("2023-09-03T01:12:00.123456+08:00 ms1 server[17]: WARN  [c.c.a.m.AgentManagerImpl] (AgentMonitor-1:ctx-2e62d742) (logid:cc558161) text",
		"2023-09-02T17:12:00.123|WARN|c.c.a.m.AgentManagerImpl|AgentMonitor-1|management-server|ms1|17",
		"ctx:2e62d742 logid:cc558161", "text")
	f("svc_1  | 2018-05-05 08:08:01,108 INFO  [c.c.a.ApiServer] (qtp1-2:null) (logid:) text",
		"2018-05-05T08:08:01.108|INFO|c.c.a.ApiServer|qtp1-2|management-server||", "", "text")
	f("ms-01.example 2018-05-05 08:08:01,108 INFO  [c.c.a.ApiServer] (qtp1-2:null) (logid:) text",
		"2018-05-05T08:08:01.108|INFO|c.c.a.ApiServer|qtp1-2|management-server||", "", "text")
	f("management-server.log:1234:2018-05-05 08:08:01,108 INFO  [c.c.a.ApiServer] (qtp1-2:null) (logid:) text",
		"2018-05-05T08:08:01.108|INFO|c.c.a.ApiServer|qtp1-2|management-server||", "", "text")
	f("> 2018-05-05 08:08:01,108 INFO  [c.c.a.ApiServer] (qtp1-2:null) (logid:) text",
		"2018-05-05T08:08:01.108|INFO|c.c.a.ApiServer|qtp1-2|management-server||", "", "text")
	// Threads with blanks, odd contexts.
	f("2018-05-05 08:08:01,108 INFO  [c.c.a.m.ClusteredAgentManagerImpl] (ClusteredAgentManager Timer:ctx-2d8ff5fb) (logid:1fa2b3c4) text",
		"2018-05-05T08:08:01.108|INFO|c.c.a.m.ClusteredAgentManagerImpl|ClusteredAgentManager Timer|management-server||",
		"ctx:2d8ff5fb logid:1fa2b3c4", "text")
	f("2018-05-05 08:08:01,108 INFO  [c.c.h.v.r.VmwareResource] (DirectAgent-121:ctx-62c2dd3e 10.2.3.170, job-75/job-131, cmd: StartCommand) (logid:817626d6) text",
		"2018-05-05T08:08:01.108|INFO|c.c.h.v.r.VmwareResource|DirectAgent-121|management-server||",
		"ctx:62c2dd3e job-75 job-131 logid:817626d6", "text")
	f("2013-05-05 08:08:01,108 INFO  [cloud.ha.HighAvailabilityManagerImpl] (HA-Worker-2:work-123) text",
		"2013-05-05T08:08:01.108|INFO|cloud.ha.HighAvailabilityManagerImpl|HA-Worker-2|management-server||", "task:work-123", "text")
	f("2013-05-05 08:08:01,108 DEBUG [allocator.impl.FirstFitAllocator] (Job-Executor-2:job-12 FirstFitRoutingAllocator) text",
		"2013-05-05T08:08:01.108|DEBUG|allocator.impl.FirstFitAllocator|Job-Executor-2|management-server||", "job-12", "text")
	f("2013-05-05 08:08:01,108 INFO  [utils.rmi.X] (RMI TCP Connection(2)-10.1.1.1:null) text",
		"2013-05-05T08:08:01.108|INFO|utils.rmi.X|RMI TCP Connection(2)-10.1.1.1|||", "", "text")
	// Posts that lost blanks; no message.
	f("2014-07-24 04:11:08,182 WARN[cloud.vm.VirtualMachineManagerImpl](Job-Executor-16:job-733)Unable",
		"2014-07-24T04:11:08.182|WARN|cloud.vm.VirtualMachineManagerImpl|Job-Executor-16|management-server||", "job-733", "Unable")
	f("2014-07-24 04:11:08,182 WARN  [cloud.vm.X] (Timer-1:null) (logid:)",
		"2014-07-24T04:11:08.182|WARN|cloud.vm.X|Timer-1|||", "", "")
}

func TestCloudStackHeadRefuses(t *testing.T) {
	for _, line := range []string{
		"",
		" ",
		"\tat com.cloud.vm.VirtualMachineManagerImpl.advanceStart(VirtualMachineManagerImpl.java:980)",
		"Caused by: com.cloud.exception.AgentUnavailableException: Resource [Host:1] is unreachable",
		"com.cloud.utils.exception.CloudRuntimeException: Unable to x",
		"2023-05-05 10:00:00.123 INFO [pool-1] c.t.b - msg",
		"2023-05-05 10:00:00.123  INFO 1 --- [           main] c.t.b.Application : Started",
		"INFO text", "ERROR [x] text", "ERROR [x] (no colon) text", "ERROR [x] (:) text",
		"Feb  7 00:59:56 host sshd[3387]: Failed password for root from 10.1.1.1 port 22 ssh2",
		"2014-07-24 04:11:08,182",
		"2014-07-24 04:11:08,182 WARN  [cloud.vm.X] (Timer-1:null",
		"2014-07-24 04:11:08,182 WARN  [cloud.vm.X] (Timer-1:a]b) text",
		"2014-07-24 04:11:08,182 WARN  [cloud.vm.X] (Timer-1:a(b)c) text",
	} {
		if n := cloudstackHead([]byte(line), nil); n >= 0 {
			t.Errorf("%q is a head, message at %d", line, n)
		}
	}
}

// tolerant is the layout as one expression: a slow second opinion.
var tolerant = regexp.MustCompile(`^\s*(?P<pfx>(?:[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \S+ \S+?\[\d+\]: |\S+ +\| |[\w.-]+ )?)` +
	`(?:(?P<ts>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[,.]\d{3})\s+)?` +
	`(?P<lvl>TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\s*\[(?P<cat>[\w.$]+)\]\s*` +
	`\((?P<thr>[^:()]+):(?P<ndc>(?:[^()\[\]]|\[[^\]]*\])*)\)(?:\s*\(logid:(?P<logid>[0-9a-zA-Z-]*)\))?\s?(?P<msg>.*)$`)

func TestCloudStackHeadAgreesWithTolerantExpression(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(choices ...string) string { return choices[r.IntN(len(choices))] }
	accepted := 0
	for range 40_000 {
		line := pick("", "", "", " ", "\t") +
			pick("", "", "", "Feb  7 00:59:56 host java[3387]: ", "Feb 17 00:59:56 h-1.x cloudstack-management[1]: ", "svc_1  | ", "svc | ", "ms1 ", "at ", "a b ") +
			pick("", "2014-07-24 04:11:08,193 ", "2014-07-24T04:11:08.193  ", "2014-07-24 04:11:08,19 ", "2014-07-24 ", "2014/07/24 04:11:08,193 ") +
			pick("TRACE", "DEBUG", "INFO", "INFO ", "WARN ", "WARN", "ERROR", "FATAL", "ERROR  ", "INF", "info", "") + pick("", " ", " ") +
			pick("[c.c.v.X$1]", "[kvm.resource.Y]", "[Agent]", "[]", "[a", "a]", "[a b]", "") + pick("", " ", "\t ") +
			pick("(", "(", "(", "") + pick("main", "Job-Executor-16", "Agent Timer", "qtp1-2", "", "a(b") + pick(":", ":", ":", "") +
			pick("null", "", "[]", "job-1131 = [ 5fa4d6ef-1 ]", "ctx-1 job-1/job-2 ctx-3", "[ctx-1, job-2/job-3]", "10.2.3.1, job-75/job-131, cmd: StartCommand",
				"a(b)", "a]b", "[x", "[a)b]") + pick(")", ")", ")", "") +
			pick("", " (logid:)", " (logid:5fa4d6ef)", "(logid:0-a)", " (logid:a b)", " (logid:x") +
			pick("", " ", "  ", " text", "text", " [1] (2) text: x", "\ttext")
		m := tolerant.FindStringSubmatchIndex(line)
		var h cloudHead
		ok := h.read([]byte(line))
		if m == nil {
			continue // some more are accepted: journald's other forms, grep
		}
		if !ok {
			t.Fatalf("not accepted: %q", line)
		}
		accepted++
		group := func(name string) string {
			i := tolerant.SubexpIndex(name)
			if m[2*i] < 0 {
				return ""
			}
			return line[m[2*i]:m[2*i+1]]
		}
		b := []byte(line)
		got := fmt.Sprintf("%s|%s|%s|%s|%s|%s", h.level, h.logger.of(b), h.thread.of(b), h.ndc.of(b), h.logid.of(b), line[h.message:])
		want := fmt.Sprintf("%s|%s|%s|%s|%s|%s", group("lvl"), group("cat"), group("thr"), group("ndc"), group("logid"), group("msg"))
		if got != want {
			t.Fatalf("%q\n got %s\nwant %s", line, got, want)
		}
	}
	if accepted < 1000 {
		t.Errorf("only %d lines were heads: the test says little", accepted)
	}
}

func TestCloudStackBody(t *testing.T) {
	const head = "2024-07-24 04:11:08,193 DEBUG [c.c.a.t.Request] (Timer-1:null) (logid:) "
	f := func(message, belongs, mentions string) {
		t.Helper()
		e := readOne(t, cloudstackFormat, head+message)
		if got := ids(e.IDs); got != belongs {
			t.Errorf("%q\n  belongs  %s\n  want     %s", message, got, belongs)
		}
		if got := ids(e.Mentions); got != mentions {
			t.Errorf("%q\n  mentions %s\n  want     %s", message, got, mentions)
		}
	}
	// Jobs.
	f("submit async job-733, details: AsyncJobVO {id:733, userId: 2, accountId: 2", "job-733", "")
	f(`submit async job-3306, details: AsyncJob {"accountId":2,"id":3306,"uuid":"9fd3ccc6-1c2d-4e5f-8a9b-0c1d2e3f4a5b"}`, "job-3306 logid:9fd3ccc6", "")
	f("Executing com.cloud.api.commands.DestroyVMCmd for job-733", "job-733", "")
	f("**Executing** com.cloud.api.commands.DestroyVMCmd **for job-733**", "job-733", "")
	f("Executing AsyncJobVO {id:4305, userId: 2", "job-4305", "")
	f("Done executing com.cloud.vm.VmWorkStart for job-62", "job-62", "")
	f("Add job-3306 into job monitoring", "job-3306", "")
	f("Remove job-3306 from job monitoring", "job-3306", "")
	f("Publish async job-62 complete on message bus", "job-62", "")
	f("Wake up jobs related to job-62", "job-62", "")
	f("Update db status for job-62", "job-62", "")
	f("Sync job-4251 execution on object VmWorkJobQueue.46", "job-4251", "")
	f("Done with run of VM work job: com.cloud.vm.VmWorkStart for VM 5474, job origin: 72464", "job-72464", "")
	f("Unable to complete AsyncJobVO {id:40214, userId: 2}, job origin:40211", "job-40211 job-40214", "")
	f("Task (job-733) has been pending for 610 seconds", "", "job-733")
	f("Remove Job-733 from Queue-12 since it has been blocked for too long", "", "job-733")
	f("job-733 no longer exists, we just log completion info here. job-733", "", "job-733")
	f("Work-Job-Executor-5 and API-job-x, blob-12", "", "")
	f("Waiting for job-1 and job-2", "", "job-1 job-2")
	// Job uuids in API traffic; downloads have job ids of their own.
	f(`===START===  192.168.123.126 -- GET  jobId=4a5ecb61-8c89-4a62-8d09-92211a72c099&command=queryAsyncJobResult&response=json`,
		"logid:4a5ecb61", "address:192.168.123.126")
	f(`200 {"stopvirtualmachineresponse":{"jobid":"5b9f4a9b-eabe-4fa4-849d-3d004bb65634"}}`, "logid:5b9f4a9b", "")
	f(`{"jobid":"5b9f4a9b-eabe-4fa4-849d-3d004bb65634"},{"jobid":"6b9f4a9b-eabe-4fa4-849d-3d004bb65634"}`, "", "logid:5b9f4a9b logid:6b9f4a9b")
	f(`{"com.cloud.agent.api.storage.DownloadProgressCommand":{"jobId":"5b9f4a9b-eabe-4fa4-849d-3d004bb65634"}}`, "", "")
	// Sequences and the logid of a command.
	f("Seq 49-123: Sending  { Cmd , MgmtId: 345052229470, via: 49(kvm22.example.it), Ver: v1, Flags: 100011, []}",
		"seq:49-123", "host:49 host:kvm22.example.it")
	f("SeqA 8-77: Processing Seq 8-77:  { Cmd , MgmtId: -1, via: 8, Ver: v1 }", "seq:A8-77 seq:8-77", "host:8")
	f("Timed out on Seq 4-3368: ", "seq:4-3368", "host:4")
	f("Commands 3368 to Host 4 timed out after 100", "seq:4-3368", "host:4")
	f(`Executing command "X" [{"contextMap":{"logid":"f0bc454e"},"wait":0}].`, "logid:f0bc454e", "")
	f(`[{"contextMap":{"logid":"f0bc454e"}},{"contextMap":{"logid":"f0bc454f"}}]`, "", "logid:f0bc454e logid:f0bc454f")
	// Hosts.
	f("VM state transitted from :Stopping to Running with event: OperationFailedvm's original **host id: 49** new host id: 49 host id before state transition: 49", "", "host:49")
	f("Agent is disconnected but the host is still up: 49-kvm22", "", "host:49 host:kvm22")
	f("Found the following agents behind on ping: [4, 12]", "", "host:4")
	f("Resource [Host:18] is unreachable: Host 18: Host with specified id is not in the right state: Disconnected", "", "host:18")
	f("Investigating why host 4 has disconnected with event PingTimeout", "", "host:4")
	f(`"hostId":18, x "hostId":"19", hostId: 20, hostId=21, "host":{"id":22}`, "", "host:18 host:19 host:20 host:21 host:22")
	f(`Host {"id":1,"name":"kvm1","type":"Routing","uuid":"x"} and Host {"id": "2", "name": "kvm2"}`, "", "host:1 host:kvm1 host:2 host:kvm2")
	f("Deploy avoids pods: [], clusters: [3], hosts: [12, 13]", "", "host:12 host:13")
	f("Agent 7 state cannot be determined, do nothing", "", "host:7")
	f("connecting to host=192.168.6.78 port=8250, agent version 4.11, ghost 5, hosts 3rd, host 0, host 12.5, host 10%", "", "address:192.168.6.78")
	// VMs and addresses.
	f("Unable to stop vm VM[User|i-2-940-VM] r-4-VM s-1-VM(x) v-22-VM l-7-VM x-1-VM i-2-3-VMs hi-2-3-VM", "",
		"vm:i-2-940-VM vm:r-4-VM vm:s-1-VM vm:v-22-VM vm:l-7-VM")
	f("Connection from /10.1.1.1:8250 to nfs://10.1.1.2/x, 10.0.0.0/24, version: 4.19.0.0, 0.0.0.0, 127.0.0.1, 1.2.3.4.5", "",
		"address:10.1.1.1 address:10.1.1.1:8250 address:10.1.1.2")
	// Stack traces.
	f("Failed on r-4-VM\njava.lang.X: Resource [Host:18] is unreachable\n\tat com.x.Y.z(Y.java:1)\n\tat com.x.Y.y(host 7)\nCaused by: java.lang.X: job-733\n\t... 12 more\n\tat com.x.W", "",
		"job-733 host:18 vm:r-4-VM")
}

func TestCloudStackOutcome(t *testing.T) {
	const child = "2024-07-24 04:11:08,193 DEBUG [o.a.c.f.j.i.AsyncJobManagerImpl] (Work-Job-Executor-5:ctx-0c81b6e7 job-11/job-12) (logid:817626d6) "
	const api = "2016-04-27 10:43:11,084 INFO  [a.c.c.a.ApiServer] (catalina-exec-3:ctx-37d9f693) (logid:3a0fad97) (userId=2 accountId=2 sessionId=AF8B) 10.1.1.1 -- GET command=x&_=1 "
	f := func(line string, outcome diagnose.Outcome, trouble bool, first string) {
		t.Helper()
		e := readOne(t, cloudstackFormat, line)
		if e.Outcome != outcome || e.Trouble != trouble {
			t.Errorf("%q: outcome %s, trouble %t", line, e.Outcome, e.Trouble)
		}
		if got := ids(e.IDs[:1]); got != first {
			t.Errorf("%q: first id %s, want %s", line, got, first)
		}
	}
	f(child+"Complete async job-12, jobStatus: FAILED, resultCode: 0, result: x", diagnose.OutcomeFailed, true, "job-12")
	f(child+"Complete async job-12, jobStatus: SUCCEEDED, resultCode: 0, result: null", diagnose.OutcomeSucceeded, false, "job-12")
	f(child+"Complete async job-12, jobStatus: CANCELLED, resultCode: 0", diagnose.OutcomeFailed, true, "job-12")
	f(child+"Complete async job-12, jobStatus: IN_PROGRESS, resultCode: 0", diagnose.OutcomeUnknown, false, "job-12")
	f(child+"Complete async job-1131 = [ 5fa4d6ef-1c2d-4e5f-8a9b-0c1d2e3f4a5b ], jobStatus: 1, resultCode: 0", diagnose.OutcomeSucceeded, false, "job-1131")
	f(child+"Complete async job-12, jobStatus: 2", diagnose.OutcomeFailed, true, "job-12")
	f(child+"Complete async job-12", diagnose.OutcomeUnknown, false, "ctx:0c81b6e7")
	f(child+"mentions jobStatus: FAILED of another", diagnose.OutcomeUnknown, false, "ctx:0c81b6e7")
	f(api+`530 {"x":{"errorcode":530}}`, diagnose.OutcomeFailed, true, "ctx:37d9f693")
	f(api+`431 Unable to execute API command`, diagnose.OutcomeUnknown, false, "ctx:37d9f693")
	f(api+`200 {"queryasyncjobresultresponse":{"jobid":"5b9f4a9b-eabe-4fa4-849d-3d004bb65634","jobstatus":2}}`, diagnose.OutcomeFailed, true, "ctx:37d9f693")
	f(api+`200 {"queryasyncjobresultresponse":{"jobid":"5b9f4a9b-eabe-4fa4-849d-3d004bb65634","jobstatus":1}}`, diagnose.OutcomeSucceeded, false, "ctx:37d9f693")
	f(api+`200 {"queryasyncjobresultresponse":{"jobid":"5b9f4a9b-eabe-4fa4-849d-3d004bb65634","jobstatus":0}}`, diagnose.OutcomeUnknown, false, "ctx:37d9f693")
}

func TestCloudStackTrouble(t *testing.T) {
	f := func(level, message string, want bool) {
		t.Helper()
		line := "2024-07-24 04:11:08,193 " + level + " [c.c.X] (Timer-1:null) (logid:) " + message
		if e := readOne(t, cloudstackFormat, line); e.Trouble != want {
			t.Errorf("%s %q: trouble %t", level, message, e.Trouble)
		}
	}
	f("ERROR", "anything", true)
	f("FATAL", "anything", true)
	f("WARN ", "Unable to stop vm VM[User|i-2-940-VM]", false)
	f("WARN ", "Unable to x\ncom.cloud.utils.exception.CloudRuntimeException: y\n\tat com.cloud.X.y(X.java:1)", true)
	f("WARN ", "Unable to x\njava.lang.NullPointerException\n\tat com.cloud.X.y(X.java:1)", true)
	f("INFO ", "Unable to contact resource. com.cloud.exception.StorageUnavailableException: Resource [StoragePool:1] is unreachable", true)
	f("INFO ", "Rethrow exception com.cloud.exception.InsufficientServerCapacityException: Unable to create a deployment", true)
	f("INFO ", "Could not find exception: com.cloud.exception.InsufficientCapacityException in error code list for exceptions", false)
	f("WARN ", "java.lang.OutOfMemoryError: Java heap space", true)
	f("WARN ", "Ignored SQL Exception when trying to drop key last_sent on table alert exception: java.sql.SQLException: Can't DROP", false)
	f("DEBUG", `cmdInfo: {"onError":"continue","exception":"java.lang.Exception: x"}`, false)
	f("DEBUG", `Unexpected Exception: x`, false)
	f("DEBUG", `Task failed! Task record: uuid: x`, true)
	f("DEBUG", `Seq 1-2: Processing:  { Ans: , MgmtId: 1, via: 1, Ver: v1, Flags: 10, [{"Answer":{"result":false,"details":"no"}}] }`, true)
	f("DEBUG", `Seq 1-2: Processing:  { Ans: , MgmtId: 1, via: 1, Ver: v1, Flags: 10, [{"Answer":{"result":true,"details":"x.y.ZException: was once"}}] }`, false)
	f("DEBUG", `Seq 1-2: Sending  { Cmd , MgmtId: 1, via: 1, [{"Command":{"result":false}}] }`, false)
}

// The lines of the users' manual, as they stand there.
func TestManualWalk(t *testing.T) {
	glued := "2014-07-24 04:11:08,093 DEBUG [cloud.async.AsyncJobManagerImpl] (catalina-exec-25:null) submit async job-733, details: AsyncJobVO {id:733, userId: 2, accountId: 2, sessionKey: null,\n```\n\n" +
		`instanceType: null, instanceId: 940, cmd: com.cloud.api.commands.DestroyVMCmd, cmdOriginator: null, cmdInfo: {"response": "json", "id": "940", "sessionkey": "dl1jJoW6/yIfI/xhAiTfm1FMogM\u003d", "ctxUserId": "2", "_": "1406189948366", "ctxAccountId": "2", "ctxStartEventId": "7462"}, cmdVersion: 0, callbackType: 0, callbackAddress: null, status: 0, processStatus: 0, resultCode: 0, result: null, initMsid: 345051249244, completeMsid: null, lastUpdated: null, lastPolled: null, created: null} 2014-07-24 04:11:08,166 DEBUG [cloud.async.AsyncJobManagerImpl] (Job-Executor-16:job-733) **Executing** com.cloud.api.commands.DestroyVMCmd **for job-733**`
	e := readOne(t, cloudstackFormat, glued)
	if got := ids(e.IDs); got != "job-733" || e.Trouble {
		t.Errorf("submit: ids %s, trouble %t", got, e.Trouble)
	}
	e = readOne(t, cloudstackFormat, "2014-07-24 04:11:08,193 DEBUG [cloud.async.AsyncJobManagerImpl] (Job-Executor-16:job-733) Complete async job-733, jobStatus: 2, resultCode: 530, result: Error Code: 530 Error text: Failed to destroy vm with specified vmId")
	if ids(e.IDs) != "job-733" || e.Outcome != diagnose.OutcomeFailed || !e.Trouble {
		t.Errorf("complete: %+v", e)
	}
	e = readOne(t, cloudstackFormat, "2014-07-24 04:11:08,182 WARN [cloud.vm.VirtualMachineManagerImpl] (Job-Executor-16:job-733) **Unable to stop vm VM**[User|i-2-940-VM]")
	if e.Level != diagnose.LevelWarn || ids(e.Mentions) != "vm:i-2-940-VM" || !slices.Equal(texts(e.Inner), []string{"Unable to stop vm VM[User|i-2-940-VM]"}) {
		t.Errorf("stop: %+v", e)
	}
	e = readOne(t, cloudstackFormat, "2014-07-24 04:11:08,188 DEBUG [cloud.capacity.CapacityManagerImpl] (Job-Executor-16:job-733) VM state transitted from :Stopping to Running with event: OperationFailedvm's original **host id: 49** new host id: 49 host id before state transition: 49")
	if ids(e.IDs) != "job-733" || ids(e.Mentions) != "host:49" {
		t.Errorf("transition: %+v", e)
	}
}

func TestGluedHeads(t *testing.T) {
	f := func(message, want string, trouble bool) {
		t.Helper()
		e := readOne(t, cloudstackFormat, "2024-07-24 04:11:08,193 DEBUG [c.c.X] (Timer-1:null) "+message)
		if got := ids(e.IDs); got != want || e.Trouble != trouble {
			t.Errorf("%q: ids %s, trouble %t", message, got, e.Trouble)
		}
	}
	f("a 2014-07-24 04:11:08,166 DEBUG [c.c.Y] (Job-Executor-16:ctx-0a0b0c0d job-733) (logid:5fa4d6ef) b", "ctx:0a0b0c0d job-733 logid:5fa4d6ef", false)
	f("a\n2014-07-24T04:11:08,166 ERROR [c.c.Y] (Job-Executor-16:[job-733]) b", "job-733", true)
	f("a 2014-07-24 04:11:08,166 DEBUG [c.c.Y] (x:job-1) b 2014-07-24 04:11:08,166 DEBUG [c.c.Y] (x:job-2) c", "job-1 job-2", false)
	f("a DEBUG [c.c.Y] (Job-Executor-16:job-733) b", "", false) // no time: quoted output
	f("] (] (] ([-] (", "", false)
}

func TestStripLinePrefix(t *testing.T) {
	f := func(line, want string) {
		t.Helper()
		if got := string(stripLinePrefix([]byte(line))); got != want {
			t.Errorf("%q gave %q, want %q", line, got, want)
		}
	}
	f("Feb  7 00:59:56 host java[3387]: \tat com.cloud.X.y(X.java:1)", "\tat com.cloud.X.y(X.java:1)")
	f("2月 10 09:00:58 host java[3387]: Caused by: x", "Caused by: x")
	f("svc_1  | \tat com.cloud.X.y(X.java:1)", "\tat com.cloud.X.y(X.java:1)")
	f("cloudstack-management-1 | text", "text")
	f("id   | name", "id   | name")
	f("\tat com.cloud.X.y(X.java:1)", "\tat com.cloud.X.y(X.java:1)")
	f("", "")
}

func TestCloudStackSpelling(t *testing.T) {
	f := func(line string) {
		t.Helper()
		e := readOne(t, cloudstackFormat, line)
		for _, id := range e.IDs {
			found := false
			for _, s := range spellCloudStack(id) {
				found = found || strings.Contains(strings.ToLower(line), strings.ToLower(s))
			}
			if !found {
				t.Errorf("%s is in %q but none of %q", id, line, spellCloudStack(id))
			}
		}
	}
	f("2024-07-24 04:11:08,193 DEBUG [c.c.X] (A:ctx-0c81b6e7 job-11/job-12) (logid:817626d6) Seq 4-99: SeqA 5-88: Commands 77 to Host 6")
	f("2024-07-24 04:11:08,193 DEBUG [c.c.X] (A:job-1131 = [ 5fa4d6ef-1c2d-4e5f-8a9b-0c1d2e3f4a5b ]) text")
	f(`2024-07-24 04:11:08,193 DEBUG [c.c.X] (HA-Worker-1:work-123) {"contextMap":{"logid":"f0bc454e"}}`)
	f(`2024-07-24 04:11:08,193 DEBUG [c.c.X] (A:null) {"jobid":"5b9f4a9b-eabe-4fa4-849d-3d004bb65634"}`)
	f(`2024-07-24 04:11:08,193 DEBUG [c.c.X] (A:null) GET  jobId=4a5ecb61-8c89-4a62-8d09-92211a72c099&command=queryAsyncJobResult`)
	if s := spellCloudStack(diagnose.ID{Kind: diagnose.KindTask, Value: "pipeline-1"}); s != nil {
		t.Errorf("foreign task spelled %q", s)
	}
}

func TestCloudStackMarksAreLongEnough(t *testing.T) {
	for _, f := range cloudstackFamily {
		for _, m := range f.Marks {
			if len(m) < 9 {
				t.Errorf("%s: mark %q has %d bytes", f.Name, m, len(m))
			}
		}
	}
}

// Every line of level ERROR or FATAL must hold a mark, whatever the logger.
func TestCloudStackMarksFindErrors(t *testing.T) {
	for _, logger := range []string{"c.c.v.X", "cloud.agent.Agent", "kvm.resource.Y", "utils.nio.NioClient", "o.a.c.Z", "net.sf.ehcache"} {
		for _, form := range []string{
			"2014-07-24 04:11:08,193 %s [%s] (main:null) text",
			"Sep 03 01:12:00 ms1 java[2720]: %s [%s] (main:null) text",
		} {
			for _, level := range []string{"ERROR", "FATAL"} {
				line := fmt.Sprintf(form, level, logger)
				if !holdsMark(line, cloudstackFormat.Marks) {
					t.Errorf("no mark in %q", line)
				}
			}
		}
	}
	if line := "ERROR [o.a.c.ServerDaemon] (main:) (logid:) text"; !holdsMark(line, cloudstackFormat.Marks) {
		t.Errorf("no mark in %q", line)
	}
	if line := "2014-07-24 04:11:08,193 WARN  [c.c.X] (main:null) text"; holdsMark(line, cloudstackFormat.Marks) {
		t.Errorf("a mark in %q", line)
	}
}

func holdsMark(line string, marks []string) bool {
	return slices.ContainsFunc(marks, func(m string) bool {
		return strings.Contains(strings.ToLower(line), strings.ToLower(m))
	})
}

// seedLines are heads of every layout in the family.
var seedLines = []string{
	"2014-07-24 04:11:08,193 DEBUG [cloud.async.AsyncJobManagerImpl] (Job-Executor-16:job-733) Complete async job-733, jobStatus: 2",
	"2025-09-24 12:43:34,012 INFO  [o.a.c.X] (Work-Job-Executor-65:[ctx-90f03b48, job-390/job-391]) (logid:817626d6) a\n\tat b",
	"Sep 03 01:12:00 ms1 java[2720]: INFO  [c.c.X] (main:) (logid:) Seq 4-5: via: 3(x) [Host:1] i-2-3-VM 10.1.1.1:22",
	"svc_1  | ERROR [c.c.X] (a:b) **x** rO0ABXNyA",
	"2014-01-01 10:00:00.123+0000: 1234: error : virNetDevGetMTU:397 : Cannot get interface MTU on 'brem1-1234': No such device",
	"Sep 26 11:16:57 xs1 xapi: [ warn|xs1|51 INET :::80|VM.import R:a4377873c2e6|xapi] text",
	"[20140101T10:00:00.123Z|debug|xs1|12 inet-RPC|VM.start R:7321d8dea9e4|xapi] text",
	"Jan  8 20:26:10 xs1 SM: [23615] ***** NFS VHD: EXCEPTION <class 'x'>",
	"[23615] 2014-01-08 20:26:10.123456\t***** NFS VHD: EXCEPTION",
	"DEBUG:root:execute:hostname -f",
	"Sun 23 May 2021 03:17:36 PM UTC Executing cloud-early-config",
	"2018-05-03 12:00:00,123  CsHelper.py execute:184 Executing: iptables-save",
	"Mar 3, 2014 1:02:03 PM org.apache.catalina.core.StandardContext start\nSEVERE: Error listenerStart",
	"2014-3-3 13:02:03 org.apache.catalina.core.StandardContext start\n严重: Error listenerStart",
	"03-Mar-2014 13:02:03.123 SEVERE [main] org.apache.catalina.core.StandardContext.startInternal Error",
}

func TestFamilyDisjoint(t *testing.T) {
	for _, line := range seedLines {
		first, _, _ := strings.Cut(line, "\n")
		var names []string
		for _, f := range cloudstackFamily {
			if f.Head([]byte(first), nil) >= 0 {
				names = append(names, f.Name)
			}
		}
		if len(names) != 1 {
			t.Errorf("%q is read by %v", first, names)
		}
	}
}

// FuzzCloudStack: no panic, offsets within the line, the cheap test and the
// reading agree, for every format of the family.
func FuzzCloudStack(f *testing.F) {
	for _, s := range seedLines {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, rest, _ := strings.Cut(text, "\n")
		for _, format := range cloudstackFamily {
			line := []byte(first)
			n := format.Head(line, nil)
			var e diagnose.Entry
			if m := format.Head(line, &e); m != n {
				t.Fatalf("%s: test says %d, reading %d", format.Name, n, m)
			}
			if n > len(line) {
				t.Fatalf("%s: message at %d of %d", format.Name, n, len(line))
			}
			if n < 0 {
				continue
			}
			e.Message, e.Text = first[n:]+"\n"+rest, text
			format.Finish(&e)
			if len(e.IDs) > maxMentions || len(e.Mentions) > maxMentions || len(e.Inner) > maxInner {
				t.Fatalf("%s: unbounded: %d %d %d", format.Name, len(e.IDs), len(e.Mentions), len(e.Inner))
			}
		}
		cloudstackFormat.Strip([]byte(first))
		e := diagnose.Entry{Message: text}
		finishCloudStack(&e)
	})
}

func BenchmarkCloudStackHead(b *testing.B) {
	for name, line := range map[string]string{
		"match":      "2016-04-27 13:37:11,338 INFO  [a.c.c.a.ApiServer] (catalina-exec-6:ctx-915b5c84 ctx-a03152fa) (logid:66249df0) text",
		"match_long": "2015-03-01 10:00:00,123 DEBUG [c.c.v.VirtualMachineManagerImpl] (Work-Job-Executor-5:ctx-0c81b6e7 job-40211/job-40214 ctx-71efab03) (logid:817626d6) text",
		"frame":      "\tat com.cloud.vm.VirtualMachineManagerImpl.advanceStart(VirtualMachineManagerImpl.java:980)",
		"prose":      "some other line of text that is no head at all",
		"spring":     "2023-05-05 10:00:00.123  INFO 1 --- [           main] c.t.b.Application : Started",
		"syslog":     "Feb  7 00:59:56 host sshd[3387]: Failed password for root from 10.1.1.1 port 22 ssh2",
		"json":       `{"time":"2023-05-05T10:00:00.123Z","level":"info","msg":"x"}`,
	} {
		l := []byte(line)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				cloudstackHead(l, nil)
			}
		})
	}
}

func BenchmarkCloudStackFamilyNoMatch(b *testing.B) {
	l := []byte("\tat com.cloud.vm.VirtualMachineManagerImpl.advanceStart(VirtualMachineManagerImpl.java:980)")
	for b.Loop() {
		for i := range cloudstackFamily {
			cloudstackFamily[i].Head(l, nil)
		}
	}
}

func BenchmarkCloudStackFinish(b *testing.B) {
	p := newParser([]Format{cloudstackFormat})
	text := []byte("2015-03-01 10:00:00,123 DEBUG [c.c.v.VirtualMachineManagerImpl] (Work-Job-Executor-5:ctx-0c81b6e7 job-40211/job-40214 ctx-71efab03) (logid:817626d6) Deploy avoids pods: [], clusters: [], hosts: [12] for VM[User|i-2-940-VM]\n")
	for b.Loop() {
		p.Parse(text, time.Time{})
	}
}
