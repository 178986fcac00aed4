/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of the tables that the compiler adds to a function. Source: internal/abi/symtab.go, in older versions
 * cmd/internal/objabi/funcdata.go. The numbers are the same from Go 1.16 to 1.27. If a version has no such table, it
 * has no other table with that number. */
#ifndef GOPM_SYMBOL_FUNCDATA_H
#define GOPM_SYMBOL_FUNCDATA_H

/* Tables by pc; see gopm__pcdata(). */
enum gopm__pcdata_number {
	GOPM__PCDATA_STACK_MAP = 1, /* StackMapIndex */
	GOPM__PCDATA_INL_TREE = 2,  /* InlTreeIndex */
	GOPM__PCDATA_ARG_LIVE = 3,  /* ArgLiveIndex, since Go 1.18 */
};

/* Tables by function; see gopm__funcdata(). */
enum gopm__funcdata_number {
	GOPM__FUNCDATA_ARGS_MAPS = 0,     /* ArgsPointerMaps */
	GOPM__FUNCDATA_LOCALS_MAPS = 1,   /* LocalsPointerMaps */
	GOPM__FUNCDATA_STACK_OBJECTS = 2, /* StackObjects */
	GOPM__FUNCDATA_INL_TREE = 3,      /* InlTree */
	GOPM__FUNCDATA_OPEN_DEFERS = 4,   /* OpenCodedDeferInfo */
	GOPM__FUNCDATA_ARG_INFO = 5,      /* ArgInfo, since Go 1.17 */
	GOPM__FUNCDATA_ARG_LIVE = 6,      /* ArgLiveInfo, since Go 1.18 */
	GOPM__FUNCDATA_WRAP = 7,          /* WrapInfo, since Go 1.20 */
};

#endif
