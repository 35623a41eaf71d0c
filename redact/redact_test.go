package redact

import (
	"strings"
	"testing"
)

// Each layout holds one secret, CANARY, in the place where such secrets stand.
func TestSecretsAreTakenOut(t *testing.T) {
	f := func(kind, text, secret string) {
		t.Helper()
		if !strings.Contains(text, secret) {
			t.Fatalf("%s: the text does not hold %q", kind, secret)
		}
		got := New(Options{}).Text(text)
		if strings.Contains(got, secret) {
			t.Errorf("%s: %s", kind, got)
		}
		if again := New(Options{}).Text(got); again != got {
			t.Errorf("%s: the second time\n%s\nis\n%s", kind, got, again)
		}
		if strings.Count(got, "\n") != strings.Count(text, "\n") {
			t.Errorf("%s: lines differ:\n%s", kind, got)
		}
	}
	for _, c := range canaries {
		f(c.kind, c.before+c.secret+c.behind, c.secret)
		f(c.kind+" in a line", "2026-01-31 10:00:00,123 DEBUG [c.c.Agent] (agentRequest-Handler-3:null) "+c.before+c.secret+c.behind+"\nnext line", c.secret)
		wrapped := `{"msg": "` + strings.NewReplacer("\\", `\\`, `"`, `\"`, "\n", `\n`).Replace(c.before+c.secret+c.behind) + `", "n": 1}`
		if !strings.ContainsAny(c.secret, "\"\\\n") {
			f(c.kind+" in JSON", wrapped, c.secret)
		}
	}
	kinds := map[string]bool{}
	for _, c := range canaries {
		kinds[c.kind] = true
	}
	if len(kinds) < 25 {
		t.Errorf("%d kinds", len(kinds))
	}
}

// keyBody is no key: letters in the place of one.
const keyBody = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"

// canaries are secrets where programs write them; none was ever in use.
var canaries = []struct{ kind, before, secret, behind string }{
	{"password=", "login with password=", "Tr0ub4dor&3", " failed"},
	{"password=", "user=bob password=", "hunter2,x!", ", retry=3"},
	{"password=", "db.password = ", "plainword", "\n"},
	{"password JSON", `{"user": "bob", "password": "`, "correct horse", `", "n": 1}`},
	{"password JSON", `{"adminPassword":"`, "p,a;s s", `"}`},
	{"password YAML", "spec:\n  dbPassword: ", "s3cr3t#x", "\n  x: 1"},
	{"password YAML", "mysql_root_password: '", "it''s", "'\n"},
	{"URL password", "cloning https://bob:", "pa@ss:w0rd", "@git.example.com/x.git"},
	{"URL token", "origin https://", "9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f00", "@github.com/a/b"},
	{"database URL", "postgres://app:", "S3cretPg!", "@db-01:5432/app?sslmode=disable"},
	{"database URL", "redis://:", "r3dispw", "@10.0.0.3:6379/0"},
	{"database URL", "jdbc:mysql://h:3306/cloud?user=cloud&password=", "cl0udpw", "&useSSL=false"},
	{"database URL", "Server=h;Uid=sa;Pwd=", "MsSql!9", ";Database=x"},
	{"curl -u", "+ curl -fsS -u deploy:", "Gr33n-Tea", " https://nexus.example.com/x"},
	{"curl -u", "curl --user 'deploy:", "a b c", "' https://x"},
	{"mysql -p", "mysql -h db -uroot -p", "Root#123", " -e 'select 1'"},
	{"mysql -p", "mysqldump --password=", "dumpPW", " cloud"},
	{"sshpass", "sshpass -p ", "letmein", " ssh root@10.0.0.1"},
	{"sshpass", "sshpass -p '", "let me in", "' scp a b"},
	{"docker login", "docker login -u robot -p ", "D0ckerPw", " registry.example.com"},
	{"flag", "tool --password ", "flagpw1", " --verbose"},
	{"flag", `["tool","--token","`, "tok3nvalue", `","x"]`},
	{"flag", "keytool -storepass ", "changeit1", " -list"},
	{"savepassword", "/opt/cloud/bin/savepassword.sh -v 10.1.1.5 -p ", "vmPassw0rd", ""},
	{"ansible", "web-1 ansible_ssh_pass=", "ans1ble", " ansible_user=root"},
	{"ansible", "ansible_become_password: ", "bec0me", "\n"},
	{"ansible vault", "$ANSIBLE_VAULT;1.1;AES256\n", "66386439653236336462626566653063336164663966303231363934653561363964363833313662", "\n6439\nnext: x"},
	{"bearer", "> Authorization: Bearer ", "abcdEFGH1234.x-y_z~", "\n> Accept: */*"},
	{"bearer", `-H "Authorization: Bearer `, "0a1b2c3d4e5f", `" https://x`},
	{"basic", "Authorization: Basic ", "ZGVwbG95OnMzY3JldA==", ""},
	{"header", "X-Auth-Token: ", "gAAAAABhZx", ""},
	{"header", "x-api-key: ", "0123456789abcdef", ""},
	{"header", "PRIVATE-TOKEN: ", "abcdefgh", ""},
	{"digest", `Authorization: Digest username="bob", realm="x", nonce="n", response="`, "6629fae49393a05397450978507c4ef1", `"`},
	{"BlueKing", `X-Bkapi-Authorization: {"bk_app_code": "bk_nodeman", "bk_app_secret": "`, "1b2c3d4e-5f60-7182", `"}`},
	{"JWT", "invalid token ", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U", " seen"},
	{"AWS", "using key ", "AKIAIOSFODNN7EXAMPLE", ""},
	{"AWS", "aws_secret_access_key = ", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""},
	{"AWS", "GET /b?X-Amz-Credential=x&X-Amz-Signature=", "fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024", " HTTP/1.1"},
	{"GitHub", "remote: ", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", " expired"},
	{"GitHub", "x ", "github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwx", ""},
	{"GitLab", "x ", "glpat-a1b2c3d4e5f6g7h8i9j0", ""},
	{"Slack", "x ", "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy", ""},
	{"Google", "key ", "AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe", ""},
	{"npm", "//registry.npmjs.org/:_authToken=", "npm_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789", ""},
	{"npm", "x ", "npm_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789", ""},
	{"PyPI", "x ", "pypi-AgEIcHlwaS5vcmcCJDAwMDAwMDAw", ""},
	{"docker auth", `{"auths":{"r.example.com":{"auth":"`, "cm9ib3Q6czNjcmV0cHc=", `"}}}`},
	{"kube", "    token: ", "k8s-aw5yzd.0123456789abcdef", "\n"},
	{"kube", "kubeadm join 10.0.0.1:6443 --token ", "abcdef.0123456789abcdef", " --discovery-token-ca-cert-hash sha256:11"},
	{"kube", "    client-key-data: ", "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0t", "\n"},
	{"Vault", "VAULT_TOKEN=", "hvs.CAESIJlWWk1tZXhhbXBsZQ", ""},
	{"Azure", "https://a.blob.core.windows.net/c?sv=2020&sig=", "abc%2Fdef%3D1", "&se=2026"},
	{"Azure", "AccountName=a;AccountKey=", "Zm9vYmFyYmF6cXV4", ";EndpointSuffix=core"},
	{"CloudStack session", `cmdInfo: {"response": "json", "sessionkey": "`, "dl1jJoW6/yIfI/xhAiTfm1FMogM\\u003d", `", "ctxUserId": "2"}`},
	{"CloudStack session", "GET /client/api?command=listHosts&sessionkey=", "ksPqVJk%2B0xv", "&_=140618 HTTP/1.1"},
	{"CloudStack key", "GET /client/api?apikey=", "plgWJfZK4gyS3mOMTVmjUVg-X-jlWlnfaUJ9GAbBbf9E", "&command=x"},
	{"CloudStack key", "command=x&signature=", "TTpdDq%2F7j%2FJ58XCRHomKoQXEQds%3D", " 200"},
	{"cookie", "Cookie: lang=en; JSESSIONID=", "9A8B7C6D5E4F", "; x=1"},
	{"cookie", "< Set-Cookie: sid=", "s%3Aabcd.efgh", "; Path=/; HttpOnly"},
	{"cookie", "GET /client/;jsessionid=", "0FA1B2C3D4", " HTTP/1.1"},
	{"private key", "-----BEGIN RSA PRIVATE KEY-----\n", keyBody, "\n-----END RSA PRIVATE KEY-----\n"},
	{"private key", "-----BEGIN PRIVATE KEY-----\nab\n  ", keyBody, "\nAg==\n-----END PRIVATE KEY-----\nnext"},
	{"private key", `{"key": "-----BEGIN OPENSSH PRIVATE KEY-----\n`, keyBody, `\n-----END OPENSSH PRIVATE KEY-----\n"}`},
	{"private key cut", "-----BEGIN EC PRIVATE KEY-----\n", keyBody, ""},
	{"private key logged", "10:00 out: -----BEGIN RSA PRIVATE KEY-----\n10:00 out: ", keyBody, "\n10:00 out: -----END RSA PRIVATE KEY-----"},
	{"webhook DingTalk", "POST https://oapi.dingtalk.com/robot/send?access_token=", "566cc69da782ec33e5d1f1f9a3c1", "&timestamp=1"},
	{"webhook WeCom", "POST https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", "693a91f6-7aoc-4bc4-97a0-0ec2sifa5aaa", ""},
	{"webhook Feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/", "a1b2c3d4-e5f6-7890", ""},
	{"webhook Slack", "https://hooks.slack.com/services/", "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXX1", ""},
	{"Chinese", "登录失败，密码：", "Abc@123", "，请重试"},
	{"Chinese", "口令为 ", "kouling9", "。"},
	{"Chinese", "默认用户名/密码为 ", "root/6m1ll10n", "\n"},
	{"SQL", "CREATE USER 'a'@'%' IDENTIFIED BY '", "sql pw", "';"},
	{"chpasswd", "+ echo root:", "chpw99", " | chpasswd"},
	{"hash", "root:", "$6$rounds$abcdefghijklmnop.qrstuv", ":18000:0:99999"},
	{"environment", "export MYSQL_PWD=", "envpw77", "\n"},
	{"environment", "GITHUB_TOKEN=", "v1abcdef", " make"},
	{"net user", "net user admin ", "WinPw1!", " /add"},
	{"PowerShell", "ConvertTo-SecureString \"", "P@ss word", "\" -AsPlainText -Force"},
}

// What tells a cause must stay.
func TestWhatIsNoSecretStays(t *testing.T) {
	f := func(text string) {
		t.Helper()
		if got := New(Options{}).Text(text); got != text {
			t.Errorf("%q\nbecame\n%q", text, got)
		}
	}
	for _, text := range []string{
		"",
		"sessionId=0 sessionPasswd=<null> context=0x7f",
		"Access denied for user 'cloud'@'localhost' (using password: YES)",
		"root@10.0.0.1: Permission denied (publickey,password).",
		"Failed password for root from 10.0.0.5 port 22 ssh2",
		"fatal: Authentication failed, password: incorrect",
		"sessionKey: null, cmd: x",
		"ssh -i /root/.ssh/id_rsa.cloud -p 3922 root@169.254.1.2",
		"PWD=/root/build", "password=${DB_PASSWORD}", "password: {{ vault_pw }}", "PASSWORD=$DB_PASSWORD", "password=", "password: ******",
		"SyntaxError: Unexpected token: }", "token: expected string", "secret: not found",
		"SSLCertificateKeyFile: /etc/ssl/private/server.key",
		"ssh_private_key_file=/root/.ssh/id_rsa",
		"docker login --password-stdin registry.example.com",
		"ansible-playbook --ask-pass --ask-vault-pass site.yml",
		"https://example.com/a@b?x=1", "mail bob@example.com",
		"密码错误", "密码：请联系管理员", "检查密码是否正确",
		"Basic realm=\"x\"", "the bearer of bad news", "basic authentication",
		"mysql -uroot -p -e 'x'",
		"-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----",
		"logid:5fa4d6ef job-733 ctx-0f1a2b3c Seq 5-1234567890123",
	} {
		f(text)
	}
}

func TestEqualStaysEqual(t *testing.T) {
	r := New(Options{})
	got := r.Text("password=aaa1 password=bbb2 password=aaa1\n")
	if got != "password=<secret:1> password=<secret:2> password=<secret:1>\n" {
		t.Error(got)
	}
	if got := r.Text("token=AbCd1234XyZ, again AbCd1234XyZ") + r.Text(" later AbCd1234XyZ"); got != "token=<secret:3>, again <secret:3> later <secret:3>" {
		t.Error(got)
	}
	if got := r.Value("aaa1"); got != "<secret:1>" {
		t.Error(got)
	}
	if got := New(Options{}).Text("password=<secret:7> password=new1"); got != "password=<secret:7> password=<secret:8>" {
		t.Error(got)
	}
}

func TestHostsAreMasked(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		r := New(Options{Hosts: true, Keep: func(w string) bool { return w == "bkrepo" }})
		got := r.Text(text)
		if got != want {
			t.Errorf("%q\n gives %q\nwanted %q", text, got, want)
		}
		if again := New(Options{Hosts: true, Keep: func(w string) bool { return w == "bkrepo" }}).Text(got); again != got {
			t.Errorf("again: %q\nfirst: %q", again, got)
		}
	}
	f("connect to 10.1.2.3 and 10.1.2.4, 10.9.9.9; 10.1.2.3 again", "connect to 100.127.1.1 and 100.127.1.2, 100.127.2.1; 100.127.1.1 again")
	f("127.0.0.1 0.0.0.0 255.255.255.0 1.2.3 1.2.3.4.5000", "127.0.0.1 0.0.0.0 255.255.255.0 1.2.3 240.0.1.1.5000")
	f("ssh: connect to host web-1 port 22: refused; web-1 is gone, web-10 is not", "ssh: connect to host masked-host-1 port 22: refused; masked-host-1 is gone, web-10 is not")
	f("curl: (6) Could not resolve host: bkrepo.bkce7.bktencent.com; Unknown", "curl: (6) Could not resolve host: bkrepo.masked-host-1.invalid; Unknown")
	f("Accepted publickey for alice from 192.168.1.5 port 22", "Accepted publickey for masked-user-1 from 100.127.1.1 port 22")
	f(`"msg": "ignored.\r\nmary@10.1.1.1: Permission denied"`, `"msg": "ignored.\r\nmasked-user-1@100.127.1.1: Permission denied"`)
	f(`"msg": "ignored.\nmary@10.1.1.1: Permission denied"`, `"msg": "ignored.\nmasked-user-1@100.127.1.1: Permission denied"`)
	f(`login CORP\nina@10.1.1.1`, `login CORP\masked-user-1@100.127.1.1`)
	f(`"...\r\nroot@10.1.1.1: Permission denied"`, `"...\r\nroot@100.127.1.1: Permission denied"`)
	f("8.8.8.8 and 9.9.9.9 are public", "240.0.1.1 and 240.0.2.1 are public")
	f("ZOO_ERROR@getaddrs@599: x", "ZOO_ERROR@getaddrs@599: x")
	f("root@kvm-49: Permission denied", "root@masked-host-1: Permission denied")
	f("fe80::1ff:fe23:4567:890a at 10:00:01 ::1", "fd00:db8::1 at 10:00:01 ::1")
	f("com.cloud.vm.VirtualMachineManagerImpl management-server.log", "com.cloud.vm.VirtualMachineManagerImpl management-server.log")
}

func TestLongTextIsLinear(t *testing.T) {
	// A quadratic search would take minutes.
	for _, unit := range []string{"password=", "eyJ", "a@b:", "://x:", "-----BEGIN PRIVATE KEY-----\n", "curl -u ", "mysql ", "密码：", `\"`, "'", "Cookie: a=b;", "--token "} {
		text := strings.Repeat(unit, 100_000/len(unit))
		if got := New(Options{Hosts: true}).Text(text); len(got) > 8*len(text)+64 {
			t.Errorf("%q: %d bytes became %d", unit, len(text), len(got))
		}
	}
}

func FuzzText(f *testing.F) {
	for _, c := range canaries {
		f.Add(c.before + c.secret + c.behind)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		for _, opt := range []Options{{}, {Hosts: true}} {
			got := New(opt).Text(text)
			if again := New(opt).Text(got); again != got {
				t.Errorf("%q\nonce  %q\ntwice %q", text, got, again)
			}
			if len(got) > 8*len(text)+64 {
				t.Errorf("%d bytes became %d", len(text), len(got))
			}
			if strings.Count(got, "\n") != strings.Count(text, "\n") {
				t.Errorf("lines differ: %q", got)
			}
		}
	})
}
