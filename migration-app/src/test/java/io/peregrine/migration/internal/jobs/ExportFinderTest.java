/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.peregrine.migration.internal.core.jobs.NfsPath;
import io.peregrine.migration.internal.libvirt.Controls;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExportFinderTest {
    private final Controls controls = mock(Controls.class);
    private final ExportFinder finder = new ExportFinder(controls, "hv1", "hv2");

    @Test
    void sourceIsAskedWhereTheDestinationHearsTooLittle() throws IOException {
        when(controls.exports("hv2", "nas")).thenReturn(List.of("/a"));
        when(controls.exports("hv1", "nas")).thenReturn(List.of("/a", "/b"));
        assertEquals(Optional.of(List.of("/a")), finder.find(new NfsPath("nas", "/a/1")).there().value());
        finder.find(new NfsPath("nas", "/a/2"));
        verify(controls, times(1)).exports("hv2", "nas");
        verify(controls, never()).exports("hv1", "nas");
        assertEquals(Optional.of(List.of("/a", "/b")), finder.find(new NfsPath("nas", "/b/1")).here().value());
    }

    @Test
    void whyNobodyCanBeAskedIsKept() throws IOException {
        when(controls.exports("hv2", "nas")).thenThrow(new IOException("hv2: no driver"));
        final var exports = finder.find(new NfsPath("nas", "/a/1"));
        assertTrue(exports.there().why().endsWith("hv2: no driver"));
        assertEquals(Optional.of(List.of()), exports.here().value());
    }
}
