"""A bare client: threads that send posts to the sandbox networks and do nothing else.

Run in a process of its own: ``python -m bench.bare URL THREADS CHANNELS POSTS``. It prints the seconds from the
first request to the last answer. Each thread has one session; the posts of a channel go to whichever thread is free.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Callable

import requests

from bench.instance import credentials

Send = Callable[[requests.Session, str, dict[str, str], str], requests.Response]


def facebook(session: requests.Session, url: str, given: dict[str, str], text: str) -> requests.Response:
    """One Page post."""
    data = {"message": text}
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    return session.post(f"{url}/facebook/v26.0/{given['page_id']}/feed", data, headers=headers, timeout=60)


def twitter(session: requests.Session, url: str, given: dict[str, str], text: str) -> requests.Response:
    """One post on X."""
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    return session.post(f"{url}/twitter/2/tweets", json={"text": text}, headers=headers, timeout=60)


def linkedin(session: requests.Session, url: str, given: dict[str, str], text: str) -> requests.Response:
    """One post of an organisation."""
    headers = {
        "Authorization": f"Bearer {given['access_token']}",
        "LinkedIn-Version": "202608",
        "X-Restli-Protocol-Version": "2.0.0",
    }
    body = {
        "author": given["author"],
        "commentary": text,
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    return session.post(f"{url}/linkedin/rest/posts", json=body, headers=headers, timeout=60)


#: The networks whose posts are one request each. XING does not name what it accepted, so that publishing there looks
#: it up: as many requests as the account's feed has pages, and nothing to hold a single request against.
SENDERS: dict[str, Send] = {"facebook": facebook, "twitter": twitter, "linkedin": linkedin}


def run(url: str, threads: int, channels: int, posts: int) -> float:
    """Send ``posts`` posts over ``channels`` channels. Returns the seconds. Raises RuntimeError on any refusal."""
    work: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(posts):
        work.put(number)
    refused: list[str] = []
    workers = [threading.Thread(target=_work, args=(url, channels, work, refused)) for _ in range(threads)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if refused:
        raise RuntimeError(f"{len(refused)} requests were refused, first: {refused[0]}")
    return time.perf_counter() - began


def _work(url: str, channels: int, work: queue.SimpleQueue[int], refused: list[str]) -> None:
    networks = list(SENDERS)
    with requests.Session() as session:
        session.trust_env = False
        while True:
            try:
                number = work.get_nowait()
            except queue.Empty:
                return
            channel = number % channels
            network = networks[channel % len(networks)]
            answer = SENDERS[network](session, url, credentials(network, channel), f"Nachricht Nummer {number}")
            if answer.status_code >= 300:
                refused.append(f"{network} {answer.status_code} {answer.text[:200]}")


if __name__ == "__main__":
    address, *counts = sys.argv[1:]
    print(run(address, *(int(count) for count in counts)))
