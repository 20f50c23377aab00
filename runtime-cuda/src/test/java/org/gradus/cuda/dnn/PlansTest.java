package org.gradus.cuda.dnn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is prepared for problems is kept, within bounds, and given back. */
class PlansTest {
    private final List<Integer> prepared = new ArrayList<>();
    private final List<Integer> closed = new ArrayList<>();
    private final Plans<Integer, Plan> plans = new Plans<>(2);

    private record Plan(int problem, List<Integer> closed) implements Cudnn.Prepared {
        @Override
        public void close() {
            closed.add(problem);
        }
    }

    private Optional<Plan> get(int problem) {
        return plans.get(
                problem,
                p -> {
                    prepared.add(p);
                    return p < 0 ? Optional.empty() : Optional.of(new Plan(p, closed));
                });
    }

    @Test
    void aProblemIsPreparedOnce() {
        assertEquals(get(1), get(1));
        assertEquals(List.of(1), prepared);
    }

    @Test
    void aProblemThatHasNoPlanIsRemembered() {
        assertEquals(Optional.empty(), get(-1));
        assertEquals(Optional.empty(), get(-1));
        assertEquals(List.of(-1), prepared);
    }

    @Test
    void thePlanThatWasNotUsedForTheLongestTimeMakesRoom() {
        get(1);
        get(2);
        get(1);
        get(3);
        assertEquals(List.of(2), closed);
        assertEquals(2, plans.size());
        get(1);
        assertEquals(List.of(1, 2, 3), prepared);
    }

    @Test
    void aPlanThatIsForgottenIsGivenBack() {
        get(1);
        plans.forget(1);
        assertEquals(List.of(1), closed);
        assertEquals(Optional.empty(), get(1));
    }

    @Test
    void allPlansAreGivenBackInTheEnd() {
        get(1);
        get(2);
        plans.close();
        assertEquals(List.of(1, 2), closed.stream().sorted().toList());
        assertEquals(0, plans.size());
    }
}
