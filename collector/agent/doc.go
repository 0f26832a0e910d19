// Package agent reads the folders of one computer's Altiris agent, copied from the
// computer or on a share. Given a folder at or above those of the agent, it returns a
// report about one computer, a client or a package server, which the caller merges
// into that computer of a snapshot.
//
// It reads only files of the agent whose content is known: the names of package
// folders, snapshot.xml, PackageStatus.xml, agent logs and the assessment scan's log.
// It never opens policies of the agent, which may contain secrets. The files may come
// from a running, crashed or half-copied agent: a broken file is reported and its
// readable part is used.
//
// The folder may be hostile. Nothing outside of it is read, links are not followed,
// and depth, numbers and sizes are bounded.
package agent
