package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run says of itself: once on the terminal, and in report and page. */
final class NoticesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REPEATED =
      "the source's 2 iterations of selections are repeated to 3 (read 2 times): a training of 3 iterations would not repeat its selections, and may write other rows";
  private static final String INTERVAL =
      "scenario late: leveller {kind: ars, interval: 1024} never acts: it needs a run of at least 1024 iterations, and this one has 3";
  private static final String WRITES =
      "scenario attacked: leveller {kind: start-gap, psi: 100} never acts: it needs a run of at least 100 iterations, and this one has 3";
  private static final String IDLE =
      "scenario even: leveller {kind: threshold-swap, lead: 8} never acted: no row was moved in 3 iterations";

  /** One row per iteration over the four of the array. */
  private static final String BOUND =
      "3 iterations can show an extension of at most 3x, as the most worn cell has at least one write: no scheme can reach the bound of late (4.00x), even (4.00x), attacked (4.00x) in them; a longer run can come closer";

  @TempDir private Path folder = Path.of("");

  private Path experiment(int iterations, int interval) throws Exception {
    Files.writeString(folder.resolve("rows.csv"), "iteration,fc\n0,1\n1,0\n");
    return Files.writeString(
        folder.resolve("x.yml"),
        """
        name: x
        source: {kind: selections, path: rows.csv, iterations: %d, layers: [{name: fc, rows: 3, columns: 2}]}
        crossbar: {size: 4}
        scenarios:
          - {name: late, sparsifier: {kind: given}, leveller: {kind: ars, interval: %d}}
          - {name: even, sparsifier: {kind: given}, leveller: {kind: threshold-swap}}
          - {name: attacked, sparsifier: {kind: attacker}, leveller: {kind: start-gap}}
        """
            .formatted(iterations, interval));
  }

  private static List<String> notes(String text) {
    return text.lines()
        .filter(line -> line.startsWith("note: "))
        .map(line -> line.substring("note: ".length()))
        .toList();
  }

  @Test
  void bench_runTooShortForManyThings_saysEachOnce() throws Exception {
    Path report = folder.resolve("report");

    CommandResult result =
        CommandResult.run("bench", experiment(3, 1024).toString(), "--out", report.toString());

    assertThat(result.code()).isZero();
    assertThat(notes(result.err())).containsExactly(REPEATED, INTERVAL, WRITES);
    assertThat(notes(result.out())).containsExactly(IDLE, BOUND);
    List<String> all = List.of(REPEATED, INTERVAL, WRITES, IDLE, BOUND);
    for (String file : List.of("report.json", "page/summary.json")) {
      List<String> found = new ArrayList<>();
      for (JsonNode notice : JSON.readTree(report.resolve(file).toFile()).get("notices")) {
        found.add(notice.asText());
      }
      assertThat(found).as(file).isEqualTo(all);
    }
    String html = Files.readString(report.resolve("report.html"));
    assertThat(all)
        .allSatisfy(
            notice ->
                assertThat(html).containsOnlyOnce("<li>" + notice.replace("'", "&#39;") + "</li>"));
  }

  @Test
  void bench_runOfTheSourcesLength_saysNothingOfRepetition() throws Exception {
    CommandResult result =
        CommandResult.run(
            "bench", experiment(2, 1).toString(), "--out", folder.resolve("report").toString());

    assertThat(result.err()).doesNotContain("repeated", "scenario late");
  }

  @Test
  void validate_runTooShortForManyThings_saysWhatIsKnownBefore() throws Exception {
    CommandResult result = CommandResult.run("validate", experiment(3, 1024).toString());

    assertThat(result.code()).isZero();
    assertThat(notes(result.out())).containsExactly(REPEATED, INTERVAL, WRITES);
  }

  /** 5000 iterations are more than nine times the 512 of the trace: the tenth is begun. */
  @Test
  void validate_quickstart_saysThatItsTraceIsRepeated() {
    Path quickstart = Runs.PROJECT.resolve("experiments/quickstart.yml");

    assertThat(notes(CommandResult.run("validate", quickstart.toString()).out()))
        .containsExactly(
            "the source's 512 iterations of gradients are repeated to 5000 (read 10 times): a training of 5000 iterations would not repeat its gradients, and may write other rows");
  }
}
