"""Sentences about files: what cannot be taken in, and what could not be made to fit."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "file_missing": _l("Choose a file."),
    "file_empty": _l("The file is empty."),
    "file_unknown": _l("This file cannot be read. Sendeplan takes JPEG, PNG, GIF, WebP, MP4, MOV, PDF, DOCX and PPTX."),
    "file_too_large": _l("The file is too large: at most %(limit)s MB."),
    "image_cut": _l("This image is damaged or not complete. Save it again, or export it anew."),
    "image_dimensions": _l("The image has more than %(limit)s pixels. Make it smaller first."),
    "video_cut": _l("This video is not complete: a part of the file is missing. Export or copy it again."),
    "video_unreadable": _l("This video is damaged and cannot be read. Export it again as MP4."),
    "video_without_picture": _l("This file has sound, but no moving picture."),
    "document_cut": _l("This document is not complete: the end of the file is missing. Save or copy it again."),
    "document_unreadable": _l("This document is damaged and cannot be read. Save it again as PDF."),
    "document_locked": _l("This document is protected by a password. Save it without one."),
    "document_empty": _l("This document has no page."),
    "document_old": _l("This is a document in the format from before 2007. Save it as PDF, DOCX or PPTX."),
    "fits_already": _l("The file fits already. Reload the page."),
    "fit_impossible": _l("This file cannot be made to fit. Choose another one."),
    "no_ffmpeg": _l("Videos cannot be converted here: the program FFmpeg is not installed."),
    "video_conversion_failed": _l("The video could not be converted. Export it as MP4 (H.264) and upload that."),
    "video_conversion_slow": _l("Converting the video took too long. Export it smaller and upload that."),
    "video_conversion_large": _l("The converted video is still too large. Shorten it and upload that."),
}
