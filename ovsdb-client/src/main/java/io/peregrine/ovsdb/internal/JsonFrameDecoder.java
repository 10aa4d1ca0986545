/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.peregrine.ovsdb.ProtocolException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Cuts the stream into JSON objects (RFC 7047 section 4: messages follow each other without any mark between them),
 * each byte looked at once. The first thing wrong ends it: after that everything is dropped.
 */
final class JsonFrameDecoder extends ByteToMessageDecoder {
    private static final int EXCERPT = 60;
    private static final TypeAdapter<JsonElement> JSON = new Gson().getAdapter(JsonElement.class);

    private final int maxBytes;
    private final int maxDepth;

    private JsonScanner scanner;
    private int scanned;
    private boolean broken;

    JsonFrameDecoder(final int maxBytes, final int maxDepth) {
        this.maxBytes = maxBytes;
        this.maxDepth = maxDepth;
    }

    @Override
    protected void decode(final ChannelHandlerContext ctx, final ByteBuf in, final List<Object> out)
            throws ProtocolException {
        if (broken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        try {
            final Frame frame = next(in);
            if (frame != null) {
                out.add(frame);
            }
        } catch (ProtocolException e) {
            broken = true;
            in.skipBytes(in.readableBytes());
            throw e;
        }
    }

    private Frame next(final ByteBuf in) throws ProtocolException {
        if (scanner == null && !begin(in)) {
            return null;
        }
        final int start = in.readerIndex();
        final int last = in.forEachByte(start + scanned, in.readableBytes() - scanned, scanner);
        final int length = last < 0 ? in.readableBytes() : last + 1 - start;
        if (scanner.tooDeep()) {
            throw new ProtocolException("message nested deeper than " + maxDepth + ": " + excerpt(in));
        }
        if (length > maxBytes) {
            throw new ProtocolException("message longer than " + maxBytes + " bytes: " + excerpt(in));
        }
        if (last < 0) {
            scanned = length;
            return null;
        }
        final JsonObject message = parse(in, length);
        in.skipBytes(length);
        scanner = null;
        return new Frame(message, length);
    }

    /** Skips the white space between messages; false if there is nothing else. */
    private boolean begin(final ByteBuf in) throws ProtocolException {
        while (in.isReadable()) {
            final byte first = in.getByte(in.readerIndex());
            if (first == '{') {
                scanner = new JsonScanner(maxDepth);
                scanned = 0;
                return true;
            }
            if (first != ' ' && first != '\n' && first != '\r' && first != '\t') {
                throw new ProtocolException("no JSON object: " + excerpt(in));
            }
            in.skipBytes(1);
        }
        return false;
    }

    private static JsonObject parse(final ByteBuf in, final int length) throws ProtocolException {
        final String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(in.nioBuffer(in.readerIndex(), length)).toString();
        } catch (CharacterCodingException e) {
            throw new ProtocolException("message is not UTF-8: " + excerpt(in), e);
        }
        // the adapter keeps the reader strict, which JsonParser would not
        final JsonReader reader = new JsonReader(new StringReader(text));
        try {
            final JsonElement element = JSON.read(reader);
            if (element instanceof JsonObject object && reader.peek() == JsonToken.END_DOCUMENT) {
                return object;
            }
            throw new ProtocolException("no JSON object: " + excerpt(in));
        } catch (IOException | JsonParseException | IllegalStateException | NumberFormatException e) {
            throw new ProtocolException("malformed JSON: " + excerpt(in), e);
        }
    }

    /** The beginning of the input, safe for a log. */
    private static String excerpt(final ByteBuf in) {
        final int length = Math.min(EXCERPT, in.readableBytes());
        final StringBuilder text = new StringBuilder(length + 5).append('"');
        for (int i = 0; i < length; i++) {
            final char ch = (char) in.getUnsignedByte(in.readerIndex() + i);
            text.append(ch >= ' ' && ch < 0x7f ? ch : '.');
        }
        return text.append(length < in.readableBytes() ? "\"..." : "\"").toString();
    }
}
