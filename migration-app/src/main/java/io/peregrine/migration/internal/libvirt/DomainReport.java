/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import io.peregrine.migration.internal.core.GuestDescription;
import io.peregrine.migration.internal.core.LevelState;
import java.util.Optional;
import java.util.UUID;

/**
 * What a hypervisor answered about an active domain.
 *
 * @param uuid the domain
 * @param level its state
 * @param description what its XML says; empty if the XML could not be read
 */
public record DomainReport(UUID uuid, LevelState level, Optional<GuestDescription> description) {
}
