"""Transitional names of `partition_identity`."""

from wiredesk.runtime.kafka.partition_identity import epoch_end_offset as end_of_epoch

__all__ = ["end_of_epoch"]
