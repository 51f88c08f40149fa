#include "engine/models/dropout.h"

#include <cmath>

#include <ATen/ATen.h>
#include <ATen/Context.h>

namespace lora {

namespace {

// Of a device that shares no loops with the CPU: its own generator, from the same seed.
at::Tensor drawn(const Dropout& dropout, at::IntArrayRef sizes, const at::TensorOptions& options) {
    at::Generator generator = at::globalContext().defaultGenerator(options.device()).clone();
    generator.set_current_seed(dropout.seed);
    return at::empty(sizes, options).bernoulli_(1 - dropout.p, generator).div_(1 - dropout.p);
}

void fill_row(const DropoutBits& bits, std::int64_t row, float* to, std::int64_t columns) {
    const std::uint32_t begin = row_bits(bits, static_cast<std::uint32_t>(row));
    for (std::int64_t i = 0; i < columns; ++i)
        to[i] = kept_factor(bits, begin, static_cast<std::uint32_t>(i));
}

at::Tensor mask_of(const Dropout& dropout, const at::Tensor& x) {
    if (!x.device().is_cpu()) return drawn(dropout, x.sizes(), x.options().dtype(at::kFloat));
    at::Tensor mask = at::empty(x.sizes(), at::kFloat);
    const DropoutBits bits = bits_of(dropout);
    for (std::int64_t row = 0; row < x.size(0); ++row)
        fill_row(bits, row, mask.mutable_data_ptr<float>() + row * x.size(1), x.size(1));
    return mask;
}

} // namespace

DropoutBits bits_of(const Dropout& dropout) {
    if (!dropout.acts()) return {};
    return {dropout.seed, static_cast<std::uint32_t>(std::lround(std::ldexp(dropout.p, 32))),
        static_cast<float>(1 / (1 - dropout.p))};
}

Dropout dropout_at(const Pass& pass, const DropoutPlace& place) {
    if (!pass.training || place.p <= 0) return {};
    const auto high = static_cast<std::uint32_t>(pass.seed >> 32),
               low = static_cast<std::uint32_t>(pass.seed);
    const std::uint32_t mixed_low = scrambled(low ^ scrambled(static_cast<std::uint32_t>(place.number) + 1));
    return {place.p, (std::uint64_t{scrambled(high ^ mixed_low)} << 32) | mixed_low};
}

at::Tensor dropped(const at::Tensor& x, const Dropout& dropout) {
    return dropout.acts() ? (x * mask_of(dropout, x)).to(x.scalar_type()) : x;
}

at::Tensor attention_mask_of(
    const Dropout& dropout, const PackedTokens& tokens, std::int64_t heads, const at::Device& device) {
    const auto samples = static_cast<std::int64_t>(tokens.lengths.size());
    const std::vector<std::int64_t> shape{samples, heads, tokens.longest, tokens.longest};
    if (!device.is_cpu()) return drawn(dropout, shape, at::TensorOptions(at::kFloat).device(device));
    at::Tensor mask = at::ones(shape, at::kFloat);
    const DropoutBits bits = bits_of(dropout);
    float* const values = mask.mutable_data_ptr<float>();
    const std::int64_t rows = tokens.ids.size(0);
    std::int64_t first = 0;
    for (std::int64_t b = 0; b < samples; ++b) {
        const std::int64_t length = tokens.lengths[static_cast<std::size_t>(b)];
        for (std::int64_t head = 0; head < heads; ++head)
            for (std::int64_t t = 0; t < length; ++t)
                fill_row(bits, head * rows + first + t,
                    values + ((b * heads + head) * tokens.longest + t) * tokens.longest, length);
        first += length;
    }
    return mask;
}

} // namespace lora
