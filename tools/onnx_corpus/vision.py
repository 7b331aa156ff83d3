"""torchvision's networks with random weights: classification, segmentation, detection, video, optical flow."""

import torch
from torchvision import models

from cases import TorchCase

# Natural resolution where it is not 224 (torchvision's training recipes).
RESOLUTION = {
    "inception_v3": 299, "efficientnet_b1": 240, "efficientnet_b2": 288, "efficientnet_b3": 300,
    "efficientnet_b4": 380, "efficientnet_b5": 456, "efficientnet_b6": 528, "efficientnet_b7": 600,
    "efficientnet_v2_s": 384, "efficientnet_v2_m": 480, "efficientnet_v2_l": 480,
    "swin_v2_t": 256, "swin_v2_s": 256, "swin_v2_b": 256,
}

# Files of several hundred megabytes, one of each style; the other large networks leave their weights out.
LARGE = {"vgg16", "vit_b_16", "resnet152", "swin_t", "convnext_tiny", "densenet161"}

OPSETS = (11, 13, 17)

# Exported again in every form that exporters in the field produce.
VARIED = ("resnet18", "resnet50", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0", "shufflenet_v2_x1_0",
          "densenet121", "googlenet", "inception_v3", "squeezenet1_1", "regnet_y_400mf", "convnext_tiny", "vit_b_32",
          "swin_t", "mnasnet1_0", "vgg11_bn")


def _zero(graph, self):
    """swin_v2 clears part of a bias in place, for which the exporter has no form of its own."""
    return graph.op("Mul", self, graph.op("Constant", value_t=torch.zeros(())))


torch.onnx.register_custom_op_symbolic("aten::zero", _zero, 9)


def _image(size, batch=1, channels=3):
    return lambda: (torch.randn(batch, channels, size, size),)


def _make(name, **options):
    return lambda: models.get_model(name, weights=None, **options)


def classification():
    names = models.list_models(module=models)
    for index, name in enumerate(names):
        # googlenet and inception carry training-only heads, created by default and unused in eval mode.
        options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
        # swin needs Roll and a recent Mod; the others take opsets in turn, so that each family sees several.
        opset = OPSETS[index % 3]
        yield TorchCase(f"classification/{name}", _make(name, **options), _image(RESOLUTION.get(name, 224)),
                        opset=opset, large=name in LARGE)


def classification_forms():
    """The same networks as other tool chains write them."""
    for index, name in enumerate(VARIED):
        # Ten classes keep the many copies small; the convolutions stay as they are.
        make = _make(name, num_classes=10, **({"init_weights": False} if name in ("googlenet", "inception_v3") else {}))
        size = RESOLUTION.get(name, 224)
        opset = OPSETS[(index + 1) % 3]
        stem = f"classification_forms/{name}"
        yield TorchCase(f"{stem}_dynamic_batch", make, _image(size), dynamic={"input": {0: "batch"}}, opset=opset)
        yield TorchCase(f"{stem}_dynamic_image", make, _image(size),
                        dynamic={"input": {0: "batch", 2: "height", 3: "width"}}, opset=13)
        yield TorchCase(f"{stem}_batchnorm_kept", make, _image(size), training="preserve", fold=False, opset=opset)
        yield TorchCase(f"{stem}_batch4", make, _image(size, batch=4), opset=opset, weights="external")
    for name in ("resnet18", "mobilenet_v2", "shufflenet_v2_x0_5"):
        make = _make(name, num_classes=10)
        yield TorchCase(f"classification_forms/{name}_training", make, _image(64, batch=2), training="training",
                        fold=False, opset=14)
        yield TorchCase(f"classification_forms/{name}_initializers_as_inputs", make, _image(96), opset=9,
                        options={"keep_initializers_as_inputs": True})
        for opset in (7, 8, 10, 12, 16):
            yield TorchCase(f"classification_forms/{name}_opset{opset}", make, _image(96), opset=opset)


def segmentation():
    for index, name in enumerate(models.list_models(module=models.segmentation)):
        make = _make(name, weights_backbone=None, num_classes=21)
        names = {"output_names": ("out",)}
        yield TorchCase(f"segmentation/{name}", make, _image(520), opset=OPSETS[index % 3], **names)
        yield TorchCase(f"segmentation/{name}_dynamic", make, _image(256), opset=13, **names,
                        dynamic={"input": {0: "batch", 2: "height", 3: "width"}})
        yield TorchCase(f"segmentation/{name}_aux", _make(name, weights_backbone=None, num_classes=21, **(
            {} if "lraspp" in name else {"aux_loss": True})), _image(224), opset=11)


def detection():
    """torchvision's detectors take a list of images; their number of boxes depends on the data."""
    for name in models.list_models(module=models.detection):
        make = _make(name, weights_backbone=None)
        inputs = lambda: ([torch.rand(3, 320, 320)],)
        one_stage = "rcnn" not in name  # every product comes before the first box is chosen
        yield TorchCase(f"detection/{name}", make, inputs, opset=11, count_in_torch=one_stage)
        if name in ("ssdlite320_mobilenet_v3_large", "retinanet_resnet50_fpn", "fasterrcnn_resnet50_fpn"):
            yield TorchCase(f"detection/{name}_opset16", make, inputs, opset=16, count_in_torch=one_stage)


def video():
    for index, name in enumerate(models.list_models(module=models.video)):
        if name == "mvit_v2_s":  # many minutes of exporting for a second network like mvit_v1_b
            continue
        frames = 16 if "vit" in name else 8
        size = 224 if "vit" in name or name == "s3d" else 112
        inputs = (lambda frames, size: lambda: (torch.randn(1, 3, frames, size, size),))(
            16 if name == "s3d" else frames, size)
        yield TorchCase(f"video/{name}", _make(name), inputs, opset=OPSETS[index % 3])
        yield TorchCase(f"video/{name}_dynamic_batch", _make(name), inputs, opset=13, dynamic={"input": {0: "batch"}})


def optical_flow():
    for name in models.list_models(module=models.optical_flow):
        inputs = lambda: (torch.rand(1, 3, 128, 128), torch.rand(1, 3, 128, 128))
        yield TorchCase(f"optical_flow/{name}", _make(name), inputs, input_names=("image1", "image2"), opset=16)

