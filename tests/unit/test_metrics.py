"""Our own implementation of a metric gives the same values as the library's histogram."""

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram

from wiredesk.runtime.metrics import Distribution

BOUNDS = (0.005, 0.5, 1, 30)


@given(st.lists(st.lists(st.sampled_from([0.0, 0.005, 0.0051, 0.5, 1.0, 29.0, 30.0, 31.0]))))
def test_it_counts_as_the_librarys_histogram_does(batches: list[list[float]]) -> None:
    theirs, ours = CollectorRegistry(), CollectorRegistry()
    histogram = Histogram("age", "Age.", buckets=BOUNDS, registry=theirs)
    distribution = Distribution("age", "Age.", BOUNDS, ours)
    for batch in batches:
        distribution.observe(batch)
        for value in batch:
            histogram.observe(value)
    assert _samples(ours) == _samples(theirs)


def _samples(registry: CollectorRegistry) -> list[tuple[str, dict[str, str], float]]:
    (metric,) = registry.collect()
    return sorted(((s.name, s.labels, round(s.value, 6)) for s in metric.samples if s.name != "age_created"), key=str)
