package report

import "diagnose"

// explainWords are the words of explanations in one language.
type explainWords struct {
	truth                                     map[diagnose.Truth]string
	standing                                  map[diagnose.Standing]string
	miss                                      map[diagnose.MissKind]string
	moreGroups, noSignals, noneNear, ownWords string
	again                                     string // with the signal, which may be empty
}

func explainWordsOf(lang string) *explainWords {
	if lang == "zh" {
		return &chineseExplain
	}
	return &englishExplain
}

var englishExplain = explainWords{
	truth: map[diagnose.Truth]string{diagnose.True: "true", diagnose.False: "false", diagnose.Unknown: "unknown"},
	standing: map[diagnose.Standing]string{
		diagnose.StandsNot:         "does not hold",
		diagnose.StandsCause:       "holds: a root cause",
		diagnose.StandsConsequence: "holds: a consequence of",
		diagnose.StandsSymptom:     "holds: a symptom without a known cause",
		diagnose.StandsWarning:     "holds: a warning",
		diagnose.StandsBenign:      "holds: it accounts for lines that are no failure",
		diagnose.StandsReason:      "reads the log's own words: this is the kind of reason that they give",
		diagnose.StandsRefined:     "holds, and is not reported: a more special rule reads the same entries",
		diagnose.StandsOver:        "held, and is not reported: the log shows that it ended",
	},
	miss: map[diagnose.MissKind]string{
		diagnose.MissNothing: "{signal}: none of its literal texts stands in the logs",
		diagnose.MissFormat:  "{signal}: matches at {at}, but the entry is of the format {got}, which the rule does not look at",
		diagnose.MissLiteral: "{signal}: the literal text \"{want}\" stands at {at}, but the pattern does not match",
		diagnose.MissWhere:   "{signal}: the pattern matches at {at}, but where is false: {want} ({values})",
		diagnose.MissGroup:   "{signal}: matches at {at} for another group: expected {want}, found {got}",
		diagnose.MissScope:   "{signal}: matches at {at}, which belongs to another scope: {got}",
		diagnose.MissWindow:  "the window of {want} is too short by {short}: from {other} to {at} it takes {got}",
		diagnose.MissOrder:   "out of order: {signal} stands at {at}, and not after {other}",
		diagnose.MissFew:     "{signal}: {got} matches where {want} are needed, the last at {at}",
		diagnose.MissMany:    "{signal}: {got} matches where at most {want} are allowed, the last at {at}",
		diagnose.MissPresent: "{signal} must not hold, and does at {at}",
		diagnose.MissEnd:     "{signal}: the log ends {short} before the window of {want} does that {at} opens",
		diagnose.MissGap:     "{signal}: not known: a part of the logs was not read, was not kept, or has no order in time",
		diagnose.MissUnsure:  "{signal}: not known: it is not known whether that rule holds",
		diagnose.MissValue:   "{want} is false: {got} (at {at} and {other})",
		diagnose.MissKindOf:  "{want} cannot be said of {got} (at {at} and {other}): not two numbers of one kind",
		diagnose.MissClosed:  "what {other} opened was closed at {at} after {got}, in time",
		diagnose.MissTook:    "from {other} to {at} it took {got}: off by {short}",
		diagnose.MissRate:    "{signal}: the rate breaks off {short} too early: a period has {got} where {want} are needed, counted from {at}",
		diagnose.MissLast:    "{signal}: at {at}, which is not the end of its log: {got} lines follow, {want} may",
		diagnose.MissProof:   "it holds by absence alone: no line is evidence of it",
		diagnose.MissUnless:  "withdrawn: {at} speaks against it (unless: {want})",
		diagnose.MissCleared: "it held, and ended: a recovery at {at}",
		diagnose.MissQuiet:   "it held, and ended: nothing of it for {short} after {at}",
		diagnose.MissHealed:  "withdrawn: the log says that {got} succeeded",
	},
	moreGroups: "… %d more groups", noSignals: "The rule has no signals of its own: it is listed beside the rules that it is a candidate of.",
	ownWords: "It is asked of the log's own words alone, where no rule knows them, and reads none here.",
	noneNear: "No rule nearly matched.", again: "%s: as above",
}

var chineseExplain = explainWords{
	truth: map[diagnose.Truth]string{diagnose.True: "成立", diagnose.False: "不成立", diagnose.Unknown: "未知"},
	standing: map[diagnose.Standing]string{
		diagnose.StandsNot:         "不成立",
		diagnose.StandsCause:       "成立：根因",
		diagnose.StandsConsequence: "成立：是以下规则的连带现象",
		diagnose.StandsSymptom:     "成立：现象，原因未知",
		diagnose.StandsWarning:     "成立：警告",
		diagnose.StandsBenign:      "成立：说明这些行并非故障",
		diagnose.StandsReason:      "用于日志原话：这是其中所说原因的类别",
		diagnose.StandsRefined:     "成立但不报告：同一条日志有更具体的规则",
		diagnose.StandsOver:        "曾成立但不报告：日志显示已经恢复",
	},
	miss: map[diagnose.MissKind]string{
		diagnose.MissNothing: "{signal}：日志中没有它的任何固定文本",
		diagnose.MissFormat:  "{signal}：在 {at} 匹配，但该条日志的格式是 {got}，此规则不看这种格式",
		diagnose.MissLiteral: "{signal}：固定文本“{want}”出现在 {at}，但模式不匹配",
		diagnose.MissWhere:   "{signal}：模式在 {at} 匹配，但 where 不成立：{want}（{values}）",
		diagnose.MissGroup:   "{signal}：在 {at} 匹配，但属于另一组：应为 {want}，实为 {got}",
		diagnose.MissScope:   "{signal}：在 {at} 匹配，但不在同一范围内：{got}",
		diagnose.MissWindow:  "时间窗口 {want} 短了 {short}：从 {other} 到 {at} 用了 {got}",
		diagnose.MissOrder:   "顺序不符：{signal} 在 {at}，不在 {other} 之后",
		diagnose.MissFew:     "{signal}：需要 {want} 次，只有 {got} 次，最后一次在 {at}",
		diagnose.MissMany:    "{signal}：最多允许 {want} 次，却有 {got} 次，最后一次在 {at}",
		diagnose.MissPresent: "{signal} 不应成立，却在 {at} 成立",
		diagnose.MissEnd:     "{signal}：{at} 开始的 {want} 窗口尚未结束，日志就结束了，差 {short}",
		diagnose.MissGap:     "{signal}：无法判断：有一部分日志没有读到、没有保留，或没有时间先后",
		diagnose.MissUnsure:  "{signal}：无法判断：不知道那条规则是否成立",
		diagnose.MissValue:   "{want} 不成立：{got}（{at} 与 {other}）",
		diagnose.MissKindOf:  "{want} 无法比较 {got}（{at} 与 {other}）：不是同一类数值",
		diagnose.MissClosed:  "{other} 开始的事，{got} 后在 {at} 按时结束",
		diagnose.MissTook:    "从 {other} 到 {at} 用了 {got}：相差 {short}",
		diagnose.MissRate:    "{signal}：频率没有持续，早了 {short}：从 {at} 数起，有一段只有 {got} 次，需要 {want} 次",
		diagnose.MissLast:    "{signal}：在 {at}，但那不是日志的末尾：后面还有 {got} 行，最多允许 {want} 行",
		diagnose.MissProof:   "仅凭“没有出现”而成立：没有任何一行可作证据",
		diagnose.MissUnless:  "已撤回：{at} 是反证（unless：{want}）",
		diagnose.MissCleared: "曾成立，后来结束：在 {at} 恢复",
		diagnose.MissQuiet:   "曾成立，后来结束：{at} 之后 {short} 内没有再出现",
		diagnose.MissHealed:  "已撤回：日志表明 {got} 成功了",
	},
	moreGroups: "… 另有 %d 组", noSignals: "该规则没有自己的信号：它列在与它同文的规则旁边。",
	ownWords: "它只用于没有规则认识的日志原话，这里没有它能读的话。",
	noneNear: "没有接近成立的规则。", again: "%s：同上",
}
