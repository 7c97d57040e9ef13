"""Discovery: from what a database looks like to a draft of its map. Judgement only; nothing here reads a
system, and no sampled value ever arrives here: what was seen of a column are counts (`seen.Sight`)."""
