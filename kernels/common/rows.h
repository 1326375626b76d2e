// Arithmetic of the row operators on AIE2, sixteen values at a time.
//
// The core multiplies bfloat16 by bfloat16 and adds up in float32; it has no float32 multiplier. A float32 value is
// therefore carried as the sum of two bfloat16 halves (16 significant bits), and a product is three of the core's own.
// Comparisons, limits and signs go through the integer bits, which says what happens to NaN and infinity. Nothing here
// depends on how the accumulator rounds a sum: the reductions accept a remainder in [-1, 1].
#pragma once

#include <aie_api/aie.hpp>
#include <stdint.h>

namespace rows {

constexpr unsigned LANES = 16;

using Floats = aie::vector<float, LANES>;
using Halves = aie::vector<bfloat16, LANES>;
using Words = aie::vector<int32, LANES>;
using Sums = aie::accum<accfloat, LANES>;

constexpr int32 MAGNITUDE = 0x7fffffff; // all but the sign
constexpr int32 INFINITE = 0x7f800000;  // bits of infinity; larger magnitudes are NaN
constexpr int32 NOT_A_NUMBER = 0x7fc00000;
constexpr float ROUNDING = 12582912.0f;       // 1.5 * 2^23: a sum with it has no digits below 1
constexpr int32 ROUNDING_BITS = 0x4b400000;

// Rounds to nearest, ties to even, from here on: the core starts with truncation, which shifts every result.
inline void round_to_nearest() { aie::set_rounding(aie::rounding_mode::conv_even); }

inline float as_float(int32 bits) { return __builtin_bit_cast(float, bits); }
inline int32 as_bits(float value) { return __builtin_bit_cast(int32, value); }

struct Split {
  Halves high, low;
};

inline Sums sums_of(const Floats &x) {
  Sums sums;
  sums.from_vector(x);
  return sums;
}

inline Floats floats_of(const Sums &sums) { return sums.to_vector<float>(); }

inline Sums sums_of(const Halves &x) { return aie::mul(x, aie::broadcast<bfloat16, LANES>(bfloat16(1.0f))); }

// high + low is x to 2^-17 of its size. An infinite x has a NaN as its lower half.
inline Split split(const Floats &x) {
  Sums rest = sums_of(x);
  const Halves high = rest.to_vector<bfloat16>();
  rest = aie::msc(rest, high, aie::broadcast<bfloat16, LANES>(bfloat16(1.0f)));
  return {high, rest.to_vector<bfloat16>()};
}

inline Split split(float x) { return split(aie::broadcast<float, LANES>(x)); }

// start + a * b; the product of the lower halves is below float32's last digit.
inline Sums multiply_add(Sums start, const Split &a, const Split &b) {
  start = aie::mac(start, a.low, b.high);
  start = aie::mac(start, a.high, b.low);
  return aie::mac(start, a.high, b.high);
}

inline Sums multiply(const Split &a, const Split &b) {
  Sums product = aie::mul(a.low, b.high);
  product = aie::mac(product, a.high, b.low);
  return aie::mac(product, a.high, b.high);
}

inline Sums square(const Split &a) { return multiply(a, a); }

// coefficients[0] + coefficients[1] * u + …
template <unsigned Count> inline Floats polynomial(const float (&coefficients)[Count], const Split &u) {
  Floats value = aie::broadcast<float, LANES>(coefficients[Count - 1]);
  for (int i = int(Count) - 2; i >= 0; --i)
    value = floats_of(multiply_add(sums_of(aie::broadcast<float, LANES>(coefficients[i])), split(value), u));
  return value;
}

inline Words bits_of(const Floats &x) { return x.cast_to<int32>(); }
inline Words magnitudes_of(const Floats &x) { return aie::bit_and(MAGNITUDE, bits_of(x)); }

// Integers in the order of the numbers; a positive NaN lies above infinity.
inline Words ordered(const Floats &x) {
  const Words bits = bits_of(x);
  return aie::select(bits, aie::bit_xor(MAGNITUDE, bits), aie::lt(bits, int32(0)));
}

inline float from_ordered(int32 key) { return as_float(key < 0 ? key ^ MAGNITUDE : key); }

// x, or `instead` where |x| > limit or x is NaN.
inline Floats limited(const Floats &x, float limit, float instead) {
  return aie::select(x, instead, aie::gt(magnitudes_of(x), as_bits(limit)));
}

// The integer near x (|x| < 2^22) as bits above ROUNDING_BITS, and what is left of x, in [-1, 1].
inline Words whole_and_rest(const Floats &x, Floats &rest) {
  const Floats shifted = aie::add(x, ROUNDING);
  rest = aie::sub(x, aie::sub(shifted, ROUNDING));
  return aie::sub(bits_of(shifted), ROUNDING_BITS);
}

// 2^u on [-1, 1], relative error 8.2e-5; Chebyshev-weighted least squares.
constexpr float EXP2[] = {0.99995526f, 0.69277315f, 0.24055597f, 0.05712441f, 0.00942730f};
constexpr float EXP2_LOWEST = -256.0f; // far below what float32 holds

// 2^x for x <= 1, 0 below -126.5. NaN counts as very low: its caller looks for it.
inline Floats exp2(const Floats &x) {
  Floats rest;
  Words whole = whole_and_rest(limited(x, -EXP2_LOWEST, EXP2_LOWEST), rest);
  whole = aie::max(whole, int32(-127)); // an exponent field of 0 is the number 0
  const Floats power = aie::upshift(aie::add(whole, int32(127)), 23).cast_to<float>();
  const Halves factor = sums_of(power).to_vector<bfloat16>(); // exact: a power of two
  const Split mantissa = split(polynomial(EXP2, split(rest)));
  return floats_of(aie::mac(aie::mul(mantissa.low, factor), mantissa.high, factor));
}

// The number of this call's unit. The host writes a core's first one before each launch, and the distance to the next.
inline int32 next_unit(int32 *progress) {
  const int32 unit = progress[1];
  progress[1] += progress[2];
  return unit;
}

// Scalars: once for each row. The last step of both is Newton's, whatever the first guess was good for.
inline float reciprocal(float x) {
  const float guess = aie::inv(x);
  return guess * (2.0f - x * guess);
}

// AIE2's library has no square root: a guess by halving the exponent, then Newton's steps.
inline float reciprocal_root(float x) {
  float y = as_float(0x5f375a86 - (as_bits(x) >> 1));
  for (int step = 0; step < 3; ++step) y = y * (1.5f - 0.5f * x * y * y);
  return y;
}

} // namespace rows
