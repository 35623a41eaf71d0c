// Package healthy is the healthy logs of this directory, for `diagnose rules check`
// to try rules on, wherever it runs. It holds files and does nothing.
package healthy

import "embed"

// Logs are the logs, by their file names.
//
//go:embed *.log
var Logs embed.FS
