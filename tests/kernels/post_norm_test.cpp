// The loops of a block whose norm comes last, against ATen's operators in float64, on every instruction set
// that this processor has.
#include "engine/kernels/fused_operators.h"
#include "engine/kernels/post_norm_loops.h"

#include <QTest>
#include <vector>

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

using namespace lora;

namespace {

template <class T>
struct Tables {
    const char* name;
    const PostNormKernels<T>* kernels;
};

template <class T>
std::vector<Tables<T>> runnable(
    const PostNormKernels<T>& plain, const PostNormKernels<T>& avx2, const PostNormKernels<T>& avx512) {
    std::vector<Tables<T>> all{{"plain", &plain}};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) all.push_back({"avx2", &avx2});
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
        all.push_back({"avx512", &avx512});
    return all;
}

template <class T>
std::vector<Tables<T>> tables() {
    if constexpr (std::is_same_v<T, float>)
        return runnable(float_post_norm_plain(), float_post_norm_avx2(), float_post_norm_avx512());
    else
        return runnable(bfloat16_post_norm_plain(), bfloat16_post_norm_avx2(), bfloat16_post_norm_avx512());
}

template <class T>
constexpr at::ScalarType type = std::is_same_v<T, float> ? at::kFloat : at::kBFloat16;
/// Of values near 1: some roundings of float32 sums, or the roundings to bfloat16's 8 bits.
template <class T>
constexpr double tolerance = std::is_same_v<T, float> ? 4e-6 : 2e-2;

template <class T>
T* data(const at::Tensor& tensor) {
    return static_cast<T*>(tensor.data_ptr());
}

at::Tensor wide(const at::Tensor& tensor) { return tensor.to(at::kDouble); }

double difference(const at::Tensor& found, const at::Tensor& expected) {
    const at::Tensor size = expected.abs().clamp_min(1);
    return ((wide(found) - wide(expected)).abs() / wide(size)).max().item<double>();
}

constexpr std::int64_t rows = 5;
constexpr DropoutBits some{0x123456789abcdefULL, 1U << 30, 4.F / 3}; // a quarter

/// The mask that the loops make, row by row.
at::Tensor mask_of(const DropoutBits& dropout, std::int64_t first_row, std::int64_t width) {
    at::Tensor mask = at::empty({rows, width}, at::kDouble);
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t i = 0; i < width; ++i)
            mask[row][i] =
                kept_factor(dropout, row_bits(dropout, static_cast<std::uint32_t>(first_row + row)),
                    static_cast<std::uint32_t>(i));
    return mask;
}

template <class T>
bool norms_equal(const PostNormKernels<T>& kernels, std::int64_t width, const DropoutBits& dropout) {
    const auto random = [](at::IntArrayRef sizes) { return at::randn(sizes).to(type<T>); };
    const at::Tensor x = random({rows, width}), branch = random({rows, width}), dy = random({rows, width});
    const at::Tensor weight = random({width}), bias = random({width});
    at::Tensor sums = branch.clone(), y = at::empty_like(x), d_sums = at::empty_like(x);
    at::Tensor d_branch = at::empty_like(x);
    at::Tensor mean = at::empty({rows}, at::kFloat), inverse = at::empty({rows}, at::kFloat);

    kernels.norm(data<T>(x), data<T>(sums), data<T>(weight), data<T>(bias), data<T>(y), data<float>(mean),
        data<float>(inverse), rows, width, 1e-3F, dropout, 7);
    kernels.norm_backward(data<T>(dy), data<T>(sums), data<T>(weight), data<float>(mean),
        data<float>(inverse), data<T>(d_sums), data<T>(d_branch), rows, width, dropout, 7);

    const at::Tensor x_leaf = wide(x).requires_grad_(), branch_leaf = wide(branch).requires_grad_();
    const at::Tensor expected = at::layer_norm(
        x_leaf + branch_leaf * mask_of(dropout, 7, width), {width}, wide(weight), wide(bias), 1e-3);
    const auto gradients = torch::autograd::grad({expected}, {x_leaf, branch_leaf}, {wide(dy)});
    // Small variances make large gradients: their terms cancel to a part of their size.
    return difference(y, expected.detach())
               <= 4
                      * tolerance<
                          T> && difference(d_sums, gradients[0]) <= 20 * tolerance<T> && (!dropout.threshold || difference(d_branch, gradients[1]) <= 20 * tolerance<T>);
}

template <class T>
bool layer_norm_equals(const PostNormKernels<T>& kernels, std::int64_t width, bool has_bias) {
    const auto random = [](at::IntArrayRef sizes) { return at::randn(sizes).to(type<T>); };
    const at::Tensor x = random({rows, width}), dy = random({rows, width}), residual = random({rows, width});
    const at::Tensor weight = random({width}), bias = has_bias ? random({width}) : at::Tensor();
    at::Tensor y = at::empty_like(x), dx = at::empty_like(x);
    at::Tensor mean = at::empty({rows}, at::kFloat), inverse = at::empty({rows}, at::kFloat);

    kernels.layer_norm(data<T>(x), data<T>(weight), has_bias ? data<T>(bias) : nullptr, data<T>(y),
        data<float>(mean), data<float>(inverse), rows, width, 1e-3F);
    kernels.layer_norm_backward(data<T>(dy), data<T>(x), data<T>(weight), data<float>(mean),
        data<float>(inverse), data<T>(residual), data<T>(dx), rows, width);

    const at::Tensor leaf = wide(x).requires_grad_();
    at::Tensor expected = at::layer_norm(leaf, {width}, wide(weight), {}, 1e-3);
    if (has_bias) expected = expected + wide(bias);
    const at::Tensor gradient = torch::autograd::grad({expected}, {leaf}, {wide(dy)})[0] + wide(residual);
    const double close = 4 * tolerance<T>, closer = 20 * tolerance<T>;
    return difference(y, expected.detach()) <= close && difference(dx, gradient) <= closer;
}

template <class T>
bool activations_equal(const PostNormKernels<T>& kernels, Activation activation) {
    const at::Tensor x = at::cat({at::linspace(-12, 12, 997), at::randn({500})}).to(type<T>);
    const at::Tensor dy = at::randn(x.sizes()).to(type<T>);
    at::Tensor y = at::empty_like(x), dx = x.clone();

    kernels.activate(data<T>(x), data<T>(y), x.numel(), activation);
    kernels.activate_backward(data<T>(dx), data<T>(dy), x.numel(), activation);

    const at::Tensor leaf = wide(x).requires_grad_();
    const at::Tensor expected = activated(leaf, activation);
    return difference(y, expected.detach()) <= tolerance<
               T> && difference(dx, torch::autograd::grad({expected}, {leaf}, {wide(dy)})[0]) <= 4 * tolerance<T>;
}

} // namespace

class PostNormTest : public QObject {
    Q_OBJECT

    template <class T>
    static void check_norms(const DropoutBits& dropout) {
        for (const auto& [name, kernels] : tables<T>())
            for (const std::int64_t width : {7, 64, 100, 384})
                QVERIFY2(norms_equal(*kernels, width, dropout),
                    qPrintable(QStringLiteral("%1, width %2").arg(QString::fromUtf8(name)).arg(width)));
    }

    template <class T>
    static void check_layer_norm() {
        for (const auto& [name, kernels] : tables<T>())
            for (const std::int64_t width : {7, 64, 100, 384})
                for (const bool has_bias : {true, false})
                    QVERIFY2(layer_norm_equals(*kernels, width, has_bias), name);
    }

    template <class T>
    static void check_activations() {
        for (const auto& [name, kernels] : tables<T>())
            for (const Activation activation : {Activation::Silu, Activation::Gelu, Activation::GeluTanh,
                     Activation::Relu, Activation::ReluSquared})
                QVERIFY2(activations_equal(*kernels, activation), name);
    }

private Q_SLOTS:
    void init() { at::manual_seed(11); }

    void the_norm_of_a_residual_and_its_backward_equal_atens() {
        check_norms<float>({});
        check_norms<BFloat16>({});
    }
    void so_they_do_where_the_branch_is_dropped_in_part() {
        check_norms<float>(some);
        check_norms<BFloat16>(some);
    }
    void layer_norm_alone_and_its_backward_equal_atens() {
        check_layer_norm<float>();
        check_layer_norm<BFloat16>();
    }
    void the_activations_and_their_slopes_equal_atens() {
        check_activations<float>();
        check_activations<BFloat16>();
    }

    void a_dropout_takes_its_share_and_no_row_looks_like_another() {
        constexpr std::uint32_t count = 1 << 16;
        std::uint32_t dropped = 0, together = 0;
        const std::uint32_t one = row_bits(some, 1), next = row_bits(some, 2);
        for (std::uint32_t i = 0; i < count; ++i) {
            const bool first = kept_factor(some, one, i) == 0, second = kept_factor(some, next, i) == 0;
            dropped += first;
            together += first && second;
        }
        // Three deviations of a fair draw: √(p (1 − p) / n).
        QVERIFY(std::abs(dropped / double{count} - 0.25) < 3 * 0.0017);
        QVERIFY(std::abs(together / double{count} - 0.0625) < 3 * 0.00095);
    }
};

QTEST_GUILESS_MAIN(PostNormTest)
#include "post_norm_test.moc"
