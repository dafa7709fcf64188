"""CAM++: a densely connected time-delay network with context-aware masking.

Wang, Zheng, Chen, Cheng, Chen, "CAM++: A fast and efficient network for speaker verification
using context-aware masking", Interspeech 2023, https://arxiv.org/abs/2303.00332. Names of the
parameters follow the published checkpoints of the 3D-Speaker project, so that they load strictly.

All tensors are (batch, channels, frames) unless said otherwise; one frame at the input is 10 ms,
one frame at the output of the trunk 20 ms.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

BANDS = 80
HEAD_CHANNELS = 32
INITIAL_CHANNELS = 128
GROWTH = 32
BOTTLENECK = 128
CONTEXT_FRAMES = 100
DIMENSION = 192
BLOCKS = ((12, 1), (24, 2), (16, 2))
"""Layers and dilation of the three dense blocks."""


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions with a shortcut; `stride` is along frequency."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        channels = HEAD_CHANNELS
        self.conv1 = nn.Conv2d(channels, channels, 3, (stride, 1), 1, bias=False)
        self.bn1: nn.Module = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2: nn.Module = nn.BatchNorm2d(channels)
        self.shortcut = nn.Sequential()
        if stride != 1:
            reduce = nn.Conv2d(channels, channels, 1, (stride, 1), bias=False)
            self.shortcut = nn.Sequential(reduce, nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, 32, bands, frames) to (batch, 32, bands / stride, frames)."""
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class Head(nn.Module):
    """Front-end convolution module: 80 bands become 10 bands of 32 channels."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, HEAD_CHANNELS, 3, 1, 1, bias=False)
        self.bn1: nn.Module = nn.BatchNorm2d(HEAD_CHANNELS)
        self.layer1 = nn.Sequential(ResidualBlock(2), ResidualBlock(1))
        self.layer2 = nn.Sequential(ResidualBlock(2), ResidualBlock(1))
        self.conv2 = nn.Conv2d(HEAD_CHANNELS, HEAD_CHANNELS, 3, (2, 1), 1, bias=False)
        self.bn2: nn.Module = nn.BatchNorm2d(HEAD_CHANNELS)

    def forward(self, features: Tensor) -> Tensor:
        """Map (batch, 80, frames) to (batch, 320, frames)."""
        # Channels last is three times as fast on a CPU as the default order.
        image = features.unsqueeze(1).contiguous(memory_format=torch.channels_last)
        x = torch.relu(self.bn1(self.conv1(image)))
        x = self.layer2(self.layer1(x))
        return torch.relu(self.bn2(self.conv2(x))).flatten(1, 2)


class BatchNormRelu(nn.Sequential):
    """Batch normalisation, then a rectifier (left out where the last layer has none)."""

    def __init__(self, channels: int, *, affine: bool = True, relu: bool = True) -> None:
        layers: list[tuple[str, nn.Module]] = [
            ("batchnorm", nn.BatchNorm1d(channels, affine=affine))
        ]
        if relu:
            layers.append(("relu", nn.ReLU()))
        super().__init__(OrderedDict(layers))


class TimeDelay(nn.Module):
    """The first layer in time: 5 frames wide, every second frame kept."""

    def __init__(self) -> None:
        super().__init__()
        inputs = HEAD_CHANNELS * BANDS // 8
        self.linear = nn.Conv1d(inputs, INITIAL_CHANNELS, 5, stride=2, padding=2, bias=False)
        self.nonlinear = BatchNormRelu(INITIAL_CHANNELS)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, 320, frames) to (batch, 128, frames / 2)."""
        y: Tensor = self.nonlinear(self.linear(x))
        return y


class ContextAwareMask(nn.Module):
    """A convolution whose output is gated by the mean of the signal and of 2 s segments."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.linear_local = nn.Conv1d(
            BOTTLENECK, GROWTH, 3, padding=dilation, dilation=dilation, bias=False
        )
        self.linear1 = nn.Conv1d(BOTTLENECK, BOTTLENECK // 2, 1)
        self.linear2 = nn.Conv1d(BOTTLENECK // 2, GROWTH, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, 128, frames) to (batch, 32, frames)."""
        frames = x.shape[-1]
        segments = functional.avg_pool1d(x, CONTEXT_FRAMES, ceil_mode=True)
        context = x.mean(-1, keepdim=True) + segments
        gate = torch.sigmoid(self.linear2(torch.relu(self.linear1(context))))
        gate = gate.repeat_interleave(CONTEXT_FRAMES, dim=-1)[..., :frames]
        local: Tensor = self.linear_local(x)
        return local * gate


class DenseLayer(nn.Module):
    """Bottleneck and context-aware mask; its output is added to the channels of its input."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.nonlinear1 = BatchNormRelu(channels)
        self.linear1 = nn.Conv1d(channels, BOTTLENECK, 1, bias=False)
        self.nonlinear2 = BatchNormRelu(BOTTLENECK)
        self.cam_layer = ContextAwareMask(dilation)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, channels, frames) to (batch, channels + 32, frames)."""
        y = self.cam_layer(self.nonlinear2(self.linear1(self.nonlinear1(x))))
        return torch.cat([x, y], dim=1)


class Transit(nn.Module):
    """Halves the channels between dense blocks."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.nonlinear = BatchNormRelu(channels)
        self.linear = nn.Conv1d(channels, channels // 2, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, channels, frames) to (batch, channels / 2, frames)."""
        y: Tensor = self.linear(self.nonlinear(x))
        return y


class Dense(nn.Module):
    """The last layer: statistics of 512 channels become the embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Conv1d(2 * 512, DIMENSION, 1, bias=False)
        self.nonlinear = BatchNormRelu(DIMENSION, affine=False, relu=False)

    def forward(self, statistics: Tensor) -> Tensor:
        """Map (batch, 1024) to (batch, 192)."""
        y: Tensor = self.nonlinear(self.linear(statistics.unsqueeze(-1)).squeeze(-1))
        return y


class Campplus(nn.Module):
    """The network: `trunk` once for a window, `pool` for every speaker in it."""

    dimension = DIMENSION
    """Length of an embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.head = Head()
        layers: list[tuple[str, nn.Module]] = [("tdnn", TimeDelay())]
        channels = INITIAL_CHANNELS
        for number, (depth, dilation) in enumerate(BLOCKS, start=1):
            block = [
                (f"tdnnd{i + 1}", DenseLayer(channels + i * GROWTH, dilation)) for i in range(depth)
            ]
            layers.append((f"block{number}", nn.Sequential(OrderedDict(block))))
            channels += depth * GROWTH
            layers.append((f"transit{number}", Transit(channels)))
            channels //= 2
        layers += [("out_nonlinear", BatchNormRelu(channels)), ("dense", Dense())]
        self.xvector = nn.Sequential(OrderedDict(layers))

    def trunk(self, features: Tensor) -> Tensor:
        """Frames before pooling.

        Parameters
        ----------
        features
            Shape (batch, frames, 80), mean-normalised Kaldi filterbank.

        Returns
        -------
        Tensor
            Shape (batch, 512, ceil(frames / 2)).
        """
        x: Tensor = self.head(features.transpose(1, 2))
        for layer in list(self.xvector.children())[:-1]:
            x = layer(x)
        return x

    def pool(self, frames: Tensor, weights: Tensor | None = None) -> Tensor:
        """Embeddings from weighted mean and standard deviation over time.

        Parameters
        ----------
        frames
            Shape (batch, 512, frames), from `trunk`.
        weights
            Shape (batch, speakers, frames), 0 to 1; everything counts where it is None.

        Returns
        -------
        Tensor
            Shape (batch, speakers, 192), or (batch, 192) without weights; not of unit length.
        """
        if weights is None:
            statistics = torch.cat([frames.mean(-1), frames.std(-1)], dim=-1)
            return self._dense(statistics)
        statistics = weighted_statistics(frames, weights)
        pooled = self._dense(statistics.flatten(0, 1))
        return pooled.reshape(*weights.shape[:2], DIMENSION)

    def forward(self, features: Tensor) -> Tensor:
        """Embedding (batch, 192) of features (batch, frames, 80)."""
        return self.pool(self.trunk(features))

    def _dense(self, statistics: Tensor) -> Tensor:
        embedding: Tensor = self.xvector.get_submodule("dense")(statistics)
        return embedding


def weighted_statistics(frames: Tensor, weights: Tensor) -> Tensor:
    """Weighted mean and unbiased standard deviation, shape (batch, speakers, 2 x channels).

    With weights of 0 and 1 it equals the plain statistics of the frames that count.
    """
    total = weights.sum(-1, keepdim=True).clamp(min=1e-6)
    mean = torch.einsum("bsf,bcf->bsc", weights, frames) / total
    second = torch.einsum("bsf,bcf->bsc", weights, frames.square()) / total
    effective = total - weights.square().sum(-1, keepdim=True) / total
    variance = (second - mean.square()).clamp(min=0.0) * total / effective.clamp(min=1e-6)
    return torch.cat([mean, variance.clamp(min=1e-10).sqrt()], dim=-1)


def fuse(network: Campplus) -> Campplus:
    """Fold every normalisation that follows a convolution into it; the same outputs, faster."""
    network.eval()
    for module in network.modules():
        if isinstance(module, Head | ResidualBlock):
            _fold(module, "conv1", module, "bn1")
            _fold(module, "conv2", module, "bn2")
        if isinstance(module, ResidualBlock) and len(module.shortcut):
            _fold(module.shortcut, "0", module.shortcut, "1")
        elif isinstance(module, DenseLayer):
            _fold(module, "linear1", module.nonlinear2, "batchnorm")
        elif isinstance(module, TimeDelay):
            _fold(module, "linear", module.nonlinear, "batchnorm")
    for module in network.head.modules():
        if isinstance(module, nn.Conv2d):
            module.weight.data = module.weight.data.contiguous(memory_format=torch.channels_last)
    return network


def _fold(holder: nn.Module, convolution: str, norm_holder: nn.Module, norm: str) -> None:
    before: Any = holder.get_submodule(convolution)
    after: Any = norm_holder.get_submodule(norm)
    setattr(holder, convolution, fuse_conv_bn_eval(before, after))
    setattr(norm_holder, norm, nn.Identity())
