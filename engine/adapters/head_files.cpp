#include "engine/adapters/head_files.h"

#include <algorithm>
#include <string>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

std::vector<BaseTensor> with_head(std::vector<BaseTensor> tensors, const ClassifierHead& head) {
    const auto inside = [](const BaseTensor& tensor) { return tensor.name.starts_with("bert."); };
    const bool bare = std::none_of(tensors.begin(), tensors.end(), inside);
    std::erase_if(tensors, [](const BaseTensor& tensor) { return tensor.name.starts_with("classifier."); });
    for (BaseTensor& tensor : tensors)
        if (bare) tensor.name = "bert." + tensor.name;
    for (const auto& [name, values] :
        {std::pair{"classifier.weight", head.weight}, {"classifier.bias", head.bias}})
        tensors.push_back({name, static_cast<std::int64_t>(values.nbytes()),
            [values = values.detach()] { return values.to(at::kCPU).contiguous(); }});
    return tensors;
}

Json config_with_head(const ClassifierHead& head, const Json& base) {
    Json changes{{"architectures", {"BertForSequenceClassification"}}};
    const auto own = base.find("id2label");
    const bool keeps_names = head.labels.empty() && own != base.end() && own->is_object()
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
