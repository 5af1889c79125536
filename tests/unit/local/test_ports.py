import pytest

from streams.errors import StopError
from streams.local.ports import Ports, choose

FIELDS = tuple(Ports.model_fields)


def ports(**given):
    return Ports.model_validate({**dict.fromkeys(FIELDS, 0), **given})


def test_last_ports_are_taken_again():
    last = ports(**{field: 20_000 + n for n, field in enumerate(FIELDS)})
    assert choose(ports(), last, set(), lambda _: True) == last


def test_a_taken_last_port_is_replaced():
    chosen = choose(ports(), ports(kafka_port=20_001), set(), lambda port: port != 20_001)
    assert chosen.kafka_port not in (0, 20_001)


def test_ports_differ():
    chosen = choose(ports(), ports(), set(), lambda _: True)
    assert len(set(chosen.model_dump().values())) == len(FIELDS)


def test_a_taken_port_that_was_asked_for_is_refused():
    with pytest.raises(StopError, match="taken"):
        choose(ports(kafka_port=9092), ports(), set(), lambda _: False)


def test_a_running_part_keeps_its_port():
    last = ports(kafka_port=20_001)
    assert choose(ports(), last, {"kafka_port"}, lambda p: p != 20_001).kafka_port == 20_001
    with pytest.raises(StopError, match="Stop the stack"):
        choose(ports(kafka_port=9092), last, {"kafka_port"}, lambda _: True)
