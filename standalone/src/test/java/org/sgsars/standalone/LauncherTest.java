package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code ./sgs-ars} starts Java with, in a checkout with nothing in it, by a Java that only
 * notes what it is given.
 */
final class LauncherTest {
  private static final String FAKE_JAVA =
      """
      #!/bin/sh
      here=$(dirname "$0")
      kind=command
      for argument in "$@"; do
        case $argument in
          -Xinternalversion) cat "$here/version"; exit 0 ;;
          -XshowSettings:properties) cat "$here/settings" >&2; exit 0 ;;
          -Dsgsars.preflight=true) kind=preflight ;;
          -XX:ArchiveClassesAtExit=*) kind=dump; cat "$here/classes" >"${argument#*=}" ;;
        esac
      done
      printf '%s\\n' "$@" >"$here/$kind"
      [ $kind != preflight ] || exit "$(cat "$here/answer")"
      """;

  @TempDir private Path folder = Path.of("");
  private Path bin = Path.of("");
  private Path work = Path.of("");
  private final Map<String, String> environment = new TreeMap<>();

  @BeforeEach
  void prepare() throws IOException {
    bin = Files.createDirectories(folder.resolve("bin"));
    work = Files.createDirectories(folder.resolve("work"));
    Files.writeString(bin.resolve("java"), FAKE_JAVA);
    assertThat(bin.resolve("java").toFile().setExecutable(true)).isTrue();
    Files.writeString(bin.resolve("version"), "Java of one build");
    Files.writeString(bin.resolve("classes"), "classes");
    Files.writeString(bin.resolve("answer"), "0");
    platform("Linux", "amd64");
  }

  /** What Java says that it runs on. */
  private void platform(String osName, String osArch) throws IOException {
    Files.writeString(
        bin.resolve("settings"),
        "Property settings:\n    os.arch = %s\n    os.name = %s\n    os.version = 1\n"
            .formatted(osArch, osName));
  }

  /** A checkout in which all is built. */
  private Path checkout(String name) throws IOException {
    Path home = folder.resolve(name);
    for (String module : List.of("standalone", "pytorch-training")) {
      Files.createDirectories(home.resolve(module + "/src/main"));
      Files.createDirectories(home.resolve(module + "/target"));
      Files.createFile(home.resolve(module + "/pom.xml"));
    }
    Files.createDirectory(home.resolve("pytorch-training/target/lib"));
    Files.createFile(home.resolve("pom.xml"));
    Files.createDirectory(home.resolve("plugins"));
    try (var sources = Files.walk(home)) {
      for (Path source : sources.toList()) {
        Files.setLastModifiedTime(source, FileTime.fromMillis(0));
      }
    }
    Files.createFile(library(home, "linux-x86_64"));
    // Newer than its sources, and older than an archive that is made now.
    FileTime built = FileTime.fromMillis(System.currentTimeMillis() - 60_000);
    for (String jar :
        List.of("standalone/target/sgs-ars.jar", "pytorch-training/target/pytorch-training.jar")) {
      Files.setLastModifiedTime(Files.createFile(home.resolve(jar)), built);
    }
    Files.copy(
        Runs.PROJECT.resolve("sgs-ars"),
        home.resolve("sgs-ars"),
        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    return home;
  }

  /** What Java is given for a command, in the end. */
  private List<String> java(Path home, String... arguments) throws Exception {
    output(home, arguments);
    return Files.readAllLines(bin.resolve("command"));
  }

  private String output(Path home, String... arguments) throws Exception {
    return output(0, home, arguments);
  }

  private String output(int code, Path home, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(home.resolve("sgs-ars").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("SGS_ARS") || name.matches("JAVA_.*|JDK_.*"));
    builder.environment().put("PATH", bin + ":/usr/local/bin:/usr/bin:/bin");
    builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isEqualTo(code);
    return output;
  }

  /** PyTorch's native library in a checkout. */
  private static Path library(Path home, String classifier) {
    return home.resolve(
        "pytorch-training/target/lib/pytorch-native-cpu-2.7.1-%s.jar".formatted(classifier));
  }

  private static String after(String option, List<String> arguments) {
    return arguments.get(arguments.indexOf(option) + 1);
  }

  private String experiment(String text) throws IOException {
    return Files.writeString(work.resolve("experiment.yml"), text).getFileName().toString();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"plain", "a:b", "two words:#1 100%"})
  void checkout_underAnyName_isFoundByJava(String name) throws Exception {
    Path home = checkout(name);
    Path plugin = Files.createFile(home.resolve("plugins/mine.jar"));
    Files.createFile(home.resolve("plugins/._mine.jar"));

    List<String> java = java(home, "serve", "out:1 2");

    String[] entries = after("-cp", java).split(":");
    assertThat(entries).hasSize(2);
    assertThat(Path.of(entries[0]).toRealPath())
        .isEqualTo(home.resolve("standalone/target/sgs-ars.jar").toRealPath());
    // What a Mac leaves beside it is no plugin.
    assertThat(Path.of(entries[1]).toRealPath()).isEqualTo(plugin.toRealPath());
    assertThat(java).endsWith("org.sgsars.standalone.Main", "serve", "out:1 2");
  }

  @Test
  void plugins_inAFolderWithAColon_areFoundByJava() throws Exception {
    Path plugins = Files.createDirectory(work.resolve("my:plugins"));
    Path plugin = Files.createFile(plugins.resolve("mine.jar"));
    environment.put("SGS_ARS_PLUGINS", "my:plugins");

    String[] entries = after("-cp", java(checkout("home"), "serve")).split(":");

    assertThat(entries).hasSize(2);
    assertThat(Path.of(entries[1]).toRealPath()).isEqualTo(plugin.toRealPath());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"kind: train", "{\"kind\":\"train\"}", "kind : train", "\"tr\\u0061in\""})
  void experiment_thatTrainsByJavasAnswer_getsTheModule(String text) throws Exception {
    Path home = checkout("home");
    String file = experiment(text);
    Files.writeString(bin.resolve("answer"), "75");

    List<String> java = java(home, "run", file, "--iterations", "2");

    assertThat(after("-cp", java))
        .contains(":" + home.toRealPath() + "/pytorch-training/target/pytorch-training.jar:")
        .endsWith("/pytorch-training/target/lib/*");
    assertThat(Files.readAllLines(bin.resolve("preflight")))
        .endsWith("org.sgsars.standalone.Main", "run", file, "--iterations", "2");
  }

  @Test
  void experiment_thatDoesNotTrainByJavasAnswer_getsNoModule() throws Exception {
    String file = experiment("name: training");

    List<String> java = java(checkout("home"), "validate", file);

    assertThat(bin.resolve("preflight")).exists();
    assertThat(after("-cp", java)).doesNotContain("pytorch");
  }

  @Test
  void experiment_withoutTheWord_startsAtOnce() throws Exception {
    Files.writeString(bin.resolve("answer"), "75");

    java(checkout("home"), "run", experiment("source: {kind: trace}"));

    assertThat(bin.resolve("preflight")).doesNotExist();
  }

  @Test
  void keptRun_isAskedAbout() throws Exception {
    Path kept = Files.createDirectories(work.resolve("out/unfinished"));
    Files.writeString(kept.resolve("experiment.yml"), "source: {kind: train}");
    Files.writeString(bin.resolve("answer"), "75");

    List<String> java = java(checkout("home"), "resume", "out");

    assertThat(after("-cp", java)).contains("pytorch-training.jar");
  }

  /** A folder may be shared by machines: of a Mac and of the containers on it. */
  @ParameterizedTest
  @CsvSource({"Linux, aarch64, linux-aarch64", "Mac OS X, aarch64, osx-aarch64"})
  void training_onAnotherPlatformThanItWasBuiltOn_getsItsLibrary(
      String osName, String osArch, String classifier) throws Exception {
    Path home = checkout("home");
    Path maven = bin.resolve("mvn");
    Files.writeString(
        maven,
        "#!/bin/sh\nprintf '%s\\n' \"$@\" >'"
            + bin
            + "/maven'\n: >'"
            + library(home, classifier)
            + "'\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    Files.writeString(bin.resolve("answer"), "75");
    platform(osName, osArch);
    String file = experiment("kind: train");

    String output = output(home, "validate", file);

    assertThat(output).contains("fetches PyTorch for " + classifier);
    assertThat(Files.readAllLines(bin.resolve("maven"))).contains("pytorch-training", "package");
    assertThat(library(home, "linux-x86_64")).doesNotExist();
    assertThat(library(home, classifier)).exists();
    assertThat(output(home, "validate", file)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"Mac OS X, x86_64", "Linux, ppc64le"})
  void training_withoutALibraryForThePlatform_isRefusedAndSaysWhatIsAllowed(
      String osName, String osArch) throws Exception {
    Path home = checkout("home");
    Files.writeString(bin.resolve("answer"), "75");
    platform(osName, osArch);

    assertThat(output(1, home, "validate", experiment("kind: train")))
        .contains(
            "there is none for a Java on %s %s; allowed: Linux on x86-64 or arm64, macOS on arm64"
                .formatted(osName, osArch));
    assertThat(output(0, home, "validate", experiment("kind: trace"))).isEmpty();
  }

  private List<Path> archives(Path home) throws IOException {
    try (var files = Files.list(home.resolve("standalone/target"))) {
      return files.filter(file -> file.toString().endsWith(".jsa")).sorted().toList();
    }
  }

  @Test
  void archive_isMadeOnceForEachJava() throws Exception {
    Path home = checkout("home");

    assertThat(output(home, "run", "x.yml")).contains("preparing a fast start");
    List<String> first = Files.readAllLines(bin.resolve("command"));
    assertThat(output(home, "run", "x.yml")).isEmpty();
    Files.writeString(bin.resolve("version"), "Java of another build");
    List<String> other = java(home, "serve");
    assertThat(output(home, "run", "x.yml")).contains("preparing a fast start");

    assertThat(archives(home)).hasSize(2);
    assertThat(first).contains("-XX:SharedArchiveFile=" + archiveOf(first));
    assertThat(archives(home)).contains(Path.of(archiveOf(first)));
    assertThat(other).noneMatch(option -> option.startsWith("-XX:SharedArchiveFile"));
  }

  private static String archiveOf(List<String> java) {
    String option = "-XX:SharedArchiveFile=";
    return java.stream()
        .filter(argument -> argument.startsWith(option))
        .findFirst()
        .orElseThrow()
        .substring(option.length());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"run", "up"})
  void archive_commandThatStartsABroker_makesIt(String command) throws Exception {
    Path home = checkout("home");

    assertThat(output(home, command)).contains("preparing a fast start");

    assertThat(archives(home)).hasSize(1);
  }

  @Test
  void archive_thatJavaCannotMake_isNotUsedAndNotTriedAgain() throws Exception {
    Path home = checkout("home");
    Files.writeString(bin.resolve("classes"), "");

    assertThat(output(home, "run", "x.yml")).contains("preparing a fast start");
    assertThat(output(home, "run", "x.yml")).isEmpty();

    assertThat(Files.readAllLines(bin.resolve("command")))
        .noneMatch(option -> option.startsWith("-XX:SharedArchiveFile"));
  }

  @Test
  void heap_byDefault_isHalfOfTheMemoryAndBeginsSmall() throws Exception {
    Heap heap = heap(java(checkout("home"), "serve"));

    assertThat(heap.most() / (double) memory()).isBetween(0.45, 0.55);
    assertThat(heap.atFirst()).isEqualTo(256L << 20);
    assertThat(heap.young()).isBetween(1L, heap.most() / 2);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"-Xmx64m", "-Xmx512m", "-XX:MaxHeapSize=100m"})
  void heap_ofAnySize_leavesHalfForWhatLives(String limit) throws Exception {
    environment.put("SGS_ARS_JAVA_OPTS", limit);

    Heap heap = heap(java(checkout("home"), "serve"));

    assertThat(heap.most()).isLessThanOrEqualTo(512L << 20);
    assertThat(heap.young()).isBetween(1L, heap.most() / 2);
  }

  /** Bytes of a heap, at first and at most, and of its young part at most. */
  private record Heap(long atFirst, long most, long young) {}

  /** What real Java makes of options. */
  private static Heap heap(List<String> options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options.subList(0, options.indexOf("-cp")));
    command.addAll(List.of("-XX:+PrintFlagsFinal", "-version"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return new Heap(
        flag("InitialHeapSize", output), flag("MaxHeapSize", output), flag("MaxNewSize", output));
  }

  private static long flag(String name, String output) {
    Matcher flag = Pattern.compile("\\b" + name + " += (\\d+)").matcher(output);
    assertThat(flag.find()).as(name).isTrue();
    return Long.parseLong(flag.group(1));
  }

  /** Of the machine or the container that this runs in. */
  private static long memory() {
    var system = java.lang.management.ManagementFactory.getOperatingSystemMXBean();
    return ((com.sun.management.OperatingSystemMXBean) system).getTotalMemorySize();
  }
}
