#include "textflag.h"

TEXT ·spin(SB), NOSPLIT, $0-8
	MOVD word+0(FP), R0
again:
	MOVD (R0), R1
	CBNZ R1, again
	RET
