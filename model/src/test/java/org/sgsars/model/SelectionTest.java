package org.sgsars.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sgsars.mapping.MappedNetwork;

/** In a layer of four rows: three inputs and the bias, of two outputs. */
final class SelectionTest {
  private static final LayerShape LAYER =
      MappedNetwork.layersOf(
              List.of(
                  new ParameterShape("fc.weight", List.of(2, 3)),
                  new ParameterShape("fc.bias", List.of(2))))
          .get(0);

  private static List<String> visited(Selection selection) {
    List<String> cells = new ArrayList<>();
    selection.forEachCell(
        LAYER, (index, row, column) -> cells.add("%d:%d,%d".formatted(index, row, column)));
    return cells;
  }

  @Test
  void forEachCell_all_visitsRowAfterRow() {
    assertThat(visited(new Selection.All()))
        .containsExactly("0:0,0", "1:0,1", "2:1,0", "3:1,1", "4:2,0", "5:2,1", "6:3,0", "7:3,1");
  }

  @Test
  void forEachCell_rows_visitsTheirColumns() {
    assertThat(visited(new Selection.Rows(new int[] {1, 3})))
        .containsExactly("0:1,0", "1:1,1", "2:3,0", "3:3,1");
  }

  @Test
  void forEachCell_cells_visitsThem() {
    assertThat(visited(new Selection.Cells(new int[] {0, 0, 3}, new int[] {0, 1, 1})))
        .containsExactly("0:0,0", "1:0,1", "2:3,1");
  }

  @Test
  void rows_notAscending_areRefused() {
    assertThatThrownBy(() -> new Selection.Rows(new int[] {2, 2}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Rows must ascend, but 2 stands before 2");
  }

  @Test
  void cells_notAscending_areRefused() {
    assertThatThrownBy(() -> new Selection.Cells(new int[] {1, 1}, new int[] {1, 0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cells must ascend by row, then column, but (1, 1) stands before (1, 0)");
  }
}
