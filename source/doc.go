// Package source makes blocks of places.
//
// In come the places a user names: standard input, files, FIFOs, directories
// and unexpanded globs. Out go streams, in the order of their names, and from
// each stream blocks of whole lines with the text around them. What is compressed
// is decoded (gzip, zstd, xz, bzip2, lz4), and what is an archive (tar, zip) is
// taken apart into streams of its own, inside one another too; content tells, not
// names. Text in another encoding is made UTF-8: offsets are those of that text,
// line numbers those of the file. A stream can be read again: a file is reopened, a
// pipe is replayed from what was kept of it, a member of an archive comes from
// memory or is decoded again. Whatever was not read, and why, is said as a Problem.
//
// Lines are put together again that something on the way has cut: PowerShell's window
// (console.go), or a mail program, which may have quoted them, too (mail.go); the blanks of
// pages that a log was copied from are made spaces (blanks.go).
//
// The package does not look into lines but for that and for how their characters are encoded. It
// numbers none, knows no time stamps but a file's own, and writes nothing but the
// private temporary file that keeps a large pipe: members of archives never come to
// disk.
package source
