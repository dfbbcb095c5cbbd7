package org.sgsars.pytorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.ArrayList;
import java.util.List;
import org.sgsars.source.ImageShape;
import org.sgsars.source.SourceException;

/**
 * The networks by name, and what their parts are called: as PyTorch would name them, so that traces
 * of either read alike.
 */
final class NetworkPlan {
  /**
   * A part with parameters.
   *
   * @param name such as {@code layer1.0.conv1}
   */
  record Part(String name, Block block) {}

  private final SequentialBlock network = new SequentialBlock();
  private final List<Part> parts = new ArrayList<>();

  private NetworkPlan() {}

  Block network() {
    return network;
  }

  List<Part> parts() {
    return parts;
  }

  /**
   * @throws SourceException if the images are too small for the network
   */
  static NetworkPlan of(String name, ImageShape images, int classes) throws SourceException {
    NetworkPlan plan = new NetworkPlan();
    int least =
        name.equals("resnet-50") ? 32 : name.equals("mlp") ? 1 : name.equals("lenet") ? 8 : 4;
    if (Math.min(images.height(), images.width()) < least) {
      throw new SourceException(
          "network: %s needs images of at least %d x %d pixels, and these are %s"
              .formatted(name, least, least, images));
    }
    switch (name) {
      case "mlp" -> plan.mlp(classes);
      case "lenet" -> plan.leNet(classes);
      case "cnn" -> plan.cnn(classes);
      case "resnet-20" -> plan.smallResNet(3, classes);
      case "resnet-32" -> plan.smallResNet(5, classes);
      case "resnet-56" -> plan.smallResNet(9, classes);
      case "resnet-50" -> plan.resNet50(classes);
      default -> throw new SourceException("network: '" + name + "' is not known here");
    }
    return plan;
  }

  private void mlp(int classes) {
    network
        .add(Blocks.batchFlattenBlock())
        .add(linear("fc1", 128))
        .add(Activation.reluBlock())
        .add(linear("fc2", 64))
        .add(Activation.reluBlock())
        .add(linear("fc3", classes));
  }

  /** Two convolutions of stride 2, as in shipped traces of the same name. */
  private void leNet(int classes) {
    network
        .add(conv("conv1", 8, 5, 2, 2, true))
        .add(Activation.reluBlock())
        .add(conv("conv2", 16, 5, 2, 2, true))
        .add(Activation.reluBlock())
        .add(Pool.avgPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
        .add(Blocks.batchFlattenBlock())
        .add(linear("fc", classes));
  }

  private void cnn(int classes) {
    network
        .add(conv("conv1", 8, 3, 1, 1, true))
        .add(Activation.reluBlock())
        .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
        .add(conv("conv2", 16, 3, 1, 1, true))
        .add(Activation.reluBlock())
        .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
        .add(Blocks.batchFlattenBlock())
        .add(linear("fc1", 32))
        .add(Activation.reluBlock())
        .add(linear("fc2", classes));
  }

  /** He et al., CVPR 2016, for small images: three stages of blocks of two convolutions. */
  private void smallResNet(int blocks, int classes) {
    network.add(conv("conv1", 16, 3, 1, 1, false)).add(norm("bn1")).add(Activation.reluBlock());
    int before = 16;
    for (int stage = 0; stage < 3; stage++) {
      int filters = 16 << stage;
      for (int i = 0; i < blocks; i++) {
        String name = "layer%d.%d".formatted(stage + 1, i);
        int stride = stage > 0 && i == 0 ? 2 : 1;
        SequentialBlock way =
            new SequentialBlock()
                .add(conv(name + ".conv1", filters, 3, stride, 1, false))
                .add(norm(name + ".bn1"))
                .add(Activation.reluBlock())
                .add(conv(name + ".conv2", filters, 3, 1, 1, false))
                .add(norm(name + ".bn2"));
        residual(name, way, before == filters ? 0 : filters, stride);
        before = filters;
      }
    }
    network
        .add(Pool.globalAvgPool2dBlock())
        .add(Blocks.batchFlattenBlock())
        .add(linear("fc", classes));
  }

  /** The same for large images: four stages of bottlenecks. */
  private void resNet50(int classes) {
    network
        .add(conv("conv1", 64, 7, 2, 3, false))
        .add(norm("bn1"))
        .add(Activation.reluBlock())
        .add(Pool.maxPool2dBlock(new Shape(3, 3), new Shape(2, 2), new Shape(1, 1)));
    int[] blocks = {3, 4, 6, 3};
    for (int stage = 0; stage < blocks.length; stage++) {
      int filters = 64 << stage;
      for (int i = 0; i < blocks[stage]; i++) {
        String name = "layer%d.%d".formatted(stage + 1, i);
        int stride = stage > 0 && i == 0 ? 2 : 1;
        SequentialBlock way =
            new SequentialBlock()
                .add(conv(name + ".conv1", filters, 1, 1, 0, false))
                .add(norm(name + ".bn1"))
                .add(Activation.reluBlock())
                .add(conv(name + ".conv2", filters, 3, stride, 1, false))
                .add(norm(name + ".bn2"))
                .add(Activation.reluBlock())
                .add(conv(name + ".conv3", 4 * filters, 1, 1, 0, false))
                .add(norm(name + ".bn3"));
        residual(name, way, i == 0 ? 4 * filters : 0, stride);
      }
    }
    network
        .add(Pool.globalAvgPool2dBlock())
        .add(Blocks.batchFlattenBlock())
        .add(linear("fc", classes));
  }

  /**
   * A way beside the direct one.
   *
   * @param filters of the convolution that the direct way needs to fit; 0 if it needs none
   */
  private void residual(String name, Block way, int filters, int stride) {
    Block direct = Blocks.identityBlock();
    if (filters > 0) {
      direct =
          new SequentialBlock()
              .add(conv(name + ".downsample.0", filters, 1, stride, 0, false))
              .add(norm(name + ".downsample.1"));
    }
    network
        .add(new ParallelBlock(NetworkPlan::sum, List.of(way, direct)))
        .add(Activation.reluBlock());
  }

  private static NDList sum(List<NDList> ways) {
    NDArray first = ways.get(0).singletonOrThrow();
    return new NDList(first.add(ways.get(1).singletonOrThrow()));
  }

  private Block conv(String name, int filters, int kernel, int stride, int padding, boolean bias) {
    return part(
        name,
        Conv2d.builder()
            .setKernelShape(new Shape(kernel, kernel))
            .setFilters(filters)
            .optStride(new Shape(stride, stride))
            .optPadding(new Shape(padding, padding))
            .optBias(bias)
            .build());
  }

  private Block linear(String name, int outputs) {
    return part(name, Linear.builder().setUnits(outputs).build());
  }

  private Block norm(String name) {
    return part(name, BatchNorm.builder().build());
  }

  private Block part(String name, Block block) {
    parts.add(new Part(name, block));
    return block;
  }
}
