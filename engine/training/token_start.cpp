#include "engine/training/token_start.h"

#include "engine/adapters/token_files.h"
#include "engine/error.h"
#include "engine/run_settings/new_tokens.h"

#include <string>
#include <utility>
#include <vector>

namespace lora {

namespace {

constexpr const char* added_place = "{tokens.added}";

} // namespace

void give_new_tokens(Adapter& adapter, const TokenSettings& settings, const LoadedModel& loaded) {
    if (settings.added.empty()) return;
    if (adapter.tokens)
        fail(added_place, "'" + shown(settings.added) + "' beside an adapter that has tokens of its own",
            "none with {lora.adapter}: its tokens are trained further");
    std::vector<AddedToken> added = new_tokens(loaded.tokenizer, settings, added_place);
    std::vector<std::int64_t> ids;
    for (const AddedToken& token : added) ids.push_back(token.id);
    TrainedTokens tokens{.rows = loaded.model->first_token_rows(ids), .added = std::move(added)};
    tokenizer_files_with(loaded.summary.path, tokens.added); // or throws, before the first step
    const Dialect& dialect = dialect_of(Json{{"model_type", loaded.summary.model_type}}, loaded.summary.path);
    tokens.embedding = dialect.embedding.substr(0, dialect.embedding.rfind('.'));
    tokens.head = dialect.head;
    adapter.tokens = std::move(tokens);
}

Tokenizer tokenizer_of_run(const ModelSummary& model, const TokenSettings& settings) {
    Tokenizer own = open_tokenizer(model.path);
    if (settings.added.empty()) return own;
    if (model.task != Task::NextToken)
        fail(added_place, "a classifier", "a model that predicts the next token");
    const std::vector<AddedToken> added = new_tokens(own, settings, added_place);
    tokenizer_files_with(model.path, added); // or throws
    return own.with_added(added);
}

} // namespace lora
