#include "engine/adapters/grown_tables.h"

#include "engine/architectures/catalog.h"
#include "engine/error.h"

#include <algorithm>
#include <string>

#include <ATen/ATen.h>

namespace lora {

namespace {

at::Tensor grown(
    const at::Tensor& table, const TokenRows& rows, const at::Tensor& values, std::int64_t size) {
    if (table.dim() != 2 || table.size(1) != values.size(1) || table.size(0) > size)
        fail("the adapter's token rows", std::to_string(values.size(1)) + " values each",
            "rows as the model's table has them", "was the adapter trained on another model?");
    const at::Tensor fresh = at::zeros({size - table.size(0), table.size(1)}, table.options());
    return at::cat({table, fresh})
        .index_copy(0, indices(rows.ids, at::kCPU), values.to(at::kCPU, table.scalar_type()));
}

// The table as it is read then; `size`: its rows with the new ones.
void grow(BaseTensor& table, const TokenRows& rows, const at::Tensor& values, std::int64_t size,
    std::int64_t before) {
    table.bytes = table.bytes / before * size;
    table.values = table.values / before * size;
    table.read = [read = table.read, rows, values, size] { return grown(read(), rows, values, size); };
}

std::vector<BaseTensor>::iterator need_table(
    std::vector<BaseTensor>& tensors, const std::string& name, const Weights& base) {
    const auto found = find_tensor(tensors, name, base.dialect());
    if (found == tensors.end())
        fail(base.path(), "no tensor '" + name + "'", "the table of the adapter's tokens");
    return found;
}

} // namespace

void put_rows(
    std::vector<BaseTensor>& tensors, const TrainedTokens& tokens, const Weights& base, Json& changes) {
    const JsonFields config(base.config(), base.config_file());
    if (has_other_parts(config.string_or("model_type", "")))
        fail(base.config_file(), "a model with other parts than text", "a text model",
            "rows of tokens cannot be merged into it here");
    const std::int64_t before = config.integer("vocab_size", 1, std::int64_t{1} << 31);
    const std::int64_t size =
        std::max(before, *std::max_element(tokens.rows.ids.begin(), tokens.rows.ids.end()) + 1);
    const auto fresh = std::count_if(
        tokens.rows.ids.begin(), tokens.rows.ids.end(), [&](std::int64_t id) { return id >= before; });
    if (size - before != fresh)
        fail("the adapter's token rows", "a gap behind the model's " + std::to_string(before) + " tokens",
            "rows for all tokens behind them", "was the adapter trained on another model?");
    if (!tokens.added.empty() && tokens.added.back().id >= size)
        fail("the adapter's token '" + shown(tokens.added.back().content) + "'", "no row of it",
            "rows of all tokens that the adapter's tokenizer.json has added");
    const std::string head = std::string(base.dialect().head) + ".weight";
    grow(*need_table(tensors, std::string(base.dialect().embedding), base), tokens.rows,
        tokens.rows.embedding, size, before);
    const auto named_head = std::find_if(
        tensors.begin(), tensors.end(), [&](const BaseTensor& each) { return each.name == head; });
    if (named_head != tensors.end()) { // a tied one is seldom written
        const bool tied = config.boolean_or("tie_word_embeddings", false);
        if (tied && tokens.rows.head.defined() && !at::equal(tokens.rows.head, tokens.rows.embedding))
            fail("the adapter's token rows", "rows of the head that are not the embedding's",
                "the same, since the model's head is tied to its embedding");
        if (!tied && !tokens.rows.head.defined() && size > before)
            fail("the adapter's new tokens", "no rows of the head",
                "rows of the head, which has its own weight");
        if (tied || tokens.rows.head.defined())
            grow(*named_head, tokens.rows, tied ? tokens.rows.embedding : tokens.rows.head, size, before);
    }
    if (size > before) changes["vocab_size"] = size;
}

} // namespace lora
