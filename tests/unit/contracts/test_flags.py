from streams.contracts.flags import Flag


def test_every_flag_is_a_bit_of_its_own_that_fits_the_column():
    bits = [flag.value for flag in Flag]

    assert all(bit.bit_count() == 1 for bit in bits)
    assert len(set(bits)) == len(bits)
    assert sum(bits) < 2**32
