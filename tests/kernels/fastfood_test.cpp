// Fastfood's loops of every instruction set that this processor has, against the plain ones; what those
// compute is for tests/projections.
#include "engine/kernels/fastfood_loops.h"
#include "engine/machine/processor.h"

#include <QTest>
#include <cmath>
#include <type_traits>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

using namespace lora;

namespace {

template <class T>
constexpr at::ScalarType type = std::is_same_v<T, float> ? at::kFloat : at::kDouble;
constexpr double tolerance = 1e-5; // the Gaussians are float32, rounded as the instruction set's products are

template <class T>
T* data(const at::Tensor& tensor) {
    return static_cast<T*>(tensor.data_ptr());
}

double relative(const at::Tensor& found, const at::Tensor& expected) {
    return ((found - expected).norm() / expected.norm()).item<double>();
}

template <class T>
void check(const FastfoodLoops<T>& loops, const FastfoodLoops<T>& plain, const char* name) {
    for (int bits = 0; bits <= 11; ++bits) {
        const FastfoodBlock block{91, bits};
        const std::int64_t n = block.size(), some = (n + 1) / 2;
        const at::Tensor x = at::randn({n}, type<T>), scratch = at::empty({2 * n}, type<T>);
        const auto forward = [&](const FastfoodLoops<T>& table) {
            at::Tensor y = at::ones({n}, type<T>);
            table.forward(block, data<T>(x), some, T(0.5), data<T>(y), n, data<T>(scratch));
            return y;
        };
        const auto adjoint = [&](const FastfoodLoops<T>& table) {
            at::Tensor y = at::ones({n}, type<T>);
            table.adjoint(block, data<T>(x), n, T(0.5), data<T>(y), some, data<T>(scratch));
            return y;
        };
        const auto transform = [&](const FastfoodLoops<T>& table) {
            at::Tensor y = x.clone();
            table.walsh_hadamard(data<T>(y), n);
            return y;
        };
        const double squares = plain.gaussian_squares(block, data<T>(scratch));
        QVERIFY2(relative(forward(loops), forward(plain)) <= tolerance, name);
        QVERIFY2(relative(adjoint(loops), adjoint(plain)) <= tolerance, name);
        QVERIFY2(relative(transform(loops), transform(plain)) <= tolerance, name);
        QVERIFY2(std::abs(loops.gaussian_squares(block, data<T>(scratch)) / squares - 1) <= 1e-6, name);
    }
}

} // namespace

class FastfoodTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { at::manual_seed(5); }

    void avx2_equals_the_plain_loops() {
        if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) QSKIP("no AVX2 here");
        check<float>(float_fastfood_avx2(), float_fastfood_plain(), "float");
        check<double>(double_fastfood_avx2(), double_fastfood_plain(), "double");
    }
    void avx512_equals_the_plain_loops() {
        if (!has_avx512()) QSKIP("no AVX-512 here");
        check<float>(float_fastfood_avx512(), float_fastfood_plain(), "float");
        check<double>(double_fastfood_avx512(), double_fastfood_plain(), "double");
    }
};

QTEST_GUILESS_MAIN(FastfoodTest)
#include "fastfood_test.moc"
