package org.sgsars.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What {@code openapi.yml} says of the HTTP interface. */
final class ApiDescription {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode description;

  private ApiDescription(JsonNode description) {
    this.description = description;
  }

  static ApiDescription read() throws IOException {
    try (InputStream in = ApiDescription.class.getResourceAsStream("/page/openapi.yml")) {
      return new ApiDescription(new YAMLMapper().readTree(Objects.requireNonNull(in)));
    }
  }

  /** Every path, with its parameters in braces. */
  List<String> paths() {
    List<String> paths = new ArrayList<>();
    description.get("paths").fieldNames().forEachRemaining(paths::add);
    return paths;
  }

  /** In what an answer is not as described; nothing if all is well. */
  List<String> differences(String path, String answer) throws IOException {
    JsonNode schema =
        description
            .get("paths")
            .get(path)
            .at("/get/responses/200/content/application~1json/schema");
    if (!schema.isObject()) {
      throw new IllegalArgumentException(path + " is not described");
    }
    ObjectNode whole = schema.deepCopy();
    whole.set("components", description.get("components"));
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(whole)
        .validate(JSON.readTree(answer))
        .stream()
        .map(ValidationMessage::getMessage)
        .toList();
  }
}
