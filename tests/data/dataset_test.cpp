// From a dataset file to examples: what is learned, what is cut, what is left out, what is held out.

#include "engine/data/dataset.h"
#include "engine/error.h"
#include "engine/files/json.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <algorithm>
#include <filesystem>
#include <numeric>
#include <set>

using namespace lora;

namespace {

/// The folder of a tiny byte-level tokenizer with the ends and, if asked for, the template of a chat model.
Tokenizer tokenizer_in(const Scratch& scratch, const std::string& chat_template) {
    std::filesystem::create_directory(scratch.path("model"));
    std::filesystem::copy_file(
        FIXTURES "/tokenizers/smollm/tokenizer.json", scratch.path("model/tokenizer.json"));
    const Json config = {{"eos_token", "<|im_end|>"}, {"chat_template", chat_template}};
    scratch.write("model/tokenizer_config.json", config.dump());
    return Tokenizer::from_folder(scratch.path("model"));
}

const std::string chatml = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + "
                           "message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
                           "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

struct Opened {
    Scratch scratch;
    Tokenizer tokenizer = tokenizer_in(scratch, chatml);

    std::string file(const std::string& bytes, const std::string& name = "data.jsonl") const {
        return scratch.write(name, bytes);
    }
    Dataset load(const std::string& bytes, std::int64_t max_length = 256,
        const std::string& name = "data.jsonl") const {
        return load_dataset(file(bytes, name), tokenizer, max_length);
    }
    std::string text(const Example& example, bool learned) const {
        std::vector<TokenId> ids;
        for (std::size_t i = 0; i < example.ids.size(); ++i)
            if (example.learned[i] == learned) ids.push_back(example.ids[i]);
        return tokenizer.decode(ids, /*with_special=*/true);
    }
    std::size_t length(const std::string& words) const { return tokenizer.encode(words).size(); }
};

std::string numbered_rows(int count) {
    std::string lines;
    for (int i = 1; i <= count; ++i)
        lines += "{\"prompt\":\"a\",\"completion\":\"" + std::to_string(i) + "\"}\n";
    return lines;
}

std::vector<std::int64_t> lines_of(const Dataset& dataset) {
    std::vector<std::int64_t> lines;
    for (const Example& example : dataset.examples) lines.push_back(example.line);
    return lines;
}

} // namespace

class DatasetTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_prompt_is_read_and_completion_and_end_are_learned() {
        const Opened opened;
        const Dataset data = opened.load(R"({"prompt": "Turn on the lamp", "completion": " on lamp"})");
        QCOMPARE(data.examples.size(), std::size_t{1});
        QCOMPARE(opened.text(data.examples[0], false), std::string("Turn on the lamp"));
        QCOMPARE(opened.text(data.examples[0], true), std::string(" on lamp<|im_end|>"));
        QCOMPARE(data.examples[0].learned_tokens(), static_cast<std::int64_t>(opened.length(" on lamp")) + 1);
        QCOMPARE(data.summary.learned_tokens, data.examples[0].learned_tokens());
    }

    void prompt_and_completion_are_tokenized_as_one_text() {
        const Opened opened;
        const Dataset data = opened.load(R"({"prompt": "a th", "completion": "e lamp"})");
        std::vector<TokenId> whole = opened.tokenizer.encode("a the lamp");
        whole.push_back(*opened.tokenizer.eos());
        QCOMPARE(data.examples[0].ids, whole);
        QCOMPARE(opened.text(data.examples[0], true), std::string(" the lamp<|im_end|>")); // " the" is one
        QVERIFY(contains(data.summary.warnings.at(0), "The prompt alone ends in other tokens"));
    }

    void a_text_is_learned_whole_with_its_end_but_not_its_first_token() {
        const Opened opened;
        const Dataset data = opened.load(R"({"text": "Once upon a time"})");
        const Example& example = data.examples[0];
        QCOMPARE(opened.text(example, true), std::string("Once upon a time<|im_end|>"));
        QCOMPARE(example.learned_tokens(), static_cast<std::int64_t>(example.ids.size()) - 1);
    }

    void messages_are_written_by_the_template_with_the_assistants_words_learned() {
        const Opened opened;
        const Dataset data = opened.load(R"({"messages": [{"role": "user", "content": "Hi"}, )"
                                         R"({"role": "assistant", "content": "Hello"}, )"
                                         R"({"role": "user", "content": "Bye"}, )"
                                         R"({"role": "assistant", "content": "See you"}]})");
        const Example& example = data.examples[0];
        QCOMPARE(opened.tokenizer.decode(example.ids, true),
            std::string("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>\n"
                        "<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\nSee you<|im_end|>\n"));
        QCOMPARE(opened.text(example, true), std::string("Hello<|im_end|>See you<|im_end|>"));
    }

    void messages_for_a_model_without_a_template_are_an_error_with_their_line() {
        const Scratch scratch;
        const Tokenizer tokenizer = tokenizer_in(scratch, "");
        const std::string path = scratch.write(
            "d.jsonl", "{\"text\":\"a b c\"}\n{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}\n");
        const std::string told = message_of<Error>([&] { load_dataset(path, tokenizer, 64); });
        QVERIFY2(contains(told, "d.jsonl: line 2: the model's chat template: found none"), told.c_str());
    }

    void what_a_template_refuses_is_an_error_with_its_line_and_the_rows() {
        const Scratch scratch;
        const Tokenizer tokenizer = tokenizer_in(
            scratch, "{% for m in messages %}\n{{ raise_exception('No ' + m.role) }}{% endfor %}");
        const std::string path =
            scratch.write("d.jsonl", "{\"text\":\"a\"}\n\n"
                                     R"({"messages":[{"role":"alien","content":"Hi"}]})");
        const std::string told = message_of<Error>([&] { load_dataset(path, tokenizer, 64); });
        QVERIFY2(contains(told, "d.jsonl: line 3: the chat template: line 2"), told.c_str());
        QVERIFY2(contains(told, "No alien"), told.c_str());
    }

    void what_has_nothing_to_learn_is_dropped_counted_and_told() {
        const Opened opened;
        const Dataset data = opened.load("{\"prompt\":\"a b\",\"completion\":\"c\"}\n"
                                         "{\"prompt\":\"a b\",\"completion\":\"\"}\n"
                                         "{\"text\":\"\"}\n");
        QCOMPARE(lines_of(data), std::vector<std::int64_t>{1});
        QCOMPARE(data.summary.rows, 3);
        QCOMPARE(data.summary.samples, 1);
        QCOMPARE(data.summary.dropped, 2);
        QCOMPARE(data.summary.warnings.size(), std::size_t{1});
        QVERIFY(contains(data.summary.warnings[0], "2 of 3 samples have nothing to learn"));
    }

    void what_is_too_long_is_cut_from_the_end_counted_and_told() {
        const Opened opened;
        const Dataset whole = opened.load("{\"prompt\":\"a\",\"completion\":\" b c d e f g h\"}\n");
        const std::vector<TokenId> ids = whole.examples[0].ids;
        const Dataset data = opened.load("{\"prompt\":\"a\",\"completion\":\" b c d e f g h\"}\n"
                                         "{\"prompt\":\"a\",\"completion\":\" b\"}\n"
                                         "{\"prompt\":\"a b c d e\",\"completion\":\"i\"}\n",
            5);
        QCOMPARE(lines_of(data), (std::vector<std::int64_t>{1, 2}));
        QCOMPARE(data.examples[0].ids, std::vector<TokenId>(ids.begin(), ids.begin() + 5));
        QCOMPARE(data.summary.cut, 1);
        QCOMPARE(data.summary.dropped, 1); // cut down to its prompt
        QCOMPARE(data.summary.warnings.size(), std::size_t{2});
        QVERIFY(contains(data.summary.warnings[0], "1 of 3 samples are longer than 5 tokens"));
        QCOMPARE(data.summary.lengths.rbegin()->first, static_cast<std::int64_t>(ids.size()));
        QCOMPARE(data.summary.tokens, 5 + static_cast<std::int64_t>(data.examples[1].ids.size()));
    }

    void nothing_left_to_learn_is_an_error() {
        const Opened opened;
        const std::string empty = message_of<Error>(
            [&] { opened.load("{\"prompt\":\"a\",\"completion\":\"\"}\n{\"text\":\"\"}\n"); });
        QVERIFY2(contains(empty, "found no sample with anything to learn in 2 rows"), empty.c_str());
        const std::string cut = message_of<Error>(
            [&] { opened.load("{\"prompt\":\"a b c d e f g\",\"completion\":\"h\"}\n", 4); });
        QVERIFY2(contains(cut, "raise {data.max_length}"), cut.c_str());
    }

    void plain_text_is_cut_into_rows_and_the_rest_left_off() {
        const Opened opened;
        const std::string story = "Once upon a time there was a lamp that went on and off, and on again.";
        const std::vector<TokenId> ids = opened.tokenizer.encode(story);
        const std::size_t rows = ids.size() / 8;
        QVERIFY(ids.size() % 8 != 0);

        const Dataset data = opened.load(story, 8, "story.txt");

        QCOMPARE(data.examples.size(), rows);
        for (std::size_t row = 0; row < rows; ++row) {
            const auto first = ids.begin() + static_cast<std::ptrdiff_t>(8 * row);
            QCOMPARE(data.examples[row].ids, std::vector<TokenId>(first, first + 8));
            QCOMPARE(data.examples[row].learned_tokens(), 7);
        }
        QCOMPARE(data.summary.tokens, static_cast<std::int64_t>(8 * rows));
        const std::string told = message_of<Error>([&] { opened.load("Once", 64, "story.txt"); });
        QVERIFY2(contains(told, "expected at least one row of 64"), told.c_str());
    }

    void a_split_is_disjoint_complete_and_follows_from_the_seed() {
        const Opened opened;
        DataSettings settings;
        settings.train = opened.file(numbered_rows(40));
        settings.eval_split = 0.25;
        const TrainAndEval sets = load_datasets(settings, opened.tokenizer);

        const std::vector<std::int64_t> train = lines_of(sets.train), eval = lines_of(*sets.eval);
        QCOMPARE(eval.size(), std::size_t{10});
        QVERIFY(std::is_sorted(train.begin(), train.end()) && std::is_sorted(eval.begin(), eval.end()));
        std::set<std::int64_t> all(train.begin(), train.end());
        all.insert(eval.begin(), eval.end());
        QCOMPARE(all.size(), std::size_t{40});
        QCOMPARE(sets.train.summary.held_out, 10);
        QCOMPARE(sets.train.summary.samples, 30);
        QCOMPARE(sets.eval->summary.samples, 10);

        QCOMPARE(lines_of(*load_datasets(settings, opened.tokenizer).eval), eval);
        settings.split_seed = 1;
        QVERIFY(lines_of(*load_datasets(settings, opened.tokenizer).eval) != eval);
    }

    void a_split_that_leaves_one_side_empty_is_an_error() {
        const Opened opened;
        DataSettings settings;
        settings.train = opened.file(numbered_rows(4));
        settings.eval_split = 0.1;
        QVERIFY_THROWS_EXCEPTION(Error, load_datasets(settings, opened.tokenizer));
    }

    void a_second_file_is_the_evaluation_set() {
        const Opened opened;
        DataSettings settings;
        settings.train = opened.file(numbered_rows(4));
        settings.eval = opened.file(numbered_rows(3), "eval.jsonl");
        settings.eval_split = 0.5; // the file counts
        const TrainAndEval sets = load_datasets(settings, opened.tokenizer);
        QCOMPARE(sets.train.examples.size(), std::size_t{4});
        QCOMPARE(sets.eval->examples.size(), std::size_t{3});
    }

    void samples_that_are_both_trained_and_evaluated_on_are_counted() {
        const Opened opened;
        DataSettings settings;
        settings.train = opened.file(numbered_rows(4));
        settings.eval =
            opened.file(numbered_rows(3) + R"({"prompt": "a", "completion": "new"})" + "\n", "eval.jsonl");
        QCOMPARE(load_datasets(settings, opened.tokenizer).eval->summary.also_trained, 3);
        settings.eval.clear();
        settings.eval_split = 0.5;
        QCOMPARE(load_datasets(settings, opened.tokenizer).eval->summary.also_trained, 0);
        settings.train = opened.file(R"({"text": "twice"})"
                                     "\n"
                                     R"({"text": "twice"})"
                                     "\n");
        QCOMPARE(load_datasets(settings, opened.tokenizer).eval->summary.also_trained, 1);
    }

    void a_number_of_rows_is_taken_evenly_from_each_file() {
        const Opened opened;
        DataSettings settings;
        settings.train = opened.file(numbered_rows(10));
        settings.eval = opened.file(numbered_rows(3), "eval.jsonl");
        settings.train_rows = 4;
        settings.eval_rows = 5; // more than there are
        const TrainAndEval sets = load_datasets(settings, opened.tokenizer);
        QCOMPARE(lines_of(sets.train), (std::vector<std::int64_t>{1, 3, 6, 8}));
        QCOMPARE(sets.train.summary.rows, 4);
        QCOMPARE(lines_of(*sets.eval), (std::vector<std::int64_t>{1, 2, 3}));
    }

    void a_number_of_rows_of_a_plain_text_is_of_its_cuts() {
        const Opened opened;
        DataSettings settings;
        std::string story;
        for (int i = 0; i < 40; ++i) story += "Once upon a time " + std::to_string(i) + ". ";
        settings.train = opened.file(story, "story.txt");
        settings.max_length = 16;
        const auto all = load_datasets(settings, opened.tokenizer).train;
        QVERIFY(all.examples.size() > 6);
        settings.train_rows = 3;
        const auto few = load_datasets(settings, opened.tokenizer).train;
        const std::size_t count = all.examples.size();
        QVERIFY(
            few.examples == Samples({all.examples[0], all.examples[count / 3], all.examples[2 * count / 3]}));
        QCOMPARE(few.summary.rows, 3);
    }

    void what_is_asked_and_answered_is_a_chat_where_the_model_has_a_template() {
        const Opened opened;
        const Dataset data = opened.load("question,answer\nWhy?,So.\n", 64, "data.csv");
        const Dataset chat = opened.load(R"({"messages": [{"role": "user", "content": "Why?"}, )"
                                         R"({"role": "assistant", "content": "So."}]})");
        QCOMPARE(data.examples.at(0).ids, chat.examples.at(0).ids);
        QVERIFY(data.examples.at(0).learned == chat.examples.at(0).learned);
        QCOMPARE(data.summary.read_as,
            std::string("CSV, rows of 'question' and 'answer', put to the model as a chat"));
    }

    void without_a_template_it_is_two_lines_of_which_the_answer_is_learned() {
        const Scratch scratch;
        const Tokenizer tokenizer = tokenizer_in(scratch, "");
        const Dataset data = load_dataset(
            scratch.write("d.jsonl", R"({"instruction": "Add", "input": "2, 3", "output": "5"})"), tokenizer,
            64);
        const Dataset pair = load_dataset(
            scratch.write("p.jsonl", R"({"prompt": "Add\n\n2, 3\n", "completion": "5"})"), tokenizer, 64);
        QVERIFY(data.examples == pair.examples);
        QVERIFY2(
            contains(data.summary.read_as, "put together with a line break"), data.summary.read_as.c_str());
    }

    void a_rejected_answer_is_not_used_and_that_is_said() {
        const Opened opened;
        const Dataset data = opened.load(R"({"prompt": "a", "chosen": " b", "rejected": "c"})");
        QCOMPARE(opened.text(data.examples.at(0), true), std::string(" b<|im_end|>"));
        QCOMPARE(data.summary.warnings.size(), std::size_t{1});
        QVERIFY(contains(data.summary.warnings[0], "the rejected ones are not used"));
    }

    void a_turn_of_weight_0_is_read_and_not_learned() {
        const Opened opened;
        const Dataset data = opened.load(
            R"({"messages": [{"role": "assistant", "content": "one", "weight": 0}, {"role": "assistant", "content": "two"}]})");
        QCOMPARE(opened.text(data.examples.at(0), true), std::string("two<|im_end|>"));
        QVERIFY(contains(opened.text(data.examples.at(0), false), "one"));
    }

    void the_last_answer_alone_is_learned_where_the_settings_say_so() {
        const Opened opened;
        DataSettings settings;
        settings.train = opened.file(
            R"({"messages": [{"role": "assistant", "content": "one"}, {"role": "assistant", "content": "two"}]})");
        settings.eval = settings.train;
        settings.last_turn = true;
        const TrainAndEval sets = load_datasets(settings, opened.tokenizer);
        QCOMPARE(opened.text(sets.train.examples.at(0), true), std::string("two<|im_end|>"));
        QCOMPARE(opened.text(sets.eval->examples.at(0), true), std::string("two<|im_end|>"));
    }

    void rows_of_several_shapes_are_counted() {
        const Opened opened;
        const Dataset data = opened.load(numbered_rows(3) + "{\"text\":\"a b\"}\n");
        QCOMPARE(data.summary.read_as,
            std::string("JSON Lines, rows of 'prompt' and 'completion' (3), of 'text' (1)"));
        QCOMPARE(opened.load("Once upon a time there was a lamp", 4, "story.txt").summary.read_as,
            std::string("plain text"));
    }

    void rows_of_a_list_are_numbered_by_their_place() {
        const Opened opened;
        const Dataset data = opened.load("[\n\n{\"text\": \"a b\"},\n{\"text\": \"c d\"}]", 64, "data.json");
        QCOMPARE(lines_of(data), (std::vector<std::int64_t>{1, 2}));
        const std::string told = message_of<Error>([&] {
            opened.load(
                "[{\"text\": \"a\"},\n{\"messages\": [{\"role\": 3, \"content\": \"b\"}]}]", 64, "data.json");
        });
        QVERIFY2(contains(told, "data.json: row 2 (line 2): messages[0]: role: found"), told.c_str());
    }

    void the_preview_shows_what_is_learned() {
        const Opened opened;
        const Dataset data = opened.load(numbered_rows(20));
        QCOMPARE(data.summary.preview.size(), std::size_t{8});
        QVERIFY(data.summary.preview[0] == (std::vector<PreviewSpan>{{"a", false}, {"1<|im_end|>", true}}));
    }

    void a_stop_ends_the_reading() {
        const Opened opened;
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(contains(message_of<Error>([&] {
            load_dataset(opened.file(numbered_rows(4)), opened.tokenizer, 64, stop.get_token());
        }),
            "was stopped"));
    }
};

QTEST_GUILESS_MAIN(DatasetTest)
#include "dataset_test.moc"
