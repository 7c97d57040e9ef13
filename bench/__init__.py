"""Measurements that a figure of the documentation rests on. Each module runs by itself."""
