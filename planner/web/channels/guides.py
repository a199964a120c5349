"""What to set up at a network once, so that everybody can connect by signing in there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask_babel import LazyString, lazy_gettext as _l
from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True)
class Setting:
    """An app option, and where its value comes from. ``example`` is not the value."""

    option: str
    meaning: LazyString
    example: str = "…"
    required: bool = True


@dataclass(frozen=True, slots=True)
class AppGuide:
    """``steps`` in order; after the step with the number ``address_after`` the redirect address is entered. ``review``
    is what the network wants to see before strangers may connect; ``note`` what else is good to know."""

    url: str
    steps: tuple[LazyString, ...]
    review: tuple[LazyString, ...]
    settings: tuple[Setting, ...]
    note: LazyString | None = None


_ID = Setting("client_id", _l("The app's client id."))
_SECRET = Setting("client_secret", _l("The app's client secret. It is shown at the developer app only."))

APP_GUIDES: dict[str, AppGuide] = {
    "facebook": AppGuide(
        "https://developers.facebook.com/apps/",
        (
            _l("Create an app of the type Business, and link it to your company's business portfolio."),
            _l("Add the product Facebook Login for Business (or Facebook Login), and the permissions below. Where the "
               "app lacks one that is asked for, Meta shows an error instead of its question; business_management can "
               "be left out by SENDEPLAN_FACEBOOK_SCOPES where no Page belongs to a business portfolio."),
            _l("In the product's settings, enter the redirect address from this page under Valid OAuth Redirect URIs."),
            _l("With Facebook Login for Business, create a configuration with a user access token and the permissions"
               " below, and note its configuration id."),
            _l("Take app id and app secret from App settings, Basic, and set them as shown below."),
        ),
        (
            _l("People with a role in the app (admin, developer, tester) can connect their Pages at once: enough for "
               "one company."),
            _l("For anybody else, Meta wants Advanced Access to each permission: app review with a screencast, and "
               "business verification. Allow some weeks."),
        ),
        (
            Setting("client_id", _l("The app id.")),
            Setting("client_secret", _l("The app secret. It also signs each call.")),
            Setting("config_id", _l("The configuration id of Facebook Login for Business, where you use that."),
                    required=False),
        ),
        _l("Sign in with a person who may publish on the Page. Each Page that you choose becomes a channel. Its "
           "access does not expire by itself."),
    ),
    "twitter": AppGuide(
        "https://developer.x.com/en/portal/dashboard",
        (
            _l("Create a project with an app in it. X charges by use: put credits on the account."),
            _l("Open User authentication settings and choose Web App, so that the app is confidential and has a "
               "secret."),
            _l("Choose Read and write as the app's permissions."),
            _l("Enter the redirect address from this page as Callback URI, and your company's website."),
            _l("Take Client ID and Client Secret from Keys and tokens, OAuth 2.0, and set them as shown below. API "
               "key and bearer token are not what is meant."),
        ),
        (_l("X reviews nothing: the app works at once, for any account."),),
        (_ID, Setting("client_secret", _l("The OAuth 2.0 client secret. A native app has none."), required=False)),
        _l("The connection renews itself: nobody has to think of it."),
    ),
    "linkedin": AppGuide(
        "https://www.linkedin.com/developers/apps",
        (
            _l("Create an app and link it to your company page; an admin of that page confirms it under Verify."),
            _l("For company pages, request the product Community Management API. LinkedIn gives it to an app that has"
               " no other product."),
            _l("For personal profiles alone, the products Share on LinkedIn and Sign In with LinkedIn using OpenID "
               "Connect do, without review; then set the permissions to: openid profile w_member_social"),
            _l("Under Auth, enter the redirect address from this page as an authorized redirect URL."),
            _l("Take Client ID and Primary Client Secret from Auth, and set them as shown below."),
        ),
        (
            _l("LinkedIn vets access to the Community Management API: a registered company, a website, and what you "
               "use it for. The development tier comes first; for the standard tier LinkedIn wants a screencast."),
        ),
        (
            _ID,
            _SECRET,
            Setting("scopes", _l("Other permissions than those below, separated by blanks. LinkedIn refuses the whole"
                                 " request where the app has not got one of them."),
                    "openid profile w_member_social", required=False),
        ),
        _l("Sign in with a person who is admin of the company page. Access ends after 60 days; you are told a week "
           "before, and reconnect with one click."),
    ),
    "xing": AppGuide(
        "https://dev.xing.com/",
        (
            _l("XING gives out no keys any more. Without keys of your own, leave this page: publish by hand, which is"
               " set up in one click."),
            _l("If you have a consumer key and secret of the former API, set them as shown below."),
            _l("Where XING knows the callback addresses of your keys, have the redirect address from this page added."),
        ),
        (),
        (Setting("client_id", _l("The consumer key.")), Setting("client_secret", _l("The consumer secret."))),
    ),
}  # fmt: skip


_META = _l(
    "At Meta: App review, Permissions and features, Advanced Access; or give this person a role in the app. With "
    "Facebook Login for Business, add it to the configuration as well."
)
_X_WRITES = _l("At X: User authentication settings, App permissions, Read and write.")
_COMMUNITY = _l("At LinkedIn: Products, Community Management API.")
_SHARE = _l("At LinkedIn: Products, Share on LinkedIn (or Community Management API).")

#: What at the developer app gives a permission: by network, "" for all that are not named.
GIVEN_BY: dict[str, dict[str, LazyString]] = {
    "facebook": {"": _META},
    "twitter": {
        "": _X_WRITES,
        "tweet.read": _l("At X: User authentication settings, App permissions, Read."),
        "users.read": _l("At X: User authentication settings, App permissions, Read."),
        "offline.access": _l("X gives it to every app that asks for it."),
    },
    "linkedin": {"": _COMMUNITY, "w_member_social": _SHARE},
}


def given_by(network: str, permission: str) -> str:
    """What at the developer app gives a permission; "" for a network added by a third party."""
    of_network = GIVEN_BY.get(network, {})
    return str(of_network.get(permission) or of_network.get("", ""))


def with_names(text: LazyString | str) -> Markup:
    """A sentence in which the names that a network's own pages use, in English, are marked as quoted."""
    return Markup(re.sub("„([^“]+)“", r"<q>\1</q>", str(escape(str(text)))))  # noqa: S704 - escaped just here


def app_guide(network: str) -> AppGuide | None:
    """What to set up at a network; None for one added by a third party."""
    return APP_GUIDES.get(network)
