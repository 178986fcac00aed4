#include "textflag.h"

TEXT ·spin(SB), NOSPLIT, $0-8
	MOVQ word+0(FP), AX
again:
	CMPQ (AX), $0
	JNE again
	RET
