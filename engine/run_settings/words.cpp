#include "engine/run_settings/words.h"

#include "engine/error.h"

namespace lora {

namespace {

constexpr Word<NumberType> number_types[] = {
    {NumberType::Float32, "float32", "float32"}, {NumberType::BFloat16, "bfloat16", "bfloat16"}};
constexpr Word<QuantizedWeights> quantized_words[] = {{QuantizedWeights::Packed, "packed", "stay packed"},
    {QuantizedWeights::Unpacked, "unpacked", "unpacked"}, {QuantizedWeights::Nf4, "nf4", "made NF4 (4 bits)"},
    {QuantizedWeights::Int8, "int8", "made int8"}};
constexpr Word<Schedule> schedules[] = {{Schedule::Linear, "linear", "linear to zero"},
    {Schedule::Cosine, "cosine", "cosine to zero"}, {Schedule::Constant, "constant", "constant"}};
constexpr Word<InitialA> initial_as[] = {{InitialA::Uniform, "uniform", "uniform in ±1/√in"},
    {InitialA::Gaussian, "gaussian", "gaussian (as in the paper)"}};
constexpr Word<ProjectionKind> projections[] = {{ProjectionKind::Fastfood, "fastfood", "fastfood"},
    {ProjectionKind::Hashed, "hashed", "hashed"}, {ProjectionKind::Sparse, "sparse", "sparse"},
    {ProjectionKind::Dense, "dense", "dense"}};

constexpr Word<Problem> problems[] = {{Problem::Unsaid, name(Problem::Unsaid), "as model and labels say"},
    {Problem::SingleLabel, name(Problem::SingleLabel), "one class a text"},
    {Problem::MultiLabel, name(Problem::MultiLabel), "several classes a text"},
    {Problem::Regression, name(Problem::Regression), "numbers"}};

template <class T>
std::string word_for(T value) {
    for (const Word<T>& each : words_of(value))
        if (each.value == value) return each.word;
    return {};
}

template <class T>
T value_for(const char* what, const std::string& word) {
    std::string known;
    for (const Word<T>& each : words_of(T{})) {
        if (word == each.word) return each.value;
        known.append(known.empty() ? "" : ", ").append(each.word);
    }
    fail(what, "'" + shown(word) + "'", "one of " + known);
}

} // namespace

std::span<const Word<NumberType>> words_of(NumberType) { return number_types; }
std::span<const Word<QuantizedWeights>> words_of(QuantizedWeights) { return quantized_words; }
std::span<const Word<Schedule>> words_of(Schedule) { return schedules; }
std::span<const Word<InitialA>> words_of(InitialA) { return initial_as; }
std::span<const Word<ProjectionKind>> words_of(ProjectionKind) { return projections; }
std::span<const Word<Problem>> words_of(Problem) { return problems; }

std::string name(NumberType type) { return word_for(type); }
std::string name(QuantizedWeights quantized) { return word_for(quantized); }
std::string name(Schedule schedule) { return word_for(schedule); }
std::string name(InitialA init) { return word_for(init); }
std::string name(ProjectionKind kind) { return word_for(kind); }
NumberType number_type(const std::string& word) { return value_for<NumberType>("{dtype}", word); }
QuantizedWeights quantized_weights(const std::string& word) {
    return value_for<QuantizedWeights>("{quantized}", word);
}
Schedule schedule(const std::string& word) { return value_for<Schedule>("{training.schedule}", word); }
InitialA initial_a(const std::string& word) { return value_for<InitialA>("{lora.init}", word); }
ProjectionKind projection_kind(const std::string& word) {
    return value_for<ProjectionKind>("{subspace.projection}", word);
}

} // namespace lora
