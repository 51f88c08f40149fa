#include "engine/blocks/block.h"

#include "engine/models/checkpointed.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

at::Tensor Block::forward(const at::Tensor& x, const std::shared_ptr<const Trip>& trip,
    const at::Tensor& rows, const Pass& pass, bool fused) const {
    const auto through = [&](const ResidualBranch& branch, const at::Tensor& in, const at::Tensor& residual,
                             const at::Tensor& wanted) {
        return fused ? branch.fused(in, residual, trip, wanted, pass)
                     : branch.plain(in, residual, *trip, wanted, pass);
    };
    const at::Tensor attended = through(attention, x, /*residual=*/{}, rows);
    if (!parallel) return through(mlp, attended, /*residual=*/{}, /*wanted=*/{});
    return through(mlp, rows.defined() ? x.index_select(0, rows) : x, attended, /*wanted=*/{});
}

bool Block::runs_fused(const at::Tensor& like, const Pass& pass) const {
    return attention.runs_fused(like, pass) && mlp.runs_fused(like, pass);
}

void Block::join() {
    if (one_norm) mlp.before = attention.before;
    attention.join();
    mlp.join();
}

std::vector<const Linear*> Block::linears() const {
    std::vector<const Linear*> all = attention.linears();
    const std::vector<const Linear*> others = mlp.linears();
    all.insert(all.end(), others.begin(), others.end());
    return all;
}

void Block::name_linears(std::vector<NamedLinear>& all) {
    attention.name_linears(all);
    mlp.name_linears(all);
}

void Block::name_parameters(std::vector<NamedParameter>& all) {
    attention.name_parameters(all);
    if (!one_norm) return mlp.name_parameters(all);
    mlp.middle->name_parameters(all);
    mlp.after.name_parameters(all);
}

std::int64_t Block::kept_values() const { return attention.kept_values() + mlp.kept_values(); }

void Block::add_traits(std::vector<Trait>& all, const std::string& place) const {
    all.push_back({place + "order", std::string(parallel ? "both halves at once" : "one half after the other")
                                        + (one_norm ? ", one norm for both" : "")});
    attention.add_traits(all, place + "attention: ");
    mlp.add_traits(all, place + "feed-forward: ");
}

at::Tensor Blocks::forward(
    const at::Tensor& x, const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const {
    const bool fused = runs_fused(x, pass);
    const std::int64_t before = pass.cache ? pass.cache->length : 0;
    const auto trip = std::make_shared<Trip>(Trip{tokens});
    for (const Block& block : each)
        if (const Rotary* rotary = block.attention.rotary(); rotary && !trip->tables.contains(rotary))
            trip->tables[rotary] = fused && !block.attention.whole
                                       ? rotary->half_tables(tokens, before)
                                       : rotary->tables(tokens, before, x.scalar_type());
    at::Tensor y = x;
    for (const Block& block : each)
        y = run_block(y, block.linears(), pass,
            [&block, trip, fused, wanted = &block == &each.back() ? rows : at::Tensor()](const at::Tensor& in,
                const Pass& how) { return block.forward(in, trip, wanted, how, fused); });
    return y;
}

bool Blocks::runs_fused(const at::Tensor& like, const Pass& pass) const {
    // With a cache no gradient is known, and a GPU has no kernel.
    const bool cached = pass.cache && (!like.is_cpu() || c10::GradMode::is_enabled());
    return pass.fused && !cached && std::all_of(each.begin(), each.end(), [&](const Block& block) {
        return block.runs_fused(like, pass);
    });
}

void Blocks::join() {
    for (Block& block : each) block.join();
}

void Blocks::name_linears(std::vector<NamedLinear>& all) {
    for (Block& block : each) block.name_linears(all);
}

void Blocks::name_parameters(std::vector<NamedParameter>& all) {
    for (Block& block : each) block.name_parameters(all);
}

std::int64_t Blocks::kept_values() const {
    std::int64_t sum = 0;
    for (const Block& block : each) sum += block.kept_values();
    return sum;
}

} // namespace lora
