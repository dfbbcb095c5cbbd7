package org.sgsars.source.trace;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Forms in which others keep gradients, which are no traces, with the way to make one. */
enum ForeignFormat {
  NUMPY("a NumPy archive"),
  ARRAY("one array of NumPy"),
  TORCH("a state dict of PyTorch"),
  HDF5("an HDF5 file"),
  SAFETENSORS("one safetensors file");

  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] HDF = {(byte) 0x89, 'H', 'D', 'F'};

  private final String what;

  ForeignFormat(String what) {
    this.what = what;
  }

  /** Why a file cannot be a trace, and what to do; empty if it may be one. */
  static Optional<String> problem(Path file) {
    return of(file).map(format -> format.problemOf(file));
  }

  /** The same of a folder that has no iterations: of the first such file in it. */
  static Optional<String> problemOfFolder(Path folder, List<Path> files) {
    for (Path file : files) {
      Optional<ForeignFormat> format = of(file).filter(other -> other != SAFETENSORS);
      if (format.isPresent()) {
        return Optional.of(format.get().problemOfFolder(folder, file));
      }
    }
    return Optional.empty();
  }

  private String problemOfFolder(Path folder, Path file) {
    if (this == ARRAY) {
      return "%s holds no iterations: %s".formatted(folder, problemOf(file));
    }
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    String all = dot < 0 ? name : "'%s/*%s'".formatted(folder, name.substring(dot));
    return "%s holds no iterations but files such as %s, %s; make a folder of them by: python3 -m sgsars.convert %s %s-trace (pip install ./python)"
        .formatted(folder, name, what, all, folder);
  }

  private static Optional<ForeignFormat> of(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    byte[] begin = begin(file);
    if (name.endsWith(".npy")) {
      return Optional.of(ARRAY);
    }
    if (name.endsWith(".npz")) {
      return Optional.of(NUMPY);
    }
    if (name.endsWith(".safetensors")) {
      return Optional.of(SAFETENSORS);
    }
    if (name.endsWith(".pt") || name.endsWith(".pth") || startsWith(begin, ZIP)) {
      return Optional.of(TORCH);
    }
    return startsWith(begin, HDF) ? Optional.of(HDF5) : Optional.empty();
  }

  private static byte[] begin(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(HDF.length);
    } catch (IOException e) {
      // Whoever reads it as a trace says why it cannot be read.
      return new byte[0];
    }
  }

  private static boolean startsWith(byte[] begin, byte[] magic) {
    return new String(begin, StandardCharsets.ISO_8859_1)
        .startsWith(new String(magic, StandardCharsets.ISO_8859_1));
  }

  private String problemOf(Path file) {
    if (this == SAFETENSORS) {
      return "%s is %s; a trace is a folder of them, one for each iteration: 000000.safetensors and so on"
          .formatted(file, what);
    }
    if (this == ARRAY) {
      return "%s is %s, without the names of layers; save each iteration by numpy.savez(\"000000.npz\", **{layer: gradient, ...}), and convert those by: python3 -m sgsars.convert (pip install ./python)"
          .formatted(file, what);
    }
    String name = file.toString();
    int dot = name.lastIndexOf('.');
    return "%s is %s, not a trace; make a folder of it by: python3 -m sgsars.convert %s %s-trace%s"
        .formatted(
            file,
            what,
            file,
            dot > name.lastIndexOf('/') + 1 ? name.substring(0, dot) : name,
            this == HDF5 ? " (pip install ./python h5py)" : " (pip install ./python)");
  }
}
