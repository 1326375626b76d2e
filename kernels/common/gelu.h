// The exact GELU of float32 values that are in registers already, for the epilogue of a product.
#pragma once

#include "rows.h"

namespace rows {

// erf(a / sqrt(2)) = a P(a * a / 8 - 1) on [0, 4]: a minimax fit of the error that GELU gets from it, at most 4e-4 of
// max(1, |gelu|), scaled so that it is 1 at 4, where the true value is 1 - 7e-5. Lowest power first; in this variable
// nothing cancels, so factors of 16 bits do.
constexpr float ERF[] = {0.35192447f, -0.16872883f, 0.11211080f, -0.07299669f,
                         0.04324717f, -0.02652240f, 0.01642373f, -0.00545825f};
constexpr float ERF_LIMIT = 4.0f;

// x * Phi(x) = x / 2 + |x| / 2 * erf(|x| / sqrt(2)). What is not finite becomes NaN.
inline Floats gelu(const Floats &x) {
  const Halves one_half = aie::broadcast<bfloat16, LANES>(bfloat16(0.5f));
  const Split whole = split(x);
  const Floats half = floats_of(aie::mac(aie::mul(whole.low, one_half), whole.high, one_half));
  const Floats limited = aie::min(magnitudes_of(x), as_bits(ERF_LIMIT)).cast_to<float>();
  const Split a = split(limited);
  const Split squared = split(floats_of(square(a)));
  const Halves eighth = aie::broadcast<bfloat16, LANES>(bfloat16(0.125f));
  const Sums below = aie::mac(sums_of(aie::broadcast<float, LANES>(-1.0f)), squared.low, eighth);
  const Floats series = polynomial(ERF, split(floats_of(aie::mac(below, squared.high, eighth))));
  const Split erf = split(floats_of(multiply(a, split(series))));
  return floats_of(multiply_add(sums_of(half), split(magnitudes_of(half).cast_to<float>()), erf));
}

} // namespace rows
