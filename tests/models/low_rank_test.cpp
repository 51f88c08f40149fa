// The adapted linear's own backward against differences of its forward, in float64.

#include "engine/error.h"
#include "engine/models/linear.h"
#include "engine/models/magnitude.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <cmath>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>

using namespace lora;

namespace {

constexpr std::int64_t rows = 5, in = 7, out = 6, rank = 3;

at::Tensor random(at::IntArrayRef shape) { return at::randn(shape, at::kDouble); }

struct Case {
    Linear linear{random({out, in}), random({out})};
    at::Tensor x = random({rows, in});
    at::Tensor weights = random({rows, out}); ///< of the outputs in the scalar that is differentiated

    explicit Case(double dropout) {
        linear.update =
            LowRank{.A = random({rank, in}), .B = random({out, rank}), .scale = 1.5, .dropout = dropout};
    }

    /// One number of all outputs. The same mask each time: the generator starts anew.
    at::Tensor value() const {
        Pass pass;
        pass.training = true;
        pass.generator = at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{11});
        return (linear.forward(x, pass) * weights).sum();
    }
};

/// ∂value/∂tensor by central differences.
at::Tensor numeric_gradient(const Case& at, const at::Tensor& tensor) {
    constexpr double h = 1e-6;
    const c10::NoGradGuard no_gradient;
    at::Tensor gradient = at::zeros_like(tensor);
    double* value = tensor.mutable_data_ptr<double>();
    double* slope = gradient.mutable_data_ptr<double>();
    for (std::int64_t i = 0; i < tensor.numel(); ++i) {
        const double before = value[i];
        value[i] = before + h;
        const double above = at.value().item<double>();
        value[i] = before - h;
        slope[i] = (above - at.value().item<double>()) / (2 * h);
        value[i] = before;
    }
    return gradient;
}

} // namespace

class LowRankTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { at::manual_seed(3); }

    void gradients_of_A_B_and_x_equal_numeric_ones_data() { dropouts(); }
    void gradients_of_A_B_and_x_equal_numeric_ones() {
        QFETCH(double, dropout);
        Case at(dropout);
        const at::Tensor tensors[] = {at.x, at.linear.update->A, at.linear.update->B};
        for (const at::Tensor& tensor : tensors) tensor.requires_grad_(true);
        at.value().backward();
        for (const at::Tensor& tensor : tensors) {
            QVERIFY(tensor.grad().defined());
            // Central differences of a bilinear form are exact but for rounding, about 1e-16 · |value| / h.
            QVERIFY((tensor.grad() - numeric_gradient(at, tensor)).abs().max().item<double>() < 1e-7);
        }
    }

    void the_frozen_weight_and_bias_get_no_gradient() {
        Case at(0);
        at.linear.weight().requires_grad_(true);
        at.linear.bias().requires_grad_(true);
        at.linear.update->A.requires_grad_(true);
        at.value().backward();
        QVERIFY(at.linear.update->A.grad().defined());
        QVERIFY(!at.linear.weight().grad().defined());
        QVERIFY(!at.linear.bias().grad().defined());
    }

    void the_output_is_the_formulas() {
        const Case at(0);
        const LowRank& update = *at.linear.update;
        const at::Tensor by_hand = at.x.mm(at.linear.weight().t()) + at.linear.bias()
                                   + update.scale * at.x.mm(update.A.t()).mm(update.B.t());
        QVERIFY((at.linear.forward(at.x, Pass{}) - by_hand).abs().max().item<double>() < 1e-12);
    }

    void an_update_that_does_not_count_leaves_the_base_bit_for_bit() {
        Case at(0);
        Pass pass;
        pass.adapted = false;
        const at::Tensor unadapted = at.linear.forward(at.x, pass);
        at.linear.update.reset();
        QVERIFY(at::equal(unadapted, at.linear.forward(at.x, Pass{})));
    }

    void dropout_acts_in_training_alone() {
        const Case with(0.5);
        Case without = with;
        without.linear.update->dropout = 0;
        QVERIFY(at::equal(with.linear.forward(with.x, Pass{}), without.linear.forward(with.x, Pass{})));
        QVERIFY(with.value().item<double>() != without.value().item<double>());
    }

    void dropout_keeps_the_updates_mean() {
        // Of 4000 rows of ones, each kept entry is doubled: the mean of A x over rows stays, within 5
        // standard errors (√in · |A| / √4000).
        Linear linear(at::zeros({1, 8}, at::kDouble));
        linear.update = LowRank{.A = at::ones({1, 8}, at::kDouble),
            .B = at::ones({1, 1}, at::kDouble),
            .scale = 1,
            .dropout = 0.5};
        Pass pass;
        pass.training = true;
        pass.generator = at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{5});
        const double mean = linear.forward(at::ones({4000, 8}, at::kDouble), pass).mean().item<double>();
        QVERIFY(std::abs(mean - 8) < 5 * std::sqrt(8.0 / 4000));
    }

    void with_a_magnitude_gradients_equal_numeric_ones_of_a_held_norm_data() { dropouts(); }
    void with_a_magnitude_gradients_equal_numeric_ones_of_a_held_norm() {
        QFETCH(double, dropout);
        Case at(dropout);
        LowRank& update = *at.linear.update;
        update.magnitude = at::rand({out}, at::kDouble) + 0.5;
        at.linear.renew_norms();
        const at::Tensor tensors[] = {at.x, update.A, update.B, update.magnitude};
        for (const at::Tensor& tensor : tensors) tensor.requires_grad_(true);
        at.linear.weight().requires_grad_(true);
        at.value().backward();
        for (const at::Tensor& tensor : tensors)
            QVERIFY((tensor.grad() - numeric_gradient(at, tensor)).abs().max().item<double>() < 1e-7);
        QVERIFY(!at.linear.weight().grad().defined());
    }

    void a_magnitude_is_the_length_of_each_row() {
        Case at(0);
        LowRank& update = *at.linear.update;
        const at::Tensor &W = at.linear.weight(), whole = W + update.scale * update.B.mm(update.A);
        const at::Tensor lengths = at::linalg_vector_norm(whole, 2, {1});
        QVERIFY((row_norms(W, update) - lengths).abs().max().item<double>() < 1e-12);
        update.magnitude = at::rand({out}, at::kDouble) + 0.5;
        at.linear.renew_norms();
        const at::Tensor weight = whole * (update.magnitude / lengths).unsqueeze(1);
        const at::Tensor by_hand = at.x.mm(weight.t()) + at.linear.bias();
        QVERIFY((at.linear.forward(at.x, Pass{}) - by_hand).abs().max().item<double>() < 1e-12);
        QVERIFY((weight_change(W, update) - (weight - W)).abs().max().item<double>() < 1e-12);
    }

    // What PEFT's DoRA says: base(x) + (f − 1) W₀u + f s B A u, with u the dropped input.
    void dropout_acts_on_all_that_a_magnitude_adds() {
        Case at(0.5);
        LowRank& update = *at.linear.update;
        update.magnitude = at::rand({out}, at::kDouble) + 0.5;
        at.linear.renew_norms();
        at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{11});
        const at::Tensor u = at.x * at::empty_like(at.x).bernoulli_(0.5, generator) * 2;
        const at::Tensor &W = at.linear.weight(), f = update.magnitude / row_norms(W, update);
        const at::Tensor y = at.x.mm(W.t()) + at.linear.bias() + (f - 1) * u.mm(W.t())
                             + f * update.scale * u.mm(update.A.t()).mm(update.B.t());
        QVERIFY(std::abs((y * at.weights).sum().item<double>() - at.value().item<double>()) < 1e-10);
    }

    void a_row_of_zeros_stays_zero_under_a_magnitude() {
        Case at(0);
        LowRank& update = *at.linear.update;
        at.linear.weight()[2].zero_();
        update.B[2].zero_();
        update.magnitude = at::ones({out}, at::kDouble);
        at.linear.renew_norms();
        const at::Tensor y = at.linear.forward(at.x, Pass{}) - at.linear.bias();
        QVERIFY(at::isfinite(y).all().item<bool>());
        QCOMPARE(y.select(1, 2).abs().max().item<double>(), 0.0);
    }

    void a_magnitude_without_norms_is_refused() {
        Case at(0);
        at.linear.update->magnitude = at::ones({out}, at::kDouble);
        const std::string told = message_of<Error>([&] { at.linear.forward(at.x, Pass{}); });
        QVERIFY(told.find("needs the norms of its rows") != std::string::npos);
    }

private:
    static void dropouts() {
        QTest::addColumn<double>("dropout");
        QTest::newRow("no dropout") << 0.0;
        QTest::newRow("dropout 0.3") << 0.3;
    }
};

QTEST_GUILESS_MAIN(LowRankTest)
#include "low_rank_test.moc"
