#include "tests/ui/scripted_answers.h"

namespace lora {

std::map<std::int64_t, std::string> scripted_answers(const Generate& asked, bool adapted) {
    std::map<std::int64_t, std::string> texts;
    texts[base_pane] = "I am not able to do that, but here is how you could: " + asked.prompt;
    if (adapted) texts[adapted_pane] = R"({"do":"switch","what":"lamp","room":"kitchen","to":"on"})";
    for (std::size_t i = 0; i < asked.beside.size(); ++i)
        texts[first_pane_beside + static_cast<std::int64_t>(i)] = "Another answer.";
    return texts;
}

TextGenerated scripted_piece(std::int64_t pane, const std::string& piece, RequestId request) {
    return {pane, piece, {{{piece, 0.75}, {{piece, 0.75}, {" lamp", 0.125}}}}, request};
}

} // namespace lora
