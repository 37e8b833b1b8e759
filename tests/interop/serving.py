"""What the scripts here need to have a service of their own."""

import socket
import time
import urllib.request


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def await_ready(base):
    for _ in range(100):
        try:
            return urllib.request.urlopen(f"{base}/health/ready").read()
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the service does not answer")
