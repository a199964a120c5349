"""Sentences of the API: what is wrong with a request as such."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "token_missing": _l("Send a token: “Authorization: Bearer …”. Make one with “sendeplan token create”."),
    "token_unknown": _l("This token is unknown or was revoked."),
    "token_not_read_only": _l("A calendar address takes a token with the role “reader” only: addresses are passed on."),
    "address_unknown": _l("There is nothing at this address."),
    "method_unknown": _l("This address does not take this method."),
    "body_too_large": _l("The request is too large."),
    "internal_error": _l("Something went wrong here. Nothing was changed; the log of the server says more."),
    "database_away": _l(
        "The database does not answer at the moment. Try again; with the same Idempotency-Key nothing is done twice."
    ),
    "bad_request": _l("The request cannot be read."),
    "changed_meanwhile": _l("Someone else changed the same thing at this moment. Look again, then try again."),
    "json_wanted": _l("Send JSON, with “Content-Type: application/json”."),
    "upload_wanted": _l("Send the image as multipart/form-data in the field “file”, or as the body itself."),
    "json_invalid": _l("The body is not valid JSON."),
    "body_missing": _l("The body is missing."),
    "missing": _l("This field is needed."),
    "extra_forbidden": _l("There is no field of this name here."),
    "string_type": _l("This must be a text in quotes."),
    "string_too_long": _l("This is too long: at most %(max_length)s characters."),
    "string_too_short": _l("This is too short: at least %(min_length)s characters."),
    "too_long": _l("This is too long: at most %(limit)s characters."),
    "list_too_long": _l("These are too many: at most %(max_length)s."),
    "int_type": _l("This must be a whole number."),
    "bool_type": _l("This must be true or false."),
    "list_type": _l("This must be a list in square brackets."),
    "dict_type": _l("This must be an object in curly brackets."),
    "greater_than_equal": _l("This is too small: at least %(ge)s."),
    "less_than_equal": _l("This is too large: at most %(le)s."),
    "moment_invalid": _l("This must be a time with a zone, such as 2027-01-31T09:30:00+01:00."),
    "moment_or_day_invalid": _l("This must be a day, such as 2027-01-31, or a time with a zone."),
    "date_invalid": _l("This must be a day, such as 2027-01-31."),
    "clock_invalid": _l("This must be a time of day from 00:00 to 23:59, such as 09:30."),
    "id_invalid": _l("This must be an id: digits, written as a text."),
    "number_invalid": _l("This must be a whole number."),
    "cursor_invalid": _l("This is not a cursor that an answer gave as “next”."),
    "characters_forbidden": _l("This holds control characters, which no text has."),
    "choice_invalid": _l("This is none of the possible values: %(expected)s."),
    "value_invalid": _l("This value cannot be used here."),
    "range_invalid": _l("The end must come after the start, by at most %(days)s days."),
    "idempotency_key_invalid": _l("The key has 1 to 200 visible ASCII characters."),
    "idempotency_key_reused": _l("This key was used for another request. Take a new one."),
    "live_and_cancel": _l("What is live cannot be cancelled."),
    "period_unknown": _l("Write the period as a week (2026-W47), a month (2026-11) or a quarter (2026-Q4)."),
}
