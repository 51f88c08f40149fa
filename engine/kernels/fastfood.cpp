// Which of Fastfood's loops this processor runs.

#include "engine/kernels/fastfood_loops.h"
#include "engine/machine/processor.h"

namespace lora {

template <>
const FastfoodLoops<float>& fastfood_loops<float>() {
    return for_processor(float_fastfood_plain, float_fastfood_avx2, float_fastfood_avx512)();
}

template <>
const FastfoodLoops<double>& fastfood_loops<double>() {
    return for_processor(double_fastfood_plain, double_fastfood_avx2, double_fastfood_avx512)();
}

} // namespace lora
