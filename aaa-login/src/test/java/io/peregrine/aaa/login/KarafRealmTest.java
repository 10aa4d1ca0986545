/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.aaa.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.shiro.authc.AuthenticationException;
import org.apache.shiro.authc.UsernamePasswordToken;
import org.apache.shiro.subject.PrincipalCollection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KarafRealmTest {
    private final KarafRealm realm = new KarafRealm();

    @BeforeAll
    static void configure() {
        Backwards.configure();
    }

    @AfterAll
    static void forget() {
        Backwards.forget();
    }

    private PrincipalCollection logIn(final String user) {
        return realm.getAuthenticationInfo(new UsernamePasswordToken(user, Backwards.password(user)))
            .getPrincipals();
    }

    @ParameterizedTest
    @CsvSource({
        "viewer,   true,  true,  false, false, false",
        "operator, true,  true,  true,  false, false",
        "admin,    true,  true,  true,  true,  true",
        "ssh,      false, false, false, false, false"})
    void aRoleMayDoWhatItIsFor(final String role, final boolean read, final boolean ask, final boolean operate,
            final boolean write, final boolean other) {
        final var user = logIn(role);
        assertTrue(realm.hasRole(user, role));
        assertEquals(read, realm.isPermitted(user, "view:read"), "read state and intent");
        assertEquals(ask, realm.isPermitted(user, "view:call"), "RPCs that change nothing");
        assertEquals(operate, realm.isPermitted(user, "operate:call"), "RPCs that move guests");
        assertEquals(write, realm.isPermitted(user, "view:update"), "change intent");
        assertEquals(other, realm.isPermitted(user, "anything:else"));
    }

    @Test
    void whoHasTheWrongPasswordIsNobody() {
        final var refusal = assertThrows(AuthenticationException.class,
            () -> realm.getAuthenticationInfo(new UsernamePasswordToken("admin", "hunter2")));
        assertFalse(refusal.getMessage().contains("hunter2"));
    }

    @ParameterizedTest
    @CsvSource({"view:read, viewer", "view:call, viewer", "operate:call, operator", "view:update, admin", "*, admin"})
    void aPermissionTakesARole(final String permission, final String role) {
        assertEquals(role, KarafRealm.roleWith(permission));
        assertEquals(role, KarafRealm.roleWith("view:read", permission));
    }

    @Test
    void theUsersNameIsWhatOthersAreTold() {
        assertEquals("operator", logIn("operator").getPrimaryPrincipal());
    }

    @Test
    void aThreadKeepsItsClassLoader() {
        final var before = Thread.currentThread().getContextClassLoader();
        logIn("viewer");
        assertSame(before, Thread.currentThread().getContextClassLoader());
    }
}
