#pragma once
// What methods have in common whose A and B are not the parameters themselves but follow from them: the model
// reads the updates' A and B, and leaves gradients there.

#include "engine/methods/adapter_tensors.h"
#include "engine/methods/method.h"

namespace lora {

class DerivedAdaptation : public Method {
public:
    std::vector<ParameterGroup> parameters() const override { return {parameters_}; }
    const Adapter& adapter() const override { return adapter_; }
    void collect() final;
    void drop_gradients() final { on_model_.gradients.zero_(); }

protected:
    /// The updates, or those of their tensors that `written` names, become tensors of their own, which
    /// apply() writes and whose gradients collect_updates() reads; their values stay.
    explicit DerivedAdaptation(Adapter adapter, std::vector<at::Tensor*> (*written)(Adapter&) = updates_of);
    /// Lays the parameters flat, a classifier's head after them, and puts the updates onto the model.
    void begin(std::vector<at::Tensor*> own, Model& model);

    /// Adds to the parameters' gradients what the updates' say; those are cleared afterwards.
    virtual void collect_updates() = 0;

    Adapter adapter_;

private:
    ParameterGroup on_model_;
    ParameterGroup parameters_;
};

} // namespace lora
