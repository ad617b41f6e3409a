"""Measures what each command line costs in processor time: user + system of the child, to the microsecond.

Node can not ask for the resource usage of one child, so bench/startup.ts hands its rows to this file, as JSON on
standard input: {"runs": N, "rows": {name: {"argv": [...], "env": {...}, "cwd": "..."}}}. Rows are interleaved and
their order is reversed every round, so that a slow minute of the machine falls on all of them alike. Standard output
goes into a pipe that is read to its end, as under `$( )` or in CI; standard input is empty.
"""
import json
import os
import sys


def run(row):
    reader, writer = os.pipe()
    null = os.open(os.devnull, os.O_RDWR)
    actions = [
        (os.POSIX_SPAWN_DUP2, null, 0),
        (os.POSIX_SPAWN_DUP2, writer, 1),
        (os.POSIX_SPAWN_DUP2, null, 2),
        (os.POSIX_SPAWN_CLOSE, reader),
    ]
    pid = os.posix_spawn(row["argv"][0], row["argv"], row["env"], file_actions=actions)
    os.close(writer)
    os.close(null)
    while os.read(reader, 65536):
        pass
    os.close(reader)
    _, status, usage = os.wait4(pid, 0)
    return os.waitstatus_to_exitcode(status), (usage.ru_utime + usage.ru_stime) * 1000


def main():
    plan = json.load(sys.stdin)
    os.chdir(plan["cwd"])
    names = list(plan["rows"])
    times = {name: [] for name in names}
    for turn in range(-2, plan["runs"]):
        for name in names if turn % 2 == 0 else reversed(names):
            code, spent = run(plan["rows"][name])
            if code != 0:
                sys.exit(f"{name} ended with {code}")
            if turn >= 0:
                times[name].append(spent)
    json.dump(times, sys.stdout)


main()
