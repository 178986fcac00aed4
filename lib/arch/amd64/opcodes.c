/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/amd64/opcodes.h"

#include "arch/instruction.h"

enum { AX = 1 << 0, CX = 1 << 1, DX = 1 << 2, BX = 1 << 3, SI = 1 << 6, DI = 1 << 7, R11 = 1 << 11 };

/* Names of rows use the manual's letters for operands: G is a general register, E a register or memory, V a vector
 * register, W a vector register or memory, I an immediate value, A the accumulator, Z a register in the opcode. O is
 * any other instruction: its operands may be written, nothing more is known. */
enum row {
	BAD,
	PFX,
	PFX66,
	PFXF2,
	PFXF3,
	REX,
	VEX,
	ESC,
	NONE,
	/* arithmetic */
	ALU_EG,
	ALU_GE,
	ADD_EG,
	ADD_GE,
	ALU_A,
	DIF_EG,
	DIF_GE,
	CMP_EG,
	CMP_A,
	TST_A,
	GRP_1,
	GRP1B,
	ALU_EI,
	CMP_EI,
	ALU_EB,
	CMP_EB,
	ADD_EI,
	ADD_EB,
	SUB_EI,
	SUB_EB,
	MUL_I,
	MUL_B,
	SHF_I,
	SHF_1,
	SHF_C,
	GRP_3,
	TST_EI,
	NOT_E,
	MUL_E,
	GRP_4,
	GRP_5,
	INC_E,
	EXT_A,
	EXT_D,
	/* moves */
	MOV_EG,
	MOV_GE,
	MOV_ZB,
	MOV_ZI,
	GRP11,
	MOV_EI,
	MOVSXD,
	MOVX,
	LEA,
	XCHG_B,
	XCHG,
	XCHG_A,
	XADD,
	GRPCX,
	CX_ANY,
	CX_MEM,
	CMOV,
	SETCC,
	BSWAP,
	/* stack */
	PUSH_Z,
	PUSH_B,
	PUSH_I,
	PUSH_F,
	PUSH_E,
	POP_Z,
	/* strings */
	MOVS,
	CMPS,
	/* bits */
	GRPBT,
	BT_REG,
	BT_MEM,
	GRPBS,
	BS_REG,
	BS_MEM,
	BTS_I,
	SHD_I,
	SHD_C,
	POPCNT,
	/* control */
	JCC_1,
	JCC_4,
	JMP_1,
	JMP_4,
	CALL,
	CALL_E,
	JMP_E,
	RET_I,
	INT_I,
	STOP,
	/* system */
	SYSC,
	CPUID,
	RDTSC,
	NOP_E,
	GRPAE,
	FENCE,
	STATE,
	/* vectors */
	MOV_VW,
	MVA_VW,
	MOV_WV,
	MVA_WV,
	MOVQ_W,
	UCOM,
	FOP,
	FOP_1,
	FOP_N,
	FCVT,
	FLOGIC,
	PFX2A,
	INT_V,
	PFX2C,
	V_INT,
	PFX6E,
	MOVD_V,
	PFX7E,
	MVQ_V,
	PFX7F,
	MOVD_E,
	O,
	O_I,
	ESC38,
	ESC3A
};

/* Groups: lists of rows to choose from. */
enum choice {
	C_GRP_1,
	C_GRP1B,
	C_GRP_3,
	C_GRP_4,
	C_GRP_5,
	C_GRP11,
	C_GRPCX,
	C_GRPBT,
	C_GRPBS,
	C_GRPAE,
	C_PFX2A,
	C_PFX2C,
	C_PFX6E,
	C_PFX7E,
	C_PFX7F,
	C_ESC38,
	C_ESC3A
};

/* clang-format off */
const uint8_t gopm__amd64_choices[][8] = {
	[C_GRP_1] = {ADD_EI, ALU_EI, ALU_EI, ALU_EI, ALU_EI, SUB_EI, ALU_EI, CMP_EI},
	[C_GRP1B] = {ADD_EB, ALU_EB, ALU_EB, ALU_EB, ALU_EB, SUB_EB, ALU_EB, CMP_EB},
	[C_GRP_3] = {TST_EI, TST_EI, NOT_E, NOT_E, MUL_E, MUL_E, MUL_E, MUL_E},
	[C_GRP_4] = {INC_E, INC_E, BAD, BAD, BAD, BAD, BAD, BAD},
	[C_GRP_5] = {INC_E, INC_E, CALL_E, BAD, JMP_E, BAD, PUSH_E, BAD},
	[C_GRP11] = {MOV_EI, BAD, BAD, BAD, BAD, BAD, BAD, BAD},
	[C_GRPCX] = {CX_ANY, CX_MEM},
	[C_GRPBT] = {BT_REG, BT_MEM},
	[C_GRPBS] = {BS_REG, BS_MEM},
	[C_GRPAE] = {FENCE, STATE},
	[C_PFX2A] = {INT_V, O},
	[C_PFX2C] = {V_INT, O},
	[C_PFX6E] = {MOVD_V, O},
	[C_PFX7E] = {MVQ_V, PFX7F},
	[C_PFX7F] = {MOVD_E, O},
	[C_ESC38] = {O},
	[C_ESC3A] = {O_I},
};

const uint8_t gopm__amd64_one_byte[256] = {
/*       0       1       2       3       4       5       6       7       8       9       A       B       C       D       E       F */
/* 0 */ ADD_EG, ADD_EG, ADD_GE, ADD_GE, ALU_A,  ALU_A,  BAD,    BAD,    ALU_EG, ALU_EG, ALU_GE, ALU_GE, ALU_A,  ALU_A,  BAD,    ESC,
/* 1 */ ALU_EG, ALU_EG, ALU_GE, ALU_GE, ALU_A,  ALU_A,  BAD,    BAD,    ALU_EG, ALU_EG, ALU_GE, ALU_GE, ALU_A,  ALU_A,  BAD,    BAD,
/* 2 */ ALU_EG, ALU_EG, ALU_GE, ALU_GE, ALU_A,  ALU_A,  PFX,    BAD,    DIF_EG, DIF_EG, DIF_GE, DIF_GE, ALU_A,  ALU_A,  PFX,    BAD,
/* 3 */ DIF_EG, DIF_EG, DIF_GE, DIF_GE, ALU_A,  ALU_A,  PFX,    BAD,    CMP_EG, CMP_EG, CMP_EG, CMP_EG, CMP_A,  CMP_A,  PFX,    BAD,
/* 4 */ REX,    REX,    REX,    REX,    REX,    REX,    REX,    REX,    REX,    REX,    REX,    REX,    REX,    REX,    REX,    REX,
/* 5 */ PUSH_Z, PUSH_Z, PUSH_Z, PUSH_Z, PUSH_Z, PUSH_Z, PUSH_Z, PUSH_Z, POP_Z,  POP_Z,  POP_Z,  POP_Z,  POP_Z,  POP_Z,  POP_Z,  POP_Z,
/* 6 */ BAD,    BAD,    VEX,    MOVSXD, PFX,    PFX,    PFX66,  BAD,    PUSH_I, MUL_I,  PUSH_B, MUL_B,  BAD,    BAD,    BAD,    BAD,
/* 7 */ JCC_1,  JCC_1,  JCC_1,  JCC_1,  JCC_1,  JCC_1,  JCC_1,  JCC_1,  JCC_1,  JCC_1,  JCC_1,  JCC_1,  JCC_1,  JCC_1,  JCC_1,  JCC_1,
/* 8 */ GRP_1,  GRP_1,  BAD,    GRP1B,  CMP_EG, CMP_EG, XCHG_B, XCHG,   MOV_EG, MOV_EG, MOV_GE, MOV_GE, BAD,    LEA,    BAD,    BAD,
/* 9 */ XCHG_A, XCHG_A, XCHG_A, XCHG_A, XCHG_A, XCHG_A, XCHG_A, XCHG_A, EXT_A,  EXT_D,  BAD,    BAD,    PUSH_F, NONE,   BAD,    BAD,
/* A */ BAD,    BAD,    BAD,    BAD,    MOVS,   MOVS,   CMPS,   CMPS,   TST_A,  TST_A,  MOVS,   MOVS,   CMPS,   CMPS,   CMPS,   CMPS,
/* B */ MOV_ZB, MOV_ZB, MOV_ZB, MOV_ZB, MOV_ZB, MOV_ZB, MOV_ZB, MOV_ZB, MOV_ZI, MOV_ZI, MOV_ZI, MOV_ZI, MOV_ZI, MOV_ZI, MOV_ZI, MOV_ZI,
/* C */ SHF_I,  SHF_I,  RET_I,  STOP,   VEX,    VEX,    GRP11,  GRP11,  BAD,    BAD,    BAD,    BAD,    STOP,   INT_I,  BAD,    BAD,
/* D */ SHF_1,  SHF_1,  SHF_C,  SHF_C,  BAD,    BAD,    BAD,    BAD,    BAD,    BAD,    BAD,    BAD,    BAD,    BAD,    BAD,    BAD,
/* E */ BAD,    BAD,    BAD,    JCC_1,  BAD,    BAD,    BAD,    BAD,    CALL,   JMP_4,  BAD,    JMP_1,  BAD,    BAD,    BAD,    BAD,
/* F */ PFX,    BAD,    PFXF2,  PFXF3,  STOP,   BAD,    GRP_3,  GRP_3,  NONE,   NONE,   BAD,    BAD,    NONE,   NONE,   GRP_4,  GRP_5,
};

const uint8_t gopm__amd64_two_bytes[256] = {
/*       0       1       2       3       4       5       6       7       8       9       A       B       C       D       E       F */
/* 0 */ BAD,    RDTSC,  BAD,    BAD,    BAD,    SYSC,   BAD,    BAD,    BAD,    BAD,    BAD,    STOP,   BAD,    NOP_E,  BAD,    BAD,
/* 1 */ MOV_VW, MOV_WV, O,      O,      O,      O,      O,      O,      NOP_E,  NOP_E,  NOP_E,  NOP_E,  NOP_E,  NOP_E,  NOP_E,  NOP_E,
/* 2 */ BAD,    BAD,    BAD,    BAD,    BAD,    BAD,    BAD,    BAD,    MVA_VW, MVA_WV, PFX2A,  O,      PFX2C,  PFX2C,  UCOM,   UCOM,
/* 3 */ BAD,    CPUID,  BAD,    BAD,    BAD,    BAD,    BAD,    BAD,    ESC38,  BAD,    ESC3A,  BAD,    BAD,    BAD,    BAD,    BAD,
/* 4 */ CMOV,   CMOV,   CMOV,   CMOV,   CMOV,   CMOV,   CMOV,   CMOV,   CMOV,   CMOV,   CMOV,   CMOV,   CMOV,   CMOV,   CMOV,   CMOV,
/* 5 */ O,      FOP_1,  FOP_N,  FOP_N,  FLOGIC, FLOGIC, FLOGIC, FLOGIC, FOP,    FOP,    FCVT,   FOP_N,  FOP,    FOP,    FOP,    FOP,
/* 6 */ O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      PFX6E,  MVA_VW,
/* 7 */ O_I,    O_I,    O_I,    O_I,    O,      O,      O,      NONE,   O,      O,      O,      O,      O,      O,      PFX7E,  MVA_WV,
/* 8 */ JCC_4,  JCC_4,  JCC_4,  JCC_4,  JCC_4,  JCC_4,  JCC_4,  JCC_4,  JCC_4,  JCC_4,  JCC_4,  JCC_4,  JCC_4,  JCC_4,  JCC_4,  JCC_4,
/* 9 */ SETCC,  SETCC,  SETCC,  SETCC,  SETCC,  SETCC,  SETCC,  SETCC,  SETCC,  SETCC,  SETCC,  SETCC,  SETCC,  SETCC,  SETCC,  SETCC,
/* A */ BAD,    BAD,    CPUID,  GRPBT,  SHD_I,  SHD_C,  O,      O,      O,      O,      O,      GRPBS,  SHD_I,  SHD_C,  GRPAE,  CMOV,
/* B */ GRPCX,  GRPCX,  O,      GRPBS,  O,      O,      MOVX,   MOVX,   POPCNT, O,      BTS_I,  GRPBS,  POPCNT, POPCNT, MOVX,   MOVX,
/* C */ XADD,   XADD,   O_I,    O,      O_I,    O_I,    O_I,    CX_ANY, BSWAP,  BSWAP,  BSWAP,  BSWAP,  BSWAP,  BSWAP,  BSWAP,  BSWAP,
/* D */ O,      O,      O,      O,      O,      O,      MOVQ_W, O,      O,      O,      O,      O,      O,      O,      O,      O,
/* E */ O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      O,
/* F */ O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      O,      O,
};
/* clang-format on */

#define BY_REG(which)                                                                                                  \
	{                                                                                                              \
		.access = OP_MODRM, .choice = OP_BY_REG, .choices = (which)                                            \
	}
#define BY_MOD(which)                                                                                                  \
	{                                                                                                              \
		.access = OP_MODRM, .choice = OP_BY_MOD, .choices = (which)                                            \
	}
#define BY_PREFIX(which, present)                                                                                      \
	{                                                                                                              \
		.choice = OP_BY_PREFIX, .choices = (which), .prefixes = (present)                                      \
	}
#define ESCAPE(which)                                                                                                  \
	{                                                                                                              \
		.choice = OP_ESCAPE, .choices = (which)                                                                \
	}
#define JUMP(size, where)                                                                                              \
	{                                                                                                              \
		.action = OP_JUMP, .immediate = (size), .flow = (where)                                                \
	}

/* clang-format off */
const struct gopm__amd64_opcode gopm__amd64_opcodes[] = {
	[BAD] = {.action = OP_INVALID},
	[PFX] = {.action = OP_PREFIX}, /* segments, LOCK */
	[PFX66] = {.action = OP_PREFIX, .prefixes = OP_PREFIX_66},
	[PFXF2] = {.action = OP_PREFIX, .prefixes = OP_PREFIX_F2},
	[PFXF3] = {.action = OP_PREFIX, .prefixes = OP_PREFIX_F3},
	[REX] = {.action = OP_REX},
	[VEX] = {.action = OP_VEX},
	[ESC] = {.action = OP_TWO_BYTES},
	[NONE] = {.action = OP_PLAIN},

	/* arithmetic: ADD, OR, ADC, SBB, AND; SUB, XOR; CMP, TEST; IMUL; shifts; NOT, NEG; MUL, DIV; INC, DEC; CBW, CWD */
	[ALU_EG] = {OP_MODRM | OP_READS_REG | OP_READS_RM | OP_WRITES_RM | OP_EXACT_BYTE, .width = OP_BYTE_OR_FULL},
	[ALU_GE] = {OP_MODRM | OP_READS_REG | OP_READS_RM | OP_WRITES_REG | OP_EXACT_BYTE, .width = OP_BYTE_OR_FULL},
	[ADD_EG] = {OP_MODRM | OP_READS_REG | OP_READS_RM | OP_WRITES_RM | OP_EXACT_BYTE, .width = OP_BYTE_OR_FULL, .action = OP_ADD_OUT},
	[ADD_GE] = {OP_MODRM | OP_READS_REG | OP_READS_RM | OP_WRITES_REG | OP_EXACT_BYTE, .width = OP_BYTE_OR_FULL, .action = OP_ADD_IN},
	[ALU_A] = {.reads = AX, .writes = AX, .immediate = OP_IMMEDIATE_BYTE_OR_Z},
	[DIF_EG] = {OP_MODRM | OP_READS_REG | OP_READS_RM | OP_WRITES_RM | OP_EXACT_BYTE, .width = OP_BYTE_OR_FULL, .action = OP_DIFFERENCE},
	[DIF_GE] = {OP_MODRM | OP_READS_REG | OP_READS_RM | OP_WRITES_REG | OP_EXACT_BYTE, .width = OP_BYTE_OR_FULL, .action = OP_DIFFERENCE},
	[CMP_EG] = {OP_MODRM | OP_READS_REG | OP_READS_RM, .width = OP_BYTE_OR_FULL},
	[CMP_A] = {.reads = AX, .immediate = OP_IMMEDIATE_BYTE_OR_Z},
	[TST_A] = {.immediate = OP_IMMEDIATE_BYTE_OR_Z},
	[GRP_1] = BY_REG(C_GRP_1),
	[ALU_EI] = {OP_MODRM | OP_READS_RM | OP_WRITES_RM, .width = OP_BYTE_OR_FULL, .immediate = OP_IMMEDIATE_BYTE_OR_Z},
	[CMP_EI] = {OP_MODRM | OP_READS_RM, .width = OP_BYTE_OR_FULL, .immediate = OP_IMMEDIATE_BYTE_OR_Z},
	[GRP1B] = BY_REG(C_GRP1B),
	[ALU_EB] = {OP_MODRM | OP_READS_RM | OP_WRITES_RM, .width = OP_FULL, .immediate = OP_IMMEDIATE_1},
	[CMP_EB] = {OP_MODRM | OP_READS_RM, .width = OP_FULL, .immediate = OP_IMMEDIATE_1},
	[ADD_EI] = {OP_MODRM | OP_READS_RM | OP_WRITES_RM, .width = OP_BYTE_OR_FULL, .immediate = OP_IMMEDIATE_BYTE_OR_Z, .action = OP_ADD},
	[ADD_EB] = {OP_MODRM | OP_READS_RM | OP_WRITES_RM, .width = OP_FULL, .immediate = OP_IMMEDIATE_1, .action = OP_ADD},
	[SUB_EI] = {OP_MODRM | OP_READS_RM | OP_WRITES_RM, .width = OP_BYTE_OR_FULL, .immediate = OP_IMMEDIATE_BYTE_OR_Z, .action = OP_SUBTRACT},
	[SUB_EB] = {OP_MODRM | OP_READS_RM | OP_WRITES_RM, .width = OP_FULL, .immediate = OP_IMMEDIATE_1, .action = OP_SUBTRACT},
	[MUL_I] = {OP_MODRM | OP_READS_RM | OP_WRITES_REG, .width = OP_FULL, .immediate = OP_IMMEDIATE_Z},
	[MUL_B] = {OP_MODRM | OP_READS_RM | OP_WRITES_REG, .width = OP_FULL, .immediate = OP_IMMEDIATE_1},
	[SHF_I] = {OP_MODRM | OP_READS_RM | OP_WRITES_RM | OP_FULL_WRITE, .width = OP_BYTE_OR_FULL, .immediate = OP_IMMEDIATE_1},
	[SHF_1] = {OP_MODRM | OP_READS_RM | OP_WRITES_RM | OP_FULL_WRITE, .width = OP_BYTE_OR_FULL},
	[SHF_C] = {OP_MODRM | OP_READS_RM | OP_WRITES_RM | OP_FULL_WRITE, .reads = CX, .width = OP_BYTE_OR_FULL},
	[GRP_3] = BY_REG(C_GRP_3),
	[TST_EI] = {OP_MODRM | OP_READS_RM, .width = OP_BYTE_OR_FULL, .immediate = OP_IMMEDIATE_BYTE_OR_Z},
	[NOT_E] = {OP_MODRM | OP_READS_RM | OP_WRITES_RM, .width = OP_BYTE_OR_FULL},
	[MUL_E] = {OP_MODRM | OP_READS_RM, .reads = AX, .writes = AX | DX, .width = OP_BYTE_OR_FULL},
	[GRP_4] = BY_REG(C_GRP_4),
	[GRP_5] = BY_REG(C_GRP_5),
	[INC_E] = {OP_MODRM | OP_READS_RM | OP_WRITES_RM, .width = OP_BYTE_OR_FULL},
	[EXT_A] = {.reads = AX, .writes = AX},
	[EXT_D] = {.reads = AX, .writes = DX},

	/* moves, exchanges, LEA, CMPXCHG, SETcc; CMOVcc and IMUL */
	[MOV_EG] = {OP_MODRM, .width = OP_BYTE_OR_FULL, .action = OP_MOVE_OUT},
	[MOV_GE] = {OP_MODRM, .width = OP_BYTE_OR_FULL, .action = OP_MOVE_IN},
	[MOV_ZB] = {OP_REG_IN_OPCODE, .width = OP_BYTE, .immediate = OP_IMMEDIATE_1, .action = OP_MOVE_IMMEDIATE},
	[MOV_ZI] = {OP_REG_IN_OPCODE, .width = OP_FULL, .immediate = OP_IMMEDIATE_FULL, .action = OP_MOVE_IMMEDIATE},
	[GRP11] = BY_REG(C_GRP11),
	[MOV_EI] = {OP_MODRM, .width = OP_BYTE_OR_FULL, .immediate = OP_IMMEDIATE_BYTE_OR_Z, .action = OP_STORE_IMMEDIATE},
	[MOVSXD] = {OP_MODRM, .width = OP_4, .action = OP_EXTEND},
	[MOVX] = {OP_MODRM, .width = OP_WORD_OR_BYTE, .action = OP_EXTEND},
	[LEA] = {OP_MODRM, .action = OP_ADDRESS},
	[XCHG_B] = {OP_MODRM | OP_READS_REG | OP_READS_RM | OP_WRITES_ANY | OP_LEGACY_BYTES, .width = OP_BYTE},
	[XCHG] = {OP_MODRM | OP_READS_REG | OP_READS_RM | OP_WRITES_ANY, .width = OP_FULL},
	[XCHG_A] = {OP_REG_IN_OPCODE, .action = OP_EXCHANGE},
	[XADD] = {OP_MODRM | OP_READS_REG | OP_READS_RM | OP_WRITES_ANY | OP_LEGACY_BYTES, .width = OP_BYTE_OR_FULL, .action = OP_ATOMIC_ADD},
	[GRPCX] = BY_MOD(C_GRPCX),
	[CX_ANY] = {OP_MODRM | OP_WRITES_ANY, .writes = AX | CX | DX | BX},
	[CX_MEM] = {OP_MODRM | OP_WRITES_RM, .writes = AX, .width = OP_BYTE_OR_FULL, .action = OP_ATOMIC_COMPARE},
	[CMOV] = {OP_MODRM | OP_READS_REG | OP_READS_RM | OP_WRITES_REG, .width = OP_FULL},
	[SETCC] = {OP_MODRM | OP_WRITES_RM, .width = OP_BYTE},
	[BSWAP] = {OP_REG_IN_OPCODE | OP_READS_REG | OP_WRITES_REG, .width = OP_FULL},

	/* stack; callers follow the stack pointer by pclntab, so no row writes it */
	[PUSH_Z] = {OP_REG_IN_OPCODE | OP_READS_REG, .width = OP_8, .action = OP_PUSH},
	[PUSH_I] = {.immediate = OP_IMMEDIATE_4, .action = OP_PUSH},
	[PUSH_B] = {.immediate = OP_IMMEDIATE_1, .action = OP_PUSH},
	[PUSH_F] = {.action = OP_PUSH},
	[PUSH_E] = {OP_MODRM | OP_READS_RM, .width = OP_8, .action = OP_PUSH},
	[POP_Z] = {OP_REG_IN_OPCODE | OP_WRITES_REG, .width = OP_8},

	/* strings; their stores are not effects: RDI points into an object whose address was taken before */
	[MOVS] = {.writes = CX | SI | DI},
	[CMPS] = {.writes = AX | CX | SI | DI},

	/* bits: BT; BTS, BTR, BTC; SHLD, SHRD; POPCNT, BSF, BSR. In memory `reg` selects any bit near the operand. */
	[GRPBT] = BY_MOD(C_GRPBT),
	[BT_REG] = {OP_MODRM | OP_READS_REG | OP_READS_RM, .width = OP_FULL},
	[BT_MEM] = {OP_MODRM | OP_READS_REG, .width = OP_FULL},
	[GRPBS] = BY_MOD(C_GRPBS),
	[BS_REG] = {OP_MODRM | OP_READS_REG | OP_READS_RM | OP_WRITES_ANY, .width = OP_FULL},
	[BS_MEM] = {OP_MODRM | OP_READS_REG | OP_WRITES_ANY, .width = OP_FULL},
	[BTS_I] = {OP_MODRM | OP_READS_RM | OP_WRITES_ANY, .width = OP_FULL, .immediate = OP_IMMEDIATE_1},
	[SHD_I] = {OP_MODRM | OP_READS_REG | OP_READS_RM | OP_WRITES_ANY, .width = OP_FULL, .immediate = OP_IMMEDIATE_1},
	[SHD_C] = {OP_MODRM | OP_READS_REG | OP_READS_RM | OP_WRITES_ANY, .width = OP_FULL},
	[POPCNT] = {OP_MODRM | OP_READS_RM | OP_WRITES_ANY, .width = OP_FULL},

	/* control */
	[JCC_1] = JUMP(OP_IMMEDIATE_1, GOPM__CODE_BRANCH),
	[JCC_4] = JUMP(OP_IMMEDIATE_4, GOPM__CODE_BRANCH),
	[JMP_1] = JUMP(OP_IMMEDIATE_1, GOPM__CODE_JUMP),
	[JMP_4] = JUMP(OP_IMMEDIATE_4, GOPM__CODE_JUMP),
	[CALL] = JUMP(OP_IMMEDIATE_4, GOPM__CODE_CALL),
	[CALL_E] = {OP_MODRM | OP_READS_RM, .width = OP_8, .flow = GOPM__CODE_CALL},
	[JMP_E] = {OP_MODRM | OP_READS_RM, .width = OP_8, .flow = GOPM__CODE_INDIRECT_JUMP},
	[RET_I] = {.immediate = OP_IMMEDIATE_2, .flow = GOPM__CODE_EXIT},
	[INT_I] = {.immediate = OP_IMMEDIATE_1, .flow = GOPM__CODE_EXIT},
	[STOP] = {.flow = GOPM__CODE_EXIT}, /* RET, INT3, HLT, UD2 */

	/* system: SYSCALL; CPUID, RDTSC; RDTSCP, XGETBV; hints; fences, FXSAVE and the like */
	[SYSC] = {.writes = AX | CX | R11},
	[CPUID] = {.writes = AX | BX | CX | DX},
	[RDTSC] = {OP_MODRM, .writes = AX | CX | DX},
	[NOP_E] = {.access = OP_MODRM | OP_NO_ACCESS},
	[GRPAE] = BY_MOD(C_GRPAE),
	[FENCE] = {.access = OP_MODRM},
	[STATE] = {OP_MODRM | OP_WRITES_RM, .width = OP_64},

	/* vectors */
	[MOV_VW] = {OP_MODRM, .width = OP_SCALAR, .action = OP_VECTOR_IN},
	[MVA_VW] = {OP_MODRM, .width = OP_16, .action = OP_VECTOR_IN},
	[MOV_WV] = {OP_MODRM, .width = OP_SCALAR, .action = OP_VECTOR_OUT},
	[MVA_WV] = {OP_MODRM, .width = OP_16, .action = OP_VECTOR_OUT},
	[MOVQ_W] = {OP_MODRM, .width = OP_8, .action = OP_VECTOR_OUT},
	[UCOM] = {OP_MODRM | OP_READS_VECTOR_REG | OP_READS_VECTOR_RM, .width = OP_COMPARED},
	[FOP] = {OP_MODRM | OP_READS_VECTOR_REG | OP_READS_VECTOR_RM | OP_WRITES_VECTOR_REG, .width = OP_SCALAR},
	[FOP_1] = {OP_MODRM | OP_READS_VECTOR_RM | OP_WRITES_VECTOR_REG, .width = OP_SCALAR}, /* SQRT */
	[FOP_N] = {OP_MODRM | OP_WRITES_VECTOR_REG, .width = OP_SCALAR},
	[FCVT] = {OP_MODRM | OP_READS_VECTOR_RM | OP_WRITES_VECTOR_REG, .width = OP_CONVERTED},
	[FLOGIC] = {OP_MODRM | OP_READS_VECTOR_REG | OP_READS_VECTOR_RM | OP_WRITES_VECTOR_REG, .width = OP_16, .action = OP_VECTOR_LOGIC},
	[PFX2A] = BY_PREFIX(C_PFX2A, OP_PREFIX_F3 | OP_PREFIX_F2),
	[INT_V] = {OP_MODRM | OP_READS_RM | OP_WRITES_VECTOR_REG, .width = OP_4_OR_8}, /* CVTSI2SS, CVTSI2SD */
	[PFX2C] = BY_PREFIX(C_PFX2C, OP_PREFIX_F3 | OP_PREFIX_F2),
	[V_INT] = {OP_MODRM | OP_READS_VECTOR_RM | OP_WRITES_REG, .width = OP_SCALAR}, /* CVTTSS2SI, CVTTSD2SI */
	[PFX6E] = BY_PREFIX(C_PFX6E, OP_PREFIX_66),
	[MOVD_V] = {OP_MODRM | OP_READS_RM | OP_WRITES_ANY, .width = OP_4_OR_8},
	[PFX7E] = BY_PREFIX(C_PFX7E, OP_PREFIX_F3),
	[MVQ_V] = {OP_MODRM | OP_READS_VECTOR_RM | OP_WRITES_ANY, .width = OP_8},
	[PFX7F] = BY_PREFIX(C_PFX7F, OP_PREFIX_66),
	[MOVD_E] = {OP_MODRM | OP_READS_VECTOR_REG | OP_WRITES_ANY, .width = OP_4_OR_8},
	[O] = {.access = OP_MODRM | OP_WRITES_ANY},
	[O_I] = {OP_MODRM | OP_WRITES_ANY, .immediate = OP_IMMEDIATE_1},
	[ESC38] = ESCAPE(C_ESC38),
	[ESC3A] = ESCAPE(C_ESC3A),
};
/* clang-format on */
