// Package index finds past incidents. In come documents (what is to be found of
// an incident) and questions; out go the ids of incidents with what speaks for
// each: by words, phrases and fields (Parse, Reader.Search), or by likeness to
// what another log shows (Fingerprint, Reader.Similar).
//
// What it keeps on disk is a cache of the corpus: it can be deleted at any time
// and is made again by Update. A store of another version, a damaged or half
// deleted one is replaced, and Update says so. Many processes may read while one
// writes; nobody waits longer than he said.
//
// It does not know what an incident's file looks like, where the corpus lies,
// or how results are printed: package cmd/diagnose joins those. It is the only
// importer of bleve, of which it uses the storage engine (scorch) alone; words,
// ranking and excerpts are its own.
package index
