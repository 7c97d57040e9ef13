"""The four mixes of GDPRbench (Shastri et al., VLDB 2020) against plain SQL: `python -m bench.gdprbench`.

**Three sides, the same records, the same operations in the same order, and equal answers, or no
figure:**

- *plain*: GDPRbench's one table with its metadata in every row, an index for each condition, a table as
  log.
- *tables*: the layout that Upheld expects, without Upheld: a table a purpose, a row a person, a row a
  purpose, a table as log. What it wins over *plain* is won by layout, not by Upheld.
- *upheld*: that layout with Upheld: the privacy folder as register, erasure and access by its verbs, the
  ledger as log.

**By purpose is answered from the register.** The map says which tables a purpose uses; nobody looks
through rows for a purpose. So *upheld* and *tables* keep a purpose's recipients once; *plain* has them
in each row.

**The mixes** are those of the paper, as far as the workload files of its repository and the
configurations that others published for it show them: controller 25 % create, 25 % delete by purpose,
time or user, 50 % update metadata by purpose, user or recipient (uniform); customer 20 % each of reading
her data, reading a record's metadata, correcting data, changing metadata, deleting a record (Zipf);
processor 80 % data by key (Zipf), 20 % by purpose, objection or decision (uniform); regulator 46 %
metadata by user, 31 % logs, 23 % verifying a deletion (Zipf). Where one share names several operations
they have equal parts. The files of its repository give no shares for logs and verifying, and there only
0.2 of the processor's is by key: for these we took the figures that are quoted from the paper.

**Where we differ, and say so:**

1. Recipients, source and category follow from the purpose, as in a register (Art. 30); they are columns
   of *plain*.
2. An objection is a person's (Art. 21), not a record's. Decision and time to live are a record's.
3. A record is named by purpose and number: an application knows in which table its record is.
4. What a processor reads by purpose comes in a page of 1,000 by number; the same for all sides.
5. Writes are logged, reads are not, on all sides. Creating a record is the application's own and in no
   log.
6. Upheld has no verb for one record, for a purpose or for a date: there it is the application's
   statement and an entry in the ledger. For a whole person it has: `erase`, with plan, new look and
   certificate.
7. A hundred records a user, as in runs that others published; fewer records than a million unless asked,
   which is against us: plain SQL changes metadata in every row, a register once.
8. One client, one operation after the other; CPU time of client and server instead of throughput.
"""
