"""What the ledger costs, in CPU time of one run: `ledger.py [ENTRIES]`.

Goals at a million entries: sequencing 25 µs an entry, a proof 1 ms, checking its hashes 50 µs.
"""

import json
import sys
import time

from upheld.ledger.merkle import leaf_hash, verify_inclusion
from upheld.ledger.tree import MemoryHashes, Tree

BATCH = 1_000


def main(entries: int) -> int:
    """One line of JSON; 1 when a goal is missed."""
    bodies = [b"%0400d" % number for number in range(entries)]
    tree = Tree(MemoryHashes(), 0)
    began = time.process_time()
    for start in range(0, entries, BATCH):
        tree = tree.extend([leaf_hash(body) for body in bodies[start : start + BATCH]])
        tree.root()
    sequencing = (time.process_time() - began) / entries
    root, indexes = tree.root(), range(0, entries, max(1, entries // 1_000))
    began = time.process_time()
    proofs = [tree.inclusion(index) for index in indexes]
    proving = (time.process_time() - began) / len(proofs)
    began = time.process_time()
    for index, proof in zip(indexes, proofs, strict=True):
        leaf = leaf_hash(bodies[index])
        verify_inclusion(index=index, size=entries, leaf=leaf, root=root, proof=proof)
    checking = (time.process_time() - began) / len(proofs)
    figures = {
        "entries": entries,
        "sequencing_us": round(sequencing * 1e6, 1),
        "proof_us": round(proving * 1e6, 1),
        "proof_bytes": max(sum(map(len, proof)) for proof in proofs),
        "check_us": round(checking * 1e6, 1),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return int(sequencing > 25e-6 or proving > 1e-3 or checking > 50e-6)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
