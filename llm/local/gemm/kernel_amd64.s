#include "textflag.h"

// func kernelAVX2(c *float32, strideC int, a *float32, strideA int, panel *float32, inner int)
//
// The tile of 6 rows × 16 columns is summed in Y0–Y11, two registers a row.
// Each step takes 16 values of the panel (Y12, Y13) and one value of each of
// the six rows of a (Y14, Y15 by turns).
TEXT ·kernelAVX2(SB), NOSPLIT, $0-48
	MOVQ c+0(FP), DX
	MOVQ strideC+8(FP), R9
	MOVQ a+16(FP), SI
	MOVQ strideA+24(FP), R8
	MOVQ panel+32(FP), DI
	MOVQ inner+40(FP), CX
	SHLQ $2, R8              // strides in bytes
	SHLQ $2, R9
	LEAQ (R8)(R8*2), R10
	ADDQ SI, R10             // row 3 of a; rows 1, 2, 4, 5 by R8 and R8*2

	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	VXORPS Y8, Y8, Y8
	VXORPS Y9, Y9, Y9
	VXORPS Y10, Y10, Y10
	VXORPS Y11, Y11, Y11

#define STEP(at, panelAt) \
	VMOVUPS      panelAt(DI), Y12;          \
	VMOVUPS      (panelAt+32)(DI), Y13;     \
	VBROADCASTSS at(SI), Y14;               \
	VBROADCASTSS at(SI)(R8*1), Y15;         \
	VFMADD231PS  Y12, Y14, Y0;              \
	VFMADD231PS  Y13, Y14, Y1;              \
	VFMADD231PS  Y12, Y15, Y2;              \
	VFMADD231PS  Y13, Y15, Y3;              \
	VBROADCASTSS at(SI)(R8*2), Y14;         \
	VBROADCASTSS at(R10), Y15;              \
	VFMADD231PS  Y12, Y14, Y4;              \
	VFMADD231PS  Y13, Y14, Y5;              \
	VFMADD231PS  Y12, Y15, Y6;              \
	VFMADD231PS  Y13, Y15, Y7;              \
	VBROADCASTSS at(R10)(R8*1), Y14;        \
	VBROADCASTSS at(R10)(R8*2), Y15;        \
	VFMADD231PS  Y12, Y14, Y8;              \
	VFMADD231PS  Y13, Y14, Y9;              \
	VFMADD231PS  Y12, Y15, Y10;             \
	VFMADD231PS  Y13, Y15, Y11

	SUBQ $4, CX
	JLT  rest

four:
	STEP(0, 0)
	STEP(4, 64)
	STEP(8, 128)
	STEP(12, 192)
	ADDQ $16, SI
	ADDQ $16, R10
	ADDQ $256, DI
	SUBQ $4, CX
	JGE  four

rest:
	ADDQ $4, CX
	JZ   store

one:
	STEP(0, 0)
	ADDQ $4, SI
	ADDQ $4, R10
	ADDQ $64, DI
	DECQ CX
	JNZ  one

store:
#define STORE(left, right) \
	VADDPS  (DX), left, left;       \
	VADDPS  32(DX), right, right;   \
	VMOVUPS left, (DX);             \
	VMOVUPS right, 32(DX);          \
	ADDQ    R9, DX

	STORE(Y0, Y1)
	STORE(Y2, Y3)
	STORE(Y4, Y5)
	STORE(Y6, Y7)
	STORE(Y8, Y9)
	STORE(Y10, Y11)
	VZEROUPPER
	RET
