package org.sgsars.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each fault has its own words and its own way out. */
final class FailureReasonTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "Java heap space|MiB is full|-Xmx",
        "GC overhead limit exceeded|MiB is full|-Xmx",
        "Requested array size exceeds VM limit|2^31 - 1 elements|make it smaller",
        "Required length exceeds implementation limit|2^31 - 1 elements|make it smaller",
        "Metaspace|memory for classes|-XX:MaxMetaspaceSize",
        "Compressed class space|memory for classes|-XX:CompressedClassSpaceSize",
        "Cannot reserve 7 bytes of direct buffer memory (allocated: 1, limit: 2)|beside the heap|-XX:MaxDirectMemorySize",
        "unable to create native thread: possibly out of memory or process/resource limits reached|No thread|ulimit -u",
        "Map failed|perhaps the heap of|-Xmx"
      })
  void of_memory_saysWhichIsFullAndHowToHaveMore(String said, String what, String wayOut) {
    assertThat(FailureReason.of(new OutOfMemoryError(said))).contains(said, what, wayOut);
  }

  @Test
  void of_arrayThatIsTooLarge_asksForNoLargerHeap() {
    assertThat(FailureReason.of(new OutOfMemoryError("Requested array size exceeds VM limit")))
        .doesNotContain("-Xmx");
  }

  @Test
  void of_memory_saysWhereItRanOut() {
    OutOfMemoryError error = new OutOfMemoryError("Java heap space");
    error.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("java.util.Arrays", "copyOf", "Arrays.java", 1),
          new StackTraceElement("org.sgsars.sparsifier.Residual", "create", "Residual.java", 7)
        });

    assertThat(FailureReason.of(new ExecutionException(error)))
        .startsWith("Not enough memory (Java heap space, in Residual.create): the heap of ");
  }

  @Test
  void of_libraryInAFolderThatAllowsNoPrograms_namesItOnceAndAnotherFolder() {
    UnsatisfiedLinkError error =
        new UnsatisfiedLinkError(
            "/t/libzstd.so: /t/libzstd.so: failed to map segment from shared object\nno zstd-jni in java.library.path: /usr/lib");

    assertThat(FailureReason.of(error))
        .startsWith(
            "A native library cannot be loaded (/t/libzstd.so: failed to map segment from shared object); perhaps ")
        .contains("noexec", "SGS_ARS_JAVA_OPTS=-Djava.io.tmpdir=DIR", "JAVA_TOOL_OPTIONS=-Djava.io")
        .doesNotContain("java.library.path");
  }

  @Test
  void of_libraryThatCannotBeUnpacked_isALibraryToo() {
    LinkageError error =
        new ExceptionInInitializerError("Cannot unpack libzstd-jni: Read-only file system");

    assertThat(FailureReason.of(error))
        .contains("native library", "Cannot unpack libzstd-jni: Read-only file system", "tmpdir");
  }

  @Test
  void of_classOfAnotherVersion_isNoLibrary() {
    LinkageError error = new NoSuchMethodError("'int org.sgsars.X.y()'");

    assertThat(FailureReason.of(new RuntimeException(error)))
        .isEqualTo(
            "A class cannot be loaded or used (NoSuchMethodError: 'int org.sgsars.X.y()'); perhaps a jar of plugins/ was made for another version of sgs-ars or of Java, or the limit of open files is reached (ulimit -n)");
  }

  @Test
  void of_recordWhoseTimeIsRefused_speaksOfClocks() {
    KafkaException refused =
        new InvalidTimestampException("Timestamp 1 of message with offset 0 is out of range");

    assertThat(FailureReason.of(new ExecutionException(refused)))
        .contains("Timestamp 1 of message with offset 0 is out of range", "perhaps its clock");
  }

  @Test
  void of_addressThatIsTakenButNotByTheHttpView_keepsItsOwnWords() {
    KafkaException taken = new KafkaException(new BindException("Address already in use"));

    assertThat(FailureReason.of(taken)).isEqualTo("Address already in use");
  }

  @Test
  void of_file_saysWhyAndNotOnlyWhich() {
    IOException denied = new AccessDeniedException("/x");

    assertThat(FailureReason.of(new RuntimeException(denied))).isEqualTo("permission denied");
  }

  @Test
  void of_causesInACircle_ends() {
    RuntimeException outer = new RuntimeException("outer");
    RuntimeException inner = new RuntimeException("inner", outer);
    outer.initCause(inner);

    assertThat(FailureReason.of(outer)).isEqualTo("inner");
  }

  @Test
  void isOfTheMachine_wrappedOrNot_isSeen() {
    assertThat(FailureReason.isOfTheMachine(new OutOfMemoryError("x"))).isTrue();
    assertThat(FailureReason.isOfTheMachine(new RuntimeException(new NoClassDefFoundError("x"))))
        .isTrue();
    assertThat(FailureReason.isOfTheMachine(new StackOverflowError())).isFalse();
    assertThat(FailureReason.isOfTheMachine(new IllegalArgumentException("x"))).isFalse();
  }
}
