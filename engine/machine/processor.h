#pragma once
// Which of the loops that were compiled for several instruction sets this processor runs.

namespace lora {

inline bool has_avx512() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
           && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
#else
    return false;
#endif
}

/// AVX-512 with the dot product of bfloat16 pairs.
inline bool has_avx512_bf16() {
#if defined(__x86_64__)
    return has_avx512() && __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

/// The best of the three that the processor has.
template <class Choice>
Choice for_processor(Choice plain, [[maybe_unused]] Choice avx2, [[maybe_unused]] Choice avx512) {
#if defined(__x86_64__)
    if (has_avx512()) return avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2;
#endif
    return plain;
}

} // namespace lora
