// Package csvdir reads a folder of CSV files, as they are exported from reports
// of the console or by whoever may run queries, where nscheck itself may not
// connect to the CMDB. What goes in is a folder with one file for each section
// of a snapshot, named after it (sites.csv, clients.licence.csv), with the
// columns that the section's query returns; what comes out is a cmdb.Database,
// so that the code that makes a snapshot from rows is the same.
//
// A file tells its encoding, its delimiter and the order of its columns itself.
// What it cannot tell, such as whether 03/04/2014 lies in March or in April, is
// an error until a setting says it. Every error names file, line and column.
//
// Rows about clients may stand in any order: they are sorted in bounded memory,
// with temporary files beside. A file is read whole before its first row is
// used, so a section is read in full or not at all.
package csvdir
