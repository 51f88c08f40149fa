#pragma once
// The tiny BERTs of tests/fixtures/bert, opened without a tokenizer, which those folders lack.

#include "engine/architectures/catalog.h"
#include "engine/files/json.h"
#include "engine/training/batch.h"

#include <memory>
#include <string>
#include <vector>

namespace lora {

inline std::string bert_fixture(const std::string& variant) { return FIXTURES "/bert/" + variant; }

/// `changes` replace fields of config.json.
inline std::unique_ptr<Model> open_bert(
    const std::string& variant, at::ScalarType type = at::kFloat, const Json& changes = Json::object()) {
    Weights weights = open_weights(bert_fixture(variant));
    weights.prepare(at::kCPU, type, {}, {});
    Json config = weights.config();
    config.update(changes);
    return make_model(config, weights, at::kCPU);
}

/// The examples of a fixture's expected.json.
inline std::vector<Example> labelled_examples(const Json& expected) {
    std::vector<Example> examples;
    for (const auto& item : expected.at("examples")) {
        Example example;
        example.ids = item.at("ids").get<std::vector<TokenId>>();
        example.label = item.at("label").get<std::int64_t>();
        examples.push_back(example);
    }
    return examples;
}

inline Batch batch_of(const std::vector<Example>& examples) {
    std::vector<const Example*> all;
    for (const Example& example : examples) all.push_back(&example);
    return make_batch(all, at::kCPU);
}

} // namespace lora
