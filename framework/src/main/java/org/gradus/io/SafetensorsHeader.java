package org.gradus.io;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.gradus.data.DataException;
import org.gradus.dtype.DType;
import org.gradus.io.Safetensors.Entry;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * The header of a safetensors file.
 *
 * @param metadata texts by name
 * @param entries the tensors by name
 */
record SafetensorsHeader(
        SequencedMap<String, String> metadata, SequencedMap<String, Entry> entries) {
    private static final String METADATA = "__metadata__";

    /** What an array of the Java heap can hold. */
    private static final long MAXIMUM_ELEMENTS = Integer.MAX_VALUE - 8L;

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    SafetensorsHeader {
        metadata = Collections.unmodifiableSequencedMap(metadata);
        entries = Collections.unmodifiableSequencedMap(entries);
    }

    /** Returns the header's text for tensors that lie one after the other, padded to 8 bytes. */
    static byte[] json(SequencedMap<String, HostArray> tensors, Map<String, String> metadata) {
        ObjectNode tree = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode texts = tree.putObject(METADATA);
            metadata.forEach(texts::put);
        }
        long offset = 0;
        for (Map.Entry<String, HostArray> tensor : tensors.entrySet()) {
            if (tensor.getKey().equals(METADATA)) {
                throw new IllegalArgumentException(
                        "no tensor can be called "
                                + METADATA
                                + ", the format's own name: rename it");
            }
            HostArray array = tensor.getValue();
            ObjectNode entry = tree.putObject(tensor.getKey());
            entry.put("dtype", array.dtype().name());
            ArrayNode shape = entry.putArray("shape");
            Arrays.stream(array.shape().sizes()).forEach(shape::add);
            long end = offset + array.data().byteSize();
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        try {
            byte[] json = JSON.writeValueAsBytes(tree);
            byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
            Arrays.fill(padded, json.length, padded.length, (byte) ' ');
            return padded;
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /**
     * Parses and checks a header.
     *
     * @param file the file's name for error messages
     * @param json the header
     * @param dataBytes the number of bytes that follow the header
     */
    static SafetensorsHeader parse(String file, byte[] json, long dataBytes) {
        JsonNode tree;
        try {
            tree = JSON.readTree(json);
        } catch (JacksonException problem) {
            throw damaged(file, "has a header that is not JSON: " + problem.getOriginalMessage());
        } catch (IOException problem) {
            throw damaged(file, "has a header that is not JSON: " + problem.getMessage());
        }
        if (!tree.isObject()) {
            throw damaged(file, "has a header that is not a JSON object");
        }
        SequencedMap<String, String> metadata = new LinkedHashMap<>();
        SequencedMap<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : tree.properties()) {
            if (property.getKey().equals(METADATA)) {
                readMetadata(file, property.getValue(), metadata);
            } else {
                entries.put(property.getKey(), entry(file, property.getKey(), property.getValue()));
            }
        }
        requireGapless(file, entries, dataBytes);
        return new SafetensorsHeader(metadata, entries);
    }

    private static void readMetadata(String file, JsonNode node, Map<String, String> metadata) {
        if (!node.isObject()) {
            throw damaged(file, "has metadata that are not a JSON object");
        }
        for (Map.Entry<String, JsonNode> text : node.properties()) {
            if (!text.getValue().isTextual()) {
                throw damaged(file, "has metadata \"" + text.getKey() + "\" that are not a text");
            }
            metadata.put(text.getKey(), text.getValue().textValue());
        }
    }

    private static Entry entry(String file, String name, JsonNode node) {
        DType dtype = dtype(file, name, node.path("dtype").asText());
        Shape shape = shape(file, name, node.path("shape"));
        JsonNode offsets = node.path("data_offsets");
        if (!offsets.isArray()
                || offsets.size() != 2
                || !isCount(offsets.get(0))
                || !isCount(offsets.get(1))) {
            throw damaged(file, "tensor \"" + name + "\" has no valid data_offsets but " + offsets);
        }
        long begin = offsets.get(0).longValue();
        long end = offsets.get(1).longValue();
        if (end - begin != shape.elements() * dtype.bytes()) {
            throw damaged(
                    file,
                    "tensor \""
                            + name
                            + "\" of "
                            + dtype
                            + shape
                            + " needs "
                            + shape.elements() * dtype.bytes()
                            + " bytes, but has the offsets "
                            + offsets);
        }
        return new Entry(dtype, shape, begin);
    }

    private static DType dtype(String file, String name, String text) {
        return Arrays.stream(DType.values())
                .filter(dtype -> dtype.name().equals(text))
                .findFirst()
                .orElseThrow(
                        () ->
                                new DataException(
                                        file
                                                + ": tensor \""
                                                + name
                                                + "\" is of type \""
                                                + text
                                                + "\", which is none of "
                                                + Arrays.asList(DType.values())
                                                + "; convert it to one of them"));
    }

    private static Shape shape(String file, String name, JsonNode sizes) {
        int[] shape = new int[sizes.size()];
        boolean possible = sizes.isArray();
        for (int axis = 0; axis < shape.length && possible; axis++) {
            possible = isCount(sizes.get(axis)) && sizes.get(axis).canConvertToInt();
            shape[axis] = possible ? sizes.get(axis).intValue() : 0;
        }
        try {
            if (possible && Shape.of(shape).elements() <= MAXIMUM_ELEMENTS) {
                return Shape.of(shape);
            }
        } catch (IllegalArgumentException _) {
            // More elements than a shape can have: reported below with all others.
        }
        throw damaged(
                file, "tensor \"" + name + "\" has the impossible or too large shape " + sizes);
    }

    private static boolean isCount(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0;
    }

    /** The format wants each byte of the data to belong to exactly one tensor. */
    private static void requireGapless(String file, Map<String, Entry> entries, long dataBytes) {
        List<Map.Entry<String, Entry>> byOffset =
                entries.entrySet().stream()
                        .sorted(
                                Comparator.comparingLong(
                                                (Map.Entry<String, Entry> entry) ->
                                                        entry.getValue().offset())
                                        .thenComparingLong(entry -> entry.getValue().bytes()))
                        .toList();
        long end = 0;
        for (Map.Entry<String, Entry> entry : byOffset) {
            long offset = entry.getValue().offset();
            if (offset != end) {
                throw damaged(
                        file,
                        "tensor \""
                                + entry.getKey()
                                + "\" starts at byte "
                                + offset
                                + " of the data, "
                                + (offset < end ? "inside another tensor" : "after a gap")
                                + "; the one before ends at "
                                + end);
            }
            end = offset + entry.getValue().bytes();
        }
        if (end != dataBytes) {
            throw damaged(
                    file,
                    "its tensors take "
                            + end
                            + " bytes, but "
                            + dataBytes
                            + " bytes follow the header");
        }
    }

    private static DataException damaged(String file, String problem) {
        return new DataException(file + ": " + problem + "; fetch or write the file again");
    }
}
