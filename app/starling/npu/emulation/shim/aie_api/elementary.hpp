// Scalar functions and conversions between numbers.
#pragma once

#include <cmath>

#include "accum.hpp"

namespace aie {

inline float inv(float value) { return 1.0f / value; }
inline float sqrt(float value) { return std::sqrt(value); }
inline float invsqrt(float value) { return 1.0f / std::sqrt(value); }

template <typename T, unsigned N> inline vector<T, N> inv(const vector<T, N> &v) {
  return shim::from_floats<T, N>(1.0f / shim::floats<N>(v));
}

template <typename T = float, typename U, unsigned N> inline vector<T, N> to_float(const vector<U, N> &v, int shift = 0) {
  static_assert(!shim::is_floating<U>);
  const auto values = __builtin_convertvector(v.lanes, shim::lanes_t<float, N>);
  return shim::from_floats<T, N>(shift ? values * std::ldexp(1.0f, -shift) : values);
}

template <typename T = int32, typename U, unsigned N> inline vector<T, N> to_fixed(const vector<U, N> &v, int shift = 0) {
  static_assert(shim::is_floating<U> && !shim::is_floating<T>);
  vector<T, N> result;
  const auto values = shim::floats<N>(v);
  for (unsigned i = 0; i < N; ++i) {
    const float scaled = std::ldexp(values[i], shift);
    const float rounded = starling_rounding == static_cast<unsigned>(rounding_mode::conv_even) ? std::nearbyint(scaled)
                          : starling_rounding == static_cast<unsigned>(rounding_mode::symmetric_inf)
                              ? std::round(scaled)
                              : std::floor(scaled);
    result.set(shim::saturated<T>(static_cast<int64_t>(rounded)), i);
  }
  return result;
}

} // namespace aie
