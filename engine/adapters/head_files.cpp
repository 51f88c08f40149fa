#include "engine/adapters/head_files.h"

#include "engine/adapters/head_tensors.h"
#include "engine/error.h"

#include <algorithm>
#include <string>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

std::vector<BaseTensor> with_head(
    std::vector<BaseTensor> tensors, const ClassifierHead& head, const Weights& base) {
    const Dialect& dialect = base.dialect();
    if (dialect.classifier.empty())
        fail(base.path(), "a model of type '" + shown(base.config().value("model_type", "")) + "'",
            "one that takes a classifier, for an adapter that has one");
    const auto inside = [&](const BaseTensor& tensor) { return tensor.name.starts_with(dialect.base); };
    const bool bare = std::none_of(tensors.begin(), tensors.end(), inside);
    const std::string prefix = std::string(dialect.classifier) + ".";
    std::erase_if(tensors, [&](const BaseTensor& tensor) { return tensor.name.starts_with(prefix); });
    for (BaseTensor& tensor : tensors)
        if (bare) tensor.name = std::string(dialect.base) + tensor.name;
    for (const NamedTensor& own : head_tensors(head, "")) {
        std::erase_if(tensors, [&](const BaseTensor& tensor) { return tensor.name == own.name; });
        tensors.push_back({own.name, static_cast<std::int64_t>(own.tensor.nbytes()),
            [values = own.tensor.detach()] { return values.to(at::kCPU).contiguous(); }});
    }
    return tensors;
}

Json config_with_head(const ClassifierHead& head, const Weights& base) {
    Json changes{{"architectures", {std::string(base.dialect().model_class)}}};
    if (head.problem != Problem::Unsaid) changes["problem_type"] = name(head.problem);
    const auto own = base.config().find("id2label");
    const bool keeps_names = head.labels.empty() && own != base.config().end() && own->is_object()
                             && static_cast<std::int64_t>(own->size()) == head.weight.size(0);
    if (keeps_names) return changes;
    Json names = Json::object(), numbers = Json::object();
    for (std::int64_t i = 0; i < head.weight.size(0); ++i) {
        const std::string number = std::to_string(i);
        const std::string name =
            head.labels.empty() ? "LABEL_" + number : head.labels[static_cast<std::size_t>(i)];
        names[number] = name;
        numbers[name] = i;
    }
    changes["id2label"] = names;
    changes["label2id"] = numbers;
    return changes;
}

} // namespace lora
