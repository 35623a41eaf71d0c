// Package source makes blocks of places.
//
// In come the places a user names: standard input, files, FIFOs, directories
// and unexpanded globs. Out go streams, in the order of their names, and from
// each stream blocks of whole lines with the text around them, decompressed
// where the first bytes say gzip or zstd. A stream can be read again: a file is
// reopened, a pipe is replayed from what was kept of it. Whatever was not read,
// and why, is said as a Problem.
//
// The package does not look into lines: to it text is bytes. It counts no lines,
// knows no time stamps but a file's own, and writes nothing but the private
// temporary file that keeps a large pipe.
package source
