#include "engine/kernels/rows.h"

#include "engine/kernels/row_loops.h"
#include "engine/machine/processor.h"

namespace lora {

template <>
const RowKernels<float>& row_kernels<float>() {
    return for_processor(float_rows_plain, float_rows_avx2, float_rows_avx512)();
}

template <>
const RowKernels<BFloat16>& row_kernels<BFloat16>() {
    return for_processor(bfloat16_rows_plain, bfloat16_rows_avx2, bfloat16_rows_avx512)();
}

} // namespace lora
