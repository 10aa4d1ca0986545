/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import java.util.List;
import java.util.UUID;

/**
 * A guest as its domain XML describes it.
 *
 * @param uuid the domain's UUID
 * @param name the domain's name
 * @param interfaces its network interfaces, in the XML's order
 */
public record GuestDescription(UUID uuid, String name, List<NetworkInterface> interfaces) {
    public GuestDescription {
        interfaces = List.copyOf(interfaces);
    }
}
