"""Runs command lines one after the other and measures each as a whole: wall and processor time, largest memory.

Reads {"runs": [{"name", "argv", "env", "cwd"}]} from standard input; prints one JSON line for each run with what it
wrote to standard output. Times are those of the process and of the children that it waited for (wait4).
"""
import json
import os
import subprocess
import sys
import threading
import time


def main():
    for run in json.load(sys.stdin)["runs"]:
        started = time.perf_counter()
        child = subprocess.Popen(
            run["argv"], env=run["env"], cwd=run["cwd"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        output, complaints = child.stdout, child.stderr
        # A thread of its own reads the complaints: a pipe that is full would stop the child.
        tail = []
        reader = threading.Thread(target=lambda: tail.append(complaints.read()))
        reader.start()
        text = output.read().decode("utf-8", "replace")
        reader.join()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        print(
            json.dumps(
                {
                    "name": run["name"],
                    "code": child.returncode,
                    "wall": time.perf_counter() - started,
                    "cpu": usage.ru_utime + usage.ru_stime,
                    "memory": usage.ru_maxrss * 1024,
                    "output": text,
                    "complaints": tail[0].decode("utf-8", "replace")[-2000:],
                }
            ),
            flush=True,
        )


main()
