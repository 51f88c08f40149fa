#pragma once
// Which of the loops that were compiled for several instruction sets this processor runs.

namespace lora {

/// The best of the three that the processor has.
template <class Choice>
Choice for_processor(Choice plain, [[maybe_unused]] Choice avx2, [[maybe_unused]] Choice avx512) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
        return avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2;
#endif
    return plain;
}

} // namespace lora
