#include "ui/window/adapter_terms.h"

#include <QtGlobal>
#include <array>

namespace lora {

namespace {

constexpr std::array adapterTermTable{
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "AdaLoRA"),
        QT_TRANSLATE_NOOP("lora",
            "LoRA whose ranks move while it trains: a budget is spread over the linears, and goes to the "
            "directions that matter. It is worth its price where you do not know which layers need "
            "rank."),
        "Zhang et al. 2023, arXiv:2303.10512"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Adapter"),
        QT_TRANSLATE_NOOP("lora", "The small matrices that are trained while the model stays as it is; "
                                  "saved as a folder of its "
                                  "own. One model can carry many adapters, one for each task."),
        "Houlsby et al. 2019, arXiv:1902.00751"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Alpha (α) and scale (α/r)"),
        QT_TRANSLATE_NOOP("lora",
            "The update is ΔW = (α/r)·B·A, so that α sets how strongly what was learned counts. Keep α/r "
            "the same when you compare ranks, or the scale changes with them."),
        "Hu et al. 2021, arXiv:2106.09685, section 4.1"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Amplification"),
        QT_TRANSLATE_NOOP("lora",
            "How much larger the update is than what W₀ itself does in the update's directions. A large "
            "one says that training brought forward what the model had only weakly."),
        "Hu et al. 2021, arXiv:2106.09685, section 7.3"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Attention (q, k, v, o)"),
        QT_TRANSLATE_NOOP("lora",
            "The part of a layer by which a token looks at those before it, with four linears: query, "
            "key, "
            "value and output. LoRA on q and v is where the paper begins, and a good first choice."),
        "Vaswani et al. 2017, arXiv:1706.03762"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "DoRA"),
        QT_TRANSLATE_NOOP("lora",
            "LoRA that learns the length of each weight's rows or columns apart from their direction. It "
            "often helps at small ranks, and costs time in every step."),
        "Liu et al. 2024, arXiv:2402.09353"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Effective rank"),
        QT_TRANSLATE_NOOP("lora",
            "How many directions an update really uses: the exponential of the entropy of its singular "
            "values. Far below the rank that you gave, a smaller rank would do."),
        "Roy and Vetterli 2007, EUSIPCO"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Energy"),
        QT_TRANSLATE_NOOP("lora",
            "The sum of the squared singular values, the square of the update's size. What share of it a "
            "smaller rank keeps says how much of the update would be lost."),
        "Eckart and Young 1936, Psychometrika 1"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Intrinsic dimension"),
        QT_TRANSLATE_NOOP("lora",
            "How few numbers are enough to learn a task when the weights move only along so many random "
            "directions. The random-subspace method measures it."),
        "Aghajanyan et al. 2020, arXiv:2012.13255"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Intruder dimensions"),
        QT_TRANSLATE_NOOP("lora",
            "Strong directions of W₀ + ΔW that resemble none of W₀'s own. LoRA makes them where full "
            "fine-tuning does not, and many of them go with forgetting."),
        "Shuttleworth et al. 2024, arXiv:2410.21228"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Linear (target)"),
        QT_TRANSLATE_NOOP("lora", "A weight matrix inside a layer, such as q_proj; the targets are those "
                                  "that get an update. All "
                                  "linears learn more than attention alone, at a larger adapter."),
        "Dettmers et al. 2023, arXiv:2305.14314, section 4"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "LoRA"),
        QT_TRANSLATE_NOOP("lora",
            "Low-rank adaptation: beside each chosen weight W₀ two thin matrices are trained, whose "
            "product is the update. It takes a small part of the parameters and can be merged away."),
        "Hu et al. 2021, arXiv:2106.09685"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "LoRA+"),
        QT_TRANSLATE_NOOP("lora",
            "LoRA with a larger learning rate for B than for A. It often comes to the same loss in fewer "
            "steps."),
        "Hayou et al. 2024, arXiv:2402.12354"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Merging"),
        QT_TRANSLATE_NOOP("lora",
            "ΔW is added to W₀ once and for all, so that no adapter is needed any more. The model is as "
            "fast as before, but the adapter can no longer be taken off."),
        "Hu et al. 2021, arXiv:2106.09685, section 4.1"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "MLP"),
        QT_TRANSLATE_NOOP("lora", "The other part of a layer, which works on each token alone: gate, up "
                                  "and down. Much of what a "
                                  "model knows lies there, and most of its parameters."),
        "Geva et al. 2020, arXiv:2012.14913"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "PiSSA"),
        QT_TRANSLATE_NOOP("lora",
            "LoRA that begins with the strongest directions of W₀ instead of random ones and zero. It "
            "learns faster at first, and its start takes a decomposition of each weight."),
        "Meng et al. 2024, arXiv:2404.02948"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Principal angles and φ"),
        QT_TRANSLATE_NOOP("lora",
            "How far the directions of two adapters are the same: an angle near 0° or a φ near 1 is "
            "shared, near 90° or 0 it is not. Two seeds share what the data taught them."),
        "Hu et al. 2021, arXiv:2106.09685, section 7.2"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Quantized base"),
        QT_TRANSLATE_NOOP("lora", "A model whose weights are kept in a few bits, while the adapter "
                                  "trains in full precision. It "
                                  "saves memory and costs a little quality."),
        "Dettmers et al. 2023, arXiv:2305.14314"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Rank (r)"),
        QT_TRANSLATE_NOOP("lora",
            "How many directions an update can have, the inner width of B·A. 8 or 16 is enough for most "
            "tasks; what the effective rank leaves unused can be saved."),
        "Hu et al. 2021, arXiv:2106.09685, section 7.2"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "rsLoRA"),
        QT_TRANSLATE_NOOP("lora",
            "LoRA with the scale α/√r, which keeps updates of large ranks from growing weak. Take it for "
            "ranks of 32 and more."),
        "Kalajdzievski 2023, arXiv:2312.03732"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Singular values and spectrum"),
        QT_TRANSLATE_NOOP("lora", "The strengths of an update along its own directions, the largest "
                                  "first. A steep spectrum uses "
                                  "few directions, a flat one all that it was given."),
        "Eckart and Young 1936, Psychometrika 1"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Stable rank"),
        QT_TRANSLATE_NOOP("lora",
            "The energy over that of the strongest direction: a count of directions that small values "
            "hardly move. Much below the rank it says that one direction leads."),
        "Rudelson and Vershynin 2007, JACM 54"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "VeRA"),
        QT_TRANSLATE_NOOP("lora",
            "An adapter of random matrices that all linears share and that stay as they are; two short "
            "vectors each are learned. It is tiny, and needs a larger learning rate."),
        "Kopiczko et al. 2023, arXiv:2310.11454"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "W₀ and ΔW"),
        QT_TRANSLATE_NOOP("lora", "A weight as it was pretrained, and what training adds to it. "
                                  "‖ΔW‖/‖W₀‖ far above 1 says that "
                                  "little of the model is left."),
        "Hu et al. 2021, arXiv:2106.09685"}};

} // namespace

std::span<const GlossaryTerm> adapterTerms() { return adapterTermTable; }

} // namespace lora
