// The part of AMD's AIE API that Starling's cores use, on the host: the same names and argument lists, the hardware's
// register sizes, matrix shapes and rounding. What each name is taken from stands in ../../aie_signatures.toml.
#pragma once

#if !defined(__AIE_ARCH__)
#error "'__AIE_ARCH__' is required: 20 for AIE2 (npu1), 21 for AIE2P (npu2)"
#endif

#include "accum.hpp"
#include "arithmetic.hpp"
#include "bits.hpp"
#include "compare.hpp"
#include "elementary.hpp"
#include "mmul.hpp"
#include "reduce.hpp"
#include "shuffle.hpp"
#include "types.hpp"
#include "vector.hpp"
