"""Sentences about mail, pushes and webhooks: what is wrong with a setting, and why something did not get through."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "mail_off": _l("Mail is not set up. Set SENDEPLAN_SMTP_URL and SENDEPLAN_MAIL_FROM, then start Sendeplan again."),
    "mail_server_away": _l("The mail server cannot be reached. Check its name and port in SENDEPLAN_SMTP_URL."),
    "mail_server_silent": _l("The mail server did not answer in time. Check its name and port in SENDEPLAN_SMTP_URL."),
    "mail_server_refused": _l("The mail server ended the conversation."),
    "mail_no_starttls": _l(
        "The mail server offers no STARTTLS. Use smtps://, or ?starttls=no within your own network."
    ),
    "mail_tls_failed": _l("The mail server's certificate or encryption could not be accepted."),
    "mail_sign_in_refused": _l("The mail server refused user or password. Check SENDEPLAN_SMTP_URL."),
    "mail_sender_refused": _l("The mail server does not let this sender send. Check SENDEPLAN_MAIL_FROM."),
    "mail_recipient_refused": _l("The mail server refused the recipient's address."),
    "mail_content_refused": _l("The mail server refused the mail."),
    "mail_not_supported": _l("This address cannot be reached by this mail server."),
    "push_url_invalid": _l("Your browser named an address that cannot be used. Try again, or use another browser."),
    "push_url_private": _l(
        "Your browser's push service is not on the public internet. "
        "The setting SENDEPLAN_PUSH_PRIVATE_ADDRESSES allows such ones."
    ),
    "push_keys_invalid": _l("Your browser named keys that cannot be used. Try again, or use another browser."),
    "push_too_many": _l("A person has at most %(limit)s devices. Remove one first."),
    "webhook_url_invalid": _l("Enter a web address, such as https://intranet.company.example/sendeplan."),
    "webhook_url_password": _l("An address must hold no user and password. The receiver checks the signature instead."),
    "webhook_url_not_https": _l("Enter an address that begins with https://."),
    "webhook_url_private": _l(
        "This address is not on the public internet. The setting SENDEPLAN_WEBHOOK_PRIVATE_ADDRESSES allows such ones."
    ),
    "webhook_events_missing": _l("Choose at least one event."),
    "webhook_event_unknown": _l("There is no such event. These can be chosen: %(known)s."),
    "webhooks_too_many": _l("A workspace has at most %(limit)s webhooks. Delete one first."),
    "webhook_call_not_given_up": _l("This call is not given up: it was taken, or is still tried."),
    "webhook_silent": _l("No answer came in time."),
    "webhook_name_unknown": _l("There is no machine of this name."),
    "webhook_away": _l("The machine cannot be reached."),
    "webhook_tls_failed": _l("The certificate or encryption could not be accepted."),
    "webhook_redirects": _l("It answered with a redirect, which is not followed. Enter the final address."),
    "webhook_status": _l("It answered with an error."),
    "webhook_secret_unreadable": _l("The secret cannot be read with the present keys. Make a new one."),
}
