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
    if (NativePlatform.here().isEmpty()) {
      throw new SourceException(
          noLibrary(System.getProperty("os.name"), System.getProperty("os.arch")));
    }
    try {
      return new PyTorchNetwork(start(threads), plan, images, optimizer, seed);
    } catch (EngineException | UnsatisfiedLinkError e) {
      throw new SourceException(
          "PyTorch's native library cannot be loaded: %s; is the one for this Java on the class path?"
              .formatted(e.getMessage()),
          e);
    }
  }

  /** Says that there is no library for a Java, by its {@code os.name} and {@code os.arch}. */
  static String noLibrary(String osName, String osArch) {
    return "there is no native library of PyTorch for a Java on %s %s; allowed: %s"
        .formatted(osName, osArch, NativePlatform.ALLOWED);
  }

  /** The number of threads counts when the first network is made. */
  private static Engine start(int threads) {
    // Nothing is fetched: what is needed is on the class path.
    System.setProperty(OFFLINE, "true");
    System.setProperty(THREADS, Integer.toString(threads));
    return Engine.getEngine("PyTorch");
  }
}
