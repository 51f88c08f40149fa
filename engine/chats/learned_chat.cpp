#include "engine/chats/learned_chat.h"

#include "engine/chats/left_out.h"
#include "engine/error.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace lora {

namespace {

// Each of them takes two writings of what comes before it.
constexpr std::size_t most_sought = 1000;

bool is_assistants(const Json& message) {
    const auto role = message.find("role");
    return role != message.end() && *role == "assistant";
}

/// The one range that the template wrote while it was at the message.
std::optional<TextRange> range_of(const RenderedChat& whole, std::size_t message) {
    if (message >= whole.of_messages.size() || whole.of_messages[message].size() != 1) return std::nullopt;
    const RenderedChat::Span& span = whole.of_messages[message].front();
    return TextRange{span.begin, span.end};
}

std::size_t same_beginning(const std::string& one, const std::string& other) {
    const auto ends = std::mismatch(one.begin(), one.end(), other.begin(), other.end());
    return static_cast<std::size_t>(ends.first - one.begin());
}

/// Finds where turns lie by rendering what comes before each of them.
class TurnFinder {
public:
    TurnFinder(const PreparedChat& chat, const RenderedChat& whole) : chat_(chat), whole_(whole) {}

    std::optional<TextRange> turn(std::size_t message) {
        const std::optional<std::size_t> begin = begin_of(message);
        if (!begin) return std::nullopt;
        const std::optional<std::size_t> end = end_of(message);
        if (!end || *end < *begin) return std::nullopt;
        return TextRange{*begin, *end};
    }

    std::string take_other_opening() { return std::move(other_opening_); }

private:
    std::optional<std::string> beginning(std::size_t messages, bool asks) const {
        try {
            return chat_.beginning(messages, asks).text;
        } catch (const Error&) {
            return std::nullopt; // a template need not write half a chat
        }
    }

    /// Behind what opens an answer there, as far as the whole text has that.
    std::optional<std::size_t> begin_of(std::size_t message) {
        const std::optional<std::string> asked = beginning(message, /*asks=*/true);
        if (!asked) return std::nullopt;
        const std::size_t same = same_beginning(*asked, whole_.text);
        if (same == asked->size()) return same;
        const std::optional<TextRange> own = range_of(whole_, message);
        const std::size_t earliest = own ? own->begin : beginning_size(message);
        if (same < earliest) return std::nullopt;
        if (other_opening_.empty()) other_opening_ = asked->substr(same);
        return same;
    }

    /// Of the chat before the message, where the whole text begins with it; else beyond all text.
    std::size_t beginning_size(std::size_t message) const {
        const std::optional<std::string> before = beginning(message, /*asks=*/false);
        return before && whole_.text.starts_with(*before) ? before->size() : whole_.text.size() + 1;
    }

    std::optional<std::size_t> end_of(std::size_t message) const {
        if (message + 1 == chat_.input().messages.size()) return whole_.text.size();
        const std::optional<std::string> closed = beginning(message + 1, /*asks=*/false);
        if (closed && whole_.text.starts_with(*closed)) return closed->size();
        const std::optional<TextRange> own = range_of(whole_, message);
        return own ? std::optional(own->end) : std::nullopt;
    }

    const PreparedChat& chat_;
    const RenderedChat& whole_;
    std::string other_opening_;
};

/// Which message the marked span belongs to: the one that the template was at when it wrote it; what stands
/// behind all messages ends the last one.
std::optional<std::size_t> owner_of(const RenderedChat& whole, const RenderedChat::Span& span) {
    std::size_t last = 0;
    for (std::size_t i = 0; i < whole.of_messages.size(); ++i)
        for (const RenderedChat::Span& own : whole.of_messages[i]) {
            if (own.begin <= span.begin && span.end <= own.end) return i;
            last = std::max(last, own.end);
        }
    return last > 0 && span.begin >= last ? std::optional(whole.of_messages.size() - 1) : std::nullopt;
}

/// Whether every assistant's message is learned, so that nobody needs to know which mark is whose.
bool learns_all(const Chat& chat, const std::vector<bool>& learned) {
    for (std::size_t i = 0; i < learned.size(); ++i)
        if (!learned[i] && is_assistants(chat.messages[i])) return false;
    return true;
}

std::vector<TextRange> marked_ranges(
    const Chat& chat, const std::vector<bool>& learned, const RenderedChat& whole) {
    const bool all = learns_all(chat, learned);
    std::vector<TextRange> ranges;
    for (const RenderedChat::Span& span : whole.generated) {
        const std::optional<std::size_t> owner = all ? std::nullopt : owner_of(whole, span);
        if (!all && !owner)
            fail("messages",
                "a turn that is not to be learned, and marks of the chat template that name no turn",
                "marks inside the template's loop over the messages", "leave that turn's row out");
        if (all || learned[*owner]) ranges.push_back({span.begin, span.end});
    }
    return ranges;
}

/// In order, those that overlap made one.
std::vector<TextRange> joined_ranges(std::vector<TextRange> ranges) {
    std::sort(ranges.begin(), ranges.end(),
        [](const TextRange& one, const TextRange& other) { return one.begin < other.begin; });
    std::vector<TextRange> apart;
    for (const TextRange& range : ranges)
        if (!apart.empty() && range.begin < apart.back().end)
            apart.back().end = std::max(apart.back().end, range.end);
        else
            apart.push_back(range);
    return apart;
}

/// The whole chat. Where a template stumbles over calls of tools without a content, it is asked whether it
/// would write the calls at all: that it would not is the plainer word.
RenderedChat written(const PreparedChat& chat) {
    try {
        return chat.whole();
    } catch (const Error&) {
        ChatTemplateInput filled = chat.input();
        for (Json& message : filled.messages)
            if (message.contains("tool_calls") && !message.contains("content")) message["content"] = "";
        const PreparedChat other(chat.writer(), std::move(filled));
        std::optional<std::string> text;
        try {
            text = other.whole().text;
        } catch (const Error&) { // then the first word stands
        }
        if (text) static_cast<void>(left_out(other, *text));
        throw;
    }
}

/// The learned turns of a chat without marks, each where it was found; the others are named in `result`.
std::vector<TextRange> found_ranges(const PreparedChat& chat, const RenderedChat& whole,
    const std::vector<bool>& learned, LearnedChat& result) {
    const auto sought = static_cast<std::size_t>(std::count(learned.begin(), learned.end(), true));
    if (sought > most_sought)
        fail("messages", std::to_string(sought) + " answers to learn",
            "at most " + std::to_string(most_sought) + " where the chat template has no generation marks",
            "make several chats of it");
    TurnFinder finder(chat, whole);
    std::vector<TextRange> ranges;
    for (std::size_t i = 0; i < learned.size(); ++i) {
        if (!learned[i]) continue;
        if (const std::optional<TextRange> turn = finder.turn(i))
            ranges.push_back(*turn);
        else
            result.unplaced.push_back(i);
    }
    result.other_opening = finder.take_other_opening();
    return ranges;
}

} // namespace

LearnedChat learned_chat(const ChatFormat& format, const Chat& chat, const std::vector<bool>& learned) {
    const PreparedChat prepared = format.prepare(chat);
    RenderedChat whole = written(prepared);
    LearnedChat result;
    result.left_out = left_out(prepared, whole.text);
    result.marked = prepared.writer().marks_generation() && whole.untracked.empty();
    if (!learned.empty())
        result.learned = joined_ranges(result.marked ? marked_ranges(chat, learned, whole)
                                                     : found_ranges(prepared, whole, learned, result));
    result.text = std::move(whole.text);
    return result;
}

std::string question_of(const ChatFormat& format, const Chat& chat, std::size_t messages) {
    return format.prepare(chat).beginning(messages, /*asks=*/true).text;
}

} // namespace lora
