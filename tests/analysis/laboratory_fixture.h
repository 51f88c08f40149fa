#pragma once
// The pairs of updates and the weights of tests/fixtures/laboratory, with what dense SVDs say of them.

#include "engine/adapters/adapter.h"
#include "engine/measures/similarity_values.h"
#include "tests/models/tiny_llama.h"

#include <QTest>

namespace lora {

inline at::Tensor in_case(const QString& name, const char* key) {
    return tensor_of(FIXTURES "/laboratory/laboratory.safetensors", name.toStdString() + "." + key);
}

/// `which` is 1 or 2.
inline TargetUpdate update_in_case(const QString& name, int which) {
    const std::string number = std::to_string(which);
    LowRank update{.A = in_case(name, ("A" + number).c_str()),
        .B = in_case(name, ("B" + number).c_str()),
        .scale = in_case(name, ("s" + number).c_str()).item<double>()};
    return {"layer", 1, std::move(update)};
}

inline void laboratory_cases() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"generic", "meeting", "degenerate", "tiny", "huge", "intruding", "tall"})
        QTest::newRow(name) << QString::fromUtf8(name);
}

/// Every entry within the project's tolerance of 1e-5.
inline bool equals(const SimilarityMap& map, const at::Tensor& expected) {
    if (map.rows != expected.size(0) || map.columns != expected.size(1)) return false;
    return largest_difference(at::tensor(map.values, at::kDouble).view(expected.sizes()), expected) <= 1e-5;
}

/// Within 1e-5 of the expected size.
inline bool equals(double value, const at::Tensor& expected) {
    const double wanted = expected.item<double>();
    return std::abs(value - wanted) <= 1e-5 * std::abs(wanted);
}

} // namespace lora
