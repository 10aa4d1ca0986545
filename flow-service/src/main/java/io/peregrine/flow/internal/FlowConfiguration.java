/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Configuration of the flow service.
 */
@ObjectClassDefinition(name = "Peregrine flow service")
public @interface FlowConfiguration {
    /** Where the configuration admin keeps it. */
    String PID = "io.peregrine.flow";

    /**
     * How often each switch is read back, to find what somebody else has changed. Where reading all switches takes
     * more than a tenth of that time, it is done as often as takes a tenth of the time.
     *
     * @return seconds, at least one
     */
    @AttributeDefinition(name = "read-back-seconds", description = "Least seconds between routine reads of a switch")
    int read$_$back$_$seconds() default 30;

    /**
     * Whether OpenFlowPlugin's polling of statistics, and how long it waits for more changes before it sends a barrier,
     * are left as its own configuration has them. By default both are as Peregrine works best: polling many flows
     * stalls a session for up to a second.
     *
     * @return true if they are left
     */
    @AttributeDefinition(name = "keep-plugin-pace", description = "Leave OpenFlowPlugin's polling and barriers alone")
    boolean keep$_$plugin$_$pace() default false;
}
