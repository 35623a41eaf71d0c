package correlate

import "diagnose"

// Ignore marks the failures that their run was told to ignore and says so further down:
// Ansible prints "...ignoring" once below all items of a loop, so it stands with the last
// of them, which may have gone well. entries are those of streams, each in line order.
func Ignore(entries []*diagnose.Entry) {
	var failed []*diagnose.Entry // items of the task so far, by any host
	var raised []*diagnose.Entry // exceptions since the last result, which Ansible prints above its own
	stream := ""
	for _, e := range entries {
		if e.Stream != stream || e.Boundary {
			stream, failed, raised = e.Stream, nil, nil
		}
		switch {
		case e.Trouble && e.Host == "" && (e.Format == "ansible" || len(raised) > 0):
			raised = append(raised, e)
		case e.Format != "ansible":
		case e.Trouble && e.Level == diagnose.LevelError && e.Host != "":
			failed, raised = append(failed, e), nil
		case e.Ignored:
			for _, x := range failed {
				if x.Host == e.Host {
					ignore(x)
				}
			}
			for _, x := range raised {
				ignore(x)
			}
			raised = nil
		case e.Host != "":
			raised = nil
		}
	}
}

func ignore(e *diagnose.Entry) { e.Ignored, e.Trouble, e.Level = true, false, diagnose.LevelWarn }
