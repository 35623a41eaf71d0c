package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// generated is a rule for a failure that no program has: the literals of real rules
// are like it, of 9 to 60 bytes, some Chinese, with words that healthy lines have too.
type generated struct {
	number int
	text   string // "{}" stands for a captured word
}

var (
	subjects = []string{"volume", "agent of host", "router", "storage pool", "template", "VM instance", "network", "snapshot", "command", "system VM"}
	verbs    = []string{"is not ready", "failed to start", "was refused", "has no capacity", "timed out", "could not be allocated", "is in avoid set"}
	chinese  = []string{"命令被退回", "主机登记超时", "存储卷未就绪", "网络规则冲突", "代理状态异常", "模板校验失败"}
)

// generate returns the rule with this number, the same at every time.
func generate(number int) generated {
	own := coin(number)
	subject, verb := subjects[number%len(subjects)], verbs[number/7%len(verbs)]
	switch {
	case number%20 == 19:
		return generated{number, chinese[number/20%len(chinese)] + "：" + own}
	case number%10 == 3:
		return generated{number, own[:9]}
	case number%10 == 7:
		return generated{number, fmt.Sprintf("%s {} %s: %s", subject, verb, own)}
	case number%2 == 0:
		return generated{number, fmt.Sprintf("%s %s %s", subject, own, verb)}
	}
	return generated{number, fmt.Sprintf("%s: %s %s", own, subject, verb)}
}

// coin makes a word of ten letters; the first eight tell the numbers below 2^20
// apart.
func coin(number int) string {
	const consonants, vowels = "bdfgklmnprstvwxz", "aeio"
	// An odd factor permutes the numbers below 2^20, so that neighbours differ in all
	// letters. A consonant and a vowel take six bits.
	n := uint64(number) * 0x9E375 & (1<<20 - 1)
	n |= n << 20
	word := make([]byte, 0, 10)
	for ; len(word) < 10; n >>= 6 {
		word = append(word, consonants[n>>2&15], vowels[n&3])
	}
	return string(word)
}

// pattern is the text as the rule language has it.
func (g generated) pattern() string { return strings.ReplaceAll(g.text, "{}", "<name>") }

// failure is the line that the log has of it, as a template.
func (g generated) failure() string { return g.head("%W", "i-2-%v-VM") }

func (g generated) head(thread, name string) string {
	return "WARN  [c.c.v.VirtualMachineManagerImpl] " + thread + " " + strings.ReplaceAll(g.text, "{}", name)
}

// yaml is the whole file.
func (g generated) yaml() string {
	const thread = "(Work-Job-Executor-5:ctx-0c81b6e7 job-40211/job-40212 ctx-71efab03) (logid:3fa0c1d2)"
	line := "2023-11-14 01:50:02,100 " + g.head(thread, "i-2-940-VM")
	// The neighbour shares all words and lacks the one that decides.
	own := coin(g.number)
	neighbour := strings.ReplaceAll(line, own[:9], own[:5]+"-"+own[5:8])
	about, expect := "the VM", "{}"
	if strings.Contains(g.text, "{}") {
		about, expect = "{{name}}", "{ name: i-2-940-VM }"
	}
	return fmt.Sprintf(`title: "Generated failure %[1]d of %[2]s"
system: cloudstack
role: cause
confidence: confirmed
side: management server
signals:
  seen:
    match: "%[3]s"
cause: |
  Made for measuring: failure %[1]d, which no program has.
fix:
  - say: Look at %[2]s.
verify:
  - say: The message does not come again.
zh:
  title: "生成的故障 %[1]d：%[2]s"
  cause: |
    仅用于测量的故障 %[1]d。
  fix:
    - say: 检查 %[2]s。
  verify:
    - say: 该消息不再出现。
examples:
  - name: the line
    log: |
      %[4]s
    expect: %[5]s
  - name: another word in the same place
    log: |
      %[6]s
    expect: none
`, g.number, about, g.pattern(), line, expect, neighbour)
}

// writeRules writes the first n rules, one file each.
func writeRules(dir string, n int) error {
	dir = filepath.Join(dir, "generated")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for i := range n {
		name := filepath.Join(dir, fmt.Sprintf("%05d.yaml", i))
		if err := os.WriteFile(name, []byte(generate(i).yaml()), 0o666); err != nil {
			return err
		}
	}
	return nil
}
