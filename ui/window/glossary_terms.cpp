#include "ui/window/glossary_terms.h"

#include <QtGlobal>

namespace lora {

const std::vector<GlossaryTerm>& glossaryTerms() {
    static const std::vector<GlossaryTerm> terms{
        {QT_TRANSLATE_NOOP("lora", "AdaLoRA"),
            QT_TRANSLATE_NOOP("lora",
                "LoRA whose ranks move while it trains: a budget is spread over the linears, and goes to the "
                "directions that matter. It is worth its price where you do not know which layers need "
                "rank."),
            "Zhang et al. 2023, arXiv:2303.10512"},
        {QT_TRANSLATE_NOOP("lora", "Adapter"),
            QT_TRANSLATE_NOOP("lora", "The small matrices that are trained while the model stays as it is; "
                                      "saved as a folder of its "
                                      "own. One model can carry many adapters, one for each task."),
            "Houlsby et al. 2019, arXiv:1902.00751"},
        {QT_TRANSLATE_NOOP("lora", "Alpha (α) and scale (α/r)"),
            QT_TRANSLATE_NOOP("lora",
                "The update is ΔW = (α/r)·B·A, so that α sets how strongly what was learned counts. Keep α/r "
                "the same when you compare ranks, or the scale changes with them."),
            "Hu et al. 2021, arXiv:2106.09685, section 4.1"},
        {QT_TRANSLATE_NOOP("lora", "Amplification"),
            QT_TRANSLATE_NOOP("lora",
                "How much larger the update is than what W₀ itself does in the update's directions. A large "
                "one says that training brought forward what the model had only weakly."),
            "Hu et al. 2021, arXiv:2106.09685, section 7.3"},
        {QT_TRANSLATE_NOOP("lora", "Attention (q, k, v, o)"),
            QT_TRANSLATE_NOOP("lora",
                "The part of a layer by which a token looks at those before it, with four linears: query, "
                "key, "
                "value and output. LoRA on q and v is where the paper begins, and a good first choice."),
            "Vaswani et al. 2017, arXiv:1706.03762"},
        {QT_TRANSLATE_NOOP("lora", "Batch and accumulation"),
            QT_TRANSLATE_NOOP("lora",
                "How many samples one step learns from; accumulation adds up several small batches before "
                "the "
                "step. Larger ones give calmer steps and take more memory, accumulation alone takes time."),
            "McCandlish et al. 2018, arXiv:1812.06162"},
        {QT_TRANSLATE_NOOP("lora", "Chat template"),
            QT_TRANSLATE_NOOP("lora", "The marks that a model expects around who says what. Ask with the one "
                                      "that was trained with, "
                                      "or the answers look as if nothing had been learned."),
            ""},
        {QT_TRANSLATE_NOOP("lora", "Checkpoint"),
            QT_TRANSLATE_NOOP("lora",
                "All that a run needs to go on exactly where it was: adapter, optimizer, place in the data. "
                "Resume takes the last one; what was done since is done again."),
            ""},
        {QT_TRANSLATE_NOOP("lora", "DoRA"),
            QT_TRANSLATE_NOOP("lora",
                "LoRA that learns the length of each weight's rows or columns apart from their direction. It "
                "often helps at small ranks, and costs time in every step."),
            "Liu et al. 2024, arXiv:2402.09353"},
        {QT_TRANSLATE_NOOP("lora", "Dropout"),
            QT_TRANSLATE_NOOP("lora",
                "A share of the adapter's inputs is set to zero at random in each training step. It holds "
                "overfitting back on small data, and slows learning."),
            "Srivastava et al. 2014, JMLR 15"},
        {QT_TRANSLATE_NOOP("lora", "Effective rank"),
            QT_TRANSLATE_NOOP("lora",
                "How many directions an update really uses: the exponential of the entropy of its singular "
                "values. Far below the rank that you gave, a smaller rank would do."),
            "Roy and Vetterli 2007, EUSIPCO"},
        {QT_TRANSLATE_NOOP("lora", "Energy"),
            QT_TRANSLATE_NOOP("lora",
                "The sum of the squared singular values, the square of the update's size. What share of it a "
                "smaller rank keeps says how much of the update would be lost."),
            "Eckart and Young 1936, Psychometrika 1"},
        {QT_TRANSLATE_NOOP("lora", "Epoch"),
            QT_TRANSLATE_NOOP("lora",
                "Once through all training samples. One to three are usual for an adapter; after more it "
                "begins to learn the samples by heart."),
            ""},
        {QT_TRANSLATE_NOOP("lora", "Evaluation and held-out data"),
            QT_TRANSLATE_NOOP("lora",
                "Samples that are never trained on, and the loss on them. It is what tells learning from "
                "learning by heart: trust it, not the training loss."),
            ""},
        {QT_TRANSLATE_NOOP("lora", "Full fine-tuning"),
            QT_TRANSLATE_NOOP("lora",
                "All weights of the model are trained, without an adapter. It learns most and forgets most, "
                "and takes several times the memory."),
            "Biderman et al. 2024, arXiv:2405.09673"},
        {QT_TRANSLATE_NOOP("lora", "Gradient norm and clipping"),
            QT_TRANSLATE_NOOP("lora", "How strongly one step wants to change the weights; clipping shortens "
                                      "what is beyond a limit. "
                                      "A norm that jumps announces a run that is about to diverge."),
            "Pascanu et al. 2013, arXiv:1211.5063"},
        {QT_TRANSLATE_NOOP("lora", "Intrinsic dimension"),
            QT_TRANSLATE_NOOP("lora",
                "How few numbers are enough to learn a task when the weights move only along so many random "
                "directions. The random-subspace method measures it."),
            "Aghajanyan et al. 2020, arXiv:2012.13255"},
        {QT_TRANSLATE_NOOP("lora", "Intruder dimensions"),
            QT_TRANSLATE_NOOP("lora",
                "Strong directions of W₀ + ΔW that resemble none of W₀'s own. LoRA makes them where full "
                "fine-tuning does not, and many of them go with forgetting."),
            "Shuttleworth et al. 2024, arXiv:2410.21228"},
        {QT_TRANSLATE_NOOP("lora", "Learning rate"),
            QT_TRANSLATE_NOOP("lora",
                "How far one step goes. Too large a one makes the loss rise, too small a one learns nothing; "
                "adapters bear about ten times what full fine-tuning does."),
            ""},
        {QT_TRANSLATE_NOOP("lora", "Linear (target)"),
            QT_TRANSLATE_NOOP("lora", "A weight matrix inside a layer, such as q_proj; the targets are those "
                                      "that get an update. All "
                                      "linears learn more than attention alone, at a larger adapter."),
            "Dettmers et al. 2023, arXiv:2305.14314, section 4"},
        {QT_TRANSLATE_NOOP("lora", "LoRA"),
            QT_TRANSLATE_NOOP("lora",
                "Low-rank adaptation: beside each chosen weight W₀ two thin matrices are trained, whose "
                "product is the update. It takes a small part of the parameters and can be merged away."),
            "Hu et al. 2021, arXiv:2106.09685"},
        {QT_TRANSLATE_NOOP("lora", "LoRA+"),
            QT_TRANSLATE_NOOP("lora",
                "LoRA with a larger learning rate for B than for A. It often comes to the same loss in fewer "
                "steps."),
            "Hayou et al. 2024, arXiv:2402.12354"},
        {QT_TRANSLATE_NOOP("lora", "Loss"),
            QT_TRANSLATE_NOOP("lora",
                "How surprised the model is by each token that it should learn, in natural logarithms, on "
                "average. Zero would be certainty; compare it only on the same data."),
            ""},
        {QT_TRANSLATE_NOOP("lora", "Merging"),
            QT_TRANSLATE_NOOP("lora",
                "ΔW is added to W₀ once and for all, so that no adapter is needed any more. The model is as "
                "fast as before, but the adapter can no longer be taken off."),
            "Hu et al. 2021, arXiv:2106.09685, section 4.1"},
        {QT_TRANSLATE_NOOP("lora", "MLP"),
            QT_TRANSLATE_NOOP("lora", "The other part of a layer, which works on each token alone: gate, up "
                                      "and down. Much of what a "
                                      "model knows lies there, and most of its parameters."),
            "Geva et al. 2020, arXiv:2012.14913"},
        {QT_TRANSLATE_NOOP("lora", "Overfitting"),
            QT_TRANSLATE_NOOP("lora",
                "The training loss goes on falling while the evaluation turns up. Stop there, or take fewer "
                "epochs, more data, a smaller rank or dropout."),
            ""},
        {QT_TRANSLATE_NOOP("lora", "Perplexity"),
            QT_TRANSLATE_NOOP("lora", "The exponential of the loss: between how many equally likely tokens "
                                      "the model hesitates. Two "
                                      "models can be compared by it only if their tokens are the same."),
            "Jelinek et al. 1977, J. Acoust. Soc. Am. 62"},
        {QT_TRANSLATE_NOOP("lora", "PiSSA"),
            QT_TRANSLATE_NOOP("lora",
                "LoRA that begins with the strongest directions of W₀ instead of random ones and zero. It "
                "learns faster at first, and its start takes a decomposition of each weight."),
            "Meng et al. 2024, arXiv:2404.02948"},
        {QT_TRANSLATE_NOOP("lora", "Principal angles and φ"),
            QT_TRANSLATE_NOOP("lora",
                "How far the directions of two adapters are the same: an angle near 0° or a φ near 1 is "
                "shared, near 90° or 0 it is not. Two seeds share what the data taught them."),
            "Hu et al. 2021, arXiv:2106.09685, section 7.2"},
        {QT_TRANSLATE_NOOP("lora", "Quantized base"),
            QT_TRANSLATE_NOOP("lora", "A model whose weights are kept in a few bits, while the adapter "
                                      "trains in full precision. It "
                                      "saves memory and costs a little quality."),
            "Dettmers et al. 2023, arXiv:2305.14314"},
        {QT_TRANSLATE_NOOP("lora", "Rank (r)"),
            QT_TRANSLATE_NOOP("lora",
                "How many directions an update can have, the inner width of B·A. 8 or 16 is enough for most "
                "tasks; what the effective rank leaves unused can be saved."),
            "Hu et al. 2021, arXiv:2106.09685, section 7.2"},
        {QT_TRANSLATE_NOOP("lora", "rsLoRA"),
            QT_TRANSLATE_NOOP("lora",
                "LoRA with the scale α/√r, which keeps updates of large ranks from growing weak. Take it for "
                "ranks of 32 and more."),
            "Kalajdzievski 2023, arXiv:2312.03732"},
        {QT_TRANSLATE_NOOP("lora", "Schedule and warm-up"),
            QT_TRANSLATE_NOOP("lora",
                "How the learning rate moves over a run: up from zero at first, then down along a line or a "
                "cosine. The warm-up protects the first steps, the way down makes the end calm."),
            "Loshchilov and Hutter 2016, arXiv:1608.03983"},
        {QT_TRANSLATE_NOOP("lora", "Seed"),
            QT_TRANSLATE_NOOP("lora",
                "The number that all chance of a run follows from; the same one gives the same run. "
                "Differences between settings count only where they are larger than those between seeds."),
            ""},
        {QT_TRANSLATE_NOOP("lora", "Singular values and spectrum"),
            QT_TRANSLATE_NOOP("lora", "The strengths of an update along its own directions, the largest "
                                      "first. A steep spectrum uses "
                                      "few directions, a flat one all that it was given."),
            "Eckart and Young 1936, Psychometrika 1"},
        {QT_TRANSLATE_NOOP("lora", "Stable rank"),
            QT_TRANSLATE_NOOP("lora",
                "The energy over that of the strongest direction: a count of directions that small values "
                "hardly move. Much below the rank it says that one direction leads."),
            "Rudelson and Vershynin 2007, JACM 54"},
        {QT_TRANSLATE_NOOP("lora", "Temperature"),
            QT_TRANSLATE_NOOP("lora",
                "How freely the next token is drawn: 0 always takes the likeliest. Compare models at 0, or "
                "with the same seed."),
            "Ackley et al. 1985, Cognitive Science 9"},
        {QT_TRANSLATE_NOOP("lora", "Token"),
            QT_TRANSLATE_NOOP("lora",
                "The piece of a word that a model reads and writes; a word has one to three. Lengths, speeds "
                "and losses are counted in tokens."),
            "Sennrich et al. 2015, arXiv:1508.07909"},
        {QT_TRANSLATE_NOOP("lora", "VeRA"),
            QT_TRANSLATE_NOOP("lora",
                "An adapter of random matrices that all linears share and that stay as they are; two short "
                "vectors each are learned. It is tiny, and needs a larger learning rate."),
            "Kopiczko et al. 2023, arXiv:2310.11454"},
        {QT_TRANSLATE_NOOP("lora", "Weight decay"),
            QT_TRANSLATE_NOOP("lora", "Each step draws the trained numbers a little towards zero. For an "
                                      "adapter it pulls the update "
                                      "back to nothing, so small values or none are usual."),
            "Loshchilov and Hutter 2017, arXiv:1711.05101"},
        {QT_TRANSLATE_NOOP("lora", "W₀ and ΔW"),
            QT_TRANSLATE_NOOP("lora", "A weight as it was pretrained, and what training adds to it. "
                                      "‖ΔW‖/‖W₀‖ far above 1 says that "
                                      "little of the model is left."),
            "Hu et al. 2021, arXiv:2106.09685"}};
    return terms;
}

} // namespace lora
