package parser

import (
	"strings"
	"testing"

	"diagnose"
)

// TestFamilyHeads reads one line of each layout beside CloudStack's own.
func TestFamilyHeads(t *testing.T) {
	f := func(format Format, line, head, ids_ string, trouble bool, message string) {
		t.Helper()
		e := readOne(t, format, line)
		stamp := ""
		if !e.Time.IsZero() {
			stamp = e.Time.Format("2006-01-02T15:04:05.000")
		}
		got := strings.Join([]string{stamp, e.Level.String(), e.Logger, e.Thread, e.Process, e.Host, e.PID}, "|")
		if got != head || ids(e.IDs) != ids_ || e.Trouble != trouble || e.Message != message {
			t.Errorf("%q\n  got  %s ids %q trouble %t %q\n  want %s ids %q trouble %t %q", line,
				got, ids(e.IDs), e.Trouble, e.Message, head, ids_, trouble, message)
		}
	}
	f(libvirtdFormat, "2014-01-01 10:00:00.123+0000: 1234: error : virNetDevGetMTU:397 : Cannot get interface MTU on 'brem1-1234': No such device",
		"2014-01-01T10:00:00.123|ERROR|virNetDevGetMTU|1234|libvirtd||", "", true, "Cannot get interface MTU on 'brem1-1234': No such device")
	f(libvirtdFormat, "2014-01-01 10:00:00.123+0000: 1234: info : libvirt version: 0.10.2, package: 29.el6",
		"2014-01-01T10:00:00.123|INFO||1234|libvirtd||", "", false, "libvirt version: 0.10.2, package: 29.el6")
	f(libvirtdFormat, "Mar 11 20:11:41 kvm1 libvirtd: 2019-03-11 12:11:41.956+0000: 4955: error : virNetDevSendEthtoolIoctl:3072 : ethtool ioctl error",
		"2019-03-11T12:11:41.956|ERROR|virNetDevSendEthtoolIoctl|4955|libvirtd|kvm1|", "", true, "ethtool ioctl error")
	f(libvirtdFormat, "10月 30 15:46:27 kvm1 libvirtd[16741]: 2020-10-30 07:46:27.262+0000: 16764: warning : qemuX:1 : text",
		"2020-10-30T07:46:27.262|WARN|qemuX|16764|libvirtd|kvm1|16741", "", false, "text")

	f(xapiFormat, "Sep 26 11:16:57 xs1 xapi: [debug|xs1|53 UNIX /var/lib/xcp/xapi|dispatch:session.get_uuid D:955e364b01b9|api_readonly] session.get_uuid",
		"2023-09-26T11:16:57.000|DEBUG|api_readonly|53 UNIX /var/lib/xcp/xapi|xapi|xs1|", "task:D:955e364b01b9", false, "session.get_uuid")
	f(xapiFormat, "Sep 26 11:16:57 xs1 xapi: [ warn||51 INET :::80|VM.import R:a4377873c2e6|xapi] Host xs1 cannot see SR",
		"2023-09-26T11:16:57.000|WARN|xapi|51 INET :::80|xapi|xs1|", "task:R:a4377873c2e6", false, "Host xs1 cannot see SR")
	f(xapiFormat, "Sep 26 11:16:57 xs1 squeezed: [error|xs1|2 ||xenops] failed: Xs_protocol.Enoent(\"read\")",
		"2023-09-26T11:16:57.000|ERROR|xenops|2 |squeezed|xs1|", "", true, "failed: Xs_protocol.Enoent(\"read\")")
	f(xapiFormat, "Apr 30 20:26:40 xs1 xapi: [error||0 |Xapi.watchdog|backtrace] 13/14 xapi Called from file x",
		"2023-04-30T20:26:40.000|ERROR|backtrace|0 |xapi|xs1|", "", false, "13/14 xapi Called from file x")
	f(xapiFormat, "[20140101T10:00:00.123Z|error|xs1|12 inet-RPC|VM.start R:7321d8dea9e4|xapi] text",
		"2014-01-01T10:00:00.123|ERROR|xapi|12 inet-RPC||xs1|", "task:R:7321d8dea9e4", true, "text")
	f(xapiFormat, "Jan  1 10:00:00 xs2 xapi: [20140101T10:00:00.123Z|debug|xs1|12|VM.start R:7321d8dea9e4|xapi] text",
		"2014-01-01T10:00:00.123|DEBUG|xapi|12|xapi|xs1|", "task:R:7321d8dea9e4", false, "text")

	f(smlogFormat, "Jan  8 20:26:10 xs1 SM: [23615] ***** NFS VHD: EXCEPTION <class 'xmlrpclib.Fault'>, <Fault 401: 'You must log in'>",
		"2023-01-08T20:26:10.000|ERROR|||SM|xs1|23615", "task:SM[23615]", true, "***** NFS VHD: EXCEPTION <class 'xmlrpclib.Fault'>, <Fault 401: 'You must log in'>")
	f(smlogFormat, "Jan  8 20:26:10 xs1 SM: [23615]   File \"/opt/xensource/sm/SR.py\", line 147, in __init__",
		"2023-01-08T20:26:10.000||||SM|xs1|23615", "task:SM[23615]", false, "  File \"/opt/xensource/sm/SR.py\", line 147, in __init__")
	f(smlogFormat, "Mar 28 13:05:40 xs1 SMAPIv3: [10569] - ERROR - Exception in xapi.storage.plugin#012Traceback",
		"2023-03-28T13:05:40.000|ERROR|||SMAPIv3|xs1|10569", "task:SM[10569]", true, "- ERROR - Exception in xapi.storage.plugin#012Traceback")
	f(smlogFormat, "[23615] 2014-01-08 20:26:10.123456\tRaising exception [46, The VDI is not available]",
		"2014-01-08T20:26:10.123|ERROR|||SM||23615", "task:SM[23615]", true, "Raising exception [46, The VDI is not available]")

	f(setupAgentFormat, "DEBUG:root:execute:hostname -f", "|DEBUG|root||||", "", false, "execute:hostname -f")
	f(setupAgentFormat, "DEBUG:root:Failed to execute:Unit x could not be found.", "|DEBUG|root||||", "", false, "Failed to execute:Unit x could not be found.")
	f(setupAgentFormat, "ERROR:root:text", "|ERROR|root||||", "", true, "text")
	f(setupAgentFormat, "WARNING:root:text", "|WARN|root||||", "", false, "text")

	f(earlyConfigFormat, "Thu Jul 24 04:11:08 UTC 2014 Executing cloud-early-config", "2014-07-24T04:11:08.000||||||", "", false, "Executing cloud-early-config")
	f(earlyConfigFormat, "Fri Jul  4 04:11:08 CST 2014 x", "2014-07-04T04:11:08.000||||||", "", false, "x")
	f(earlyConfigFormat, "Sun 23 May 2021 03:17:36 PM UTC Executing cloud-early-config", "2021-05-23T15:17:36.000||||||", "", false, "Executing cloud-early-config")
	f(earlyConfigFormat, "Sun May 23 12:17:36 AM UTC 2021 Executing cloud-early-config", "2021-05-23T00:17:36.000||||||", "", false, "Executing cloud-early-config")
	f(earlyConfigFormat, "Jun 24 16:52:17 v-35-VM cloud-early-config[268]: Executing cloud-early-config.", "2023-06-24T16:52:17.000||||cloud-early-config|v-35-VM|268", "", false, "Executing cloud-early-config.")

	f(systemVMFormat, "2018-05-03 12:00:00,123  CsHelper.py execute:184 Executing: iptables-save", "2018-05-03T12:00:00.123||execute||CsHelper.py||", "", false, "Executing: iptables-save")
	f(systemVMFormat, "2018-05-03 12:00:00,123 configure.py <module>:1184 Command 'x' returned non-zero exit status 1", "2018-05-03T12:00:00.123||<module>||configure.py||", "", true, "Command 'x' returned non-zero exit status 1")

	f(juliFormat, "Mar 3, 2014 1:02:03 PM org.apache.catalina.core.StandardContext start\nSEVERE: Error listenerStart",
		"2014-03-03T13:02:03.000|ERROR|org.apache.catalina.core.StandardContext||||", "", true, "Error listenerStart")
	f(juliFormat, "Mar 13, 2014 11:02:03 AM org.apache.catalina.startup.HostConfig <init>\nINFO: Deploying",
		"2014-03-13T11:02:03.000|INFO|org.apache.catalina.startup.HostConfig||||", "", false, "Deploying")
	f(juliFormat, "2014-3-3 13:02:03 org.apache.catalina.core.StandardContext start\n严重: Error listenerStart\n\tat x",
		"2014-03-03T13:02:03.000|ERROR|org.apache.catalina.core.StandardContext||||", "", true, "Error listenerStart\n\tat x")
	f(juliFormat, "三月 03, 2014 1:02:03 下午 org.apache.catalina.core.StandardContext start\n警告: text",
		"2014-03-03T13:02:03.000|WARN|org.apache.catalina.core.StandardContext||||", "", false, "text")
	f(juliFormat, "12月 03, 2014 1:02:03 上午 org.apache.catalina.core.StandardContext start\n警告: text",
		"2014-12-03T01:02:03.000|WARN|org.apache.catalina.core.StandardContext||||", "", false, "text")
	f(juliFormat, "03-May-2021 17:52:02.716 심각 [http-nio-8121-exec-9] org.apache.catalina.core.StandardWrapperValve.invoke Servlet.service() threw exception",
		"2021-05-03T17:52:02.716|ERROR|org.apache.catalina.core.StandardWrapperValve.invoke|http-nio-8121-exec-9|||", "", true, "Servlet.service() threw exception")
	f(juliFormat, "03-Mar-2014 13:02:03.123 SEVERE [main] org.apache.catalina.core.StandardContext.startInternal Error during start",
		"2014-03-03T13:02:03.123|ERROR|org.apache.catalina.core.StandardContext.startInternal|main|||", "", true, "Error during start")
}

func TestFamilyRefuses(t *testing.T) {
	for _, line := range []string{
		"2014-01-01 10:00:00.123+0000: starting up libvirt version: 9.0.0, qemu version: 7.2.0, hostname: kvm1",
		"2014-01-01 10:00:00.123+0000: shutting down, reason=destroyed and so on",
		"Sep 26 11:16:57 xs1 xapi-init[18546]: Stopping xapi: [  OK  ]",
		"Sep 26 11:16:57 xs1 message-switch[887]: main: [ info|message-switch] Session xapi:16440 cleaning up",
		"[debug] some program's line with brackets",
		"[12345] text without a date stands here",
		"DEBUG:werkzeug:text", "DEBUG:rootless:text", "debug:root:text", "WHAT:root:text", "::::::::::",
		"Sun is shining and this is a sentence of some length", "Thu Jul 24 04:11 UTC 2014 no seconds here",
		"2018-05-03 12:00:00,123 - security group text goes here",
		"Mar 3, 2014 is a day on which nothing happened at all", "2014-3-3 13:02:03 words that go on and on",
		"2014-3-3 13:02:03 org.apache.X three words here",
		"03-Mar-2014 13:02:03.123 SEVERE without a thread in brackets",
		"Jun 24 16:52:17 v-35-VM systemd[268]: Executing cloud-early-config.",
	} {
		for _, f := range cloudstackFamily {
			if n := f.Head([]byte(line), nil); n >= 0 {
				t.Errorf("%s reads %q", f.Name, line)
			}
		}
	}
}

// Marks must stand on every line of level error of the hypervisors' formats.
func TestHypervisorMarks(t *testing.T) {
	f := func(format Format, line string) {
		t.Helper()
		e := readOne(t, format, line)
		if e.Level != diagnose.LevelError || !holdsMark(line, format.Marks) {
			t.Errorf("level %s, no mark in %q", e.Level, line)
		}
	}
	f(libvirtdFormat, "2014-01-01 10:00:00.123+0000: 1234: error : virNetDevGetMTU:397 : x")
	f(xapiFormat, "Sep 26 11:16:57 xs1 squeezed: [error|xs1|2 ||xenops] x")
	f(xapiFormat, "[20140101T10:00:00.127Z|error|xs1|12|VM.start R:7321d8dea9e4|xapi] x")
	f(smlogFormat, "Jan  8 20:26:10 xs1 SM: [23615] ***** NFS VHD: EXCEPTION <class 'x'>")
	f(smlogFormat, "Jan  8 20:26:10 xs1 SM: [23615] ***** sr_scan: EXCEPTION SR.SROSError, x")
	f(smlogFormat, "Jan  8 20:26:10 xs1 SM: [23615] Raising exception [46, x]")
	f(smlogFormat, "Mar 28 13:05:40 xs1 SMAPIv3: [10569] - ERROR - x")
	f(setupAgentFormat, "ERROR:root:x")
	f(juliFormat, "Mar 3, 2014 1:02:03 PM org.apache.catalina.core.StandardContext start\nSEVERE: x")
	f(juliFormat, "03-Mar-2014 13:02:03.123 SEVERE [main] org.apache.catalina.core.X y")
}
