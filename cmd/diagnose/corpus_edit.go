package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"diagnose/corpus"
)

// resolve says what fixed an incident.
func (c *corpusRun) resolve(ctx context.Context, args []string) int {
	if len(args) != 1 || c.fix == "" {
		return c.std.usage("corpus", errors.New("resolve needs the id of one incident and --fix"))
	}
	err := c.locked(ctx, func() error {
		in, was, err := c.mine(args[0])
		if err != nil {
			return err
		}
		in.Fix = c.fix
		in.Rules = appendNew(in.Rules, c.ruleIDs...)
		in.Links = appendNew(in.Links, c.links...)
		if c.note != "" {
			in.Notes = c.note
		}
		if c.by != "" {
			in.ConfirmedBy, in.Confirmed = c.by, time.Now().UTC().Truncate(time.Second)
		} else {
			in.ConfirmedBy, in.Confirmed = "", time.Time{} // of the fix before
		}
		redactIncident(newRedactor(nil, false), in)
		return c.store.Replace(in, was)
	})
	if err != nil {
		return c.failed(err)
	}
	if c.by == "" {
		c.std.hint("%s", c.say("--by NAME confirms it; confirmed fixes come first when it happens again", "--by 姓名 表示确认；再次发生时，已确认的解法排在前面"))
	}
	return c.tell(map[string]any{"resolved": args[0]}, "resolved %s", "已解决 %s", args[0])
}

// edit opens an incident in the user's editor. What cannot be kept stays in the
// file that was edited.
func (c *corpusRun) edit(ctx context.Context, args []string) int {
	if len(args) != 1 {
		return c.std.usage("corpus", errors.New("edit needs the id of one incident"))
	}
	id := args[0]
	was, err := c.text(id)
	if err != nil {
		return c.failed(err)
	}
	dir, err := os.MkdirTemp("", "diagnose-edit-")
	if err != nil {
		return c.std.fail("%v", err)
	}
	file := filepath.Join(dir, id+corpus.Ext)
	if err := os.WriteFile(file, was, 0o600); err != nil {
		return c.std.fail("%v", err)
	}
	if err := c.runEditor(ctx, file); err != nil {
		c.std.fail("the editor: %v", err)
		c.std.hint("%s", c.say("EDITOR names another one; the text is in %s", "可用 EDITOR 指定别的编辑器；文本在 %s", file))
		return exitWrong
	}
	now, err := os.ReadFile(file)
	if err == nil && string(now) == string(was) {
		os.RemoveAll(dir)
		return c.tell(map[string]any{"id": id, "changed": false}, "%s was not changed", "%s 没有改动", id)
	}
	if err == nil {
		err = c.edited(ctx, file, id, now, was)
	}
	if err != nil {
		c.failed(err)
		c.std.hint("%s", c.say("nothing was changed; what you wrote is in %s", "未作任何更改；你写的内容在 %s", file))
		return exitWrong
	}
	os.RemoveAll(dir)
	return c.tell(map[string]any{"id": id, "changed": true}, "changed %s", "已更改 %s", id)
}

// text is the file of one of the user's incidents, also a broken one, which
// editing can mend.
func (c *corpusRun) text(id string) ([]byte, error) {
	_, text, err := c.mine(id)
	if err != nil && text == nil || !corpus.ValidID(id) {
		return nil, err
	}
	return text, nil
}

// edited keeps an edited text, unless it is broken.
func (c *corpusRun) edited(ctx context.Context, file, id string, now, was []byte) error {
	in, err := corpus.Parse(file, now)
	if err != nil {
		return err
	}
	if in.ID != id {
		return fmt.Errorf("the id was %s and is %s now: an incident keeps its id", id, in.ID)
	}
	redactIncident(newRedactor(nil, false), in)
	return c.locked(ctx, func() error { return c.store.Replace(in, was) })
}

// runEditor runs $VISUAL, $EDITOR or vi, which may have arguments, on a file.
func (c *corpusRun) runEditor(ctx context.Context, file string) error {
	editor := cmp.Or(c.std.getenv("VISUAL"), c.std.getenv("EDITOR"), "vi")
	cmd := exec.CommandContext(ctx, "sh", "-c", editor+` "$1"`, "sh", file)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.std.in, c.std.out, c.std.err
	if c.format == "json" {
		cmd.Stdout = c.std.err
	}
	return cmd.Run()
}
