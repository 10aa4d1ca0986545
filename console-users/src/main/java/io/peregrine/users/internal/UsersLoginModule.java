/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.users.internal;

import org.apache.karaf.jaas.modules.properties.PropertiesLoginModule;

/** Karaf's, under a name by which the console finds {@link UsersEngine}. */
public final class UsersLoginModule extends PropertiesLoginModule {
}
