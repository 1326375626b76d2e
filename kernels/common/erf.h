// The error function and the exact GELU, of float32 vectors, from products, sums, minimum and maximum alone: the cores
// have neither erf nor a division that is worth its time.
#pragma once

#include <aie_api/aie.hpp>

namespace starling {

// Beyond it erf(x / sqrt(2)) is 1 to 7e-5, and the polynomial below is exactly 1 there.
constexpr float ERF_CLAMP = 4.0f;

// erf(x / sqrt(2)) = x P((x / 4)^2) for |x| <= 4: a minimax fit of the error that GELU gets from it, at most 4e-4 of
// max(1, |gelu|). Highest power first.
constexpr float ERF_FACTORS[] = {-0.69865642f, 3.49641643f, -7.67001992f, 9.81206478f,
                                 -8.24578342f, 4.86714894f, -2.10858274f, 0.79741235f};

template <unsigned N> inline aie::vector<float, N> erf_scaled(const aie::vector<float, N> &x) {
  const aie::vector<float, N> clamped =
      aie::max(aie::min(x, aie::broadcast<float, N>(ERF_CLAMP)), aie::broadcast<float, N>(-ERF_CLAMP));
  const aie::vector<float, N> part = aie::mul(clamped, 1.0f / ERF_CLAMP);
  const aie::vector<float, N> square = aie::mul(part, part);
  aie::vector<float, N> sum = aie::broadcast<float, N>(ERF_FACTORS[0]);
  for (unsigned i = 1; i < sizeof(ERF_FACTORS) / sizeof(float); ++i) {
    aie::accum<accfloat, N> next(aie::broadcast<float, N>(ERF_FACTORS[i]));
    sum = aie::mac(next, sum, square);
  }
  return aie::mul(clamped, sum);
}

// x * Phi(x); a NaN stays one.
template <unsigned N> inline aie::vector<float, N> gelu(const aie::vector<float, N> &x) {
  const aie::vector<float, N> half = aie::mul(x, 0.5f);
  return aie::mac(aie::accum<accfloat, N>(half), half, erf_scaled(x));
}

} // namespace starling
