"""Which peers an option asks for."""

import pytest

from streams.bench.peers import PEERS, chosen
from streams.errors import StopError


def test_none_one_or_all() -> None:
    assert chosen(None) == ()
    assert chosen("faust") == ("faust",)
    assert chosen("all") == PEERS


def test_an_unknown_peer_is_refused_by_naming_the_known() -> None:
    with pytest.raises(StopError, match=r"flink.*faust, quixstreams, bytewax"):
        chosen("flink")
