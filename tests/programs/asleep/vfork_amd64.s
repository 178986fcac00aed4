// clone(CLONE_VFORK|CLONE_VM|SIGCHLD). The child, on its parent's stack, sleeps for three seconds and ends.
TEXT ·vforked(SB), 4, $16-0
	MOVQ $56, AX
	MOVQ $0x4111, DI
	XORQ SI, SI
	XORQ DX, DX
	XORQ R10, R10
	XORQ R8, R8
	SYSCALL
	CMPQ AX, $0
	JNE  parent
	MOVQ $3, 0(SP)
	MOVQ $0, 8(SP)
	MOVQ $35, AX
	LEAQ 0(SP), DI
	XORQ SI, SI
	SYSCALL
	MOVQ $60, AX
	XORQ DI, DI
	SYSCALL

parent:
	RET
