package org.sgsars.sparsifier;

import java.util.Optional;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;
import org.sgsars.policy.Setting;

/**
 * Mixed-precision training: updates are accumulated digitally, and every cell whose accumulated
 * update has come to the device's step is written with as many whole pulses as it has in full,
 * floor(|accumulated update| / step). The remainder stays. An iteration may write nothing.
 *
 * <p>Where it departs from its source:
 *
 * <ul>
 *   <li>Several pulses of a cell in one iteration are one write, as a selection names each cell
 *       once. How many pulses a write takes on average is a matter of the device.
 *   <li>A write changes a weight by what was asked, up to what the device clips. There each pulse
 *       has an effect of its own, and no write is verified.
 *   <li>What is accumulated are gradients, as in every sparsifier. So what waits is taken at the
 *       learning rate of the iteration in which it is written.
 *   <li>The step is the same for all layers, in units of the weights. Its default is that of the
 *       pulsed devices of IBM's aihwkit; the source takes the step of its measured PCM cells.
 * </ul>
 *
 * @see <a href="https://doi.org/10.3389/fnins.2020.00406">Nandakumar et al., Frontiers in
 *     Neuroscience 2020</a>
 */
public final class MixedPrecisionSparsifier
    implements SparsifierPolicy<MixedPrecisionSparsifier.Settings> {
  @Override
  public String kind() {
    return "mixed-precision";
  }

  @Override
  public String summary() {
    return "Accumulates updates digitally and writes every cell whose update has come to a pulse of the device, by whole pulses; the remainder waits (Front. Neurosci. 2020).";
  }

  /**
   * What a pulse does.
   *
   * @param step what it changes a weight by
   */
  public record Settings(
      @Setting(
              about = "What a pulse of the device changes a weight by.",
              unit = "weight",
              least = 1e-9,
              most = 1e6,
              fallback = "0.001")
          double step)
      implements SparsifierSettings {
    @Override
    public QuantizationSettings quantization() {
      return QuantizationSettings.NONE;
    }

    @Override
    public Optional<WholeSteps> steps() {
      return Optional.of(new Pulses((float) step));
    }
  }

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public boolean readsResidual() {
    return true;
  }

  /** All cells are chosen, and those without a whole pulse are not written. */
  @Override
  public Sparsifier create(LayerShape layer, Settings settings, long seed, Residual residual) {
    return new WholeResidualSparsifier(residual, iteration -> new Selection.All());
  }
}
