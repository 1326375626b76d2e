// GELU of a run of bfloat16 values, the exact form: x * Phi(x) = max(x, 0) - |x| * Phi(-|x|).
//
// Phi(-a) is 2 to the power of a polynomial in a: the logarithm of a normal tail is almost a parabola, and nothing
// cancels, so the negative side keeps its relative precision where 1 + erf and 1 + tanh lose it.
#include "../common/rows.h"

#ifndef RUN
#error "RUN: values in a run, a multiple of 16"
#endif

using namespace rows;

using Shorts = aie::vector<int16, LANES>;

// log2(Phi(-a)), a = 4 * (u + 1) on [0, 8]; absolute error 3.3e-4.
static constexpr float LOG2_TAIL[] = {-14.946557f, -24.387288f, -11.000577f, -0.256806f, 0.136180f, -0.112432f, 0.054099f};
static constexpr int16 MAGNITUDE_16 = 0x7fff;
static constexpr int16 INFINITE_16 = 0x7f80;
static constexpr int16 EIGHT = 0x4100; // bits of 8: Phi(-8) is 6e-16

static Halves gelu(const Halves &x) {
  const Shorts bits = x.cast_to<int16>();
  const Shorts magnitude = aie::bit_and(MAGNITUDE_16, bits);
  const Halves a = aie::min(magnitude, EIGHT).cast_to<bfloat16>();
  const Floats u = aie::sub(floats_of(aie::mul(a, aie::broadcast<bfloat16, LANES>(bfloat16(0.25f)))), 1.0f);
  const Split tail = split(exp2(polynomial(LOG2_TAIL, split(u))));
  const Halves positive = aie::select(bits, int16(0), aie::lt(bits, int16(0))).cast_to<bfloat16>();
  Sums result = aie::msc(sums_of(positive), a, tail.low);
  result = aie::msc(result, a, tail.high);
  return aie::select(result.to_vector<bfloat16>(), x, aie::gt(magnitude, INFINITE_16)); // NaN stays
}

extern "C" void gelu_bf16(bfloat16 *x, bfloat16 *out) {
  round_to_nearest();
  for (int i = 0; i < RUN; i += LANES) aie::store_v(out + i, gelu(aie::load_v<LANES>(x + i)));
}
