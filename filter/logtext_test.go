package filter

import (
	"fmt"
	"math/rand/v2"
)

// The words that test literals and test text share, as rules and logs do.
var logWords = []string{
	"agent", "host", "connection", "failed to", "volume", "storage pool", "network", "command", "unable to",
	"start", "stop", "VM instance", "router", "template", "timeout", "refused", "cluster", "capacity", "answer",
	"disconnected", "allocate", "address", "snapshot", "migrate", "job", "exception", "ping", "is not", "with state",
}

var chineseWords = []string{"主机", "连接", "失败", "超时", "命令执行", "存储", "网络", "无法", "安装", "代理", "状态异常", "权限不足"}

// testLiterals returns n different literals of shortest to 60 bytes: sentences out of
// common words with something of their own, one in twenty Chinese.
func testLiterals(n, shortest int) [][]byte {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	literals := make([][]byte, 0, n)
	known := make(map[string]bool)
	for len(literals) < n {
		var b []byte
		if r.IntN(20) == 0 {
			for range 3 + r.IntN(4) {
				b = append(b, chineseWords[r.IntN(len(chineseWords))]...)
			}
		} else {
			for range r.IntN(4) {
				b = append(append(b, logWords[r.IntN(len(logWords))]...), ' ')
			}
			for range 5 + r.IntN(6) {
				b = append(b, byte('a'+r.IntN(26)))
			}
			if r.IntN(2) == 0 {
				b = append(append(b, ' '), logWords[r.IntN(len(logWords))]...)
			}
		}
		b = b[:min(len(b), 60)]
		if len(b) >= shortest && !known[string(b)] {
			known[string(b)] = true
			literals = append(literals, b)
		}
	}
	literals[0] = []byte("qzjxkvqwyzj")[:shortest] // sets the stride
	return literals
}

// logText returns about size bytes in CloudStack's layout, lines of 237 bytes on
// average, and plants a literal in one line of every.
func logText(size int, literals [][]byte, every int) []byte {
	r := rand.New(rand.NewPCG(11, uint64(size)))
	text := make([]byte, 0, size+2000)
	for line := 0; len(text) < size; line++ {
		ms := line * 37
		text = fmt.Appendf(text, "2024-05-%02d %02d:%02d:%02d,%03d %-5s [c.c.%c.%sManagerImpl] (API-Job-Executor-%d:ctx-%08x job-%d ctx-%08x) (logid:%08x) ",
			1+ms/86400000%28, ms/3600000%24, ms/60000%60, ms/1000%60, ms%1000,
			[]string{"DEBUG", "DEBUG", "INFO", "TRACE"}[r.IntN(4)], 'a'+rune(r.IntN(26)), []string{"Agent", "VirtualMachine", "Storage", "Network"}[r.IntN(4)],
			r.IntN(40), r.Uint32(), 1000+r.IntN(500), r.Uint32(), r.Uint32())
		for end := len(text) + r.IntN(210); len(text) < end; {
			switch r.IntN(4) {
			case 0:
				text = fmt.Appendf(text, "%d-%d: ", r.IntN(60), r.Uint64())
			case 1:
				text = fmt.Appendf(text, `{"id":%d,"uuid":"%08x-%04x"} `, r.IntN(9000), r.Uint32(), r.IntN(65536))
			default:
				text = append(append(text, logWords[r.IntN(len(logWords))]...), ' ')
			}
		}
		if line%every == every/2 && len(literals) > 0 {
			text = append(text, literals[r.IntN(len(literals))]...)
		}
		text = append(text, '\n')
		if line%700 == 350 {
			text = append(text, "com.cloud.exception.AgentUnavailableException: Resource [Host:49] is unreachable\n"...)
			for range 20 {
				text = fmt.Appendf(text, "\tat com.cloud.agent.manager.%sImpl.send(AgentManagerImpl.java:%d)\n", logWords[r.IntN(len(logWords))], r.IntN(2000))
			}
		}
	}
	return text
}
