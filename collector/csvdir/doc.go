// Package csvdir reads a folder of CSV files, for users who export reports of the
// console, or the results of queries, because nscheck itself may not connect to the
// CMDB. The folder has one file for each section of a snapshot, named after it
// (sites.csv, clients.licence.csv), with the columns that the section's query
// returns. Package cmdb reads it as a RowSource and makes the snapshot as from a
// database.
//
// The encoding, the delimiter and the order of columns are recognised. If a value is
// ambiguous, such as 03/04/2014, which may be in March or in April, it is an error
// until a setting decides. Every error has the file, line and column.
//
// Rows about clients may be in any order: they are sorted in bounded memory, with
// temporary files. A file is read completely before its first row is used, so a
// section is read in full or not at all.
package csvdir
