/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.IpNetwork;
import io.peregrine.topology.PortId;
import io.peregrine.topology.PortView;
import io.peregrine.topology.SwitchView;
import io.peregrine.topology.Topology;
import io.peregrine.vxlan.GuestPort;
import io.peregrine.vxlan.GuestPorts;
import io.peregrine.vxlan.Placement;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectStreamClass;
import java.io.PrintStream;
import java.io.Reader;
import java.io.Serializable;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the design says about who may know whom. Arrows go downwards only:
 *
 * <pre>
 *    metrics               openapi
 *       |
 *   migration
 *       |
 *     vxlan -----+---------+
 *       |        |         |
 *   topology     |         |
 *       |        |         |
 *       +----- flow      ovsdb
 * </pre>
 */
@AnalyzeClasses(packages = "io.peregrine", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** Each module's package, and the modules that it may use. */
    private static final Map<String, Set<String>> MAY_USE = Map.of(
        "ovsdb", Set.of(),
        "flow", Set.of(),
        "topology", Set.of("flow"),
        "vxlan", Set.of("topology", "flow", "ovsdb"),
        "migration", Set.of("vxlan", "topology"),
        "metrics", Set.of("migration", "vxlan", "topology", "flow"),
        "openapi", Set.of());

    /** What all may use wherever it is: an address, and the controller's small files and threads; no OpenFlow. */
    private static final DescribedPredicate<JavaClass> SHARED = assignableTo(MacAddress.class)
        .or(resideInAnyPackage("io.peregrine.flow.journal", "io.peregrine.flow.loops"));

    /** Where things are computed: plain Java that a test can run without anything around it. */
    private static final DescribedPredicate<JavaClass> COMPUTES = resideInAnyPackage(
        "io.peregrine.flow", "io.peregrine.flow.trace..", "io.peregrine.flow.internal.core..",
        "io.peregrine.topology.discovery..", "io.peregrine.topology.fabric..", "io.peregrine.topology.graph..",
        "io.peregrine.topology.hosts..", "io.peregrine.vxlan.plan..", "io.peregrine.migration.internal.core..",
        "io.peregrine.metrics.internal.core..")
        .or(belongToAnyOf(IpNetwork.class, PortId.class, Topology.class, SwitchView.class, PortView.class))
        .or(belongToAnyOf(GuestPort.class, Placement.class, GuestPorts.Status.class))
        .as("computing classes");

    private static final DescribedPredicate<JavaClass> PLAIN = resideInAnyPackage(
        "java.lang..", "java.math..", "java.nio.charset", "java.security", "java.time..", "java.util..", "java.text..",
        "javax.crypto..", "javax.xml..", "org.w3c.dom..", "org.xml.sax..", "com.google.common..",
        "org.eclipse.jdt.annotation..", "edu.umd.cs.findbugs..", "org.slf4j..")
        .or(belongToAnyOf(InetAddress.class, Inet4Address.class, Inet6Address.class, UnknownHostException.class,
            URI.class, URISyntaxException.class))
        .or(belongToAnyOf(Serializable.class, ObjectStreamClass.class, IOException.class, UncheckedIOException.class,
            PrintStream.class, Reader.class, StringReader.class, StringWriter.class, ByteArrayInputStream.class,
            ByteBuffer.class))
        .or(DescribedPredicate.describe("primitive types and arrays of plain types",
            type -> type.getBaseComponentType().isPrimitive()))
        .as("plain Java");

    @ArchTest
    void everyModuleIsLookedAt(final JavaClasses all) {
        assertEquals(MAY_USE.keySet(), all.stream()
            .map(JavaClass::getPackageName)
            .map(name -> name.split("\\."))
            .map(name -> name[2])
            .collect(Collectors.toSet()));
    }

    @ArchTest
    void modulesUseOnlyThoseBelow(final JavaClasses all) {
        MAY_USE.forEach((module, below) -> MAY_USE.keySet().stream()
            .filter(other -> !other.equals(module) && !below.contains(other))
            .forEach(other -> noClasses().that().resideInAPackage(all(module))
                .should().dependOnClassesThat(resideInAPackage(all(other)).and(not(SHARED)))
                .check(all)));
    }

    @ArchTest
    void internalsAreOnesOwn(final JavaClasses all) {
        MAY_USE.keySet().forEach(module -> noClasses().that().resideOutsideOfPackage(all(module))
            .should().dependOnClassesThat().resideInAPackage("io.peregrine." + module + ".internal..")
            .check(all));
    }

    @ArchTest
    void noOpenFlowInMigration(final JavaClasses all) {
        noClasses().that().resideInAPackage(all("migration"))
            .should().dependOnClassesThat().resideInAnyPackage("org.opendaylight.openflowplugin..",
                "org.opendaylight.openflowjava..", "org.opendaylight.yang.gen.v1.urn.opendaylight..")
            .check(all);
    }

    @ArchTest
    void computingIsPlainJava(final JavaClasses all) {
        classes().that(COMPUTES).should().onlyDependOnClassesThat(PLAIN.or(COMPUTES)).check(all);
    }

    @ArchTest
    void computingAsksNoNameServer(final JavaClasses all) {
        noClasses().that(COMPUTES)
            .should().callMethod(InetAddress.class, "getByName", String.class)
            .orShould().callMethod(InetAddress.class, "getAllByName", String.class)
            .orShould().callMethod(InetAddress.class, "getLocalHost")
            .orShould().callMethod(InetAddress.class, "getHostName")
            .orShould().callMethod(InetAddress.class, "getCanonicalHostName")
            .check(all);
    }

    private static String all(final String module) {
        return "io.peregrine." + module + "..";
    }
}
