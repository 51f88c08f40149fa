// The loops of product_panel.h for bfloat16: compiled apart, since they need AVX512_BF16.

#include "engine/kernels/cpu/lane_bfloat16.h"
#include "engine/kernels/cpu/product_panel.h"

namespace lora {

namespace {
constexpr ProductLoops<BFloat16> table{scratch_bytes<BFloat16>, multiply<BFloat16>};
}

const ProductLoops<BFloat16>& bfloat16_products_avx512() { return table; }

} // namespace lora
