package org.sgsars.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

final class NativePlatformTest {
  static boolean isLibraryHere() {
    return NativePlatform.here().isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, linux-x86_64",
    "Linux, aarch64, linux-aarch64",
    "Mac OS X, aarch64, osx-aarch64",
    "Mac OS X, x86_64,",
    "Windows 11, amd64,",
    "Windows 11, aarch64,",
    "Linux, arm,",
    "Linux, ppc64le,",
  })
  void of_whatJavaSays_isThePlatformOrNone(String osName, String osArch, String classifier) {
    assertThat(NativePlatform.of(osName, osArch).map(NativePlatform::classifier).orElse(null))
        .isEqualTo(classifier);
  }

  /** One profile for each, with the system, the architecture and the classifier. */
  @Test
  void pom_hasTheSamePlatforms() throws Exception {
    Document pom =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Path.of("pom.xml").toFile());
    List<String> chosen = new ArrayList<>();
    for (Element profile : elements(pom.getDocumentElement(), "profile")) {
      for (Element os : elements(profile, "os")) {
        NodeList system = os.getElementsByTagName("family");
        String name =
            (system.getLength() > 0 ? system : os.getElementsByTagName("name"))
                .item(0)
                .getTextContent();
        String arch = os.getElementsByTagName("arch").item(0).getTextContent();
        String classifier = profile.getElementsByTagName("classifier").item(0).getTextContent();
        assertThat(NativePlatform.of(name, arch).map(NativePlatform::classifier))
            .as(profile.getTextContent())
            .contains(classifier);
        chosen.add(classifier);
      }
    }
    assertThat(chosen)
        .containsExactlyElementsOf(
            Arrays.stream(NativePlatform.values()).map(NativePlatform::classifier).toList());
  }

  private static List<Element> elements(Element of, String name) {
    NodeList found = of.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      elements.add((Element) found.item(i));
    }
    return elements;
  }

  @Test
  void noLibrary_namesThisPlatformAndThoseAllowed() {
    assertThat(PyTorchEngine.noLibrary("Windows 11", "amd64"))
        .isEqualTo(
            "there is no native library of PyTorch for a Java on Windows 11 amd64; allowed: Linux on x86-64 or arm64, macOS on arm64");
  }
}
