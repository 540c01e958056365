"""All that touches disk or wire: rows, blobs, seals and the queue."""
