#include "textflag.h"

// The constants of exp, as in scalar.go.
DATA least<>+0(SB)/4, $-87.0
DATA most<>+0(SB)/4, $88.0
DATA log2E<>+0(SB)/4, $1.44269504088896341
DATA ln2High<>+0(SB)/4, $0.693359375
DATA ln2Low<>+0(SB)/4, $-2.12194440054690583e-4
DATA taylor6<>+0(SB)/4, $1.38888888888888889e-3
DATA taylor5<>+0(SB)/4, $8.33333333333333333e-3
DATA taylor4<>+0(SB)/4, $4.16666666666666667e-2
DATA taylor3<>+0(SB)/4, $1.66666666666666667e-1
DATA half<>+0(SB)/4, $0.5
DATA one<>+0(SB)/4, $1.0
DATA bias<>+0(SB)/4, $127
GLOBL least<>(SB), RODATA|NOPTR, $4
GLOBL most<>(SB), RODATA|NOPTR, $4
GLOBL log2E<>(SB), RODATA|NOPTR, $4
GLOBL ln2High<>(SB), RODATA|NOPTR, $4
GLOBL ln2Low<>(SB), RODATA|NOPTR, $4
GLOBL taylor6<>(SB), RODATA|NOPTR, $4
GLOBL taylor5<>(SB), RODATA|NOPTR, $4
GLOBL taylor4<>(SB), RODATA|NOPTR, $4
GLOBL taylor3<>(SB), RODATA|NOPTR, $4
GLOBL half<>(SB), RODATA|NOPTR, $4
GLOBL one<>(SB), RODATA|NOPTR, $4
GLOBL bias<>(SB), RODATA|NOPTR, $4

// The constants of the tail of the normal distribution.
DATA signs<>+0(SB)/4, $0x80000000
DATA rootHalf<>+0(SB)/4, $0.707106781186547524
DATA tailP<>+0(SB)/4, $0.3275911
DATA tail1<>+0(SB)/4, $0.254829592
DATA tail2<>+0(SB)/4, $-0.284496736
DATA tail3<>+0(SB)/4, $1.421413741
DATA tail4<>+0(SB)/4, $-1.453152027
DATA tail5<>+0(SB)/4, $1.061405429
GLOBL signs<>(SB), RODATA|NOPTR, $4
GLOBL rootHalf<>(SB), RODATA|NOPTR, $4
GLOBL tailP<>(SB), RODATA|NOPTR, $4
GLOBL tail1<>(SB), RODATA|NOPTR, $4
GLOBL tail2<>(SB), RODATA|NOPTR, $4
GLOBL tail3<>(SB), RODATA|NOPTR, $4
GLOBL tail4<>(SB), RODATA|NOPTR, $4
GLOBL tail5<>(SB), RODATA|NOPTR, $4

// HORNER computes p = p·r + c.
#define HORNER(c, r, p) \
	VBROADCASTSS c<>(SB), Y15; \
	VFMADD213PS  Y15, r, p

// EXP sets Y1 to the exponential of Y0. It uses Y0–Y2 and Y15, and wants Y8–Y12
// to hold least, most, log2E, ln2High and ln2Low, Y13 one, and Y14 bias. A value
// that is no number stays none: it is the operand that VMAXPS and VMINPS keep.
#define EXP \
	VMAXPS       Y0, Y8, Y0;   \
	VMINPS       Y0, Y9, Y0;   \
	VMULPS       Y10, Y0, Y2;  \
	VROUNDPS     $0, Y2, Y2;   \
	VFNMADD231PS Y11, Y2, Y0;  \
	VFNMADD231PS Y12, Y2, Y0;  \
	VBROADCASTSS taylor6<>(SB), Y1; \
	HORNER(taylor5, Y0, Y1);   \
	HORNER(taylor4, Y0, Y1);   \
	HORNER(taylor3, Y0, Y1);   \
	HORNER(half, Y0, Y1);      \
	VFMADD213PS  Y13, Y0, Y1;  \
	VFMADD213PS  Y13, Y0, Y1;  \
	VCVTPS2DQ    Y2, Y2;       \
	VPADDD       Y14, Y2, Y2;  \
	VPSLLD       $23, Y2, Y2;  \
	VMULPS       Y2, Y1, Y1

// LOAD fills the registers that EXP wants filled.
#define LOAD \
	VBROADCASTSS least<>(SB), Y8;    \
	VBROADCASTSS most<>(SB), Y9;     \
	VBROADCASTSS log2E<>(SB), Y10;   \
	VBROADCASTSS ln2High<>(SB), Y11; \
	VBROADCASTSS ln2Low<>(SB), Y12;  \
	VBROADCASTSS one<>(SB), Y13;     \
	VBROADCASTSS bias<>(SB), Y14

// func expShiftedAVX2(x *float32, n int, shift float32)
TEXT ·expShiftedAVX2(SB), NOSPLIT, $0-20
	MOVQ         x+0(FP), DI
	MOVQ         n+8(FP), CX
	VBROADCASTSS shift+16(FP), Y7
	LOAD

eight:
	VMOVUPS (DI), Y0
	VSUBPS  Y7, Y0, Y0
	EXP
	VMOVUPS Y1, (DI)
	ADDQ    $32, DI
	SUBQ    $8, CX
	JG      eight
	VZEROUPPER
	RET

// func geluAVX2(x *float32, n int)
//
// Y3 is x, Y4 z = |x|/√2 and then t = 1/(1+pz), Y5 the polynomial of t and then
// the tail of the distribution beyond |x|.
TEXT ·geluAVX2(SB), NOSPLIT, $0-16
	MOVQ         x+0(FP), DI
	MOVQ         n+8(FP), CX
	VBROADCASTSS signs<>(SB), Y6
	VBROADCASTSS rootHalf<>(SB), Y7
	LOAD

eight:
	VMOVUPS      (DI), Y3
	VANDNPS      Y3, Y6, Y4
	VMULPS       Y7, Y4, Y4
	VMULPS       Y4, Y4, Y0
	VXORPS       Y6, Y0, Y0
	EXP
	VBROADCASTSS tailP<>(SB), Y5
	VFMADD213PS  Y13, Y5, Y4
	VDIVPS       Y4, Y13, Y4
	VBROADCASTSS tail5<>(SB), Y5
	HORNER(tail4, Y4, Y5)
	HORNER(tail3, Y4, Y5)
	HORNER(tail2, Y4, Y5)
	HORNER(tail1, Y4, Y5)
	VMULPS       Y4, Y5, Y5
	VMULPS       Y1, Y5, Y5
	VBROADCASTSS half<>(SB), Y15
	VMULPS       Y15, Y5, Y5
	VSUBPS       Y5, Y13, Y2
	VBLENDVPS    Y3, Y5, Y2, Y2
	VMULPS       Y3, Y2, Y2
	VMOVUPS      Y2, (DI)
	ADDQ         $32, DI
	SUBQ         $8, CX
	JG           eight
	VZEROUPPER
	RET
