// Attention of bfloat16 rows with bfloat16 products: 48 queries side by side in the lanes, keys one below the
// other, so that maxima and sums need no sideways step and all five products are whole tiles. Scores, softmax
// and sums are float32. Source: Dao et al. 2022 (FlashAttention), with a block's scores whole, which the
// second-level cache holds.

#include "engine/kernels/attention_loops.h"
#include "engine/kernels/cpu/lane_bfloat16.h"
#include "engine/kernels/cpu/product_panel.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace lora {

namespace {

constexpr std::int64_t block = panel_columns; // queries at a time, and keys a panel

std::int64_t whole(std::int64_t size, std::int64_t of) { return (size + of - 1) / of * of; }

__m512 exponential(__m512 x) {
    const __m512 bounded = _mm512_max_ps(_mm512_set1_ps(-87.f), _mm512_min_ps(_mm512_set1_ps(88.f), x));
    const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(bounded, _mm512_set1_ps(1.44269504f)), 0);
    __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), bounded);
    r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), r);
    __m512 p = _mm512_set1_ps(8.33345190e-3f);
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(4.16657959e-2f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.66666654e-1f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(5.00000012e-1f));
    p = _mm512_fmadd_ps(_mm512_mul_ps(p, r), r, _mm512_add_ps(r, _mm512_set1_ps(1.f)));
    return _mm512_scalef_ps(p, n);
}

/// Pairs of rows, transposed: [rows, width] → [width][pairs], lines `to_stride` apart; zero beyond the rows.
void transpose_pairs(const BFloat16* from, std::int64_t stride, std::int64_t rows, std::int64_t width,
    std::uint32_t* to, std::int64_t to_stride, std::int64_t pairs) {
    for (std::int64_t pair = 0; pair < pairs; pair += lanes)
        for (std::int64_t column = 0; column < width; column += lanes) {
            const __mmask16 inside = first(width - column);
            __m512i lines[16];
            for (std::int64_t i = 0; i < lanes; ++i) {
                const std::int64_t row = 2 * (pair + i);
                const BFloat16* const at = from + row * stride + column;
                lines[i] = row + 1 < rows ? Lane<BFloat16>::step_of_rows(at, stride, inside)
                           : row < rows   ? _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(inside, at))
                                          : _mm512_setzero_si512();
            }
            transpose(lines);
            for (std::int64_t i = 0; i < std::min(lanes, width - column); ++i)
                _mm512_storeu_si512(to + (column + i) * to_stride + pair, lines[i]);
        }
}

/// Sums [width][48] back to `rows` rows of bfloat16, each times its factor.
void store_transposed(const float* sums, const float* factors, std::int64_t rows, std::int64_t width,
    BFloat16* to, std::int64_t stride) {
    for (std::int64_t row = 0; row < rows; row += lanes)
        for (std::int64_t column = 0; column < width; column += lanes) {
            __m512i lines[16];
            for (std::int64_t i = 0; i < lanes; ++i)
                lines[i] = column + i < width ? _mm512_loadu_si512(sums + (column + i) * block + row)
                                              : _mm512_setzero_si512();
            transpose(lines);
            for (std::int64_t i = 0; i < std::min(lanes, rows - row); ++i)
                Lane<BFloat16>::store(to + (row + i) * stride + column, first(width - column),
                    _mm512_mul_ps(_mm512_castsi512_ps(lines[i]), _mm512_set1_ps(factors[row + i])));
        }
}

/// out [rows][48] = or += x · panel, float32.
void multiply(std::int64_t rows, const BFloat16* x, std::int64_t stride, const std::uint32_t* panel,
    std::int64_t steps, float* out, bool add) {
    const TileEnd<BFloat16> none{};
    FetchAhead nothing;
    for (std::int64_t i = 0; i < rows; i += product_tile_rows)
        some_rows<BFloat16, 3>(std::min(product_tile_rows, rows - i), x + i * stride, stride, panel, steps,
            out + i * block, !add, false, none, 0, nothing);
}

void multiply(std::int64_t rows, const std::uint32_t* x, std::int64_t stride, const std::uint32_t* panel,
    std::int64_t steps, float* out, bool add) {
    multiply(rows, reinterpret_cast<const BFloat16*>(x), 2 * stride, panel, steps, out, add);
}

/// The 16 queries from `lane` on that see a key which is the `late`-th of their own block (negative: an
/// earlier one).
__mmask16 seeing(const AttentionTask& task, std::int64_t late, std::int64_t lane) {
    if (!task.causal) return 0xffff;
    return static_cast<__mmask16>(~first(late - lane) & first(late + task.window - lane));
}

__m512i rounded(__m512 values) {
    return _mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(values)));
}

/// One block of queries: which, and the keys that they see between them, from the first of a panel on.
struct Block {
    std::int64_t begin, rows, first, seen;
    Block(const AttentionTask& task, std::int64_t first_query)
        : begin(first_query), rows(std::min(block, task.tokens - first_query)),
          first(task.causal ? std::max<std::int64_t>(0, first_query + 1 - task.window) / block * block : 0),
          seen(task.causal ? first_query + rows : task.tokens) {}
    std::int64_t keys() const { return seen - first; }
    std::int64_t pairs() const { return (seen + 1) / 2 - first / 2; }
};

/// Products [seen][48] of queries and keys, less what lies between them.
void lean(const Block& at, float slope, float* products) {
    if (slope == 0) return;
    const __m512 places = _mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (std::int64_t key = at.first; key < at.seen; ++key)
        for (std::int64_t lane = 0; lane < block; lane += lanes) {
            const auto apart = static_cast<float>(key - at.begin - lane);
            float* const some = products + key * block + lane;
            _mm512_store_ps(some, _mm512_fmadd_ps(_mm512_set1_ps(slope),
                                      _mm512_sub_ps(_mm512_set1_ps(apart), places), _mm512_load_ps(some)));
        }
}

/// Scores [seen][48] to e^(score − highest), in pairs of keys; gives each query's Σ and log-sum-exp.
void soften(const AttentionTask& task, const Block& at, const float* scores, std::uint32_t* pairs,
    float* sums, float* lse) {
    const __m512 scale = _mm512_set1_ps(task.scale);
    for (std::int64_t lane = 0; lane < block; lane += lanes) {
        const float* const from = scores + lane;
        __m512 highest = _mm512_set1_ps(-INFINITY);
        for (std::int64_t key = at.first; key < at.seen; ++key)
            highest = _mm512_mask_max_ps(
                highest, seeing(task, key - at.begin, lane), highest, _mm512_load_ps(from + key * block));
        __m512 sum = _mm512_setzero_ps();
        const auto weight = [&](std::int64_t key) {
            if (key >= at.seen) return _mm512_setzero_ps();
            const __m512 score = _mm512_sub_ps(_mm512_load_ps(from + key * block), highest);
            return _mm512_maskz_mov_ps(
                seeing(task, key - at.begin, lane), exponential(_mm512_mul_ps(score, scale)));
        };
        for (std::int64_t key = at.first; key < at.seen; key += 2) {
            const __m512 even = weight(key), odd = weight(key + 1);
            sum = _mm512_add_ps(sum, _mm512_add_ps(even, odd));
            _mm512_store_si512(pairs + key / 2 * block + lane,
                _mm512_or_si512(rounded(even), _mm512_slli_epi32(rounded(odd), 16)));
        }
        _mm512_store_ps(sums + lane, sum);
        _mm512_store_ps(lse + lane, _mm512_mul_ps(highest, scale));
    }
    for (std::int64_t i = 0; i < block; ++i) lse[i] += std::log(sums[i]);
}

/// Lays the scratch out: all sizes in 32-bit values, each a multiple of 16.
class Layout {
public:
    explicit Layout(float* memory) : memory_(memory) {}
    float* floats(std::int64_t count) {
        float* const at = memory_ + used_;
        used_ += whole(count, lanes);
        return at;
    }
    std::uint32_t* pairs(std::int64_t count) { return reinterpret_cast<std::uint32_t*>(floats(count)); }
    BFloat16* rows(std::int64_t count) { return reinterpret_cast<BFloat16*>(floats((count + 1) / 2)); }
    std::int64_t used() const { return used_; }

private:
    float* memory_;
    std::int64_t used_ = 0;
};

// Lines of transposed pairs, a little more apart than they are long: a power of two would meet in the same
// few places of the first-level cache.
std::int64_t line_of(std::int64_t rows) { return whole((rows + 1) / 2, lanes) + lanes; }

struct ForwardScratch {
    std::uint32_t *transposed_values, *queries, *weights;
    float *scores, *out, *sums, *lse;
    ForwardScratch(const AttentionTask& task, Layout& layout)
        : transposed_values(layout.pairs(task.head_size * line_of(task.tokens))),
          queries(layout.pairs(task.head_size / 2 * block)),
          weights(layout.pairs((task.tokens + 1) / 2 * block)), scores(layout.floats(task.tokens * block)),
          out(layout.floats(task.head_size * block)), sums(layout.floats(block)), lse(layout.floats(block)) {}
};

void forward(const AttentionTask& task, const BFloat16* q, const BFloat16* k, const BFloat16* v, BFloat16* y,
    float* lse, float* memory) {
    Layout layout(memory);
    const ForwardScratch scratch(task, layout);
    const std::int64_t width = task.head_size, line = line_of(task.tokens);
    transpose_pairs(
        v, task.qkv_stride, task.tokens, width, scratch.transposed_values, line, (task.tokens + 1) / 2);
    for (std::int64_t head = 0; head < task.group; ++head)
        for (std::int64_t begin = 0; begin < task.tokens; begin += block) {
            const Block at(task, begin);
            pack_rows(q + begin * task.qkv_stride + head * width, task.qkv_stride, width / 2, at.rows,
                scratch.queries);
            multiply(at.keys(), k + at.first * task.qkv_stride, task.qkv_stride, scratch.queries, width / 2,
                scratch.scores + at.first * block, false);
            lean(at, task.slope_of(head), scratch.scores);
            soften(task, at, scratch.scores, scratch.weights, scratch.sums, scratch.lse);
            multiply(width, scratch.transposed_values + at.first / 2, line,
                scratch.weights + at.first / 2 * block, at.pairs(), scratch.out, false);
            for (std::int64_t i = 0; i < at.rows; ++i) {
                lse[head * task.lse_stride + begin + i] = scratch.lse[i];
                scratch.sums[i] = 1 / scratch.sums[i];
            }
            store_transposed(scratch.out, scratch.sums, at.rows, width,
                y + begin * task.y_stride + head * width, task.y_stride);
        }
}

struct BackwardScratch {
    std::uint32_t *transposed_keys, *queries, *outs, *transposed_queries, *transposed_outs, *panel, *pairs;
    float *d_keys, *d_values, *scores, *gradients, *d_queries, *along, *lse, *ones;
    BFloat16 *weights, *d_scores;
    BackwardScratch(const AttentionTask& task, Layout& layout)
        : transposed_keys(layout.pairs(task.head_size * line_of(task.tokens))),
          queries(layout.pairs(task.head_size / 2 * block)), outs(layout.pairs(task.head_size / 2 * block)),
          transposed_queries(layout.pairs(task.head_size * line_of(block))),
          transposed_outs(layout.pairs(task.head_size * line_of(block))),
          panel(layout.pairs(block / 2 * block)), pairs(layout.pairs((task.tokens + 1) / 2 * block)),
          d_keys(layout.floats(whole(task.tokens, block) * task.head_size)),
          d_values(layout.floats(whole(task.tokens, block) * task.head_size)),
          scores(layout.floats(task.tokens * block)), gradients(layout.floats(task.tokens * block)),
          d_queries(layout.floats(task.head_size * block)), along(layout.floats(block)),
          lse(layout.floats(block)), ones(layout.floats(block)),
          weights(layout.rows((task.tokens + 1) * block)), d_scores(layout.rows((task.tokens + 1) * block)) {}
};

/// Scores and what comes of the output's gradient, [seen][48] each, to the weights and the scores' gradients.
void soften_backward(const AttentionTask& task, const Block& at, const BackwardScratch& scratch) {
    const __m512 scale = _mm512_set1_ps(task.scale);
    for (std::int64_t lane = 0; lane < block; lane += lanes) {
        const __m512 lse = _mm512_load_ps(scratch.lse + lane), along = _mm512_load_ps(scratch.along + lane);
        for (std::int64_t key = at.first; key < at.seen; ++key) {
            const std::int64_t place = key * block + lane;
            const __m512 score = _mm512_load_ps(scratch.scores + place);
            const __m512 weight = _mm512_maskz_mov_ps(
                seeing(task, key - at.begin, lane), exponential(_mm512_fmsub_ps(score, scale, lse)));
            const __m512 gradient = _mm512_sub_ps(_mm512_load_ps(scratch.gradients + place), along);
            Lane<BFloat16>::store(scratch.weights + place, 0xffff, weight);
            Lane<BFloat16>::store(
                scratch.d_scores + place, 0xffff, _mm512_mul_ps(_mm512_mul_ps(weight, gradient), scale));
        }
    }
    std::memset(scratch.d_scores + at.seen * block, 0, block * sizeof(BFloat16));
}

/// Σ dy · y of each query.
void dots(const Block& at, const BFloat16* dy, const BFloat16* y, std::int64_t stride, std::int64_t width,
    float* along) {
    for (std::int64_t row = 0; row < at.rows; ++row) {
        __m512 sum = _mm512_setzero_ps();
        for (std::int64_t column = 0; column < width; column += lanes) {
            const __mmask16 inside = first(width - column);
            sum = _mm512_fmadd_ps(Lane<BFloat16>::load(dy + row * stride + column, inside),
                Lane<BFloat16>::load(y + row * stride + column, inside), sum);
        }
        along[row] = _mm512_reduce_add_ps(sum);
    }
}

/// d [key panel][E][48] += transposed [E][48 queries] · rows [keys][48 queries]ᵀ.
void add_over_queries(const Block& at, const std::uint32_t* transposed, const BFloat16* rows,
    std::int64_t width, std::uint32_t* panel, float* d) {
    for (std::int64_t key = at.first; key < at.seen; key += block) {
        pack_rows(rows + key * block, block, block / 2, std::min(block, at.seen - key), panel);
        multiply(width, transposed, line_of(block), panel, block / 2, d + key * width, true);
    }
}

void backward(const AttentionTask& task, const BFloat16* q, const BFloat16* k, const BFloat16* v,
    const BFloat16* y, const float* lse, const BFloat16* dy, BFloat16* dq, BFloat16* dk, BFloat16* dv,
    float* memory) {
    Layout layout(memory);
    const BackwardScratch scratch(task, layout);
    const std::int64_t width = task.head_size, line = line_of(task.tokens), stride = task.qkv_stride;
    transpose_pairs(k, stride, task.tokens, width, scratch.transposed_keys, line, (task.tokens + 1) / 2);
    std::fill_n(scratch.d_keys, whole(task.tokens, block) * width, 0.f);
    std::fill_n(scratch.d_values, whole(task.tokens, block) * width, 0.f);
    std::fill_n(scratch.ones, block, 1.f);
    for (std::int64_t head = 0; head < task.group; ++head)
        for (std::int64_t begin = 0; begin < task.tokens; begin += block) {
            const Block at(task, begin);
            const std::int64_t at_qkv = begin * stride + head * width;
            const std::int64_t at_y = begin * task.y_stride + head * width;
            std::fill_n(scratch.lse, block, 0.f);
            std::fill_n(scratch.along, block, 0.f);
            std::copy_n(lse + head * task.lse_stride + begin, at.rows, scratch.lse);
            dots(at, dy + at_y, y + at_y, task.y_stride, width, scratch.along);
            pack_rows(q + at_qkv, stride, width / 2, at.rows, scratch.queries);
            pack_rows(dy + at_y, task.y_stride, width / 2, at.rows, scratch.outs);
            transpose_pairs(
                q + at_qkv, stride, at.rows, width, scratch.transposed_queries, line_of(block), block / 2);
            transpose_pairs(
                dy + at_y, task.y_stride, at.rows, width, scratch.transposed_outs, line_of(block), block / 2);
            multiply(at.keys(), k + at.first * stride, stride, scratch.queries, width / 2,
                scratch.scores + at.first * block, false);
            multiply(at.keys(), v + at.first * stride, stride, scratch.outs, width / 2,
                scratch.gradients + at.first * block, false);
            lean(at, task.slope_of(head), scratch.scores);
            soften_backward(task, at, scratch);
            add_over_queries(
                at, scratch.transposed_outs, scratch.weights, width, scratch.panel, scratch.d_values);
            add_over_queries(
                at, scratch.transposed_queries, scratch.d_scores, width, scratch.panel, scratch.d_keys);
            pack_columns(scratch.d_scores + at.first * block, block, at.pairs(), block, scratch.pairs);
            multiply(width, scratch.transposed_keys + at.first / 2, line, scratch.pairs, at.pairs(),
                scratch.d_queries, false);
            store_transposed(scratch.d_queries, scratch.ones, at.rows, width, dq + at_qkv, stride);
        }
    for (std::int64_t key = 0; key < task.tokens; key += block) {
        const std::int64_t keys = std::min(block, task.tokens - key);
        store_transposed(scratch.d_keys + key * width, scratch.ones, keys, width, dk + key * stride, stride);
        store_transposed(
            scratch.d_values + key * width, scratch.ones, keys, width, dv + key * stride, stride);
    }
}

std::int64_t scratch_size(const AttentionTask& task, bool backward) {
    Layout layout(nullptr);
    if (backward)
        static_cast<void>(BackwardScratch(task, layout));
    else
        static_cast<void>(ForwardScratch(task, layout));
    return layout.used();
}

constexpr AttentionLoops<BFloat16> table{scratch_size, forward, backward};

} // namespace

const AttentionLoops<BFloat16>& bfloat16_attention_avx512_bf16() { return table; }

} // namespace lora
