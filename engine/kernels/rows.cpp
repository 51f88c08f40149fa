#include "engine/kernels/rows.h"

#include "engine/kernels/row_loops.h"

namespace lora {

namespace {

enum class InstructionSet { Plain, Avx2, Avx512 };

InstructionSet best() {
#ifdef LORA_X86_KERNELS
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
        return InstructionSet::Avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return InstructionSet::Avx2;
#endif
    return InstructionSet::Plain;
}

} // namespace

template <>
const RowKernels<float>& row_kernels<float>() {
#ifdef LORA_X86_KERNELS
    static const InstructionSet set = best();
    if (set == InstructionSet::Avx512) return float_rows_avx512();
    if (set == InstructionSet::Avx2) return float_rows_avx2();
#endif
    return float_rows_plain();
}

template <>
const RowKernels<BFloat16>& row_kernels<BFloat16>() {
#ifdef LORA_X86_KERNELS
    static const InstructionSet set = best();
    if (set == InstructionSet::Avx512) return bfloat16_rows_avx512();
    if (set == InstructionSet::Avx2) return bfloat16_rows_avx2();
#endif
    return bfloat16_rows_plain();
}

} // namespace lora
