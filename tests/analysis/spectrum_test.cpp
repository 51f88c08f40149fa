// Singular values of ΔW without ΔW, against a dense SVD (tests/fixtures/spectra, made by make.py there) and
// by laws.

#include "engine/analysis/dense_decomposition.h"
#include "engine/analysis/spectrum.h"
#include "tests/files/scratch.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <cmath>
#include <limits>

using namespace lora;

namespace {

at::Tensor stored(const QString& name) {
    return tensor_of(FIXTURES "/spectra/spectra.safetensors", name.toStdString());
}

LowRank stored_update(const QString& name) {
    return {.A = stored(name + QStringLiteral(".A")),
        .B = stored(name + QStringLiteral(".B")),
        .scale = stored(name + QStringLiteral(".scale")).item<double>()};
}

LowRank random_update(std::int64_t rank, std::int64_t in, std::int64_t out) {
    return {.A = at::randn({rank, in}), .B = at::randn({out, rank}), .scale = 2};
}

at::Tensor as_tensor(const std::vector<double>& values) { return at::tensor(values, at::kDouble); }

/// The largest |Δσᵢ| in units of σ₁.
double relative_difference(const std::vector<double>& values, const at::Tensor& expected) {
    return largest_difference(as_tensor(values) / expected[0], expected / expected[0]);
}

Adapter adapter_of(const std::vector<LowRank>& updates) {
    Adapter adapter;
    for (std::size_t i = 0; i < updates.size(); ++i)
        adapter.targets.push_back({"layers." + std::to_string(i), 16, updates[i]});
    return adapter;
}

} // namespace

class SpectrumTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { at::manual_seed(7); }

    void singular_values_equal_a_dense_svd_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"generic", "degenerate", "tiny", "wide_rank", "huge", "known"})
            QTest::newRow(name) << QString::fromUtf8(name);
    }
    void singular_values_equal_a_dense_svd() {
        QFETCH(QString, name);
        const at::Tensor expected = stored(name + QStringLiteral(".singular_values"));

        const std::vector<double> values = singular_values(stored_update(name));

        QCOMPARE(static_cast<std::int64_t>(values.size()), expected.numel());
        QVERIFY(relative_difference(values, expected) <= 1e-5); // the project's tolerance
        QVERIFY(std::is_sorted(values.rbegin(), values.rend()));
    }

    void singular_values_of_the_matrix_itself_are_the_same_data() {
        singular_values_equal_a_dense_svd_data();
    }
    void singular_values_of_the_matrix_itself_are_the_same() {
        QFETCH(QString, name);
        const LowRank update = stored_update(name);
        const at::Tensor matrix = update.scale * update.B.to(at::kDouble).mm(update.A.to(at::kDouble));

        const at::Tensor values = as_tensor(singular_values(matrix));

        const at::Tensor expected = stored(name + QStringLiteral(".singular_values"));
        const at::Tensor first = values.slice(0, 0, expected.numel());
        QVERIFY(largest_difference(first / expected[0], expected / expected[0]) <= 1e-5);
        QVERIFY(values.slice(0, expected.numel()).lt(1e-5 * expected[0]).all().item<bool>());
    }

    void an_ill_conditioned_factor_keeps_its_small_singular_values() {
        // Columns of B from 1 to 1e-9: the Gram matrix would lose all below 1e-8.
        const at::Tensor sizes = at::logspace(0, -9, 4, 10, at::kDouble);
        const LowRank update{.A = std::get<0>(at::linalg_qr(at::randn({30, 4}, at::kDouble))).t(),
            .B = std::get<0>(at::linalg_qr(at::randn({20, 4}, at::kDouble))) * sizes,
            .scale = 1};
        const at::Tensor values = as_tensor(singular_values(update));
        QVERIFY(((values - sizes).abs() <= 1e-6 * sizes).all().item<bool>());
    }

    void their_norm_is_the_updates_norm() {
        const LowRank update = random_update(8, 40, 24);
        const double norm =
            (update.scale * update.B.to(at::kDouble).mm(update.A.to(at::kDouble))).norm().item<double>();
        const double values_norm = as_tensor(singular_values(update)).norm().item<double>();
        QVERIFY(std::abs(values_norm - norm) <= 1e-12 * norm); // float64 throughout
    }

    void they_do_not_depend_on_how_the_update_is_factored() {
        const LowRank update = random_update(4, 30, 20);
        const at::Tensor turn = at::randn({4, 4}, at::kDouble) + 3 * at::eye(4, at::kDouble);
        const LowRank turned{.A = turn.mm(update.A.to(at::kDouble)),
            .B = update.B.to(at::kDouble).mm(turn.inverse()),
            .scale = update.scale};
        QVERIFY(relative_difference(singular_values(turned), as_tensor(singular_values(update))) <= 1e-12);
    }

    void they_grow_with_the_scale_and_ignore_its_sign() {
        LowRank update = random_update(4, 30, 20);
        const at::Tensor before = as_tensor(singular_values(update));
        update.scale *= -3;
        QVERIFY(relative_difference(singular_values(update), 3 * before) <= 1e-12);
    }

    void a_zero_B_gives_zeros_and_undefined_measures() {
        const std::vector<Spectrum> all =
            spectra(adapter_of({{.A = at::randn({4, 30}), .B = at::zeros({20, 4}), .scale = 2}}));
        QCOMPARE(all.size(), std::size_t{1});
        QCOMPARE(all[0].singular_values, std::vector<double>(4, 0.0));
        RankMeasures undefined;
        undefined.rank = 4;
        QCOMPARE(all[0].measures, undefined);
    }

    void the_rank_counts_the_directions_in_use() {
        at::Tensor A = at::randn({4, 30});
        A[2].zero_();
        const std::vector<Spectrum> all = spectra(adapter_of({{.A = A, .B = at::randn({20, 4})}}));
        QCOMPARE(all[0].measures.rank, std::optional<std::int64_t>(3));
    }

    void a_value_that_is_not_finite_is_refused_data() {
        QTest::addColumn<bool>("in_A");
        QTest::addColumn<float>("value");
        for (const bool in_A : {true, false})
            for (const float value :
                {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()})
                QTest::addRow("%f in %s", static_cast<double>(value), in_A ? "A" : "B") << in_A << value;
    }
    void a_value_that_is_not_finite_is_refused() {
        QFETCH(bool, in_A);
        QFETCH(float, value);
        LowRank update = random_update(4, 30, 20);
        (in_A ? update.A : update.B)[1][2] = value;
        QVERIFY(contains(message_of<Error>([&] { singular_values(update); }), "not finite"));
        QVERIFY(contains(message_of<Error>([&] { spectra(adapter_of({update})); }), "layers.0"));
    }

    void targets_of_several_shapes_keep_their_own_spectra() {
        const std::vector<LowRank> updates = {random_update(4, 30, 20), random_update(2, 30, 20),
            random_update(4, 30, 20), random_update(4, 20, 30)};

        const std::vector<Spectrum> all = spectra(adapter_of(updates));

        QCOMPARE(all.size(), updates.size());
        for (std::size_t i = 0; i < updates.size(); ++i) {
            QCOMPARE(all[i].path, "layers." + std::to_string(i));
            const at::Tensor alone = as_tensor(singular_values(updates[i]));
            QVERIFY(relative_difference(all[i].singular_values, alone) <= 1e-12);
            RankMeasures expected = rank_measures(all[i].singular_values);
            expected.rank = updates[i].rank();
            QCOMPARE(all[i].measures, expected);
        }
    }

    void a_stop_leaves_out_what_is_not_done() {
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(spectra(adapter_of({random_update(4, 30, 20)}), stop.get_token()).empty());
    }
};

QTEST_GUILESS_MAIN(SpectrumTest)
#include "spectrum_test.moc"
