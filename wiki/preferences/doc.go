// Package preferences holds the settings of one wiki as typed values. In the
// database they are Otter Wiki's rows of name and text, with its names,
// defaults and format, so that either program reads what the other wrote.
//
// Reading never fails: an unknown value is taken for the safe one, and a row
// that is missing for the default. Saving is strict, and says for each field
// what to change. Rows whose name is not known here are never touched.
package preferences
