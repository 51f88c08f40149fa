// Each loop against ATen's operators in float64, on every instruction set that this processor has.
#include "engine/kernels/fused_operators.h"
#include "engine/kernels/row_loops.h"

#include <QTest>
#include <vector>

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

using namespace lora;

namespace {

/// The tables of one element type that can run here, by name.
template <class T>
std::vector<std::pair<const char*, const RowKernels<T>*>> tables();

bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
bool has_avx512() { return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"); }

template <>
std::vector<std::pair<const char*, const RowKernels<float>*>> tables<float>() {
    std::vector<std::pair<const char*, const RowKernels<float>*>> all{{"plain", &float_rows_plain()}};
    if (has_avx2()) all.emplace_back("avx2", &float_rows_avx2());
    if (has_avx512()) all.emplace_back("avx512", &float_rows_avx512());
    return all;
}

template <>
std::vector<std::pair<const char*, const RowKernels<BFloat16>*>> tables<BFloat16>() {
    std::vector<std::pair<const char*, const RowKernels<BFloat16>*>> all{{"plain", &bfloat16_rows_plain()}};
    if (has_avx2()) all.emplace_back("avx2", &bfloat16_rows_avx2());
    if (has_avx512()) all.emplace_back("avx512", &bfloat16_rows_avx512());
    return all;
}

template <class T>
constexpr at::ScalarType type = std::is_same_v<T, float> ? at::kFloat : at::kBFloat16;
/// Of values near 1: some roundings of float32 sums, or the one rounding to bfloat16's 8 bits.
template <class T>
constexpr double tolerance = std::is_same_v<T, float> ? 2e-6 : 8e-3;

template <class T>
T* data(const at::Tensor& tensor) {
    return static_cast<T*>(tensor.data_ptr());
}

/// Random values that T holds exactly, as T.
template <class T>
at::Tensor random(at::IntArrayRef sizes) {
    return at::randn(sizes).to(type<T>);
}

at::Tensor wide(const at::Tensor& tensor) { return tensor.to(at::kDouble); }

double difference(const at::Tensor& found, const at::Tensor& expected) {
    const at::Tensor size = expected.abs().clamp_min(1);
    return ((wide(found) - wide(expected)).abs() / wide(size)).max().item<double>();
}

at::Tensor normed(const at::Tensor& x, const at::Tensor& weight, double offset) {
    return x * (x.square().mean(1, true) + 1e-5).rsqrt() * (weight + offset);
}

constexpr std::int64_t rows = 5;

} // namespace

class RowsTest : public QObject {
    Q_OBJECT

    template <class T, class Check>
    static void on_all(const Check& check) {
        for (const auto& [name, kernels] : tables<T>())
            for (const std::int64_t width : {1, 7, 64, 100, 576})
                QVERIFY2(check(*kernels, width),
                    qPrintable(QStringLiteral("%1, width %2").arg(QString::fromUtf8(name)).arg(width)));
    }

    template <class T>
    static void check_norm(double offset) {
        on_all<T>([offset](const RowKernels<T>& kernels, std::int64_t width) {
            const at::Tensor x = random<T>({rows, width}), weight = random<T>({width});
            const at::Tensor dy = random<T>({rows, width}), residual = random<T>({rows, width});
            at::Tensor y = at::empty_like(x), inverse = at::empty({rows}, at::kFloat), dx = at::empty_like(x);

            const auto added = static_cast<float>(offset);
            kernels.rms_norm(
                data<T>(x), data<T>(weight), data<T>(y), data<float>(inverse), rows, width, 1e-5F, added);
            kernels.rms_norm_backward(data<T>(dy), data<T>(x), data<T>(weight), data<float>(inverse),
                data<T>(residual), data<T>(dx), rows, width, added);

            const at::Tensor leaf = wide(x).requires_grad_();
            const at::Tensor expected = normed(leaf, wide(weight), offset);
            const at::Tensor gradient = torch::autograd::grad({expected}, {leaf}, {wide(dy)})[0];
            // At width 1 the gradient all but vanishes between two large terms.
            return difference(y, expected.detach())
                       <= tolerance<T> && difference(dx, gradient + wide(residual)) <= 20 * tolerance<T>;
        });
    }

    template <class T>
    static void check_gate(Activation activation) {
        on_all<T>([activation](const RowKernels<T>& kernels, std::int64_t width) {
            const at::Tensor gate_up = random<T>({rows, 2 * width}) * 4, dy = random<T>({rows, width});
            at::Tensor y = at::empty_like(dy), again = at::empty_like(dy), gradient = gate_up.clone();

            kernels.gated(data<T>(gate_up), data<T>(y), rows, width, activation);
            kernels.gated_backward(data<T>(gradient), data<T>(dy), data<T>(again), rows, width, activation);

            const at::Tensor leaf = wide(gate_up).requires_grad_();
            const at::Tensor expected =
                activated(leaf.narrow(1, 0, width), activation) * leaf.narrow(1, width, width);
            return difference(y, expected.detach()) <= 2 * tolerance<T> && again.equal(y)
                   && difference(gradient, torch::autograd::grad({expected}, {leaf}, {wide(dy)})[0])
                          <= 6 * tolerance<T>;
        });
    }

    template <class T>
    static void check_cross_entropy() {
        on_all<T>([](const RowKernels<T>& kernels, std::int64_t width) {
            const at::Tensor logits = random<T>({rows, width}) * 10;
            const at::Tensor targets = at::randint(width, {rows}, at::kLong);
            at::Tensor losses = at::empty({rows}, at::kFloat), gradient = logits.clone();

            kernels.cross_entropy(data<T>(gradient), data<std::int64_t>(targets), data<float>(losses), rows,
                width, width, true);

            const at::Tensor p = at::softmax(wide(logits), 1);
            const at::Tensor one_hot = at::zeros_like(p).scatter_(1, targets.unsqueeze(1), 1);
            const at::Tensor expected =
                at::cross_entropy_loss(wide(logits), targets, {}, at::Reduction::None);
            return difference(losses, expected) <= 5e-6 && difference(gradient, p - one_hot) <= tolerance<T>;
        });
    }

    template <class T>
    static void check_low_rank() {
        on_all<T>([](const RowKernels<T>& kernels, std::int64_t width) {
            const at::Tensor y = random<T>({rows, width + 3});
            const at::Tensor inner = at::randn({rows, 6}), factor = at::randn({4, width});
            at::Tensor sum = y.clone();

            kernels.add_low_rank(
                data<T>(sum), data<float>(inner), data<float>(factor), 0.5F, rows, width + 3, 6, 4, width);

            at::Tensor expected = wide(y).clone();
            expected.narrow(1, 0, width).add_(wide(inner).narrow(1, 0, 4).mm(wide(factor)), 0.5);
            return difference(sum, expected)
                       <= tolerance<T> && sum.narrow(1, width, 3).equal(y.narrow(1, width, 3));
        });
    }

private Q_SLOTS:
    void init() { at::manual_seed(11); }

    void the_norm_and_its_backward_equal_atens() {
        check_norm<float>(0);
        check_norm<BFloat16>(0);
    }
    void a_norms_weight_may_stand_for_one_more() {
        check_norm<float>(1);
        check_norm<BFloat16>(1);
    }
    void gates_and_their_backward_equal_atens() {
        for (const Activation activation : {Activation::Silu, Activation::Gelu, Activation::GeluTanh,
                 Activation::Relu, Activation::ReluSquared}) {
            check_gate<float>(activation);
            check_gate<BFloat16>(activation);
        }
    }
    void cross_entropy_and_its_gradient_equal_atens() {
        check_cross_entropy<float>();
        check_cross_entropy<BFloat16>();
    }
    void the_low_rank_part_is_added_to_its_columns_alone() {
        check_low_rank<float>();
        check_low_rank<BFloat16>();
    }

    void turning_back_undoes_turning_and_leaves_other_columns() {
        for (const auto& [name, kernels] : tables<float>()) {
            const at::Tensor before = at::randn({rows, 3 * 6}), angles = at::randn({rows, 3});
            const at::Tensor cos = angles.cos(), sin = angles.sin();
            at::Tensor x = before.clone();

            kernels->rotate(data<float>(x), data<float>(cos), data<float>(sin), rows, 18, 2, 6, 3, false, 1);
            const at::Tensor first = before.narrow(1, 0, 3), second = before.narrow(1, 3, 3);
            QVERIFY(difference(x.narrow(1, 0, 3), first * cos - second * sin) <= 1e-6);
            QVERIFY(difference(x.narrow(1, 3, 3), second * cos + first * sin) <= 1e-6);
            QVERIFY(x.narrow(1, 12, 6).equal(before.narrow(1, 12, 6)));
            kernels->rotate(data<float>(x), data<float>(cos), data<float>(sin), rows, 18, 2, 6, 3, false, -1);
            QVERIFY(difference(x, before) <= 1e-6);
        }
    }

    void a_part_of_a_head_turns_alone_and_neighbours_make_pairs() {
        for (const auto& [name, kernels] : tables<float>()) {
            const at::Tensor before = at::randn({rows, 2 * 6}), angles = at::randn({rows, 2});
            const at::Tensor cos = angles.cos(), sin = angles.sin();
            at::Tensor x = before.clone();

            kernels->rotate(data<float>(x), data<float>(cos), data<float>(sin), rows, 12, 2, 6, 2, true, 1);

            for (const std::int64_t head : {0, 6})
                for (const std::int64_t pair : {0, 1}) {
                    const at::Tensor a = before.select(1, head + 2 * pair);
                    const at::Tensor b = before.select(1, head + 2 * pair + 1);
                    const at::Tensor c = cos.select(1, pair), s = sin.select(1, pair);
                    QVERIFY(difference(x.select(1, head + 2 * pair), a * c - b * s) <= 1e-6);
                    QVERIFY(difference(x.select(1, head + 2 * pair + 1), b * c + a * s) <= 1e-6);
                }
            QVERIFY(x.narrow(1, 4, 2).equal(before.narrow(1, 4, 2)));
            QVERIFY(x.narrow(1, 10, 2).equal(before.narrow(1, 10, 2)));
        }
    }

    void extreme_logits_stay_finite_and_nan_is_not_hidden() {
        for (const auto& [name, kernels] : tables<float>()) {
            at::Tensor logits = at::tensor({1e4F, -1e4F, 0.F, 3e4F}).view({1, 4});
            const at::Tensor target = at::tensor({3}, at::kLong);
            float loss = -1;
            kernels->cross_entropy(data<float>(logits), data<std::int64_t>(target), &loss, 1, 4, 4, true);
            QCOMPARE(loss, 0.F);
            QVERIFY(at::isfinite(logits).all().item<bool>());

            logits = at::tensor({1.F, std::numeric_limits<float>::quiet_NaN(), 2.F, 0.F}).view({1, 4});
            kernels->cross_entropy(data<float>(logits), data<std::int64_t>(target), &loss, 1, 4, 4, true);
            QVERIFY(std::isnan(loss));
        }
    }
};

QTEST_GUILESS_MAIN(RowsTest)
#include "rows_test.moc"
