/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.peregrine.ovsdb.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFrameDecoderTest {
    private static final String[] PIECES = {"a", "\\", "\"", "{", "}", "[", "]", "\n", "\t", "ä", "€", "🚀",
        ",", ":", Character.toString(1), Character.toString(0x2028), "/", "\\\"", "\\\\"};

    private EmbeddedChannel channel = new EmbeddedChannel(new JsonFrameDecoder(1 << 20, 64));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyChunkingGivesTheSameMessages(final long seed) {
        final Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            final List<JsonObject> sent = new ArrayList<>();
            final StringBuilder stream = new StringBuilder();
            for (int i = 0; i < 8; i++) {
                final JsonObject message = object(random, 0);
                sent.add(message);
                stream.append(" \n\r\t".repeat(random.nextInt(2))).append(message);
            }
            final byte[] bytes = stream.toString().getBytes(StandardCharsets.UTF_8);
            int at = 0;
            while (at < bytes.length) {
                final int end = Math.min(bytes.length, at + 1 + random.nextInt(random.nextBoolean() ? 3 : 200));
                channel.writeInbound(Unpooled.copiedBuffer(bytes, at, end - at));
                at = end;
            }
            assertEquals(sent, received());
        }
    }

    @Test
    void everyCutOfMultiByteTextGivesTheText() {
        final byte[] bytes = "{\"ä\":\"€🚀\\\"}\"}".getBytes(StandardCharsets.UTF_8);
        for (int cut = 1; cut < bytes.length; cut++) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, cut));
            assertNull(channel.readInbound());
            channel.writeInbound(Unpooled.copiedBuffer(bytes, cut, bytes.length - cut));
            final Frame frame = channel.readInbound();
            assertEquals("€🚀\"}", frame.message().get("ä").getAsString());
            assertEquals(bytes.length, frame.bytes());
        }
    }

    @Test
    void sizeIsLimitedExactly() throws ProtocolException {
        channel = new EmbeddedChannel(new JsonFrameDecoder(20, 64));
        write("{\"a\":\"" + "x".repeat(12) + "\"}");
        assertEquals(1, received().size());
        assertBroken("longer than 20 bytes", "{\"a\":\"" + "x".repeat(13) + "\"}");
    }

    @Test
    void sizeIsLimitedBeforeTheEndIsThere() {
        channel = new EmbeddedChannel(new JsonFrameDecoder(20, 64));
        write("{\"a\":\"" + "x".repeat(14));
        assertBroken("longer than 20 bytes", "x");
    }

    @Test
    void whiteSpaceBetweenMessagesDoesNotCount() {
        channel = new EmbeddedChannel(new JsonFrameDecoder(20, 64));
        write(" ".repeat(100));
        write("{}" + "\n".repeat(100) + "{}");
        assertEquals(2, received().size());
    }

    @Test
    void depthIsLimitedExactly() {
        channel = new EmbeddedChannel(new JsonFrameDecoder(1 << 20, 5));
        write("{\"a\":[[[[]]]]}");
        assertEquals(1, received().size());
        assertBroken("nested deeper than 5", "{\"a\":[[[[[");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "x", "}", "\"{}\"", "\u0000", "HTTP/1.1 400 Bad Request"})
    void whatIsNoObjectIsRefusedAtItsFirstByte(final String text) {
        assertBroken("no JSON object", text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":1]", "{'a':1}", "{\"a\":1;}", "{\"a\" 1}", "{a:1}", "{\"a\":NaN}", "{\"a\":}",
        "{\"a\":\"\\q\"}", "{\"a\":[1,]}", "{\"a\":[1}]"})
    void whatIsNoJsonIsRefused(final String text) {
        assertBroken("malformed JSON", text);
    }

    @Test
    void invalidUtf8IsRefused() {
        final byte[] bytes = "{\"a\":\"??\"}".getBytes(StandardCharsets.US_ASCII);
        bytes[6] = (byte) 0xc3;
        final DecoderException thrown = assertThrows(DecoderException.class,
            () -> channel.writeInbound(Unpooled.wrappedBuffer(bytes)));
        assertTrue(thrown.getCause().getMessage().contains("not UTF-8"), thrown.getCause().getMessage());
    }

    @Test
    void goodMessagesBeforeGarbageCountAndNothingAfterItDoes() {
        assertBroken("no JSON object", "{\"a\":1}{\"b\":2}x{\"c\":3}");
        assertEquals(2, received().size());
        write("{\"d\":4}");
        assertEquals(List.of(), received());
    }

    @Test
    void theComplaintCannotForgeLogLines() {
        final DecoderException thrown = assertThrows(DecoderException.class, () -> write("x\r\nINFO fine\u001b[2J"));
        assertTrue(thrown.getCause().getMessage().chars().allMatch(ch -> ch >= ' ' && ch < 0x7f));
    }

    private void write(final String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    private void assertBroken(final String why, final String text) {
        final DecoderException thrown = assertThrows(DecoderException.class, () -> write(text));
        assertEquals(ProtocolException.class, thrown.getCause().getClass());
        assertTrue(thrown.getCause().getMessage().contains(why), thrown.getCause().getMessage());
    }

    private List<JsonObject> received() {
        final List<JsonObject> result = new ArrayList<>();
        for (Frame frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
            result.add(frame.message());
        }
        return result;
    }

    private static JsonObject object(final Random random, final int depth) {
        final JsonObject result = new JsonObject();
        for (int i = random.nextInt(4); i > 0; i--) {
            result.add(text(random), value(random, depth + 1));
        }
        return result;
    }

    private static JsonElement value(final Random random, final int depth) {
        switch (random.nextInt(depth > 5 ? 3 : 5)) {
            case 0:
                return new JsonPrimitive(text(random));
            case 1:
                return new JsonPrimitive(random.nextInt());
            case 2:
                return new JsonPrimitive(random.nextBoolean());
            case 3:
                return object(random, depth);
            default:
                final JsonArray array = new JsonArray();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(value(random, depth + 1));
                }
                return array;
        }
    }

    private static String text(final Random random) {
        final StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        // duplicate names would collapse, so a number makes them differ
        return text.append(random.nextInt()).toString();
    }

    @Test
    void theFuzzersPiecesCoverWhatTheScannerKnows() {
        assertTrue(Arrays.asList(PIECES).containsAll(List.of("\\", "\"", "{", "}", "[", "]")));
    }
}
