"""Systems that are folders: CSV and JSONL files, folders and texts, one for a person or a message."""

from upheld.connectors.files.system import FilesConnector, connector

__all__ = ["FilesConnector", "connector"]
