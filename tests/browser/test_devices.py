"""Notices on a device: what the page says in each state, and what a push shows and opens."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, Page, Worker, expect

from planner.bootstrap import Platform
from planner.services import push
from tests.support.browser import assert_accessible, assert_no_sideways_scroll, errors_of
from tests.support.factories import Company
from tests.support.web import sign_in
from tests.web.test_devices import FIELDS

pytestmark = pytest.mark.browser

#: A browser whose permission is as given, and whose push service hands out the address of the tests.
BROWSER = """
  Object.defineProperty(Notification, "permission", { get: () => window.permission ?? "%(permission)s" });
  Notification.requestPermission = async () => (window.permission = "%(answer)s");
  const subscription = {
    get endpoint() { return localStorage.getItem("endpoint") ?? %(endpoint)s; },
    toJSON: () => ({ endpoint: subscription.endpoint, keys: %(keys)s }),
    unsubscribe: async () => sessionStorage.removeItem("subscribed") ?? true,
  };
  PushManager.prototype.getSubscription = async () => (sessionStorage.getItem("subscribed") ? subscription : null);
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    sessionStorage.setItem("subscribed", applicationServerKey.length);
    return subscription;
  };
"""


def account(chromium: Browser, server: str, company: Company, script: str, width: int = 360) -> Page:
    context = chromium.new_context(viewport={"width": width, "height": 800}, locale="de-DE")
    context.add_init_script(script)
    page = context.new_page()
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/account")
    return page


def browser(permission: str, answer: str = "granted") -> str:
    keys = json.dumps({"p256dh": FIELDS["p256dh"], "auth": FIELDS["auth"]})
    return BROWSER % {
        "permission": permission,
        "answer": answer,
        "endpoint": json.dumps(FIELDS["endpoint"]),
        "keys": keys,
    }


def test_a_device_is_turned_on_by_a_click_recognised_and_turned_off_in_the_browser_too(
    chromium: Browser, server: str, company: Company, platform: Platform
) -> None:
    page = account(chromium, server, company, browser("default"))
    errors = errors_of(page)
    button = page.get_by_role("button", name="Auf diesem Gerät benachrichtigen")
    expect(button).to_be_visible()
    assert_no_sideways_scroll(page)
    button.click()
    expect(page.get_by_text("dieses Gerät", exact=False).first).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('subscribed')") == "65", "with the installation's own key"
    expect(button).to_be_hidden()
    assert_accessible(page, within="#devices")
    assert_no_sideways_scroll(page)
    page.get_by_role("button", name="Entfernen:").click()
    expect(button).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('subscribed')") is None
    with platform.database.read() as session:
        assert push.all_of(session, company.charlie.user_id or 0) == []
    assert errors == []
    page.context.close()


def test_where_a_device_cannot_notify_the_page_says_why(chromium: Browser, server: str, company: Company) -> None:
    cases = {
        browser("denied"): "blockiert",
        "Object.defineProperty(window, 'isSecureContext', { value: false });": "https://",
        "delete window.PushManager;": "kann keine Benachrichtigungen zeigen",
    }
    for script, said in cases.items():
        page = account(chromium, server, company, script)
        expect(page.locator("[data-devices] > :visible")).to_contain_text(said)
        expect(page.locator("[data-devices] > :visible")).to_have_count(1)
        page.context.close()
    page = account(chromium, server, company, browser("default", "denied"))
    page.get_by_role("button", name="Auf diesem Gerät benachrichtigen").click()
    expect(page.locator("[data-devices] > :visible")).to_contain_text("blockiert")
    page.context.close()


#: What an expression about the registration (`one`) and its notifications (`all`) comes to, as soon as it is anything:
#: a promise that is waited for by `wait_for_function` counts as true whatever it brings.
SOON = """async (expression) => {
  const one = await navigator.serviceWorker.ready;
  const look = new Function("one", "all", `return ${expression}`);
  for (let tries = 0; tries < 1500; tries++) {
    const found = look(one, await one.getNotifications());
    if (found) return found;
    await new Promise((go) => setTimeout(go, 20));
  }
  throw new Error(`never: ${expression}`);
}"""


def test_a_push_is_shown_by_the_service_worker_and_a_second_copy_takes_its_place(
    chromium: Browser, server: str, company: Company
) -> None:
    page = account(chromium, server, company, "")
    page.context.grant_permissions(["notifications"], origin=server)
    page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)")
    devtools = page.context.new_cdp_session(page)
    versions: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: versions.extend(one["registrationId"] for one in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.evaluate(SOON, "one.active.state === 'activated'")
    content = {"title": "Zeit, von Hand zu veröffentlichen", "body": "Text", "url": "/assisted/7", "tag": "abc"}
    for _ in range(2):
        data = {"origin": server, "registrationId": versions[0], "data": json.dumps(content)}
        devtools.send("ServiceWorker.deliverPushMessage", data)
    shown = page.evaluate(
        SOON, "all.length && all.map(({ title, body, tag, data }) => ({ title, body, tag, url: data.url }))"
    )
    assert shown == [content]
    page.context.close()


#: Hands an event to the worker's own handlers and waits until they are done, as the browser does.
DELIVER = """() => {
  self.deliver = async (event) => {
    let done;
    event.waitUntil = (promise) => (done = promise);
    self.dispatchEvent(event);
    await done;
  };
}"""


def worker_of(page: Page) -> Worker:
    """The page's service worker, running."""
    page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)")
    page.evaluate(SOON, "one.active.state === 'activated'")
    worker = page.context.service_workers[0]
    worker.evaluate(DELIVER)
    return worker


def addresses(platform: Platform, company: Company) -> list[str]:
    """Where Charlie's devices are reached, by what is sealed."""
    with platform.database.read() as session:
        found = push.all_of(session, company.charlie.user_id or 0)
        return [platform.vault.open(one.sealed)["endpoint"] for one in found]


def test_a_click_on_a_notification_shows_its_page_in_the_window_that_has_it_or_a_new_one(
    chromium: Browser, server: str, company: Company
) -> None:
    page = account(chromium, server, company, "")
    page.context.grant_permissions(["notifications"], origin=server)
    worker = worker_of(page)
    # A browser opens and focuses windows for a real click alone: what it is asked for is noted.
    worker.evaluate("""() => {
      self.asked = [];
      Clients.prototype.openWindow = async (href) => void asked.push("open " + href);
      WindowClient.prototype.focus = async function () { asked.push("focus " + this.url); };
    }""")
    for url in ("/assisted/7", "/account", "https://elsewhere.example/"):
        worker.evaluate(
            """async (url) => {
              await self.registration.showNotification("Titel", { data: { url } });
              const [notification] = await self.registration.getNotifications();
              await deliver(new NotificationEvent("notificationclick", { notification }));
            }""",
            url,
        )
    assert worker.evaluate("asked") == [f"open {server}/assisted/7", f"focus {server}/account"]
    assert worker.evaluate("self.registration.getNotifications().then((all) => all.length)") == 0, "they are closed"
    page.context.close()


def test_a_subscription_that_the_browser_renews_reaches_the_server_at_once_or_with_the_next_page(
    chromium: Browser, server: str, company: Company, platform: Platform
) -> None:
    page = account(chromium, server, company, browser("granted"))
    errors = errors_of(page)
    page.get_by_role("button", name="Auf diesem Gerät benachrichtigen").click()
    expect(page.get_by_text("dieses Gerät", exact=False).first).to_be_visible()
    worker = worker_of(page)
    change = """async ([endpoint, keys]) => {
      PushManager.prototype.subscribe = async () => ({ toJSON: () => ({ endpoint, keys }) });
      await deliver(new ExtendableEvent("pushsubscriptionchange"));
    }"""
    keys = {"p256dh": FIELDS["p256dh"], "auth": FIELDS["auth"]}

    worker.evaluate(change, ["https://push.example/second", keys])
    assert addresses(platform, company) == ["https://push.example/second"]

    page.context.clear_cookies(name="session")
    worker.evaluate(change, ["https://push.example/third", keys])
    assert addresses(platform, company) == ["https://push.example/second"], "nobody is signed in"
    page.evaluate("localStorage.setItem('endpoint', 'https://push.example/third')")
    with page.expect_response(lambda answer: answer.request.method == "POST" and "renewal" in answer.url) as told:
        sign_in(page, server, company.charlie)
    assert told.value.status == 204
    assert addresses(platform, company) == ["https://push.example/third"]

    page.evaluate("sessionStorage.removeItem('subscribed')")  # lost altogether
    page.evaluate("localStorage.setItem('endpoint', 'https://push.example/fourth')")
    page.goto(f"{server}/account")
    expect(page.get_by_text("dieses Gerät", exact=False).first).to_be_visible()
    assert addresses(platform, company) == ["https://push.example/fourth"]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server}/notices", wait_until="networkidle")
    assert [url for url in asked if "devices" in url] == [], "what agrees costs no request"

    with platform.database.write() as session:  # from another device
        push.remove(session, company.charlie.user_id or 0, push.all_of(session, company.charlie.user_id or 0)[0].id)
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.goto(f"{server}/notices")
    assert page.evaluate("sessionStorage.getItem('subscribed')") is None
    page.goto(f"{server}/account")
    expect(page.get_by_role("button", name="Auf diesem Gerät benachrichtigen")).to_be_visible()
    assert addresses(platform, company) == [], "what was removed does not come back"
    assert errors == []
    page.context.close()
