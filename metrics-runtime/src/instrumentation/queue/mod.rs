//! Queues of PGMQ.
