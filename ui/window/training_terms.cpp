#include "ui/window/training_terms.h"

#include <QtGlobal>
#include <array>

namespace lora {

namespace {

constexpr std::array trainingTermTable{
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Batch and accumulation"),
        QT_TRANSLATE_NOOP("lora",
            "How many samples one step learns from; accumulation adds up several small batches before "
            "the "
            "step. Larger ones give calmer steps and take more memory, accumulation alone takes time."),
        "McCandlish et al. 2018, arXiv:1812.06162"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Chat template"),
        QT_TRANSLATE_NOOP("lora", "The marks that a model expects around who says what. Ask with the one "
                                  "that was trained with, "
                                  "or the answers look as if nothing had been learned."),
        ""},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Checkpoint"),
        QT_TRANSLATE_NOOP("lora",
            "All that a run needs to go on exactly where it was: adapter, optimizer, place in the data. "
            "Resume takes the last one; what was done since is done again."),
        ""},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Dropout"),
        QT_TRANSLATE_NOOP("lora",
            "A share of the adapter's inputs is set to zero at random in each training step. It holds "
            "overfitting back on small data, and slows learning."),
        "Srivastava et al. 2014, JMLR 15"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Epoch"),
        QT_TRANSLATE_NOOP("lora",
            "Once through all training samples. One to three are usual for an adapter; after more it "
            "begins to learn the samples by heart."),
        ""},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Evaluation and held-out data"),
        QT_TRANSLATE_NOOP("lora",
            "Samples that are never trained on, and the loss on them. It is what tells learning from "
            "learning by heart: trust it, not the training loss."),
        ""},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Full fine-tuning"),
        QT_TRANSLATE_NOOP("lora",
            "All weights of the model are trained, without an adapter. It learns most and forgets most, "
            "and takes several times the memory."),
        "Biderman et al. 2024, arXiv:2405.09673"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Gradient norm and clipping"),
        QT_TRANSLATE_NOOP("lora", "How strongly one step wants to change the weights; clipping shortens "
                                  "what is beyond a limit. "
                                  "A norm that jumps announces a run that is about to diverge."),
        "Pascanu et al. 2013, arXiv:1211.5063"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Learning rate"),
        QT_TRANSLATE_NOOP("lora",
            "How far one step goes. Too large a one makes the loss rise, too small a one learns nothing; "
            "adapters bear about ten times what full fine-tuning does."),
        ""},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Loss"),
        QT_TRANSLATE_NOOP("lora",
            "How surprised the model is by each token that it should learn, in natural logarithms, on "
            "average. Zero would be certainty; compare it only on the same data."),
        ""},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Overfitting"),
        QT_TRANSLATE_NOOP("lora",
            "The training loss goes on falling while the evaluation turns up. Stop there, or take fewer "
            "epochs, more data, a smaller rank or dropout."),
        ""},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Perplexity"),
        QT_TRANSLATE_NOOP("lora", "The exponential of the loss: between how many equally likely tokens "
                                  "the model hesitates. Two "
                                  "models can be compared by it only if their tokens are the same."),
        "Jelinek et al. 1977, J. Acoust. Soc. Am. 62"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Schedule and warm-up"),
        QT_TRANSLATE_NOOP("lora",
            "How the learning rate moves over a run: up from zero at first, then down along a line or a "
            "cosine. The warm-up protects the first steps, the way down makes the end calm."),
        "Loshchilov and Hutter 2016, arXiv:1608.03983"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Seed"),
        QT_TRANSLATE_NOOP("lora",
            "The number that all chance of a run follows from; the same one gives the same run. "
            "Differences between settings count only where they are larger than those between seeds."),
        ""},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Temperature"),
        QT_TRANSLATE_NOOP("lora",
            "How freely the next token is drawn: 0 always takes the likeliest. Compare models at 0, or "
            "with the same seed."),
        "Ackley et al. 1985, Cognitive Science 9"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Token"),
        QT_TRANSLATE_NOOP("lora",
            "The piece of a word that a model reads and writes; a word has one to three. Lengths, speeds "
            "and losses are counted in tokens."),
        "Sennrich et al. 2015, arXiv:1508.07909"},
    GlossaryTerm{QT_TRANSLATE_NOOP("lora", "Weight decay"),
        QT_TRANSLATE_NOOP("lora", "Each step draws the trained numbers a little towards zero. For an "
                                  "adapter it pulls the update "
                                  "back to nothing, so small values or none are usual."),
        "Loshchilov and Hutter 2017, arXiv:1711.05101"}};

} // namespace

std::span<const GlossaryTerm> trainingTerms() { return trainingTermTable; }

} // namespace lora
