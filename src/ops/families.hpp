// ops/families.hpp: the tables of operator types, one per file of this folder; registry.cpp lists them.
#pragma once

#include <span>

#include "ops/operator_type.hpp"

namespace chipcast {

std::span<const OperatorType> activation_operators();               // activation.cpp
std::span<const OperatorType> arg_reduction_operators();            // arg_reduction.cpp
std::span<const OperatorType> batch_normalization_operators();      // batch_normalization.cpp
std::span<const OperatorType> concat_operators();                   // concat.cpp
std::span<const OperatorType> conv_transpose_operators();           // conv_transpose.cpp
std::span<const OperatorType> convolution_operators();              // convolution.cpp
std::span<const OperatorType> deform_conv_operators();              // deform_conv.cpp
std::span<const OperatorType> einsum_operators();                   // einsum.cpp
std::span<const OperatorType> elementwise_operators();              // elementwise.cpp
std::span<const OperatorType> embedding_normalization_operators();  // embedding_normalization.cpp
std::span<const OperatorType> gather_operators();                   // gather.cpp
std::span<const OperatorType> gemm_operators();                     // gemm.cpp
std::span<const OperatorType> generator_operators();                // generators.cpp
std::span<const OperatorType> layer_normalization_operators();      // layer_normalization.cpp
std::span<const OperatorType> loss_operators();                     // loss.cpp
std::span<const OperatorType> matmul_operators();                   // matmul.cpp
std::span<const OperatorType> matrix_operators();                   // matrices.cpp
std::span<const OperatorType> multi_head_attention_operators();     // multi_head_attention.cpp
std::span<const OperatorType> optimizer_operators();                // optimizers.cpp
std::span<const OperatorType> pad_operators();                      // pad.cpp
std::span<const OperatorType> pooling_operators();                  // pooling.cpp
std::span<const OperatorType> projected_attention_operators();      // projected_attention.cpp
std::span<const OperatorType> quantization_operators();             // quantization.cpp
std::span<const OperatorType> quantized_elementwise_operators();    // quantized_elementwise.cpp
std::span<const OperatorType> recurrent_operators();                // recurrent.cpp
std::span<const OperatorType> reduction_operators();                // reduction.cpp
std::span<const OperatorType> resize_operators();                   // resize.cpp
std::span<const OperatorType> sampling_operators();                 // sampling.cpp
std::span<const OperatorType> scatter_operators();                  // scatter.cpp
std::span<const OperatorType> selecting_operators();                // selecting.cpp
std::span<const OperatorType> selection_operators();                // selection.cpp
std::span<const OperatorType> shape_operators();                    // shape_operators.cpp
std::span<const OperatorType> signal_operators();                   // signal.cpp
std::span<const OperatorType> slice_operators();                    // slice.cpp
std::span<const OperatorType> softmax_operators();                  // softmax.cpp
std::span<const OperatorType> text_operators();                     // text.cpp
std::span<const OperatorType> tile_operators();                     // tile.cpp
std::span<const OperatorType> transpose_operators();                // transpose.cpp
std::span<const OperatorType> unary_operators();                    // unary.cpp
std::span<const OperatorType> unpooling_operators();                // unpooling.cpp
std::span<const OperatorType> variadic_operators();                 // variadic.cpp
std::span<const OperatorType> view_operators();                     // views.cpp

}  // namespace chipcast
