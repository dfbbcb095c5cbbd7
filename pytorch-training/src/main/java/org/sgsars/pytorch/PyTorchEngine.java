package org.sgsars.pytorch;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.source.ImageShape;
import org.sgsars.source.Network;
import org.sgsars.source.NetworkEngine;
import org.sgsars.source.SourceException;

/** Trains in PyTorch, whose native libraries come with this module. */
public final class PyTorchEngine implements NetworkEngine {
  private static final String THREADS = "ai.djl.pytorch.num_threads";
  private static final String OFFLINE = "ai.djl.offline";

  @Override
  public Network create(
      String name,
      ImageShape images,
      int classes,
      OptimizerSettings optimizer,
      long seed,
      int threads)
      throws SourceException {
    NetworkPlan plan = NetworkPlan.of(name, images, classes);
    try {
      return new PyTorchNetwork(start(threads), plan, images, optimizer, seed);
    } catch (EngineException | UnsatisfiedLinkError e) {
      throw new SourceException(
          "PyTorch's native library cannot be loaded: %s; it is there for Linux on x86-64"
              .formatted(e.getMessage()),
          e);
    }
  }

  /** The number of threads counts when the first network is made. */
  private static Engine start(int threads) {
    // Nothing is fetched: what is needed is on the class path.
    System.setProperty(OFFLINE, "true");
    System.setProperty(THREADS, Integer.toString(threads));
    return Engine.getEngine("PyTorch");
  }
}
