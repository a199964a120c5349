"""The words of the consent pages, in German and English. Permissions keep the networks' own names."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "de": {
        "sandbox": "Sandbox: Dies ist nicht das echte Netzwerk. Nichts davon verlässt diesen Rechner.",
        "heading": "Sendeplan mit %s verbinden?",
        "who": "Angemeldet als",
        "pages": "Seiten, auf die Sendeplan zugreifen darf",
        "scopes": "Was Sendeplan darf",
        "allow": "Erlauben",
        "deny": "Ablehnen",
        "problem": "Das geht so nicht",
        "explain": "%s schickt niemanden zurück, solange die App oder ihre Adresse nicht stimmt.",
    },
    "en": {
        "sandbox": "Sandbox: this is not the real network. None of it leaves this computer.",
        "heading": "Connect Sendeplan with %s?",
        "who": "Signed in as",
        "pages": "Pages that Sendeplan may access",
        "scopes": "What Sendeplan may do",
        "allow": "Allow",
        "deny": "Do not allow",
        "problem": "This does not work",
        "explain": "%s sends nobody back as long as the app or its address is wrong.",
    },
}
