#include "textflag.h"

// The products of 16 codes of a row (at address) with Y8, added to sum.
#define ROW(address, sum, scratch) \
	VPMOVSXBW address, scratch        \
	VPMADDWD  Y8, scratch, scratch    \
	VPADDD    scratch, sum, sum

// func multiplyAVX2(out *int32, codes *int8, query *int16, rows, stride int)
TEXT ·multiplyAVX2(SB), NOSPLIT, $0-40
	MOVQ out+0(FP), DI
	MOVQ codes+8(FP), SI
	MOVQ query+16(FP), DX
	MOVQ rows+24(FP), CX
	MOVQ stride+32(FP), R8

four:
	CMPQ CX, $4
	JLT  one
	LEAQ (SI)(R8*1), R9
	LEAQ (R9)(R8*1), R10
	LEAQ (R10)(R8*1), R11
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	XORQ AX, AX

fourCodes:
	// The processor foresees no further than a page of memory (4 KiB).
	PREFETCHT0 8192(SI)(AX*4)
	PREFETCHT0 8192+64(SI)(AX*4)
	VMOVDQU (DX)(AX*2), Y8
	ROW((SI)(AX*1), Y0, Y4)
	ROW((R9)(AX*1), Y1, Y5)
	ROW((R10)(AX*1), Y2, Y6)
	ROW((R11)(AX*1), Y3, Y7)
	VMOVDQU 32(DX)(AX*2), Y8
	ROW(16(SI)(AX*1), Y0, Y4)
	ROW(16(R9)(AX*1), Y1, Y5)
	ROW(16(R10)(AX*1), Y2, Y6)
	ROW(16(R11)(AX*1), Y3, Y7)
	ADDQ $32, AX
	CMPQ AX, R8
	JLT  fourCodes

	// Two steps of pairwise sums leave one number of each row in each half.
	VPHADDD Y1, Y0, Y0
	VPHADDD Y3, Y2, Y2
	VPHADDD Y2, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPADDD  X1, X0, X0
	VMOVDQU X0, (DI)
	ADDQ $16, DI
	LEAQ (R11)(R8*1), SI
	SUBQ $4, CX
	JMP  four

one:
	TESTQ CX, CX
	JLE  done
	VPXOR Y0, Y0, Y0
	XORQ AX, AX

oneCodes:
	VMOVDQU (DX)(AX*2), Y8
	ROW((SI)(AX*1), Y0, Y4)
	VMOVDQU 32(DX)(AX*2), Y8
	ROW(16(SI)(AX*1), Y0, Y4)
	ADDQ $32, AX
	CMPQ AX, R8
	JLT  oneCodes

	VEXTRACTI128 $1, Y0, X1
	VPADDD  X1, X0, X0
	VPHADDD X0, X0, X0
	VPHADDD X0, X0, X0
	VMOVD   X0, (DI)
	ADDQ $4, DI
	ADDQ R8, SI
	DECQ CX
	JMP  one

done:
	VZEROUPPER
	RET
