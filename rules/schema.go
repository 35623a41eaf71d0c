package rules

import (
	"bytes"
	"encoding/json"
	"fmt"

	"diagnose"
)

// object is a piece of JSON Schema; keys are written in the order of the
// alphabet, so that the same schema has the same bytes.
type object = map[string]any

// Schema returns the JSON Schema (draft 2020-12) of a rule file, for editors. It
// knows keys, kinds of values and closed lists of words; what one key says of
// another is for Load.
func Schema() []byte {
	properties := object{
		"system":          text("Whose failure it is; decides which log formats the rule sees: ssh, curl, ansible, cloudstack, shared ..."),
		"yields":          oneOf("A cause in general words. A cause that does not yield drops it on the same entry, and makes a symptom of it in the same case or stream.", diagnose.ReachEntry, diagnose.ReachCase, diagnose.ReachStream),
		"role":            oneOf("What a finding can be in a verdict: a root cause, an umbrella that is never one, or something that looks bad and is not; or a kind of reason, which is asked of the log's own words alone. Default: cause.", diagnose.RoleCause, diagnose.RoleSymptom, diagnose.RoleBenign, diagnose.RoleReason),
		"reads":           text("The capture in which a cause in general words quotes what the program says; rules of role reason tell what kind of reason that is."),
		"class":           text("Class of a symptom that other rules can explain, such as connection-failed."),
		"severity":        oneOf("A warning or an info never makes a healthy run look failed. Default: error.", diagnose.SeverityError, diagnose.SeverityWarning, diagnose.SeverityInfo),
		"confidence":      oneOf("What supports the cause: the component says so itself, it follows from the pattern, or the text has several owners. Default: confirmed.", diagnose.Confirmed, diagnose.Likely, diagnose.Possible),
		"side":            oneOf("Who has to act.", diagnose.Sides...),
		"recovered":       oneOf("What is said of a finding that the log shows to be over. Default: nothing.", diagnose.SeverityWarning, diagnose.SeverityInfo),
		"formats":         textOrList("Only entries that these log formats read; `text` is the generic one."),
		"signals":         object{"type": "object", "description": "Patterns by name.", "propertyNames": object{"pattern": "^[a-z_][a-z0-9_]*$"}, "additionalProperties": reference("signal")},
		"when":            described("condition", "What must hold. Default: any of the signals."),
		"unless":          described("condition", "Counter-evidence: it was never this failure."),
		"cleared_by":      described("condition", "It was this failure, and it ended."),
		"clears":          described("clearing", "Findings of other rules that the matches of this one show to be over. For role benign."),
		"quiet":           described("duration", "It ended when nothing of it was seen for so long."),
		"scope":           oneOf("Over which entries the conditions are judged. Default: case.", ScopeEntry, ScopeCase, ScopeStream, ScopeInput),
		"by":              textOrList("Captures or kinds of ids for whose values the conditions are judged apart. Default: the captures of the title."),
		"despite_success": object{"type": "boolean", "description": "Report it also in a case that the log calls succeeded."},
		"explains":        object{"description": "Findings that are consequences of this one.", "anyOf": []any{reference("consequence"), list(reference("consequence"))}},
		"refines":         textOrList("Rules of which this one is the more special reading: ids or globs."),
		"candidate_of":    textOrList("Rules whose text this failure leaves too; it is listed beside them with tells_apart."),
		"versions":        object{"description": "Versions that have the failure or its cure, for people."},
		"references":      textOrList("Upstream files or public issues that the rule follows from."),
		"zh":              reference("texts"),
		"examples":        list(reference("example")),
	}
	for name, of := range textProperties() {
		properties[name] = of
	}
	root := closed(properties, "title", "system", "cause", "zh")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "A rule of diagnose: one known failure"
	root["$defs"] = object{
		"texts": closed(textProperties()), "step": stepSchema(), "signal": signalSchema(), "condition": conditionSchema(),
		"clearing": closed(object{
			"rules":    textOrList("Those rules: ids or globs."),
			"except":   textOrList("Those of them that it says nothing of."),
			"programs": textOrList("The programs of which a line of systemd speaks that matches: before version 250 it names a unit by its description alone. \"*\": whoever wrote the trouble, and whoever says that it is over."),
			"from":     text("The signal with which a run begins. Without it each process is a run."),
			"runs":     oneOf("The runs whose trouble is over: those before its own that had not been well before, or also its own up to there, or (this) its own alone from where it begins, or (replaced) all before its own, since only the last counts. Default: earlier.", RunsEarlier, RunsOwn, RunsThis, RunsReplaced),
		}, "rules"),
		"consequence": consequenceSchema(), "example": exampleSchema(),
		"duration": object{"type": "string", "pattern": `^(any|([0-9.]+(ns|us|µs|ms|s|m|h))+)$`, "description": "A length of log time: 30s, 10m, 1h30m, or any."},
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		panic(fmt.Sprintf("the schema is made of texts: %v", err))
	}
	return b.Bytes()
}

func text(description string) object { return object{"type": "string", "description": description} }

func reference(name string) object { return object{"$ref": "#/$defs/" + name} }

func described(name, description string) object {
	return object{"$ref": "#/$defs/" + name, "description": description}
}

func list(of object) object { return object{"type": "array", "items": of} }

func textOrList(description string) object {
	return object{"description": description, "anyOf": []any{object{"type": "string"}, list(object{"type": "string"})}}
}

func oneOf[T ~string](description string, words ...T) object {
	return object{"enum": words, "description": description}
}

// closed is a mapping that has no other keys.
func closed(properties object, required ...string) object {
	out := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// textProperties are the sentences that exist in both languages.
func textProperties() object {
	steps := object{"anyOf": []any{object{"type": "string"}, list(object{"anyOf": []any{object{"type": "string"}, reference("step")}})}}
	withText := func(description string) object { return object{"description": description, "anyOf": steps["anyOf"]} }
	return object{
		"title":       text("The cause and what it hit in one sentence, with {{captures}}. Findings of one title are one cause: no job numbers, no times."),
		"cause":       text("What went wrong and why, for somebody who has never seen it."),
		"fix":         withText("What to do tonight, step by step; {{captures}} are filled in."),
		"verify":      withText("How to see that it is cured."),
		"tells_apart": text("Where the same text has another owner: what would decide."),
	}
}

func stepSchema() object {
	return closed(object{
		"say":    text("A sentence."),
		"run":    text("A command; values that are filled in are quoted for the shell."),
		"expect": text("What the command should print."),
	})
}

func signalSchema() object {
	return closed(object{
		"match":    textOrList("Literal text with <captures>: <name> a word, <name:int> digits, <name:rest> the rest of the line, <_> anything."),
		"regex":    textOrList("RE2 syntax with (?P<name>...). Every alternative needs 9 bytes of fixed text."),
		"where":    text("An expr expression over entry and captures that must hold as well."),
		"of":       text("In place of a pattern: the name of a signal above, whose patterns and where these are. With a where of its own it is a part of its matches."),
		"finding":  text("In place of a pattern: the id of another rule, or a glob, whose findings are the matches."),
		"captures": textOrList("What is taken over from the finding."),
	})
}

func conditionSchema() object {
	signal, duration := text("Name of a signal."), reference("duration")
	number := object{"type": "integer", "minimum": 0}
	conditions := list(reference("condition"))
	of := closed(object{
		"all": conditions, "any": conditions, "sequence": conditions, "not": reference("condition"),
		"within": duration,
		"count": closed(object{
			"of": signal, "at_least": number, "at_most": number, "within": duration, "distinct": text("A capture whose different values are counted."),
		}, "of"),
		"rate":     closed(object{"of": signal, "at_least": number, "per": duration, "for": duration}, "of", "at_least", "per", "for"),
		"last":     signal,
		"lines":    number,
		"absent":   signal,
		"after":    signal,
		"before":   signal,
		"pair":     closed(object{"open": signal, "close": signal, "on": textOrList("Captures that must agree."), "within": duration}, "open", "close"),
		"duration": closed(object{"from": signal, "to": signal, "on": textOrList("Captures that must agree."), "over": duration, "under": duration}, "from", "to"),
		"compare":  text("signal.capture == other.capture; also != < <= > >=. Quantities may have units."),
	})
	return object{"anyOf": []any{signal, of}}
}

func consequenceSchema() object {
	return object{"anyOf": []any{text("A rule, by id or glob."), closed(object{
		"rule":    text("A rule, by id or glob."),
		"symptom": text("Or a class of symptoms."),
		"on":      textOrList("Captures or kinds of ids that must agree; implies across."),
		"within":  reference("duration"),
		"across":  object{"type": "boolean", "description": "Also in other cases and files."},
	})}}
}

func exampleSchema() object {
	value := object{"type": []string{"string", "number", "boolean"}}
	return closed(object{
		"name": object{"type": []string{"string", "number"}, "description": "What it shows; a version is enough."},
		"log":  text("One stream, as the program really prints it."),
		"logs": object{"type": "object", "additionalProperties": object{"type": "string"}, "description": "Several streams by name."},
		"expect": object{"description": "none, or the captures that the finding must have.", "anyOf": []any{
			object{"const": "none"}, object{"type": "object", "additionalProperties": value},
		}},
	}, "expect")
}
