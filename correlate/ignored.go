package correlate

import "diagnose"

// Ignore marks the failures that their run was told to ignore and says so further down:
// Ansible prints "...ignoring" once below all items of a loop, so it stands with the last
// of them, which may have gone well. entries are those of streams, each in line order.
func Ignore(entries []*diagnose.Entry) {
	var failed []*diagnose.Entry // items of the task so far, by any host
	stream := ""
	for _, e := range entries {
		if e.Stream != stream || e.Boundary {
			stream, failed = e.Stream, nil
		}
		switch {
		case e.Format != "ansible":
		case e.Trouble && e.Level == diagnose.LevelError && e.Host != "":
			failed = append(failed, e)
		case e.Ignored:
			for _, x := range failed {
				if x.Host == e.Host {
					x.Ignored, x.Trouble, x.Level = true, false, diagnose.LevelWarn
				}
			}
		}
	}
}
