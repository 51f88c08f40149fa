#pragma once
// The tables of row_loops.cpp, one for each instruction set it is compiled for.

#include "engine/kernels/rows.h"

namespace lora {

const RowKernels<float>& float_rows_plain();
const RowKernels<float>& float_rows_avx2();
const RowKernels<float>& float_rows_avx512();
const RowKernels<BFloat16>& bfloat16_rows_plain();
const RowKernels<BFloat16>& bfloat16_rows_avx2();
const RowKernels<BFloat16>& bfloat16_rows_avx512();

} // namespace lora
