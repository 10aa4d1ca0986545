/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * Reads what a guest needs out of its domain XML (libvirt.org/formatdomain.html), and what storage there is out of that
 * of pools. Document types are refused: the text comes from another machine.
 */
public final class GuestNeedsXml {
    private static final Pattern SERVER = Pattern.compile("[0-9A-Za-z:][0-9A-Za-z.:_-]*");
    private static final Set<String> NFS_FORMATS = Set.of("nfs", "auto");
    private static final String NO_DOCTYPE = "http://apache.org/xml/features/disallow-doctype-decl";

    private GuestNeedsXml() {
        // Static methods only
    }

    /**
     * Reads a domain.
     *
     * @param xml the text
     * @return what it needs
     * @throws IllegalArgumentException if the text is no domain with a name, a UUID and a memory size
     */
    public static GuestNeeds parse(final String xml) {
        final var domain = root(xml);
        final var devices = child(domain, "devices");
        final var os = child(domain, "os").flatMap(element -> child(element, "type"));
        return new GuestNeeds(
            UUID.fromString(text(domain, "uuid")), text(domain, "name"),
            memory(child(domain, "memory").orElseThrow(() -> new IllegalArgumentException("no memory size"))),
            domain.getAttribute("type"),
            os.map(element -> element.getAttribute("arch")).orElse(""),
            os.map(element -> element.getAttribute("machine")).orElse(""),
            devices.flatMap(element -> child(element, "emulator")).map(element -> element.getTextContent().trim()),
            child(domain, "cpu").map(element -> new GuestNeeds.Cpu(element.getAttribute("mode"), written(element))),
            devices.map(GuestNeedsXml::disks).orElse(List.of()),
            devices.map(GuestNeedsXml::tied).orElse(List.of()),
            devices.map(GuestNeedsXml::mtu).orElse(OptionalLong.empty()));
    }

    /**
     * Reads what a storage pool is.
     *
     * @param xml the pool's XML
     * @param active whether it is active
     * @return its type, and where it has its content from: equal texts mean the same storage
     * @throws IllegalArgumentException if the text is no pool
     */
    public static SharedStorage.Pool pool(final String xml, final boolean active) {
        final var pool = root(xml);
        final var source = child(pool, "source").map(GuestNeedsXml::written).orElse("").replaceAll(">\\s+<", "><");
        return new SharedStorage.Pool(text(pool, "name"), pool.getAttribute("type"), source.trim(),
            child(pool, "target").flatMap(target -> child(target, "path"))
                .map(path -> path.getTextContent().trim()).orElse(""), active);
    }

    /**
     * Reads what an NFS server has to export for a pool.
     *
     * @param pool a pool
     * @return empty if it is none of an NFS server's
     */
    static Optional<NfsPath> nfs(final SharedStorage.Pool pool) {
        return pool.type().equals("netfs") && !pool.source().isEmpty() ? nfs(root(pool.source())) : Optional.empty();
    }

    private static Optional<NfsPath> nfs(final Element source) {
        final var format = child(source, "format").map(element -> element.getAttribute("type")).orElse("auto");
        return !NFS_FORMATS.contains(format) ? Optional.empty() : child(source, "host").flatMap(host ->
            child(source, "dir").map(dir -> new NfsPath(host.getAttribute("name"), dir.getAttribute("path"))));
    }

    /**
     * Says whose exports are asked for.
     *
     * @param server the name or address of an NFS server
     * @return the source of a pool, XML
     * @throws IllegalArgumentException if it is neither, such as what a program would take for an option
     */
    public static String server(final String server) {
        if (!SERVER.matcher(server).matches()) {
            throw new IllegalArgumentException("'" + server + "' is no name of a server");
        }
        return "<source><host name='" + server + "'/></source>";
    }

    /**
     * Reads what a server exports.
     *
     * @param xml sources of pools
     * @return the paths
     * @throws IllegalArgumentException if the text is no XML
     */
    public static List<String> exports(final String xml) {
        return children(root(xml), "source").stream().flatMap(source -> nfs(source).stream()).map(NfsPath::path)
            .toList();
    }

    private static Element root(final String xml) {
        try {
            final var factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature(NO_DOCTYPE, true);
            factory.setExpandEntityReferences(false);
            final var builder = factory.newDocumentBuilder();
            // It would print on standard error
            builder.setErrorHandler(null);
            return builder.parse(new InputSource(new StringReader(xml))).getDocumentElement();
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new IllegalArgumentException("libvirt's XML does not parse: " + e.getMessage(), e);
        }
    }

    private static List<GuestNeeds.Disk> disks(final Element devices) {
        final var result = new ArrayList<GuestNeeds.Disk>();
        for (final var disk : children(devices, "disk")) {
            final var source = child(disk, "source");
            if (source.isEmpty()) {
                // A drive without a medium
                continue;
            }
            final var from = source.orElseThrow();
            final var target = child(disk, "target").map(element -> element.getAttribute("dev")).orElse("?");
            final boolean readOnly = child(disk, "readonly").isPresent();
            if (disk.getAttribute("type").equals("network")) {
                final var servers = children(from, "host").stream()
                    .map(host -> host.getAttribute(host.hasAttribute("name") ? "name" : "socket")).toList();
                result.add(new GuestNeeds.Disk(target, from.getAttribute("protocol") + ":" + from.getAttribute("name"),
                    true, servers, readOnly));
            } else if (disk.getAttribute("type").equals("volume")) {
                final var volume = new GuestNeeds.Volume(from.getAttribute("pool"), from.getAttribute("volume"));
                result.add(new GuestNeeds.Disk(target, volume.pool() + "/" + volume.name(), false, List.of(), readOnly,
                    Optional.of(volume)));
            } else {
                final var path = IntStream.range(0, from.getAttributes().getLength())
                    .mapToObj(from.getAttributes()::item)
                    .filter(item -> List.of("file", "dev", "dir").contains(item.getNodeName()))
                    .map(Node::getNodeValue).findFirst().orElse("?");
                result.add(new GuestNeeds.Disk(target, path, false, List.of(), readOnly));
            }
        }
        return result;
    }

    private static List<String> tied(final Element devices) {
        final var result = new ArrayList<String>();
        children(devices, "hostdev").forEach(device -> result.add("host device of type "
            + device.getAttribute("type")));
        children(devices, "filesystem").forEach(device -> result.add("shared directory "
            + child(device, "target").map(target -> target.getAttribute("dir")).orElse("?")));
        return result;
    }

    private static OptionalLong mtu(final Element devices) {
        final var sizes = children(devices, "interface").stream().map(port -> child(port, "mtu")
            .map(element -> element.getAttribute("size")).filter(size -> size.matches("[0-9]{1,9}"))).toList();
        return sizes.stream().anyMatch(Optional::isEmpty) ? OptionalLong.empty()
            : sizes.stream().mapToLong(size -> Long.parseLong(size.orElseThrow())).max();
    }

    private static long memory(final Element element) {
        final var text = element.getTextContent().trim();
        if (!text.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("the memory size is '" + text + "'");
        }
        final long unit = switch (element.getAttribute("unit").toLowerCase(Locale.ROOT)) {
            case "b", "bytes" -> 1;
            case "kb" -> 1_000;
            case "m", "mib" -> 1L << 20;
            case "mb" -> 1_000_000;
            case "g", "gib" -> 1L << 30;
            case "gb" -> 1_000_000_000;
            // libvirt writes KiB; that is also what no unit means
            default -> 1L << 10;
        };
        try {
            return Math.multiplyExact(Long.parseLong(text), unit);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("the memory size is '" + text + "'", e);
        }
    }

    private static String text(final Element parent, final String name) {
        return child(parent, name).map(element -> element.getTextContent().trim()).filter(text -> !text.isEmpty())
            .orElseThrow(() -> new IllegalArgumentException("libvirt's XML has no " + name));
    }

    private static Optional<Element> child(final Element parent, final String name) {
        return children(parent, name).stream().findFirst();
    }

    private static List<Element> children(final Element parent, final String name) {
        final var nodes = parent.getChildNodes();
        return IntStream.range(0, nodes.getLength()).mapToObj(nodes::item)
            .filter(node -> node instanceof Element && node.getNodeName().equals(name))
            .map(Element.class::cast).toList();
    }

    private static String written(final Element element) {
        try {
            final var factory = TransformerFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            final var transformer = factory.newTransformer();
            transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
            final var writer = new StringWriter();
            transformer.transform(new DOMSource(element), new StreamResult(writer));
            return writer.toString();
        } catch (TransformerException e) {
            throw new IllegalStateException(e);
        }
    }
}
