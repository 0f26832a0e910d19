// Package agent reads the folders of one computer's Altiris agent: copied from
// the computer, or on a share. What goes in is a folder, at or above those of
// the agent; what comes out is what they show of one computer, a client or a
// package server, which the caller merges into that computer of a snapshot.
//
// Only what is known about the agent's files is read: the names of package
// folders, snapshot.xml, PackageStatus.xml, agent logs and the assessment scan's
// log. Policies of the agent, which may hold secrets, are never opened. What is
// read is taken as it was left by a running, crashed or half-copied agent: a
// file that is broken is reported and what can be read of it is used.
//
// The folder may be hostile. Nothing outside of it is reached, links are not
// followed, and depth, numbers and sizes are bounded.
package agent
