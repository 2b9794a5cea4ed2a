"""Products of the body's network: in blocks of rows, as those of whole matrices."""

import numpy as np
import pytest

from wiredesk.extractor.body.network import ONE_THREAD_PRODUCTS, product


@pytest.mark.parametrize("texts", [0, 1, 45, 46, 47, 93, 3000])
def test_a_product_in_blocks_is_that_of_the_whole_matrices(texts: int) -> None:
    generator = np.random.default_rng(texts)
    rows = generator.normal(size=(texts, 175)).astype(np.float32)
    weights = generator.normal(size=(175, 32)).astype(np.float32)

    assert ONE_THREAD_PRODUCTS // weights.size == 46
    np.testing.assert_allclose(product(rows, weights), rows @ weights, rtol=1e-4, atol=1e-4)


def test_a_row_longer_than_a_block_is_computed_as_a_whole() -> None:
    rows = np.ones((2, 1), np.float32)
    weights = np.ones((1, ONE_THREAD_PRODUCTS + 1), np.float32)

    assert product(rows, weights).sum() == 2 * (ONE_THREAD_PRODUCTS + 1)
