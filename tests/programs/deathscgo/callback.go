package main

/*
static volatile int *volatile unmapped = (int *)0x20;

static int fault_below(void) { return *unmapped; }
*/
import "C"

// C calls it, and it calls C.
//
//export callback
func callback() { C.fault_below() }
