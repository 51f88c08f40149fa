// EVA's start beside PEFT's, and the directions of inputs beside those of all rows at once.
// tests/fixtures/eva, made by make.py there.

#include "engine/error.h"
#include "engine/methods/eva.h"
#include "tests/files/scratch.h"
#include "tests/models/tiny_llama.h"

#include <QTest>

#include <ATen/CPUGeneratorImpl.h>

using namespace lora;

namespace {

const std::string expected = FIXTURES "/eva/expected.safetensors";

at::Tensor random_rows(std::int64_t rows, std::uint64_t seed) {
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    at::Tensor values = at::empty({rows, 8}, at::kDouble).normal_(0, 1, generator);
    return values * at::arange(8, 0, -1, at::kDouble) + 3; // falling spread about a mean that is not zero
}

PackedTokens packed(const at::Tensor& ids) {
    std::vector<std::vector<std::int32_t>> samples;
    for (std::int64_t row = 0; row < ids.size(0); ++row) {
        const std::int64_t* data = ids.const_data_ptr<std::int64_t>() + row * ids.size(1);
        samples.emplace_back(data, data + ids.size(1));
    }
    return PackedTokens::pack(samples, at::kCPU);
}

Adapter new_adapter(Model& model, std::int64_t rank) {
    std::vector<std::string> paths;
    for (const NamedLinear& named : model.named_linears())
        for (const char* end : {".q_proj", ".v_proj", ".down_proj"})
            if (named.path.ends_with(end)) paths.push_back(named.path);
    LoraSettings settings;
    settings.rank = rank;
    settings.alpha = 2 * static_cast<double>(rank);
    return make_adapter(model, paths, settings, 1);
}

} // namespace

class EvaTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void directions_of_pieces_are_those_of_the_whole() {
        const at::Tensor rows = random_rows(60, 1);
        InputDirections directions(8, 0.99); // all there are: nothing is lost on the way
        for (std::int64_t piece = 0; piece < 6; ++piece) directions.add(rows.narrow(0, piece * 10, 10));
        const at::Tensor centred = rows - rows.mean(0);
        const auto [U, S, Vh] = at::linalg_svd(centred, false);
        const at::Tensor cosines = (Vh * directions.components()).sum(1).abs();
        QVERIFY((cosines - 1).abs().max().item<double>() < 1e-10);
        const at::Tensor shares = S.square() / centred.square().sum();
        QVERIFY((directions.explained() - shares).abs().max().item<double>() < 1e-12);
    }

    void directions_stand_still_once_batches_change_nothing() {
        InputDirections directions(2, 0.99);
        const at::Tensor rows = random_rows(40, 2);
        directions.add(rows);
        QVERIFY(!directions.stand_still(2)); // nothing to compare with yet
        directions.add(rows);
        QVERIFY(directions.stand_still(2));
    }

    void fewer_rows_than_directions_are_passed_over() {
        InputDirections directions(4, 0.99);
        directions.add(random_rows(3, 3));
        QVERIFY(!directions.known());
    }

    void the_first_A_and_the_ranks_are_pefts() {
        const auto model = open_llama(FIXTURES "/llama/gqa_tied");
        EvaStart start(new_adapter(*model, 3), {.rho = 2, .tau = 0.99}, *model);
        for (int batch = 0; batch < 200 && !start.is_done(); ++batch) {
            const at::Tensor ids = tensor_of(expected, "batch." + std::to_string(batch % 4));
            start.add(packed(ids), at::ones({ids.numel()}, at::kBool));
        }
        QVERIFY(start.is_done());
        const Adapter made = start.adapter();
        const SafetensorsFile file(expected);
        std::size_t compared = 0;
        for (const TargetUpdate& target : made.targets) {
            const at::Tensor pefts = tensor_of(expected, "A." + target.path);
            QCOMPARE(target.update.rank(), pefts.size(0));
            const double difference = (target.update.A - pefts).abs().max().item<double>();
            QVERIFY2(difference < 1e-3, (target.path + ": " + std::to_string(difference)).c_str());
            QVERIFY(!target.update.B.any().item<bool>());
            QCOMPARE(target.update.scale, 2.0); // α went with the rank
            QCOMPARE(target.alpha, 2.0 * static_cast<double>(target.update.rank()));
            ++compared;
        }
        QCOMPARE(compared, std::size_t(6));
    }

    void with_rho_one_every_target_keeps_its_rank() {
        const auto model = open_llama(FIXTURES "/llama/gqa_tied");
        EvaStart start(new_adapter(*model, 3), {.rho = 1, .tau = 0}, *model);
        for (int batch = 0; batch < 3; ++batch) {
            const at::Tensor ids = tensor_of(expected, "batch." + std::to_string(batch));
            start.add(packed(ids), at::ones({ids.numel()}, at::kBool));
        }
        for (const TargetUpdate& target : start.adapter().targets) QCOMPARE(target.update.rank(), 3);
    }

    void batches_without_enough_learned_tokens_are_refused() {
        const auto model = open_llama(FIXTURES "/llama/gqa_tied");
        EvaStart start(new_adapter(*model, 3), {}, *model);
        const at::Tensor ids = tensor_of(expected, "batch.0");
        start.add(packed(ids), at::zeros({ids.numel()}, at::kBool));
        QVERIFY(!start.is_done());
        const std::string why = message_of<Error>([&] { start.adapter(); });
        QVERIFY2(why.find("no batch with enough learned tokens") != std::string::npos, why.c_str());
    }

    void more_directions_than_an_input_has_are_refused() {
        const auto model = open_llama(FIXTURES "/llama/gqa_tied");
        EvaStart start(new_adapter(*model, 20), {.rho = 2}, *model); // inputs of q have 32
        const at::Tensor ids = tensor_of(expected, "batch.0");
        const std::string why =
            message_of<Error>([&] { start.add(packed(ids), at::ones({ids.numel()}, at::kBool)); });
        QVERIFY2(why.find("40 directions (rank times eva-rho)") != std::string::npos, why.c_str());
    }
};

QTEST_GUILESS_MAIN(EvaTest)
#include "eva_test.moc"
