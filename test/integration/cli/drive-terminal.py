# Runs a program on a pseudo-terminal. stdin: {"argv", "cwd", "env", "steps": [{"expect", "send", "signal"}], "hangUp"};
# stdout: what the terminal showed and the exit code, or minus the signal. Each step waits for its text, counted from
# where the one before was found. With hangUp the terminal is closed after the last step.
import json
import os
import pty
import select
import signal
import sys
import time

spec = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.chdir(spec["cwd"])
    os.execvpe(spec["argv"][0], spec["argv"], {**os.environ, **spec["env"]})

shown = b""


def read(seconds):
    """Takes what the program writes; False when it has closed its end."""
    global shown
    if not select.select([terminal], [], [], seconds)[0]:
        return True
    try:
        data = os.read(terminal, 65536)
    except OSError:
        return False
    shown += data
    return data != b""


def give_up(problem):
    os.kill(pid, 9)
    sys.exit("%s\n%s" % (problem, shown.decode("utf8", "replace")))


seen = 0
for step in spec["steps"]:
    deadline = time.monotonic() + 30
    expected = step["expect"].encode()
    while expected not in shown[seen:]:
        if not read(0.1) or time.monotonic() > deadline:
            give_up("The terminal never showed %r." % step["expect"])
    seen = shown.index(expected, seen) + len(expected)
    os.write(terminal, step["send"].encode())
    if "signal" in step:
        os.kill(pid, signal.Signals[step["signal"]])

deadline = time.monotonic() + 30
if spec["hangUp"]:
    os.close(terminal)
    signal.alarm(30)
while not spec["hangUp"] and read(0.1):
    if time.monotonic() > deadline:
        give_up("The program never ended.")
_, status = os.waitpid(pid, 0)
print(json.dumps({"shown": shown.decode("utf8", "replace"), "exitCode": os.waitstatus_to_exitcode(status)}))
