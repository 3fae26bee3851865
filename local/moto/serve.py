# Serves moto on a free loopback port until standard input closes, which it does when the test process ends,
# however it ends. The first line on standard output is the address.
import logging
import os
import sys

from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)  # not a line for every request

server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
print(f"http://{host}:{port}", flush=True)
os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nobody reads standard output from here on

sys.stdin.read()
os._exit(0)  # at once, whatever requests are under way
