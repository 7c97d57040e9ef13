"""Datasets of Fides (fideslang, documents under `dataset:`) as systems of a data map.

`convert` is the way in. `form` is what may stand in a file, `survey` makes flat collections of it, `routes`
finds the way from people to every collection, `table` and `system` write ours.
"""
