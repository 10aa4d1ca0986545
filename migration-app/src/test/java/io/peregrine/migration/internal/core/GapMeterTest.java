/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Times are small numbers: probes go out every 20, and are answered after 3.
 */
class GapMeterTest {
    private final GapMeter meter = new GapMeter(16);

    private void answeredAtOnce(final int count) {
        for (int i = 0; i < count; i++) {
            final long at = i * 20L;
            meter.answer(meter.send(at), at + 3);
        }
    }

    private void assertGap(final long longest, final long began, final long doubt) {
        final var gap = meter.result();
        assertEquals(OptionalLong.of(longest), gap.longest());
        assertEquals(began, gap.began());
        assertEquals(doubt, gap.doubt());
    }

    @Test
    void aGuestThatAnswersAtOnceHasNoGap() {
        assertFalse(meter.awaits());
        answeredAtOnce(40);
        assertFalse(meter.awaits());
        assertEquals(new Gap(40, 40, 0, OptionalLong.of(0), 0, 0, true), meter.result());
    }

    @Test
    void probesThatWaitAreAGapAndNotLost() {
        answeredAtOnce(2);
        final int third = meter.send(40);
        final int fourth = meter.send(60);
        assertTrue(meter.awaits());
        meter.answer(third, 78);
        meter.answer(fourth, 78);
        assertGap(35, 43, 20);
        assertEquals(0, meter.result().lost());
        assertTrue(meter.result().answering());
    }

    @Test
    void lostProbesAreAGapOfAsManyIntervals() {
        answeredAtOnce(2);
        meter.send(40);
        meter.send(60);
        meter.answer(meter.send(80), 83);
        assertGap(40, 43, 20);
        assertEquals(2, meter.result().lost());
    }

    @Test
    void theLongestOfTwoGapsCounts() {
        answeredAtOnce(2);
        meter.send(40);
        meter.answer(meter.send(60), 63);
        meter.send(80);
        meter.send(100);
        meter.answer(meter.send(120), 123);
        meter.send(140);
        meter.answer(meter.send(160), 163);
        assertGap(40, 83, 20);
    }

    @Test
    void aSlowPaceIsNoGapAndOnlyMoreDoubt() {
        answeredAtOnce(1);
        meter.answer(meter.send(500), 503);
        meter.answer(meter.send(1000), 1003);
        assertGap(0, 0, 0);
        // It is told at 1200 that something happens, and probed at once
        final int waiting = meter.send(1200);
        meter.answer(waiting, 1300);
        assertGap(97, 1203, 200);
    }

    @Test
    void theBeginningCountsAsAnswered() {
        final int first = meter.send(0);
        final int second = meter.send(20);
        meter.answer(second, 100);
        meter.answer(first, 100);
        meter.answer(meter.send(100), 103);
        assertGap(97, 0, 0);
    }

    @Test
    void aGuestThatDoesNotAnswerAgainIsSaidTo() {
        answeredAtOnce(3);
        for (int i = 3; i < 10; i++) {
            meter.send(i * 20);
        }
        assertGap(140, 63, 20);
        assertFalse(meter.result().answering());
        assertTrue(meter.awaits());
    }

    @Test
    void oneLostAtTheEndIsNoSilence() {
        answeredAtOnce(3);
        meter.send(60);
        assertGap(20, 63, 20);
        assertTrue(meter.result().answering());
    }

    @Test
    void nothingIsKnownOfAGuestThatNeverAnswers() {
        meter.send(0);
        meter.send(20);
        assertEquals(new Gap(2, 0, 0, OptionalLong.empty(), 0, 0, false), meter.result());
        assertEquals(2, meter.result().lost());
    }

    @Test
    void answersBeyondTheFirstAreDuplicates() {
        final int first = meter.send(0);
        meter.answer(first, 3);
        meter.answer(first, 4);
        meter.answer(first, 5);
        assertEquals(1, meter.result().answered());
        assertEquals(2, meter.result().duplicated());
    }

    @Test
    void whatWasNeverSentOrAskedDoesNotCount() {
        meter.answer(3, 1);
        meter.answer(-1, 1);
        meter.answer(16, 1);
        assertEquals(0, meter.result().answered());
        answeredAtOnce(2);
        meter.notSent(meter.send(40));
        meter.notSent(9);
        meter.answer(meter.send(60), 63);
        assertEquals(3, meter.result().sent());
        assertGap(0, 0, 0);
        final int doubtful = meter.send(80);
        meter.notSent(doubtful);
        meter.answer(doubtful, 83);
        assertEquals(4, meter.result().answered());
        assertEquals(0, meter.result().lost());
    }

    @Test
    void whatIsUnansweredWhenItBreaksOffWasNotAsked() {
        answeredAtOnce(2);
        meter.send(40);
        meter.send(60);
        meter.breakOff();
        assertGap(0, 0, 0);
        assertEquals(0, meter.result().lost());
        final var none = new GapMeter(16);
        none.send(0);
        none.breakOff();
        assertEquals(0, none.result().sent());
    }

    @Test
    void aNumberThatComesAgainIsThatOfTheLaterProbe() {
        answeredAtOnce(1);
        for (int i = 1; i <= 16; i++) {
            meter.send(i * 20);
        }
        meter.answer(0, 323);
        assertEquals(2, meter.result().answered());
        assertEquals(0, meter.result().duplicated());
        assertEquals(15, meter.result().lost());
    }

    @Test
    void aSilenceLastsLongerThanThereAreNumbers() {
        answeredAtOnce(2);
        for (int i = 2; i < 102; i++) {
            meter.send(i * 20L);
        }
        assertFalse(meter.result().answering());
        meter.answer(meter.send(2040), 2043);
        assertGap(2000, 43, 20);
        assertEquals(100, meter.result().lost());
    }

    @Test
    void theFirstProbeMayBeAnsweredLast() {
        final int first = meter.send(0);
        meter.answer(meter.send(20), 23);
        meter.send(40);
        meter.answer(first, 50);
        assertEquals(1, meter.result().lost());
    }

    /** One answer on its way: when, to which probe. */
    private record Answer(long at, int number) {
    }

    /**
     * Random paces, delays and silences, of which one is the longest; answers that come at the same time come in any
     * order. What is told is never further off than it says.
     */
    @Test
    void isNeverFurtherOffThanItSays() {
        for (int seed = 0; seed < 2000; seed++) {
            final var random = new Random(seed);
            final var run = new GapMeter(4096);
            final long delay = 1 + random.nextInt(50);
            final long begins = 2000 + random.nextInt(2000);
            final long ends = begins + random.nextInt(3000);
            final boolean kept = random.nextBoolean();
            final var answers = new ArrayList<Answer>();
            int sent = 0;
            int lost = 0;
            int duplicated = 0;
            for (long now = 0; now < ends + 2000; now += 1 + random.nextInt(40)) {
                deliver(run, answers, now, random);
                final int number = run.send(now);
                sent++;
                final boolean silent = now >= begins && now < ends;
                if (silent && !kept) {
                    lost++;
                    continue;
                }
                final long at = (silent ? ends : now) + delay;
                answers.add(new Answer(at, number));
                if (random.nextInt(20) == 0) {
                    duplicated++;
                    answers.add(new Answer(at, number));
                }
            }
            deliver(run, answers, Long.MAX_VALUE, random);
            final var gap = run.result();
            final var what = "seed " + seed + ": " + gap + ", silent from " + begins + " to " + ends;
            assertEquals(sent, gap.sent(), what);
            assertEquals(lost, gap.lost(), what);
            assertEquals(duplicated, gap.duplicated(), what);
            assertTrue(gap.answering(), what);
            // shorter silences than a pace of 40 may fall between two probes
            final long slack = Math.max(gap.doubt(), ends - begins <= 40 ? 40 : 0);
            assertTrue(Math.abs(ends - begins - gap.longest().orElseThrow()) <= slack, what);
        }
    }

    private static void deliver(final GapMeter run, final List<Answer> answers, final long until,
            final Random random) {
        final var ready = new ArrayList<>(answers.stream().filter(answer -> answer.at() <= until).toList());
        answers.removeAll(ready);
        Collections.shuffle(ready, random);
        ready.sort(Comparator.comparingLong(Answer::at));
        ready.forEach(answer -> run.answer(answer.number(), answer.at()));
    }
}
