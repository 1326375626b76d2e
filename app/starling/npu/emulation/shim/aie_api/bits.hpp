// Integer vectors as bits: logic and shifts.
#pragma once

#include "arithmetic.hpp"

namespace aie {

#define STARLING_BITWISE(name, operation)                                                                            \
  template <typename T, unsigned N> inline vector<T, N> name(const vector<T, N> &a, const vector<T, N> &b) {         \
    static_assert(!shim::is_floating<T>);                                                                            \
    return vector<T, N>((typename vector<T, N>::lanes_type)(a.lanes operation b.lanes));                             \
  }                                                                                                                  \
  template <typename T, unsigned N> inline vector<T, N> name(std::type_identity_t<T> a, const vector<T, N> &b) {     \
    return name(broadcast<T, N>(a), b);                                                                              \
  }
STARLING_BITWISE(bit_and, &)
STARLING_BITWISE(bit_or, |)
STARLING_BITWISE(bit_xor, ^)
#undef STARLING_BITWISE

template <typename T, unsigned N> inline vector<T, N> upshift(const vector<T, N> &v, unsigned shift) {
  static_assert(!shim::is_floating<T>);
  return vector<T, N>((typename vector<T, N>::lanes_type)(v.lanes << T(shift)));
}

// Arithmetic for signed elements; no rounding.
template <typename T, unsigned N> inline vector<T, N> downshift(const vector<T, N> &v, unsigned shift) {
  static_assert(!shim::is_floating<T>);
  return vector<T, N>((typename vector<T, N>::lanes_type)(v.lanes >> T(shift)));
}

} // namespace aie
