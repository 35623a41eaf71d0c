package report

import (
	"fmt"

	"diagnose"
)

// words are the report's own words in one language.
type words struct {
	cause, fix, verify, side, confidence, cases, evidence, explains, candidates, expect, why string
	more, moreCases, noCause, clean, unexplained, symptoms, warnings, before, notes          string
	totals, total                                                                            string // of what was read; of one thing that was left out
	outcome                                                                                  map[string]string
	inferred                                                                                 string // membership of a case that follows from nearness
	unread                                                                                   string // nothing at all was read
	empty                                                                                    string // there was nothing in what was read
	inside                                                                                   string // the place of a hidden text, before its line
	noText                                                                                   string // what was read is no text
	refs, groups, likely                                                                     string
	stated, statedNote                                                                       string // the log's own reason, and what it is worth
	means                                                                                    string // what kind of reason it is
	noReason, noReasonStated, statedNear                                                     string // the same where a symptom is known
	undecided                                                                                string // the first cause is only a possible one
	asFor                                                                                    string // the fix is that of another cause of the same rule
	furtherCauses                                                                            string // those of which the titles are enough
}

var english = words{
	cause: "cause", fix: "fix", verify: "verify", side: "acts", confidence: "confidence", cases: "cases", evidence: "evidence",
	explains: "explains", candidates: "or else", expect: "expect", why: "why first",
	more: "… %d more", moreCases: "and %d more", noCause: "No known cause.", clean: "Nothing wrong found.",
	unexplained: "Unexplained trouble, earliest first", symptoms: "Symptoms without a known cause", warnings: "Warnings",
	before: "Before you read on, what could change this answer", notes: "Notes",
	totals: "%s, %s, %s read; %s parsed", total: "; %s: %d",
	outcome:  map[string]string{"failed": "failed", "succeeded": "succeeded", "unknown": "outcome unknown"},
	inferred: "by nearness",
	unread:   "Nothing could be read.",
	empty:    "There is nothing in it: no line to judge.",
	noText:   "It is no text: there is no line to judge.",
	inside:   "in %s: ",
	refs:     "see", groups: "%d times", likely: "look at",
	stated: "No known cause. In the log's own words", statedNote: "No rule knows this failure. Of what the log says, this line comes nearest to a reason.",
	means:    "means",
	noReason: "What failed is known; why is not in this log.", noReasonStated: "What failed is known; why is not. In the log's own words",
	statedNear: "Of what the log says, this line comes nearest to a reason.",
	undecided:  "Several causes fit, and nothing in this log decides. The usual ones:",
	asFor:      "as for %d", furtherCauses: "%d more, in full with --format json",
}

var chinese = words{
	cause: "原因", fix: "处理", verify: "验证", side: "处理方", confidence: "把握", cases: "任务", evidence: "证据",
	explains: "连带现象", candidates: "另一种可能", expect: "应看到", why: "为何在先",
	more: "… 另有 %d 条", moreCases: "另有 %d 个", noCause: "未找到已知原因。", clean: "未发现问题。",
	unexplained: "未能解释的异常（由早到晚）", symptoms: "有现象而原因未知", warnings: "警告",
	before: "先请注意：以下情况可能改变结论", notes: "说明",
	totals: "共读取 %s，%s，%s；解析 %s", total: "；%s：%d",
	outcome:  map[string]string{"failed": "失败", "succeeded": "成功", "unknown": "结果未知"},
	inferred: "按邻近推断",
	unread:   "没有读到任何内容。",
	empty:    "内容为空：没有可供判断的日志行。",
	noText:   "这不是文本：没有可供判断的日志行。",
	inside:   "在 %s 中：",
	refs:     "参考", groups: "%d 次", likely: "检查",
	stated: "未找到已知原因。日志原话", statedNote: "没有规则认识这个故障；日志中最接近原因的是这一行。",
	means:    "含义",
	noReason: "知道什么失败了，但日志里没有原因。", noReasonStated: "知道什么失败了，原因不明。日志原话",
	statedNear: "日志中最接近原因的是这一行。",
	undecided:  "有几种原因都可能，日志不足以判定。常见的是：",
	asFor:      "同第 %d 个", furtherCauses: "另有 %d 个原因，完整内容见 --format json",
}

func wordsOf(lang string) *words {
	if lang == "zh" {
		return &chinese
	}
	return &english
}

var gradeWords = map[string]map[diagnose.Confidence]string{
	"en": {
		diagnose.Confirmed: "confirmed: the component that failed says so itself",
		diagnose.Likely:    "likely: the failure is in the log, its cause follows from the pattern",
		diagnose.Possible:  "possible: this text has several owners and nothing in the log decides",
	},
	"zh": {
		diagnose.Confirmed: "确定：出错的组件自己说明了原因",
		diagnose.Likely:    "很可能：日志中有该故障，原因由其特征推出",
		diagnose.Possible:  "可能：同样的报错有几种来源，日志不足以区分",
	},
}

func grade(c diagnose.Confidence, lang string) string {
	if lang != "zh" {
		lang = "en"
	}
	return gradeWords[lang][c]
}

// chineseSides are diagnose.Sides in Chinese.
var chineseSides = map[string]string{
	"client": "客户端", "execution host": "执行机", "target": "目标主机", "server": "服务端", "proxy": "代理机", "network": "网络",
	"management server": "管理服务器", "hypervisor host": "宿主机", "virtual router": "虚拟路由器", "system VM": "系统虚拟机",
	"storage server": "存储服务器", "database server": "数据库服务器", "template server": "模板服务器",
}

// side is who has to act.
func side(s, lang string) string {
	if zh := chineseSides[s]; lang == "zh" && zh != "" {
		return zh
	}
	return s
}

// why says in one sentence what put a cause in its place.
func why(w diagnose.Why, lang string) string {
	share := ""
	if w.Explained > 0 {
		share = fmt.Sprintf(" (%d of %d trouble entries)", w.Explained, w.Trouble)
	}
	if lang == "zh" {
		if share != "" {
			share = fmt.Sprintf("（%d 条中的 %d 条）", w.Trouble, w.Explained)
		}
		switch w.Reason {
		case diagnose.WhyOnly:
			return "只找到这一个根因"
		case diagnose.WhyLatest:
			return "日志中有多次运行，它属于最近一次失败的运行"
		case diagnose.WhyOlder:
			return "它属于更早的一次运行"
		case diagnose.WhyShare:
			return "它解释的异常最多" + share
		case diagnose.WhyGrade:
			return "解释的异常同样多，但把握更大"
		case diagnose.WhySpecific:
			return "解释的异常同样多，但证据更具体"
		case diagnose.WhyEarliest:
			return "其余相同，它的证据最早"
		case diagnose.WhyLess:
			return "解释的异常较少" + share
		case diagnose.WhyAfter:
			return "与前一个解释的异常同样多，前一个的证据更有力或更早"
		}
		return "日志无法分出先后，按规则名排列"
	}
	switch w.Reason {
	case diagnose.WhyOnly:
		return "the only root cause found"
	case diagnose.WhyLatest:
		return "the log is of many runs, and it is of the latest that failed"
	case diagnose.WhyOlder:
		return "it is of an earlier run"
	case diagnose.WhyShare:
		return "it accounts for the most" + share
	case diagnose.WhyGrade:
		return "it accounts for as much as the next, and is better supported"
	case diagnose.WhySpecific:
		return "it accounts for as much as the next, on more specific evidence"
	case diagnose.WhyEarliest:
		return "all else equal, its evidence is the earliest"
	case diagnose.WhyLess:
		return "it accounts for less" + share
	case diagnose.WhyAfter:
		return "it accounts for as much as the one before it, whose evidence is stronger or earlier"
	}
	return "nothing in the logs puts one before the other; in order of their names"
}
