from starling.child.patience import LIFE_CPU_S, SILENCE_S, TICK_S, Patience


class World:
    """A clock and a processor that only the test moves."""

    def __init__(self):
        self.now_s = 100.0
        self.cpu_s: float | None = 0.0

    def patience(self, deadline_s=1000.0):
        return Patience(deadline_s, lambda: self.cpu_s, lambda: self.now_s)

    def silent_ticks(self, patience, count, cpu=0.0):
        for _ in range(count):
            self.now_s += TICK_S
            if self.cpu_s is not None:
                self.cpu_s += cpu
            patience.tick()


WHOLE_SILENCE = round(SILENCE_S / TICK_S)


def test_silence_without_processor_use_is_a_freeze():
    world = World()
    patience = world.patience()
    world.silent_ticks(patience, WHOLE_SILENCE - 1)
    assert not patience.frozen
    world.silent_ticks(patience, 1)
    assert patience.frozen


def test_processor_use_is_life():
    world = World()
    patience = world.patience()
    world.silent_ticks(patience, 10 * WHOLE_SILENCE, cpu=2 * LIFE_CPU_S)
    assert not patience.frozen
    world.silent_ticks(patience, WHOLE_SILENCE)
    assert patience.frozen


def test_waiting_for_a_lock_is_not_life():
    world = World()
    patience = world.patience()
    world.silent_ticks(patience, WHOLE_SILENCE, cpu=LIFE_CPU_S / 3)
    assert patience.frozen


def test_silence_is_all_there_is_where_processor_use_cannot_be_read():
    world = World()
    world.cpu_s = None
    patience = world.patience()
    world.silent_ticks(patience, WHOLE_SILENCE)
    assert patience.frozen


def test_a_message_ends_the_silence():
    world = World()
    patience = world.patience()
    for _ in range(5):
        world.silent_ticks(patience, WHOLE_SILENCE - 1)
        patience.heard()
    assert not patience.frozen


def test_the_deadline_counts_waiting_also_while_messages_come():
    world = World()
    patience = world.patience(deadline_s=2.0)
    for _ in range(7):
        world.now_s += TICK_S
        patience.heard()
    assert not patience.late
    world.silent_ticks(patience, 1)
    assert patience.late


def test_time_this_process_slept_is_not_the_workers():
    world = World()
    patience = world.patience(deadline_s=10.0)
    world.now_s += 3600
    patience.tick()
    assert not patience.frozen
    assert not patience.late


def test_time_the_caller_spends_between_replies_is_not_counted():
    world = World()
    patience = world.patience()
    world.now_s += 0.4
    patience.resume()
    patience.heard()
    assert patience.waited_s == 0.0
