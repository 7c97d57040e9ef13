"""Files that a page takes: bounded while they come in, held in memory, never on a disk in the clear."""

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Concatenate, ParamSpec

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class Bounded(FileUploadHandler):
    """All files of one form together; beyond `most` bytes nothing more is read, and no file is there."""

    def __init__(self, request: HttpRequest, most: int) -> None:
        super().__init__(request)
        self._left = most
        self._content = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start == 0:
            self._content = BytesIO()
        self._left -= len(raw_data)
        if self._left < 0:
            if self.request is not None:
                self.request.too_large = True  # type: ignore[attr-defined]
            raise StopUpload(connection_reset=False)
        self._content.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._content.seek(0)
        return InMemoryUploadedFile(
            self._content,
            self.field_name,
            self.file_name or "file",
            self.content_type,
            file_size,
            self.charset,
        )


def takes_files(most: int) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """A page that takes files of so many bytes together. The token against forgery is looked for only when
    the bound is in place, for looking reads the form."""

    def page(view: View[P]) -> Callable[..., HttpResponseBase]:
        protected = csrf_protect(view)

        @wraps(view)
        @csrf_exempt
        def shown(request: HttpRequest, *values: P.args, **named: P.kwargs) -> HttpResponseBase:
            request.upload_handlers = [Bounded(request, most)]
            return protected(request, *values, **named)

        return shown

    return page


def too_large(request: HttpRequest) -> bool:
    """Whether it was cut off. To be asked after the form was read."""
    return bool(getattr(request, "too_large", False))
