#include "engine/blocks/block.h"

#include "engine/models/checkpointed.h"

#include <algorithm>
#include <map>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

BranchOutput Block::forward(const BlockInput& in, const std::shared_ptr<const Trip>& trip,
    const at::Tensor& rows, const Pass& pass, bool fused) const {
    const auto through = [&](const ResidualBranch& branch, const BranchInput& input) {
        return fused ? branch.fused(input, trip, pass) : branch.plain(input, *trip, pass);
    };
    BranchOutput out = through(attention, {.x = in.x, .given = in.borrowed, .rows = rows, .lends = in.lends});
    out.y = through(mlp,
        parallel ? BranchInput{.x = chosen_rows(in.x, rows), .residual = out.y} : BranchInput{.x = out.y})
                .y;
    if (layer_input)
        out.y = through(*layer_input, {.x = out.y, .given = chosen_rows(in.layer_input, rows)}).y;
    if (multiplier.defined()) out.y = out.y * multiplier;
    return out;
}

bool Block::runs_fused(const at::Tensor& like, const Pass& pass) const {
    return attention.runs_fused(like, pass) && mlp.runs_fused(like, pass)
           && (!layer_input || layer_input->runs_fused(like, pass));
}

void Block::join() {
    if (one_norm) mlp.before = attention.before;
    attention.join();
    mlp.join();
    if (layer_input) layer_input->join();
}

std::vector<const Linear*> Block::linears() const {
    std::vector<const Linear*> all = attention.linears();
    const auto add = [&](const std::vector<const Linear*>& others) {
        all.insert(all.end(), others.begin(), others.end());
    };
    add(mlp.linears());
    if (layer_input) add(layer_input->linears());
    return all;
}

void Block::name_linears(std::vector<NamedLinear>& all) {
    attention.name_linears(all);
    mlp.name_linears(all);
    if (layer_input) layer_input->name_linears(all);
}

void Block::name_parameters(std::vector<NamedParameter>& all) {
    attention.name_parameters(all);
    if (layer_input) layer_input->name_parameters(all);
    if (!one_norm) return mlp.name_parameters(all);
    mlp.middle->name_parameters(all);
    mlp.after.name_parameters(all);
}

std::int64_t Block::kept_values() const {
    return attention.kept_values() + mlp.kept_values() + (layer_input ? layer_input->kept_values() : 0);
}

void Block::add_traits(std::vector<Trait>& all, const std::string& place) const {
    all.push_back({place + "order", std::string(parallel ? "both halves at once" : "one half after the other")
                                        + (one_norm ? ", one norm for both" : "")});
    attention.add_traits(all, place + "attention: ");
    mlp.add_traits(all, place + "feed-forward: ");
    if (layer_input) layer_input->add_traits(all, place + "its own input: ");
}

at::Tensor Blocks::forward(const at::Tensor& x, const PackedTokens& tokens, const at::Tensor& rows,
    const Pass& pass, const std::vector<at::Tensor>& layer_inputs) const {
    const bool fused = runs_fused(x, pass);
    const std::shared_ptr<const Trip> trip = trip_of(tokens, x.scalar_type(), pass, fused);
    std::map<std::int64_t, at::Tensor> loans; // by the lender
    for (const Block& block : each)
        if (block.attention.lender() >= 0) loans.try_emplace(block.attention.lender());
    at::Tensor y = x;
    for (std::size_t i = 0; i < each.size(); ++i) {
        const Block& block = each[i];
        const auto own = loans.find(static_cast<std::int64_t>(i));
        const bool lends = own != loans.end(), borrows = block.attention.lender() >= 0;
        std::vector<at::Tensor> in{y};
        if (block.layer_input) in.push_back(layer_inputs.at(i));
        if (borrows) in.push_back(loans.at(block.attention.lender()));
        const at::Tensor wanted = i + 1 == each.size() ? rows : at::Tensor();
        const std::vector<at::Tensor> out = run_block(in, block.linears(), pass,
            [&block, trip, fused, wanted, lends, borrows](
                const std::vector<at::Tensor>& tensors, const Pass& how) -> std::vector<at::Tensor> {
                const BlockInput input{.x = tensors.front(),
                    .layer_input = block.layer_input ? tensors[1] : at::Tensor(),
                    .borrowed = borrows ? tensors.back() : at::Tensor(),
                    .lends = lends};
                const BranchOutput output = block.forward(input, trip, wanted, how, fused);
                if (!lends) return {output.y};
                return {output.y, output.lent};
            });
        y = out.front();
        if (lends) own->second = out.back();
    }
    return y;
}

std::shared_ptr<const Trip> Blocks::trip_of(
    const PackedTokens& tokens, at::ScalarType type, const Pass& pass, bool fused) const {
    const std::int64_t before = pass.cache ? pass.cache->length : 0;
    auto trip = std::make_shared<Trip>(Trip{tokens});
    for (const Block& block : each)
        if (const Rotary* rotary = block.attention.rotary(); rotary && !trip->tables.contains(rotary))
            trip->tables[rotary] = fused && !block.attention.whole ? rotary->half_tables(tokens, before)
                                                                   : rotary->tables(tokens, before, type);
    return trip;
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
