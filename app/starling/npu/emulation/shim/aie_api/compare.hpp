// Masks, selection, minimum and maximum.
#pragma once

#include "arithmetic.hpp"

namespace aie {

template <unsigned N> class mask {
public:
  shim::lanes_t<int8_t, N> lanes; // the shim's own: 0 or -1
  static constexpr unsigned size() { return N; }
  bool test(unsigned index) const { return lanes[index]; }
};

namespace shim {

template <typename T, unsigned N, typename Operation>
inline mask<N> compared(const vector<T, N> &a, const vector<T, N> &b, Operation operation) {
  using Mask = lanes_t<int8_t, N>;
  if constexpr (is_floating<T>) return {__builtin_convertvector(operation(floats<N>(a), floats<N>(b)), Mask)};
  else return {__builtin_convertvector(operation(a.lanes, b.lanes), Mask)};
}

template <typename T, unsigned N>
inline vector<T, N> picked(const vector<T, N> &a, const vector<T, N> &b, const mask<N> &m) {
  using Signed = std::make_signed_t<std::conditional_t<std::is_same_v<T, float>, int32_t, lane_t<T>>>;
  using Bits = lanes_t<Signed, N>;
  const Bits second = __builtin_convertvector(m.lanes, Bits);
  return vector<T, N>((typename vector<T, N>::lanes_type)(((Bits)a.lanes & ~second) | ((Bits)b.lanes & second)));
}

} // namespace shim

#define STARLING_COMPARISON(name, operation)                                                                         \
  template <typename T, unsigned N> inline mask<N> name(const vector<T, N> &a, const vector<T, N> &b) {              \
    return shim::compared(a, b, [](auto x, auto y) { return x operation y; });                                       \
  }                                                                                                                  \
  template <typename T, unsigned N> inline mask<N> name(const vector<T, N> &a, std::type_identity_t<T> b) {          \
    return name(a, broadcast<T, N>(b));                                                                              \
  }                                                                                                                  \
  template <typename T, unsigned N> inline mask<N> name(std::type_identity_t<T> a, const vector<T, N> &b) {          \
    return name(broadcast<T, N>(a), b);                                                                              \
  }
STARLING_COMPARISON(lt, <)
STARLING_COMPARISON(gt, >)
STARLING_COMPARISON(le, <=)
STARLING_COMPARISON(ge, >=)
STARLING_COMPARISON(eq, ==)
STARLING_COMPARISON(neq, !=)
#undef STARLING_COMPARISON

// b where the mask is set, a elsewhere.
template <typename T, unsigned N>
inline vector<T, N> select(const vector<T, N> &a, const vector<T, N> &b, const mask<N> &m) {
  return shim::picked(a, b, m);
}
template <typename T, unsigned N>
inline vector<T, N> select(const vector<T, N> &a, std::type_identity_t<T> b, const mask<N> &m) {
  return select(a, broadcast<T, N>(b), m);
}
template <typename T, unsigned N>
inline vector<T, N> select(std::type_identity_t<T> a, const vector<T, N> &b, const mask<N> &m) {
  return select(broadcast<T, N>(a), b, m);
}

template <typename T, unsigned N> inline vector<T, N> max(const vector<T, N> &a, const vector<T, N> &b) {
  return select(a, b, lt(a, b));
}
template <typename T, unsigned N> inline vector<T, N> max(const vector<T, N> &a, std::type_identity_t<T> b) {
  return max(a, broadcast<T, N>(b));
}
template <typename T, unsigned N> inline vector<T, N> min(const vector<T, N> &a, const vector<T, N> &b) {
  return select(a, b, gt(a, b));
}
template <typename T, unsigned N> inline vector<T, N> min(const vector<T, N> &a, std::type_identity_t<T> b) {
  return min(a, broadcast<T, N>(b));
}

} // namespace aie
