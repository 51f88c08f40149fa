// Which model runs on what, and what it learns from.

#include "engine/settings/rows.h"

namespace lora {

namespace {

bool is_device(const Json& value) {
    const auto word = value.get<std::string>();
    if (word == "auto" || word == "cpu" || word == "cuda") return true;
    const std::string number = word.starts_with("cuda:") ? word.substr(5) : "";
    return !number.empty() && number.size() <= 3
           && number.find_first_not_of("0123456789") == std::string::npos;
}

} // namespace

std::vector<Setting> model_rows() {
    return {
        setting(
            "model", "Model", "A Hugging Face folder or a GGUF file.",
            [](auto& s) -> auto& { return s.model; })
            .in(SettingGroup::Model)
            .file()
            .must([](const Json& text) { return text != ""; }, "a model's folder or GGUF file"),
        setting(
            "device", "Device", "Where it runs: auto, cpu, cuda or cuda:N.",
            [](auto& s) -> auto& { return s.device; })
            .in(SettingGroup::Model)
            .must(is_device, "auto, cpu, cuda or cuda:N"),
        setting(
            "dtype", "Number type",
            "Of the frozen weights and the activations. A and B are always float32; bfloat16 takes half the "
            "memory.",
            [](auto& s) -> auto& { return s.dtype; })
            .in(SettingGroup::Model),
        setting(
            "threads", "Threads", "Processor cores that work at once.",
            [](auto& s) -> auto& { return s.threads; })
            .rarely()
            .from(0)
            .to(1024)
            .or_empty("all cores"),
    };
}

std::vector<Setting> data_rows() {
    std::vector<Setting> rows{
        setting(
            "data.train", "Train", "What it learns from: JSON Lines or plain text.",
            [](auto& s) -> auto& { return s.data.train; })
            .called("data")
            .file()
            .must([](const Json& text) { return text != ""; }, "a file to train on"),
        setting(
            "data.eval", "Evaluate", "A second file to evaluate on.",
            [](auto& s) -> auto& { return s.data.eval; })
            .file(),
        setting(
            "data.eval_split", "Hold out",
            "Share of the training file that is held out to evaluate on. Counts where there is no second "
            "file.",
            [](auto& s) -> auto& { return s.data.eval_split; })
            .from(0)
            .to(0.5)
            .measured_in("%"),
        setting(
            "data.train_rows", "Rows to train on", "So many rows of the training file, evenly spaced.",
            [](auto& s) -> auto& { return s.data.train_rows; })
            .rarely()
            .from(0)
            .measured_in("rows")
            .or_empty("all"),
        setting(
            "data.eval_rows", "Rows to evaluate on", "So many rows of the second file, evenly spaced.",
            [](auto& s) -> auto& { return s.data.eval_rows; })
            .rarely()
            .from(0)
            .measured_in("rows")
            .or_empty("all"),
        setting(
            "data.max_length", "Longest sample", "Longer samples are cut from their end.",
            [](auto& s) -> auto& { return s.data.max_length; })
            .from(2)
            .to(1 << 20)
            .measured_in("tokens")
            .doubling(),
        setting(
            "data.shuffle", "Shuffle every epoch", "Else the samples come in the file's order.",
            [](auto& s) -> auto& { return s.data.shuffle; }),
    };
    for (Setting& row : rows) row.group = SettingGroup::Data;
    return rows;
}

} // namespace lora
