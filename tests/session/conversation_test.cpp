// Who answers a prompt: the base, what stands on the model and further adapters, each as if it were alone;
// and chats that go on, with what each of them has said.

#include "engine/adapters/adapter.h"
#include "engine/adapters/peft.h"
#include "engine/adapters/tokens_in_place.h"
#include "engine/data/prompt.h"
#include "engine/session/conversation.h"
#include "engine/targets/targets.h"
#include "tests/files/scratch.h"
#include "tests/tiny_model.h"

#include <QTest>
#include <map>

using namespace lora;

class ConversationTest : public QObject {
    Q_OBJECT

    static constexpr const char* chat_template =
        "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}"
        "{% if add_generation_prompt %}[assistant] {% endif %}";

    /// With a chat template.
    static std::string write_model(const std::string& folder) {
        tiny::write_model(folder);
        write_file(folder + "/chat_template.jinja", chat_template);
        return folder;
    }

    Scratch scratch_;
    LoadedModel loaded_ = load_model(write_model(scratch_.path("model")), "cpu", at::kFloat);

    /// An adapter that changes what is said, in another way for each seed.
    Adapter adapter(std::uint64_t seed) {
        LoraSettings settings;
        settings.rank = 2;
        settings.alpha = 8;
        Adapter made = make_adapter(
            *loaded_.model, select_targets(loaded_.summary.linears, {"attention-qv", ""}), settings, seed);
        at::Generator random = at::make_generator<at::CPUGeneratorImpl>(seed);
        for (TargetUpdate& target : made.targets) target.update.B.normal_(0, 1, random);
        return made;
    }
    std::string saved(std::uint64_t seed) {
        std::string folder = scratch_.path("adapter " + std::to_string(seed));
        if (!std::filesystem::exists(folder)) write_peft(folder, adapter(seed), loaded_.summary);
        return folder;
    }

    struct Answers {
        std::map<std::int64_t, std::string> texts;
        std::vector<SaidToken> tokens; ///< the base's
    };
    Answers hear(const Generate& asked, const Adapter* placed = nullptr) {
        Answers heard;
        const Emit emit = [&](const Event& event) {
            if (const auto* refused = std::get_if<Refused>(&event)) qFatal("%s", refused->why.what());
            const auto* piece = std::get_if<TextGenerated>(&event);
            if (!piece) return;
            heard.texts[piece->pane] += piece->text;
            if (piece->pane != base_pane) return;
            heard.tokens.insert(heard.tokens.end(), piece->tokens.begin(), piece->tokens.end());
        };
        Conversation conversation(asked, {}, loaded_, placed);
        while (conversation.advance(emit)) {
        }
        return heard;
    }
    static Generate question() { return {.prompt = "What is", .settings = {.max_new_tokens = 6}}; }

private Q_SLOTS:
    void each_adapter_answers_as_if_it_were_alone() {
        std::map<std::uint64_t, std::string> alone;
        for (const std::uint64_t seed : {1U, 2U, 3U}) {
            const Adapter placed = adapter(seed);
            attach(placed, loaded_);
            alone[seed] = hear(question(), &placed).texts.at(adapted_pane);
        }
        QVERIFY(alone[1] != alone[2] && alone[2] != alone[3]);

        const Adapter placed = adapter(1);
        attach(placed, loaded_);
        Generate asked = question();
        asked.beside = {saved(2), saved(3)};
        const Answers together = hear(asked, &placed);
        QCOMPARE(together.texts.size(), std::size_t{4});
        QCOMPARE(together.texts.at(adapted_pane), alone[1]);
        QCOMPARE(together.texts.at(first_pane_beside), alone[2]);
        QCOMPARE(together.texts.at(first_pane_beside + 1), alone[3]);
        QCOMPARE(hear(question(), &placed).texts.at(adapted_pane), alone[1]); // it stands there still
        detach(loaded_);

        const Answers without = hear(asked);
        QCOMPARE(without.texts.size(), std::size_t{3});
        QCOMPARE(without.texts.at(first_pane_beside), alone[2]);
        QCOMPARE(without.texts.at(base_pane), together.texts.at(base_pane));
    }

    void an_adapter_that_does_not_fit_leaves_the_one_in_place() {
        const Adapter placed = adapter(1);
        attach(placed, loaded_);
        const std::string before = hear(question(), &placed).texts.at(adapted_pane);
        Generate asked = question();
        asked.beside = {scratch_.path("nothing here")};
        QVERIFY_EXCEPTION_THROWN(hear(asked, &placed), Error);
        asked.beside.assign(9, saved(2));
        QVERIFY_EXCEPTION_THROWN(hear(asked, &placed), Error); // more than can be read
        QCOMPARE(hear(question(), &placed).texts.at(adapted_pane), before);
        detach(loaded_);
    }

    void each_token_tells_how_likely_it_was_and_what_else() {
        const Answers heard = hear(question());
        QCOMPARE(heard.tokens.size(), std::size_t{6});
        std::string text;
        for (const SaidToken& token : heard.tokens) {
            text += token.said.token;
            QCOMPARE(token.likeliest.size(), std::size_t{5});
            QCOMPARE(token.likeliest[0].token, token.said.token); // at temperature 0 the likeliest is said
            QCOMPARE(token.likeliest[0].probability, token.said.probability);
            double sum = 0, before = 1;
            for (const TokenChance& each : token.likeliest) {
                QVERIFY(each.probability > 0 && each.probability <= before);
                sum += before = each.probability;
            }
            QVERIFY(sum <= 1 + 1e-6);
        }
        QCOMPARE(text, heard.texts.at(base_pane));

        // The same by hand, of the first.
        const Prompt prompt = prompt_of("What is", false, loaded_.tokenizer);
        const at::Tensor scores = loaded_.model->logits(
            loaded_.model->hidden(PackedTokens::pack({prompt.ids}, at::kCPU), Pass{}), Pass{});
        const double by_hand = at::softmax(scores[-1], 0).max().item<double>();
        QVERIFY(std::abs(by_hand - heard.tokens[0].said.probability) < 1e-6);
    }

    void temperature_changes_what_is_said_and_not_how_likely_it_was() {
        Generate warm = question();
        warm.settings.temperature = 5;
        warm.settings.seed = 3;
        const SaidToken first = hear(warm).tokens.at(0);
        const SaidToken cold = hear(question()).tokens.at(0);
        QVERIFY(first.said.token != cold.said.token);
        QVERIFY(first.said.probability < cold.said.probability);
        QCOMPARE(first.likeliest[0].probability, cold.likeliest[0].probability);
    }

    void a_chat_goes_on_with_what_each_pane_has_said() {
        const Adapter placed = adapter(1);
        attach(placed, loaded_);
        Generate asked = question();
        asked.chat = true;
        asked.system = "Be brief.";
        asked.before = {{"Hello", {"I am the base.", "I am adapted."}}, {"And?", {"", "So."}}};
        const Answers heard = hear(asked, &placed);
        detach(loaded_);

        const auto alone = [&](const std::string& text) {
            return hear({.prompt = text, .settings = asked.settings}).texts.at(base_pane);
        };
        QCOMPARE(heard.texts.at(base_pane), alone("[system] Be brief.\n[user] Hello\n[assistant] I am the "
                                                  "base.\n[user] What is\n[assistant] "));
        attach(placed, loaded_);
        const Answers adapted =
            hear({.prompt = "[system] Be brief.\n[user] Hello\n[assistant] I am adapted.\n"
                            "[user] And?\n[assistant] So.\n[user] What is\n[assistant] ",
                     .settings = asked.settings},
                &placed);
        QCOMPARE(heard.texts.at(adapted_pane), adapted.texts.at(adapted_pane));
        detach(loaded_);
    }
};

QTEST_GUILESS_MAIN(ConversationTest)
#include "conversation_test.moc"
